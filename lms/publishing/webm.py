"""WebM: elements within elements. Tags, titles, dates and attachments become empty space."""

from dataclasses import dataclass, field
from typing import IO

from lms.publishing.patches import DataTrackError, Patch, UnreadableError, read_at

MOST_ELEMENTS = 500_000
_HEADER, _SEGMENT, _INFO = 0x1A45DFA3, 0x18538067, 0x1549A966
_TRACKS, _TRACK, _TRACK_TYPE = 0x1654AE6B, 0xAE, 0x83
_CLUSTER = 0x1F43B675
_ENTERED = frozenset({_SEGMENT, _INFO, _TRACKS, _TRACK})
_TAGS, _ATTACHMENTS, _CHAPTERS = 0x1254C367, 0x1941A469, 0x1043A770
_TITLE, _DATE, _TRACK_NAME = 0x7BA9, 0x4461, 0x536E
_FILE_NAMES = (0x7384, 0x3C83AB, 0x3E83BB)
_VOID, _CHECKSUM = 0xEC, 0xBF  # a checksum would not hold any more
_BLANKED = frozenset(
    {_TAGS, _ATTACHMENTS, _CHAPTERS, _TITLE, _DATE, _TRACK_NAME, _VOID, _CHECKSUM, *_FILE_NAMES}
)
_VIDEO, _AUDIO = 1, 2
_SHORT = 9  # bytes of a void element's head with a size of eight bytes


@dataclass(slots=True)
class Webm:
    """What was found in a file: what to overwrite."""

    stream: IO[bytes]
    size: int
    patches: list[Patch] = field(default_factory=list)

    def walk(self) -> None:
        """Look at every element in turn; one that is entered is followed by what it holds."""
        at = 0
        for _ in range(MOST_ELEMENTS):
            if at >= self.size:
                return
            at = self._element(at)
        raise UnreadableError("too many elements")

    def _element(self, at: int) -> int:
        """Judge the element at a place; gives where the next one begins."""
        name, after = self._number(at, most=4, marked=True)
        length, body = self._number(after, most=8, marked=False)
        is_open = length == (1 << (7 * (body - after))) - 1  # its size is not known
        if name in _ENTERED or (is_open and name == _CLUSTER):
            return body
        if is_open or body + length > self.size:
            raise UnreadableError(f"an element at {at} has no end")
        if name in _BLANKED:
            self.patches.append(_void(at, body + length - at))
        elif name == _TRACK_TYPE and read_at(self.stream, body, 1)[0] not in {_VIDEO, _AUDIO}:
            raise DataTrackError("track")
        return body + length

    def _number(self, at: int, *, most: int, marked: bool) -> tuple[int, int]:
        """Read a number whose first bits say how long it is; gives it and where it ends."""
        (first,) = read_at(self.stream, at, 1)
        length = 9 - first.bit_length()
        if length > most:
            raise UnreadableError(f"no element begins at {at}")
        number = int.from_bytes(read_at(self.stream, at, length), "big")
        return (number if marked else number - (1 << (7 * length))), at + length


def _void(at: int, length: int) -> Patch:
    """Give the patch that turns an element into an empty one of the same length."""
    if length < _SHORT:
        return Patch(at, length, bytes([_VOID, 0x80 | (length - 2)]))
    return Patch(at, length, b"\xec\x01" + (length - _SHORT).to_bytes(7, "big"))


def scan_webm(stream: IO[bytes], size: int) -> list[Patch]:
    """Give what to overwrite in a WebM; raise UnreadableError or DataTrackError."""
    found = Webm(stream, size)
    found.walk()
    return found.patches
