"""MP4: boxes within boxes. What plays is kept; every other box becomes empty space.

Where a film was taken, when, with what and by whom stands in boxes that no player needs. Nothing
moves: tables of offsets stay right because a box is overwritten where it stands.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO

from lms.publishing.patches import DataTrackError, Patch, UnreadableError, read_at

MOST_BOXES = 100_000
_HEAD = struct.Struct(">I4s")
_LONG = struct.Struct(">Q")
_HANDLER = slice(8, 12)  # after version, flags and a reserved word
_NAME = 24  # where the name of a handler begins
# Inside which box which are kept. A box that is a key is entered, any other is kept as it is.
_KEPT: Mapping[bytes, frozenset[bytes]] = {
    b"": frozenset({b"ftyp", b"styp", b"moov", b"mdat", b"moof", b"mfra", b"sidx", b"ssix"}),
    b"moov": frozenset({b"mvhd", b"trak", b"mvex", b"iods"}),
    b"trak": frozenset({b"tkhd", b"edts", b"mdia", b"tref", b"tapt"}),
    b"mdia": frozenset({b"mdhd", b"hdlr", b"minf", b"elng"}),
    b"moof": frozenset({b"mfhd", b"traf"}),
    b"traf": frozenset({b"tfhd", b"tfdt", b"trun", b"sbgp", b"sgpd", b"subs", b"saiz", b"saio"}),
}
_DATED = frozenset({b"mvhd", b"tkhd", b"mdhd"})
_TRACKS = frozenset({b"vide", b"soun", b"tmcd"})


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its kind, where it begins, where its body begins and where it ends."""

    kind: bytes
    at: int
    body: int
    end: int


@dataclass(slots=True)
class Mp4:
    """What was found in a file: what to overwrite, and which tracks it has."""

    stream: IO[bytes]
    patches: list[Patch] = field(default_factory=list)
    tracks: set[bytes] = field(default_factory=set)
    count: int = 0

    def walk(self, start: int, end: int, inside: bytes = b"") -> None:
        """Look at every box from a place to another."""
        for box in self._boxes(start, end, inside):
            if box.kind not in _KEPT[inside]:
                self.patches.append(_emptied(box))
            elif box.kind in _KEPT:
                self.walk(box.body, box.end, box.kind)
            elif box.kind in _DATED:
                self._undate(box)
            elif box.kind == b"hdlr":
                self._handler(box)

    def _boxes(self, start: int, end: int, inside: bytes) -> Iterator[Box]:
        at = start
        while at < end:
            box = self._box(at, end, inside)
            self.count += 1
            if self.count > MOST_BOXES:
                raise UnreadableError("too many boxes")
            yield box
            at = box.end

    def _box(self, at: int, end: int, inside: bytes) -> Box:
        size, kind = _HEAD.unpack(read_at(self.stream, at, _HEAD.size))
        body = at + _HEAD.size
        if size == 1:
            (size,) = _LONG.unpack(read_at(self.stream, body, _LONG.size))
            body += _LONG.size
        elif size == 0 and not inside:  # the last one, up to the end of the file
            size = end - at
        if not body - at <= size <= end - at:
            raise UnreadableError(f"a box at {at} has the size {size}")
        return Box(kind, at, body, at + size)

    def _undate(self, box: Box) -> None:
        """Forget when something was made and changed: two times after version and flags."""
        (version,) = read_at(self.stream, box.body, 1)
        length = 16 if version == 1 else 8
        if box.end - box.body < 4 + length:
            raise UnreadableError("a box is cut short")
        self.patches.append(Patch(box.body + 4, length))

    def _handler(self, box: Box) -> None:
        """Note what a track is; its name, which is often the device's, goes."""
        if box.end - box.body < _NAME:
            raise UnreadableError("a box is cut short")
        track = read_at(self.stream, box.body, _NAME)[_HANDLER]
        if track not in _TRACKS:
            raise DataTrackError(track)
        self.tracks.add(track)
        if box.end > box.body + _NAME:
            self.patches.append(Patch(box.body + _NAME, box.end - box.body - _NAME))


def _emptied(box: Box) -> Patch:
    """Give the patch that turns a box into empty space of the same size, its body zeros."""
    return Patch(box.at + 4, box.end - box.at - 4, b"free" + _long_size(box))


def _long_size(box: Box) -> bytes:
    """Give the size once more where it stands behind the kind; else nothing."""
    is_long = box.body - box.at > _HEAD.size
    return _LONG.pack(box.end - box.at) if is_long else b""


def scan_mp4(stream: IO[bytes], size: int) -> Mp4:
    """Give what to overwrite in an MP4; raise UnreadableError or DataTrackError."""
    found = Mp4(stream)
    found.walk(0, size)
    return found
