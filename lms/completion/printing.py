"""Print a certificate: words and values in, one accessible page out (PDF/UA-1)."""

from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Literal

import segno

from lms.kernel.paper import set_pdf

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
    fields = asdict(certificate)
    del fields["issued_on"]  # the file's date, printed nowhere
    qr = _qr_svg(certificate.qr_url)
    return set_pdf(_template(), fields, made_on=certificate.issued_on, qr=qr)


@cache
def _template() -> bytes:
    return files("lms.completion").joinpath("templates", "certificate.typ").read_bytes()


def _qr_svg(url: str) -> str:
    """Give the QR code without its quiet zone: the page leaves more than four modules free."""
    drawing = BytesIO()
    segno.make(url, error="m", micro=False).save(
        drawing, kind="svg", border=0, dark=_INK, xmldecl=False, omitsize=True
    )
    return drawing.getvalue().decode()
