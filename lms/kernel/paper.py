"""Paper: words in, an accessible PDF out (PDF/UA-1), set by typst with the fonts inside it."""

import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

import typst

# The fonts inside typst draw every one of these; PDF/UA allows no character without a shape.
DRAWN = (
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


def set_pdf(template: bytes, words: Any, *, made_on: date, **inputs: str) -> bytes:  # noqa: ANN401 - whatever JSON holds
    """Give a tagged PDF: the same bytes for the same words on the same day.

    The template reads `sys.inputs.words` as JSON; nothing in it is ever read as code.
    """
    return typst.compile(
        template,
        format="pdf",
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"words": json.dumps(drawable(words)), **inputs},
        pdf_standards=["ua-1"],
        # Noon in UTC is the same day in every province.
        timestamp=datetime.combine(made_on, time(12), tzinfo=UTC),
    )


def drawable(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Give the same value, each text in it as `drawable_text` gives it."""
    match value:
        case str():
            return drawable_text(value)
        case Mapping():
            return {name: drawable(one) for name, one in value.items()}
        case list() | tuple():
            return [drawable(one) for one in value]
        case _:
            return value


def drawable_text(text: str) -> str:
    """Give the text in one line, without invisible signs, and a mark for what has no shape."""
    whole = unicodedata.normalize("NFC", text).translate(_BLANKS)
    seen = (char for char in whole if unicodedata.category(char) not in _UNSEEN)
    return "".join(char if _has_shape(char) else _NO_SHAPE for char in seen)


def _has_shape(char: str) -> bool:
    assigned = unicodedata.category(char)[0] != "C"
    return assigned and any(first <= ord(char) <= last for first, last in DRAWN)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
