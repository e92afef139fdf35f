"""Numbers as other systems write them, exactly."""

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from lms.content.front_matter import short
from lms.interchange.loss import RefusedError
from lms.interchange.write_markdown import number_text

_NUMBER = re.compile(
    r"[+-]?(?:\d{1,30}(?:[.,]\d{0,30})?|[.,]\d{1,30})(?:[eE][+-]?\d{1,2})?", re.ASCII
)


def as_fraction(text: str) -> Fraction:
    """Return the exact number of a text; RefusedError where it is none that can be written here."""
    bare = text.strip().replace("−", "-").replace("_", "").replace("\u00a0", "")
    if not _NUMBER.fullmatch(bare):
        raise RefusedError(f"`{short(text.strip())}` is not a number")
    try:
        number = Fraction(Decimal(bare.replace(",", ".")))
    except InvalidOperation as error:
        raise RefusedError(f"`{short(text)}` is not a number") from error
    number_text(number)
    return number


def whole_points(text: str, most: int) -> int | None:
    """Return points as a whole number from 1; None where the text says another number."""
    try:
        number = as_fraction(text)
    except RefusedError:
        return None
    return int(number) if number.denominator == 1 and 1 <= number <= most else None
