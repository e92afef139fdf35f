"""A picture drawn again: its pixels, and nothing else of what the file held.

Place, device, comments and whatever else is in a file beside the picture stay behind.
"""

from io import BytesIO

from PIL import Image, ImageOps

from lms.publishing.media_kinds import MediaRefusedError, extension_of

MOST_PIXELS = 16_000_000  # 64 MB at the most; a bomb of 5 MB could unfold to a thousand times that
_QUALITY = 90
_NAMES = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "webp": "WEBP", "gif": "GIF"}
_FAULTS = (
    OSError,  # holds "not a picture" and "cut short"
    ValueError,
    SyntaxError,
    EOFError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


def clean_picture(path: str, data: bytes) -> bytes:
    """Give the same picture, upright, without metadata; raise MediaRefusedError if it is none."""
    name = _NAMES[extension_of(path)]
    try:
        with Image.open(BytesIO(data), formats=[name]) as picture:
            _judge(path, picture, name)
            return _drawn(picture, name)
    except _FAULTS as error:
        raise MediaRefusedError(path, "it cannot be read as a picture; save it again") from error


def _judge(path: str, picture: Image.Image, name: str) -> None:
    """Refuse, before anything is unfolded, what is too large or moves."""
    if picture.width * picture.height > MOST_PIXELS:
        raise MediaRefusedError(
            path,
            f"it has {picture.width} × {picture.height} points; make it smaller: a page shows "
            "no more than 2000 across",
        )
    # A JPEG may carry a second picture, of which browsers show nothing: it does not move.
    if name != "JPEG" and getattr(picture, "is_animated", False):
        raise MediaRefusedError(path, "it moves and cannot be paused; make it a film")


def _drawn(picture: Image.Image, name: str) -> bytes:
    ImageOps.exif_transpose(picture, in_place=True)
    drawn = picture
    if name == "JPEG" and picture.mode not in {"L", "RGB"}:
        drawn = picture.convert("RGB")
    drawn.info = {key: value for key, value in picture.info.items() if key == "transparency"}
    out = BytesIO()
    quality = {"quality": _QUALITY} if name in {"JPEG", "WEBP"} else {}
    drawn.save(out, name, **quality)
    return out.getvalue()
