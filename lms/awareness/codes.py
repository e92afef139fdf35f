"""The two codes of a class: a short one for everybody in it, a long one for who leads it.

A class code opens pages that hold nothing of anybody, so 40 random bits are enough to keep
passers-by out; the leader's code, which opens the class's figures, has 80.
"""

from enum import StrEnum

from lms.kernel import codes


class Door(StrEnum):
    """What a code opens."""

    CLASS = "class"
    LEADER = "leader"


BITS = {Door.CLASS: 40, Door.LEADER: 80}


def new_code(door: Door) -> str:
    """Give a fresh code as printed, in groups of four, with its check symbol."""
    return codes.new_code(BITS[door])


def code_hash(door: Door, text: str) -> str | None:
    """Give what is kept of a code as typed; None when a symbol or the check is wrong."""
    return codes.code_hash(f"awareness-{door}", BITS[door], text)
