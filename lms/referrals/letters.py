"""Print the letters that bring people their codes: one page a person, many in one PDF (PDF/UA-1).

A letter may be opened at a kitchen table: no word on it, nor in the file's title or its other
particulars, says what the training is about or who sent somebody there.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

from lms.kernel.paper import set_pdf


@dataclass(frozen=True, slots=True)
class Line:
    """A value and the word before it, both as they are printed."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and the short paragraphs under it, numbered where they are steps."""

    heading: str
    lines: tuple[str, ...]
    is_numbered: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """All that one letter shows, translated and formatted; each heading holds a word at least.

    `reference` tells whoever posts it which envelope it goes into; `code` stands here and in no
    other place.
    """

    language: Literal["fr", "en"]
    heading: str
    opening: str
    address: Line
    url: str
    code: Line
    days: tuple[Line, ...]
    parts: tuple[Part, ...]
    reference: Line


def letters_pdf(letters: Sequence[Letter], *, issuer: str, title: str, made_on: date) -> bytes:
    """Give the letters as one tagged PDF, each on a page of its own, in its own language."""
    if not letters:
        raise ValueError("there is no letter to print")
    words = {"issuer": issuer, "title": title, "letters": [asdict(one) for one in letters]}
    return set_pdf(_template(), words, made_on=made_on)


@cache
def _template() -> bytes:
    return files("lms.referrals").joinpath("templates", "letters.typ").read_bytes()
