"""Enrolment codes: 80 random bits in base 32 with a check symbol, in groups of four."""

import hashlib
import secrets

from lms.kernel.ids import decode_number, encode_number, grouped, has_plain_check

CODE_BITS = 80
_DIGITS = CODE_BITS // 5


def new_code() -> str:
    """Give a fresh code as printed: four groups of four, then its check symbol."""
    number = secrets.randbits(CODE_BITS)
    while not has_plain_check(number):
        number = secrets.randbits(CODE_BITS)
    return grouped(encode_number(number, digits=_DIGITS))


def code_hash(text: str) -> str | None:
    """Give what is kept of a code as typed; None when a symbol or the check is wrong."""
    number = decode_number(text) if len(text) <= 2 * _DIGITS + 8 else None
    if number is None or number >= 1 << CODE_BITS:
        return None
    return hashlib.sha256(f"enrolment:{number}".encode()).hexdigest()
