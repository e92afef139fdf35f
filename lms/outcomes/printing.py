"""Print a year's figures: words and values in, an accessible document out (PDF/UA-1)."""

from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

from lms.kernel.paper import set_pdf


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column; numbers stand at its right."""

    label: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class FigureTable:
    """A table as it is shown: the first cell of each row is its head."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, sentences, tables, and sentences beneath them; each heading holds a word."""

    heading: str
    before: tuple[str, ...] = ()
    tables: tuple[FigureTable, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """All that the document shows, translated and formatted; `curve` is a path, or empty.

    `ends` stand under the ends of the curve and over its last one; `curve_text` says it in words.
    """

    language: Literal["fr", "en"]
    made_on: date
    title: str
    opening: tuple[str, ...]
    sections: tuple[Section, ...]
    curve: str = ""
    curve_text: str = ""
    ends: tuple[str, str, str] = ("", "", "")


def paper_pdf(paper: Paper) -> bytes:
    """Give the document as a tagged PDF: the same bytes for the same words."""
    words = asdict(paper)
    del words["made_on"], words["curve"]
    return set_pdf(_template(), words, made_on=paper.made_on, curve=_svg(paper.curve))


def _svg(path: str) -> str:
    """Draw the curve on a square of a thousand units, stretched to the page."""
    if not path:
        return ""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 300" width="1000" height="300">'
        '<g transform="scale(1 .3)"><path d="M0 0H1000M0 1000H1000" fill="none" stroke="#b9c6c7" '
        'stroke-width="4"/>'
        f'<path d="{path}" fill="none" stroke="#0e5360" stroke-width="8"/></g></svg>'
    )


@cache
def _template() -> bytes:
    return files("lms.outcomes").joinpath("templates", "programme.typ").read_bytes()
