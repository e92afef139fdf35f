"""Signatures that anybody can check with the public key alone: Ed25519 (RFC 8032).

The private key is the 32-byte seed in `signing.key`. A signature is the same each time the same
bytes are signed, so that a signed file is the same file again.
"""

import hashlib

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

SIGNATURE_DIGITS = 128
KEY_ID_DIGITS = 16


def public_key(key: bytes) -> bytes:
    """Give the 32 bytes of the public key that belongs to a private one."""
    public = Ed25519PrivateKey.from_private_bytes(key).public_key()
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_id(public: bytes) -> str:
    """Give the short name of a public key: the first 16 digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:KEY_ID_DIGITS]


def sign(key: bytes, data: bytes) -> str:
    """Give the signature of these bytes, in hex."""
    return Ed25519PrivateKey.from_private_bytes(key).sign(data).hex()


def verify(public: bytes, data: bytes, signature: str) -> bool:
    """Whether exactly these bytes were signed with the private key of this public one.

    The signature is read in one spelling alone: 128 digits of hex in lower case.
    """
    if len(signature) != SIGNATURE_DIGITS or set(signature) - set("0123456789abcdef"):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(bytes.fromhex(signature), data)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key_pem(public: bytes) -> str:
    """Write a public key as PEM, as other tools read it."""
    pem = Ed25519PublicKey.from_public_bytes(public).public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    return pem.decode("ascii")


def read_public_key(text: str) -> bytes | None:
    """Read a public key from PEM or from 64 digits of hex; None when it is neither."""
    bare = text.strip()
    try:
        if not bare.startswith("-----"):
            raw = bytes.fromhex(bare)
            Ed25519PublicKey.from_public_bytes(raw)
            return raw
        found = load_pem_public_key(bare.encode("ascii"))
    except (ValueError, UnsupportedAlgorithm):
        return None
    if not isinstance(found, Ed25519PublicKey):
        return None
    return found.public_bytes(Encoding.Raw, PublicFormat.Raw)
