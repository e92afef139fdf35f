"""A picture drawn again: its pixels, and nothing else of what the file held.

Place, device, comments and whatever else is in a file beside the picture stay behind.
"""

from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from lms.publishing.media_kinds import MediaRefusedError, Why, extension_of

MOST_PIXELS = 16_000_000  # 64 MB at the most; a bomb of 5 MB could unfold to a thousand times that
_QUALITY = 90
_NAMES = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "webp": "WEBP", "gif": "GIF"}
_FAULTS = (
    OSError,  # holds "not a picture" and "cut short"
    ValueError,
    SyntaxError,
    EOFError,
)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def clean_picture(path: str, data: bytes, *, across: int = 0) -> bytes:
    """Give the same picture, upright, without metadata; raise MediaRefusedError if it is none.

    With `across` it is made smaller where it is wider than that.
    """
    name = _NAMES[extension_of(path)]
    try:
        with Image.open(BytesIO(data), formats=[name]) as picture:
            _judge(path, picture, name)
            return _drawn(picture, name, across)
    except _BOMBS as error:
        reason = "it has too many points; make it smaller"
        raise MediaRefusedError(path, reason, Why.TOO_MANY_POINTS) from error
    except _FAULTS as error:
        reason = "it cannot be read as a picture; save it again"
        raise MediaRefusedError(path, reason, Why.UNREADABLE) from error


def _judge(path: str, picture: Image.Image, name: str) -> None:
    """Refuse, before anything is unfolded, what is too large or moves."""
    if picture.width * picture.height > MOST_PIXELS:
        raise MediaRefusedError(
            path,
            f"it has {picture.width} × {picture.height} points; make it smaller: a page shows "
            "no more than 2000 across",
            Why.TOO_MANY_POINTS,
        )
    # A JPEG may carry a second picture, of which browsers show nothing: it does not move.
    if name != "JPEG" and getattr(picture, "is_animated", False):
        raise MediaRefusedError(path, "it moves and cannot be paused; make it a film", Why.MOVES)


def _drawn(picture: Image.Image, name: str, across: int) -> bytes:
    ImageOps.exif_transpose(picture, in_place=True)
    drawn = picture
    if name == "JPEG" and picture.mode not in {"L", "RGB"}:
        drawn = picture.convert("RGB")
    kept: dict[Any, Any] = {}
    if "transparency" in picture.info:
        kept["transparency"] = picture.info["transparency"]
    if across and drawn.width > across:
        drawn, kept = _smaller(drawn, across), {}
    drawn.info = kept
    out = BytesIO()
    quality = {"quality": _QUALITY} if name in {"JPEG", "WEBP"} else {}
    drawn.save(out, name, **quality)
    return out.getvalue()


def _smaller(picture: Image.Image, across: int) -> Image.Image:
    """Give a picture as wide as asked; one with a palette gets its real colours first."""
    if "transparency" in picture.info or picture.mode == "PA":
        picture = picture.convert("RGBA")
    elif picture.mode == "P":
        picture = picture.convert("RGB")
    height = max(1, round(picture.height * across / picture.width))
    return picture.resize((across, height), Image.Resampling.LANCZOS)


@lru_cache(maxsize=2048)
def _measured(file: Path, _size: int, _changed: int) -> tuple[int, int] | None:
    try:
        with Image.open(file, formats=sorted(set(_NAMES.values()))) as picture:
            return picture.size
    except (*_FAULTS, *_BOMBS):
        return None


def picture_size(file: Path) -> tuple[int, int] | None:
    """Give how many points a picture has across and down, from its head; None if it is none."""
    try:
        status = file.stat()
    except (OSError, ValueError):
        return None
    return _measured(file, status.st_size, status.st_mtime_ns)
