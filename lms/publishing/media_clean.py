"""One file of media, judged and cleaned: what participants and previews are shown of it."""

from collections.abc import Iterator
from typing import IO

from lms.publishing.media_kinds import MediaKind, check_media
from lms.publishing.pictures import clean_picture
from lms.publishing.recordings import clean_recording

_FIRST = 64
_CHUNK = 1 << 20


def clean_media(path: str, stream: IO[bytes], size: int) -> Iterator[bytes]:
    """Yield what may be shown of a file; raise MediaRefusedError before its first byte."""
    kind = check_media(path, stream.read(_FIRST), size).kind
    stream.seek(0)
    match kind:
        case MediaKind.PICTURE:
            return iter([clean_picture(path, stream.read())])
        case MediaKind.FILM | MediaKind.SOUND:
            return clean_recording(path, stream, size)
        case MediaKind.CAPTIONS:
            return iter(lambda: stream.read(_CHUNK), b"")
