"""Print a certificate: words and values in, one accessible page out (PDF/UA-1)."""

import json
import unicodedata
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Literal

import segno
import typst

# The fonts inside typst draw every one of these; PDF/UA allows no character without a shape.
_DRAWN = (
    (0x0020, 0x007E),  # Latin
    (0x00A0, 0x024F),
    (0x0370, 0x045F),  # Greek, Cyrillic
    (0x1E00, 0x1EFF),  # Latin with two marks
    (0x2010, 0x2027),  # dashes, quotation marks, the ellipsis
    (0x202F, 0x2040),  # the narrow no-break space first
    (0x20A0, 0x20BF),  # currencies
    (0x2190, 0x2199),  # arrows
)
_UNSEEN = {"Cc", "Cf"}  # control codes, and marks that turn text around or hide in it
_BLANKS = str.maketrans("\t\n\r", "   ")
_NO_SHAPE = "\N{REPLACEMENT CHARACTER}"
_INK = "#1b2428"


@dataclass(frozen=True, slots=True)
class Fact:
    """A value and the word before it, both as they are printed."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class CertificatePrint:
    """All that a certificate shows, translated and formatted; no person's name, no offence.

    `qr_url` is behind the QR code and the printed address; `check_url` is what a person types.
    `issued_on` dates the file, so that the same certificate is always the same bytes.
    Both headings and `qr_alt` hold a word at least: PDF/UA refuses them empty.
    """

    language: Literal["fr", "en"]
    issued_on: date
    issuer: str
    heading: str
    title: str
    statement: str
    completed: Fact
    hours: Fact
    number: Fact
    secret: Fact
    check_heading: str
    how_to_check: str
    check_url: str
    qr_url: str
    qr_alt: str
    note: str = ""


def certificate_pdf(certificate: CertificatePrint) -> bytes:
    """Give the certificate as a tagged PDF: the same bytes for the same words."""
    return typst.compile(
        _template(),
        format="pdf",
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"words": _words(certificate), "qr": _qr_svg(certificate.qr_url)},
        pdf_standards=["ua-1"],
        # Noon in UTC is the same day in every province.
        timestamp=datetime.combine(certificate.issued_on, time(12), tzinfo=UTC),
    )


@cache
def _template() -> bytes:
    return files("lms.completion").joinpath("templates", "certificate.typ").read_bytes()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def _words(certificate: CertificatePrint) -> str:
    fields = asdict(certificate)
    del fields["issued_on"]  # the file's date, printed nowhere
    return json.dumps({name: _drawable(value) for name, value in fields.items()})


def _drawable(value: str | dict[str, str]) -> str | dict[str, str]:
    if isinstance(value, str):
        return _drawable_text(value)
    return {name: _drawable_text(text) for name, text in value.items()}


def _drawable_text(text: str) -> str:
    """Give the text in one line, without invisible signs, and a mark for what has no shape."""
    whole = unicodedata.normalize("NFC", text).translate(_BLANKS)
    seen = (char for char in whole if unicodedata.category(char) not in _UNSEEN)
    return "".join(char if _has_shape(char) else _NO_SHAPE for char in seen)


def _has_shape(char: str) -> bool:
    assigned = unicodedata.category(char)[0] != "C"
    return assigned and any(first <= ord(char) <= last for first, last in _DRAWN)


def _qr_svg(url: str) -> str:
    """Give the QR code without its quiet zone: the page leaves more than four modules free."""
    drawing = BytesIO()
    segno.make(url, error="m", micro=False).save(
        drawing, kind="svg", border=0, dark=_INK, xmldecl=False, omitsize=True
    )
    return drawing.getvalue().decode()
