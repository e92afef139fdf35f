"""A certificate's number and secret: what is printed, and what is compared.

The number is the place in the register, in base 32 with a check symbol. The secret is derived
from it with HMAC-SHA-256 and the site's certificate key, so that it stands in no table.
"""

import hashlib
import hmac
from collections.abc import Iterator
from itertools import count

from lms.kernel.ids import decode_number, encode_number, grouped, has_plain_check

NUMBER_DIGITS = 6
SECRET_BITS = 80  # 16 symbols that a person can type from paper


def certificate_number(register_number: int) -> str:
    """Give the number as printed, such as `00000H-H` for 17."""
    text = encode_number(register_number, digits=NUMBER_DIGITS)
    return f"{text[:-1]}-{text[-1]}"


def read_certificate_number(text: str) -> int | None:
    """Read a number as a person types it; None when it is not one."""
    return decode_number(text)


def certificate_secret(key: bytes, register_number: int) -> str:
    """Give the secret printed beside the number: 16 symbols and their check, in groups of four."""
    number = next(filter(has_plain_check, _marks(key, register_number)))
    return grouped(encode_number(number, digits=SECRET_BITS // 5))


def _marks(key: bytes, register_number: int) -> Iterator[int]:
    """Give numbers derived from the register number, always the same ones in the same order."""
    for turn in count():
        text = f"certificate:{register_number}:{turn}".encode()
        yield int.from_bytes(hmac.new(key, text, hashlib.sha256).digest()[: SECRET_BITS // 8])


def secret_matches(key: bytes, register_number: int, typed: str) -> bool:
    """Compare a typed secret with the true one, in the same time whatever it is."""
    expected = decode_number(certificate_secret(key, register_number)) or 0
    given = decode_number(typed)
    size = SECRET_BITS // 8
    shown = given if given is not None and given < 1 << SECRET_BITS else None
    same = hmac.compare_digest(expected.to_bytes(size), (shown or 0).to_bytes(size))
    return same and shown is not None
