"""The two codes of a class: a short one for everybody in it, a long one for who leads it.

Both are base 32 with a check symbol. A class code opens pages that hold nothing of anybody, so
40 random bits are enough to keep passers-by out; the leader's code, which opens the class's
figures, has 80.
"""

import hashlib
import secrets
from enum import StrEnum

from lms.kernel.ids import decode_number, encode_number, grouped, has_plain_check


class Door(StrEnum):
    """What a code opens."""

    CLASS = "class"
    LEADER = "leader"


BITS = {Door.CLASS: 40, Door.LEADER: 80}


def new_code(door: Door) -> str:
    """Give a fresh code as printed, in groups of four, with its check symbol."""
    number = secrets.randbits(BITS[door])
    while not has_plain_check(number):
        number = secrets.randbits(BITS[door])
    return grouped(encode_number(number, digits=BITS[door] // 5))


def code_hash(door: Door, text: str) -> str | None:
    """Give what is kept of a code as typed; None when a symbol or the check is wrong."""
    digits = BITS[door] // 5
    number = decode_number(text) if len(text) <= 2 * digits + 8 else None
    if number is None or number >= 1 << BITS[door]:
        return None
    return hashlib.sha256(f"awareness-{door}:{number}".encode()).hexdigest()
