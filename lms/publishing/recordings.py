"""Sound and film without what their files say beside them: place, date, device, names, covers.

Nothing is encoded anew: what players do not need is overwritten or cut off. What stands within the
picture and the sound themselves stays.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from lms.publishing.media_kinds import MediaRefusedError, Why, extension_of
from lms.publishing.mp4 import scan_mp4
from lms.publishing.ogg import scan_ogg
from lms.publishing.patches import DataTrackError, Plan, UnreadableError, patched, read_at
from lms.publishing.webm import scan_webm

_ID3_HEAD, _ID3_FOOT = 10, 0x10
_FIXED = ((b"TAG", 128), (b"TAG+", 227))  # tags of one length, behind the sound
_APE, _APE_FOOT, _APE_HAS_HEAD = b"APETAGEX", 32, 0x80000000
_LYRICS, _LYRICS_FOOT = b"LYRICS200", 15
_MOST_TAGS = 20


def clean_recording(path: str, stream: IO[bytes], size: int) -> Iterator[bytes]:
    """Yield a film or a sound without its metadata; raise MediaRefusedError if it is none.

    It is judged whole before its first byte is given.
    """
    with _judged(path):
        plan = recording_plan(extension_of(path), stream, size)
    return patched(stream, plan)


def true_extension(path: str, stream: IO[bytes], size: int) -> str:
    """Give the extension of a recording by the tracks that it has: sound in MP4 is m4a."""
    extension = extension_of(path)
    if extension not in {"mp4", "m4a"}:
        return extension
    with _judged(path):
        tracks = scan_mp4(stream, size).tracks
        if not tracks & {b"vide", b"soun"}:
            raise UnreadableError("neither picture nor sound")
    return "mp4" if b"vide" in tracks else "m4a"


@contextmanager
def _judged(path: str) -> Iterator[None]:
    """Say in a sentence what cannot be read."""
    try:
        yield
    except DataTrackError as error:
        reason = "beside picture and sound it carries data, such as places; export it without them"
        raise MediaRefusedError(path, reason, Why.DATA_TRACK) from error
    except UnreadableError as error:
        reason = "it cannot be read as a film or a sound; save it again"
        raise MediaRefusedError(path, reason, Why.UNREADABLE) from error


def recording_plan(extension: str, stream: IO[bytes], size: int) -> Plan:
    """Say what of a recording is kept; raise UnreadableError or DataTrackError."""
    match extension:
        case "mp4" | "m4a":
            return Plan(0, size, scan_mp4(stream, size).patches)
        case "webm":
            return Plan(0, size, scan_webm(stream, size))
        case "ogg":
            return Plan(0, size, scan_ogg(stream, size))
        case _:
            return _mp3(stream, size)


def _mp3(stream: IO[bytes], size: int) -> Plan:
    """Cut off the tags that stand before and behind the sound."""
    start, end = _after_id3(stream, size), size
    for _ in range(_MOST_TAGS):
        shorter = _before_tag(stream, start, end)
        if shorter == end:
            break
        end = shorter
    if start + 2 > end or not _is_layer_three(read_at(stream, start, 2)):
        raise UnreadableError("no sound begins behind the tags")
    return Plan(start, end)


def _is_layer_three(first: bytes) -> bool:
    """Whether a frame of MP3 begins so: eleven bits of one, then the layer."""
    word = int.from_bytes(first, "big")
    return word & 0xFFE6 == 0xFFE2  # noqa: PLR2004 - the bits of the format


def _after_id3(stream: IO[bytes], size: int) -> int:
    at = 0
    for _ in range(_MOST_TAGS):
        if size - at < _ID3_HEAD:
            return at
        head = read_at(stream, at, _ID3_HEAD)
        if head[:3] != b"ID3":
            return at
        # Seven bits of each byte count.
        length = sum((byte & 0x7F) << (7 * place) for place, byte in enumerate(head[:5:-1]))
        at += _ID3_HEAD + length + (_ID3_HEAD if head[5] & _ID3_FOOT else 0)
    return at


def _before_tag(stream: IO[bytes], start: int, end: int) -> int:
    """Give where the last tag begins; the end where none is."""

    def last(count: int) -> bytes:
        return read_at(stream, end - count, count) if end - start >= count else b""

    for begins, length in _FIXED:
        if last(length).startswith(begins):
            return end - length
    foot = last(_APE_FOOT)
    if foot[:8] == _APE:
        length = int.from_bytes(foot[12:16], "little")
        has_head = int.from_bytes(foot[20:24], "little") & _APE_HAS_HEAD
        return max(start, end - length - (_APE_FOOT if has_head else 0))
    foot = last(_LYRICS_FOOT)
    if foot[6:] == _LYRICS and foot[:6].isdigit():
        return max(start, end - int(foot[:6]) - _LYRICS_FOOT)
    return end
