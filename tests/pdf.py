"""Read a PDF as typst writes it: objects, glyphs by number, a table of letters for each font."""

import re
import zlib


def utf16(text: str) -> bytes:
    """Give a text as a PDF spells it in its particulars."""
    return b"<FEFF" + text.encode("utf-16-be").hex().upper().encode() + b">"


def squeezed(text: str) -> str:
    """Give a text without its spaces: how lines break is not what is tested."""
    return re.sub(r"[\s\u200b]+", "", text)


def objects_of(pdf: bytes) -> dict[bytes, bytes]:
    """Give the objects by number."""
    return dict(re.findall(rb"\n(\d+) 0 obj\s(.*?)\nendobj", pdf, re.DOTALL))


def stream_of(body: bytes) -> bytes:
    """Give the stream of an object."""
    data = re.search(rb"stream\r?\n(.*)\s+endstream", body, re.DOTALL)
    return zlib.decompressobj().decompress(data[1]) if data else b""


def page_of(pdf: bytes) -> bytes:
    """Give what is drawn on all pages."""
    found = objects_of(pdf)
    contents = re.findall(rb"/Contents (\d+) 0 R", pdf)
    return b"".join(stream_of(found[number]) for number in contents)


def lines_of(pdf: bytes) -> int:
    """Count the lines of text."""
    return len(set(re.findall(rb"1 0 0 -1 [\d.]+ ([\d.]+) cm", page_of(pdf))))


def pages_of(pdf: bytes) -> list[tuple[bytes, bytes]]:
    """Give for each page the object of its resources, and what is drawn on it."""
    found = objects_of(pdf)
    pages = []
    for page in re.findall(rb"<</Type/Page/.*?>>", pdf, re.DOTALL):
        resources = re.search(rb"/Resources (\d+) 0 R", page)
        contents = re.search(rb"/Contents (\d+) 0 R", page)
        if resources and contents:
            pages.append((found[resources[1]], stream_of(found[contents[1]])))
    return pages


def letters_of(pdf: bytes, resources: bytes) -> dict[bytes, dict[int, str]]:
    """Give for each font of a page, by its name there, what letters its glyphs stand for."""
    found = objects_of(pdf)
    fonts: dict[bytes, dict[int, str]] = {}
    for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", resources):
        table = re.search(rb"/ToUnicode (\d+) 0 R", found[number])
        pairs = re.findall(rb"<(\w{4})> <(\w+)>\n", stream_of(found[table[1]]) if table else b"")
        fonts[name] = {
            int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
            for glyph, text in pairs
        }
    return fonts


def unescaped(literal: bytes) -> bytes:
    named = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

    def plain(escape: re.Match[bytes]) -> bytes:
        octal = escape[1].isdigit()
        return bytes([int(escape[1], 8)]) if octal else named.get(escape[1], escape[1])

    return re.sub(rb"\\([0-7]{1,3}|.)", plain, literal, flags=re.DOTALL)


def text_of(pdf: bytes, *, spaces: bool = False) -> str:
    """Give every letter that is drawn, page after page."""
    text = "".join(_drawn(letters_of(pdf, known), page) for known, page in pages_of(pdf))
    return text if spaces else squeezed(text)


def _drawn(fonts: dict[bytes, dict[int, str]], page: bytes) -> str:
    font, text = b"", ""
    shown = rb"(?<=[\[\dm])"  # after a bracket, a kerning number or Tm; what is spoken has a name
    literal = rb"\(((?:\\.|[^\\()]|\([^\\()]*(?:\\.[^\\()]*)*\))*)\)"
    token = rb"/(f\d+) [\d.]+ Tf|" + shown + literal + b"|" + shown + rb"<([0-9A-F]+)>"
    for name, letters, digits in re.findall(token, page, re.DOTALL):
        font = name or font
        raw = bytes.fromhex(digits.decode()) or unescaped(letters)
        glyphs = [int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2)]
        text += "".join(fonts[font][glyph] for glyph in glyphs)
    return text
