"""Enrolment codes: 80 random bits in base 32 with a check symbol, in groups of four."""

from lms.kernel import codes

CODE_BITS = 80


def new_code() -> str:
    """Give a fresh code as printed: four groups of four, then its check symbol."""
    return codes.new_code(CODE_BITS)


def code_hash(text: str) -> str | None:
    """Give what is kept of a code as typed; None when a symbol or the check is wrong."""
    return codes.code_hash("enrolment", CODE_BITS, text)
