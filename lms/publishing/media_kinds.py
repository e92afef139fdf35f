"""Which files of media may be published: by extension, first bytes and size."""

import re
from dataclasses import dataclass
from enum import StrEnum

from lms.kernel.errors import BadInputError

_FIRST_BYTES = 16


class Why(StrEnum):
    """Why a file is refused; pages say it in the reader's language."""

    OTHER = "other"
    TOO_LARGE = "too-large"
    TOO_MANY_POINTS = "too-many-points"
    MOVES = "moves"
    UNREADABLE = "unreadable"
    DATA_TRACK = "data-track"
    NOT_KNOWN = "not-known"
    DRAWING = "drawing"  # SVG: it can hold a program
    HEIC = "heic"
    QUICKTIME = "quicktime"
    CAPTIONS = "captions"
    TRANSCRIPT = "transcript"


class MediaRefusedError(BadInputError):
    """A file of media is not published: which one, and why."""

    def __init__(self, path: str, reason: str, why: Why = Why.OTHER) -> None:
        super().__init__(f"{path}: {reason}")
        self.why = why


class MediaKind(StrEnum):
    """What a file is for."""

    PICTURE = "picture"
    FILM = "film"
    SOUND = "sound"
    CAPTIONS = "captions"


MOST_BYTES = {
    MediaKind.PICTURE: 5_000_000,
    MediaKind.FILM: 200_000_000,
    MediaKind.SOUND: 200_000_000,
    MediaKind.CAPTIONS: 1_000_000,
}


@dataclass(frozen=True, slots=True)
class MediaFormat:
    """One format: what it is for, its content type, and how its files begin."""

    kind: MediaKind
    content_type: str
    begins: re.Pattern[bytes]
    extension: str = ""  # under which it is kept, where it is another than the author's


def _format(kind: MediaKind, content_type: str, begins: bytes, extension: str = "") -> MediaFormat:
    return MediaFormat(kind, content_type, re.compile(begins, re.DOTALL), extension)


_JPEG = _format(MediaKind.PICTURE, "image/jpeg", rb"\xff\xd8\xff", "jpg")
FORMATS = {
    "png": _format(MediaKind.PICTURE, "image/png", rb"\x89PNG\r\n\x1a\n"),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "webp": _format(MediaKind.PICTURE, "image/webp", rb"RIFF.{4}WEBP"),
    "gif": _format(MediaKind.PICTURE, "image/gif", rb"GIF8[79]a"),
    "mp4": _format(MediaKind.FILM, "video/mp4", rb".{4}ftyp"),
    "webm": _format(MediaKind.FILM, "video/webm", rb"\x1a\x45\xdf\xa3"),
    # ID3, or the sync word of a layer III frame.
    "mp3": _format(MediaKind.SOUND, "audio/mpeg", rb"ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]"),
    "ogg": _format(MediaKind.SOUND, "audio/ogg", rb"OggS"),
    "m4a": _format(MediaKind.SOUND, "audio/mp4", rb".{4}ftyp"),
    "vtt": _format(MediaKind.CAPTIONS, "text/vtt", rb"(?:\xef\xbb\xbf)?WEBVTT(?:[ \t\r\n]|\Z)"),
}
_ALLOWED = ", ".join(FORMATS)


def extension_of(path: str) -> str:
    """Give the extension of a file's name in small letters; empty without one."""
    name = path.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def is_playable(path: str) -> bool:
    """Whether a name is that of a film or a sound."""
    found = FORMATS.get(extension_of(path))
    return found is not None and found.kind in {MediaKind.FILM, MediaKind.SOUND}


def media_format(path: str) -> MediaFormat:
    """Give the format that a file's name promises."""
    extension = extension_of(path)
    if extension not in FORMATS:
        raise MediaRefusedError(path, f"`.{extension}` is not published; use {_ALLOWED}")
    return FORMATS[extension]


def check_media(path: str, first: bytes, size: int) -> MediaFormat:
    """Give a file's format; raise MediaRefusedError if its bytes are not what its name promises."""
    found = media_format(path)
    most = MOST_BYTES[found.kind]
    if size > most:
        raise MediaRefusedError(
            path,
            f"it has {size / 1e6:.1f} MB; a {found.kind.value} has {most // 1_000_000} at most",
            Why.TOO_LARGE,
        )
    if not found.begins.match(first[:_FIRST_BYTES]):
        raise MediaRefusedError(
            path, f"its content is not what `.{extension_of(path)}` promises; save it again"
        )
    return found


_HEIC = re.compile(rb".{4}ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1|avi[fs])", re.DOTALL)
_QUICKTIME = re.compile(rb".{4}(?:ftypqt  |moov|mdat|wide|free|skip)", re.DOTALL)
_DRAWING = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!DOCTYPE svg|!--|svg)", re.IGNORECASE)
_OTHERS = (
    (_HEIC, Why.HEIC, "it is a HEIC or AVIF picture; save it as JPEG"),
    (_QUICKTIME, Why.QUICKTIME, "it is a QuickTime film; export it as MP4"),
    (_DRAWING, Why.DRAWING, "it is a drawing that can hold a program; save it as PNG"),
)


def sniff(first: bytes) -> str:
    """Give the extension that a file's first bytes ask for; raise MediaRefusedError for others."""
    for begins, why, reason in _OTHERS:
        if begins.match(first[:_FIRST_BYTES]):
            raise MediaRefusedError("the file", reason, why)
    for extension, found in FORMATS.items():
        if found.begins.match(first[:_FIRST_BYTES]):
            return extension
    raise MediaRefusedError("the file", f"it is none of {_ALLOWED}", Why.NOT_KNOWN)
