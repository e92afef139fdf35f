"""Keys that tell nothing, and numbers that people can read aloud.

UUIDv7 is RFC 9562 section 5.7, kept in order by the third method of its section 6.2.
Base 32 and its check symbol are Douglas Crockford's (crockford.com/base32.html): no I, L, O or U
among the digits, so that 1/I/L and 0/O cannot be mixed up, and a check modulo 37 that finds every
single wrong symbol and every swap of two.
"""

import secrets
import threading
import time
import uuid

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK_DIGITS = DIGITS + "*~$=U"
_LOOKALIKES = str.maketrans("ILO", "110")


class Ticks:
    """The time in 4,096ths of a millisecond, each tick given once in a process, ever later."""

    def __init__(self) -> None:
        self._last = 0
        self._alone = threading.Lock()

    def next(self) -> int:
        """Give the tick of this moment, or the first free one after it."""
        with self._alone:
            self._last = max((time.time_ns() << 12) // 1_000_000, self._last + 1)
            return self._last


_ticks = Ticks()


def new_id() -> uuid.UUID:
    """Give a fresh UUIDv7: after all that this process gave, 62 random bits.

    Its time is told to a 4,096th of a millisecond, so that rows made in one go, which have the
    same moment, are listed in the order in which they were made.
    """
    milliseconds, fraction = divmod(_ticks.next(), 1 << 12)
    value = (milliseconds & (1 << 48) - 1) << 80
    value |= 0x7 << 76 | fraction << 64
    value |= 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)


def encode_number(number: int, *, digits: int) -> str:
    """Write a number in at least that many base-32 digits, followed by its check symbol."""
    check = CHECK_DIGITS[number % 37]
    text = ""
    while number:
        number, rest = divmod(number, 32)
        text = DIGITS[rest] + text
    return text.rjust(digits, "0") + check


def has_plain_check(number: int) -> bool:
    """Whether the check symbol is a digit or letter that people type without a second thought."""
    return number % 37 < len(DIGITS)


def decode_number(text: str) -> int | None:
    """Read what `encode_number` wrote, as a person types it; None if a symbol or the check fails.

    Case, hyphens and spaces do not count; I and L are read as 1, O as 0.
    """
    symbols = "".join(text.upper().split()).replace("-", "")
    if len(symbols) < 2:  # noqa: PLR2004 - one digit and its check
        return None
    body, check = symbols[:-1].translate(_LOOKALIKES), symbols[-1:]
    check = check if check in CHECK_DIGITS[32:] else check.translate(_LOOKALIKES)
    if any(symbol not in DIGITS for symbol in body) or check not in CHECK_DIGITS:
        return None
    number = 0
    for symbol in body:
        number = number * 32 + DIGITS.index(symbol)
    return number if CHECK_DIGITS[number % 37] == check else None


def grouped(text: str, size: int = 4) -> str:
    """Set hyphens so that a long number can be read aloud, as in ABCD-EFGH."""
    return "-".join(text[i : i + size] for i in range(0, len(text), size))
