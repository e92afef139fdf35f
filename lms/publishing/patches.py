"""A file copied with some of its bytes written over: what says where and when goes, no more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

_CHUNK = 1 << 20


class UnreadableError(ValueError):
    """The bytes are not those of a file of this format."""


class DataTrackError(ValueError):
    """Beside picture and sound the film carries data: where it was taken, or words."""


@dataclass(frozen=True, slots=True, order=True)
class Patch:
    """Bytes that are written over from a place on: these first, and zeros up to the length."""

    at: int
    length: int
    head: bytes = b""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is copied of a file: from where to where, with which patches; they do not overlap."""

    start: int
    end: int
    patches: Sequence[Patch] = ()


def read_at(stream: IO[bytes], at: int, count: int) -> bytes:
    """Give exactly so many bytes from a place on; raise UnreadableError where the file ends."""
    stream.seek(at)
    data = stream.read(count)
    if len(data) != count:
        raise UnreadableError(f"the file ends at {at + len(data)}")
    return data


def patched(stream: IO[bytes], plan: Plan) -> Iterator[bytes]:
    """Yield what the plan leaves of a file, a piece at a time."""
    at = plan.start
    for patch in sorted(plan.patches):
        yield from _copied(stream, at, patch.at)
        yield patch.head
        yield from _zeros(patch.length - len(patch.head))
        at = patch.at + patch.length
    yield from _copied(stream, at, plan.end)


def _copied(stream: IO[bytes], at: int, end: int) -> Iterator[bytes]:
    while at < end:
        part = read_at(stream, at, min(_CHUNK, end - at))
        at += len(part)
        yield part


def _zeros(count: int) -> Iterator[bytes]:
    while count > 0:
        yield bytes(min(count, _CHUNK))
        count -= _CHUNK
