"""A signature is good for the bytes and the key it was made with, and for nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.kernel.signing import (
    key_id,
    public_key,
    public_key_pem,
    read_public_key,
    sign,
    verify,
)

KEY = bytes(range(32))
OTHER = bytes(range(1, 33))
PUBLIC = public_key(KEY)
X25519 = """\
-----BEGIN PUBLIC KEY-----
MCowBQYDK2VuAyEAhSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=
-----END PUBLIC KEY-----
"""  # a key of another kind


def test_the_published_example_of_the_standard_comes_out() -> None:
    """RFC 8032, section 7.1, test 2."""
    key = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    signature = (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert public_key(key).hex() == public
    assert sign(key, b"\x72") == signature
    assert verify(bytes.fromhex(public), b"\x72", signature)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_a_signature_is_good_for_its_own_bytes_alone(data: bytes, other: bytes) -> None:
    signature = sign(KEY, data)
    assert verify(PUBLIC, data, signature)
    assert verify(PUBLIC, other, signature) == (data == other)
    assert not verify(public_key(OTHER), data, signature)


def test_a_signature_is_read_in_one_spelling() -> None:
    true = sign(KEY, b"data")
    for other in (true.upper(), true + "00", true[:-1], f" {true[1:]}", "", "é" * 128):
        assert not verify(PUBLIC, b"data", other), other


def test_a_public_key_is_read_as_it_was_written_in_hex_and_as_pem() -> None:
    assert read_public_key(PUBLIC.hex() + "\n") == PUBLIC
    assert read_public_key(public_key_pem(PUBLIC)) == PUBLIC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00",
        "é" * 64,
        PUBLIC.hex() + "00",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        X25519,
    ],
)
def test_what_is_no_public_key_is_none(text: str) -> None:
    assert read_public_key(text) is None


def test_a_key_is_named_by_the_digest_of_its_public_half() -> None:
    assert len(key_id(PUBLIC)) == 16
    assert key_id(PUBLIC) != key_id(public_key(OTHER))
