"""Codes that people type: random bits in base 32 with a check symbol, in groups of four.

Only a hash is kept. The purpose stands in the hash, so that a code of one kind opens no other.
"""

import hashlib
import secrets

from lms.kernel.ids import decode_number, encode_number, grouped, has_plain_check

_BITS_A_DIGIT = 5


def new_code(bits: int) -> str:
    """Give a fresh code of so many random bits (a multiple of 5) as printed."""
    number = secrets.randbits(bits)
    while not has_plain_check(number):
        number = secrets.randbits(bits)
    return grouped(encode_number(number, digits=bits // _BITS_A_DIGIT))


def code_hash(purpose: str, bits: int, text: str) -> str | None:
    """Give what is kept of a code as typed; None when a symbol or the check is wrong."""
    longest = 2 * (bits // _BITS_A_DIGIT) + 8  # with blanks and hyphens
    number = decode_number(text) if len(text) <= longest else None
    if number is None or number >= 1 << bits:
        return None
    return hashlib.sha256(f"{purpose}:{number}".encode()).hexdigest()
