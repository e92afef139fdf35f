"""Ogg: pages of packets. The second packet of a stream is its comment, which becomes empty."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from lms.publishing.patches import Patch, UnreadableError, read_at

MOST_PAGES = 200_000
_MOST_COMMENT = 4_000_000  # bytes; a cover may be among them
_HEAD = struct.Struct("<4sBBqIIIB")
_BEGINS, _CHECKSUM = 0x02, 22
_FULL = 255
# How the comment of a codec begins, and what stands behind its (empty) list.
_COMMENTS = {b"\x03vorbis": b"\x01", b"OpusTags": b""}
_EMPTY = bytes(8)  # no vendor, no comment


def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        crc = byte << 24
        for _ in range(8):
            crc = ((crc << 1) ^ (0x04C11DB7 if crc & 0x80000000 else 0)) & 0xFFFFFFFF
        table.append(crc)
    return tuple(table)


_TABLE = _crc_table()


def checksum(page: bytes) -> int:
    """Give the checksum of a page, whose own field holds zeros."""
    crc = 0
    for byte in page:
        crc = ((crc << 8) & 0xFFFFFFFF) ^ _TABLE[(crc >> 24) ^ byte]
    return crc


@dataclass(frozen=True, slots=True)
class _Page:
    at: int
    begins: bool
    serial: int
    lengths: bytes  # of the segments
    body: int

    @property
    def end(self) -> int:
        return self.body + sum(self.lengths)


@dataclass(slots=True)
class _Stream:
    """One stream within the file: which packet it is at, and where its comment stands."""

    packet: int = 0
    spans: list[tuple[_Page, int, int]] = field(default_factory=list)  # page, from, to

    def take(self, page: _Page) -> None:
        at = page.body
        for length in page.lengths:
            if self.packet == 1 and length:
                self.spans.append((page, at, at + length))
            at += length
            self.packet += length < _FULL


def _pages(stream: IO[bytes], size: int) -> Iterator[_Page]:
    at = 0
    for _ in range(MOST_PAGES):
        if at >= size:
            return
        mark, _v, flags, _g, serial, _n, _crc, count = _HEAD.unpack(read_at(stream, at, _HEAD.size))
        if mark != b"OggS":
            raise UnreadableError(f"no page begins at {at}")
        lengths = read_at(stream, at + _HEAD.size, count)
        page = _Page(at, bool(flags & _BEGINS), serial, lengths, at + _HEAD.size + count)
        if page.end > size:
            raise UnreadableError("a page is cut short")
        yield page
        at = page.end
    raise UnreadableError("too many pages")


def scan_ogg(stream: IO[bytes], size: int) -> list[Patch]:
    """Give what to overwrite in an Ogg file; raise UnreadableError, for other codecs too."""
    streams: dict[int, _Stream] = {}
    done: list[_Stream] = []
    for page in _pages(stream, size):
        if page.begins:
            streams[page.serial] = _Stream()
            done.append(streams[page.serial])
        one = streams.get(page.serial)
        if one is None:
            raise UnreadableError("a stream has no beginning")
        if one.packet <= 1:
            one.take(page)
    return [patch for one in done for patch in _emptied(stream, one)]


def _emptied(stream: IO[bytes], one: _Stream) -> Iterator[Patch]:
    length = sum(end - start for _page, start, end in one.spans)
    if length > _MOST_COMMENT:
        raise UnreadableError("the comment is too long")
    old = b"".join(read_at(stream, start, end - start) for _page, start, end in one.spans)
    begins = next((known for known in _COMMENTS if old.startswith(known)), None)
    if begins is None or one.packet <= 1:
        raise UnreadableError("the codec is not known")
    new = (begins + _EMPTY + _COMMENTS[begins]).ljust(length, b"\x00")
    if len(new) != length:
        raise UnreadableError("the comment is cut short")
    yield from _rewritten(stream, one, new)


def _rewritten(stream: IO[bytes], one: _Stream, comment: bytes) -> Iterator[Patch]:
    """Yield each page that the comment stands on, with it and with the right checksum."""
    pages: dict[int, bytearray] = {}
    for page, start, end in one.spans:
        if page.at not in pages:
            pages[page.at] = bytearray(read_at(stream, page.at, page.end - page.at))
        pages[page.at][start - page.at : end - page.at] = comment[: end - start]
        comment = comment[end - start :]
    for at, data in pages.items():
        data[_CHECKSUM : _CHECKSUM + 4] = bytes(4)
        data[_CHECKSUM : _CHECKSUM + 4] = checksum(bytes(data)).to_bytes(4, "little")
        yield Patch(at, len(data), bytes(data))
