"""Fields at rest: AES-256-GCM, bound to the place where the value stands.

The associated data names table, column, row and key version, so that a sealed value that is moved
to another row or column does not open (docs/adr/0008-identity-and-sealing.md). The version, which
is also the first byte, says which key it was where a column holds values of both kinds.
"""

import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
SITE_KEY = 1  # the site's own key; all that was sealed before people had keys of their own
PERSON_KEY = 2  # the key of the person who wrote it: destroyed, the value is noise
_NONCE_BYTES = 12


class UnreadableFieldError(Exception):
    """The sealed value does not open with this key at this place."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value stands."""

    table: str
    column: str
    row: str

    def associated_data(self, version: int) -> bytes:
        """Give the bytes that the seal binds the value to."""
        return f"{self.table}:{self.column}:{self.row}:{version}".encode()


def seal(key: bytes, text: str, place: Place, version: int = SITE_KEY) -> bytes:
    """Encrypt a text for that place: version byte, nonce of 12 bytes, ciphertext with its tag."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), place.associated_data(version))
    return bytes([version]) + nonce + sealed


def unseal(key: bytes, sealed: bytes, place: Place) -> str:
    """Decrypt what `seal` made for the same place."""
    nonce, rest = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, rest, place.associated_data(sealed[0])).decode()
    except (InvalidTag, ValueError, IndexError) as error:
        raise UnreadableFieldError(f"{place.table}.{place.column}") from error
