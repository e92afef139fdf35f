"""Tiny files of media, and a course that shows them."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from sqlalchemy.orm import Session

from lms.content.check import check_content
from lms.content.report import has_errors
from lms.publishing.media import Keeper
from lms.publishing.originals import Sources
from lms.publishing.service import Press, Step, publish_content
from tests.factories import NOW, WORDS
from tests.sample_course import write_course

SECRET = "rue-de-la-personne"
_FTYP = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"
MP4 = _FTYP + struct.pack(">I4s", 8 + 256 * 40, b"mdat") + bytes(range(256)) * 40
MP3 = b"ID3\x04\x00\x00" + b"\x00" * 4 + b"\xff\xfb\x90\x00" + b"\x00" * 100
VTT = b"WEBVTT\n\n00:00.000 --> 00:02.000\nUne phrase.\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def png(size: tuple[int, int] = (1, 1)) -> bytes:
    """Give a picture without anything beside it."""
    out = BytesIO()
    Image.new("RGB", size, "navy").save(out, "PNG")
    return out.getvalue()


def talkative(name: str) -> bytes:
    """Give a picture whose file says, in every place its format has, where somebody lives."""
    exif = Image.Exif()
    exif[0x010E] = SECRET  # its description
    exif.get_ifd(0x8825)[1] = "N"  # GPS: where it was taken
    exif.get_ifd(0x8825)[29] = SECRET
    out = BytesIO()
    picture = Image.new("P" if name == "GIF" else "RGB", (4, 2))
    match name:
        case "PNG":
            info = PngInfo()
            info.add_text("Comment", SECRET)
            info.add_itxt("XML:com.adobe.xmp", SECRET)
            picture.save(out, name, pnginfo=info, exif=exif)
        case "GIF":
            picture.save(out, name, comment=SECRET.encode())
        case "JPEG":
            picture.save(out, name, exif=exif, comment=SECRET, xmp=SECRET.encode())
        case _:
            picture.save(out, name, exif=exif, xmp=SECRET.encode())
    return out.getvalue()


def unfolding_png() -> bytes:
    """Give a small file that claims to hold a picture of 400 million points."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 0, 0, 0, 0)
    data = zlib.compress(bytes(1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def moving_gif() -> bytes:
    """Give a picture that moves."""
    out = BytesIO()
    frames = [Image.new("RGB", (2, 2), colour) for colour in ("red", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


def course_with(folder: Path, text: str, files: dict[str, bytes]) -> Path:
    """Write the small course, this text in its first section, these files beside it."""
    content = write_course(folder)
    home = content / "modules/01-first"
    for language, words in (("fr", "Un texte *court*."), ("en", "A *short* text.")):
        path = home / f"{language}.md"
        old = path.read_text(encoding="utf-8")
        path.write_text(old.replace(words, f"{words}\n\n{text}", 1), encoding="utf-8")
    for name, data in files.items():
        path = home / "media" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    return content


def film_files(name: str = "lea.mp4", film: bytes = MP4) -> dict[str, bytes]:
    """Give a film with captions and transcript in both languages."""
    stem = name.rpartition(".")[0]
    files = {name: film}
    for language in ("fr", "en"):
        files[f"{stem}.{language}.vtt"] = VTT
        files[f"{stem}.{language}.md"] = f"**{language}** says it.\n\n<b onclick=x>b</b>\n".encode()
    return files


def publish(db: Session, content: Path, folder: Path) -> tuple[Step, ...]:
    """Publish a content folder that passes the check; media are kept in the other folder."""
    found, problems = check_content(content, NOW.date())
    assert not has_errors(problems), problems
    return publish_content(
        db, found, Press(WORDS, Keeper(Sources(content), folder)), by="tests", now=NOW
    )
