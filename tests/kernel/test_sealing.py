"""What somebody wrote in an open answer is for its place alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.kernel.sealing import Place, UnreadableFieldError, seal, unseal

KEY = bytes(range(32))
HERE = Place("response", "sealed_text", "row-1")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS)
def test_a_sealed_text_opens_at_its_place(text: str) -> None:
    assert unseal(KEY, seal(KEY, text, HERE), HERE) == text


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("attempt", "sealed_text", "row-1"),
        Place("response", "answer", "row-1"),
        Place("response", "sealed_text", "row-2"),
    ],
)
def test_a_text_moved_elsewhere_does_not_open(elsewhere: Place) -> None:
    with pytest.raises(UnreadableFieldError, match=f"{elsewhere.table}.{elsewhere.column}"):
        unseal(KEY, seal(KEY, "Je regrette.", HERE), elsewhere)


def test_a_text_does_not_open_with_another_key() -> None:
    with pytest.raises(UnreadableFieldError):
        unseal(bytes(32), seal(KEY, "Je regrette.", HERE), HERE)


def test_a_single_changed_bit_is_noticed() -> None:
    sealed = seal(KEY, "Je regrette.", HERE)
    for place in range(1, len(sealed)):  # the first byte is the version
        for bit in range(8):
            changed = bytearray(sealed)
            changed[place] ^= 1 << bit
            with pytest.raises(UnreadableFieldError):
                unseal(KEY, bytes(changed), HERE)


@pytest.mark.parametrize("stump", [b"", b"\x01", b"\x01" + bytes(12), b"\x01" + bytes(20)])
def test_a_stump_does_not_open_and_breaks_nothing(stump: bytes) -> None:
    with pytest.raises(UnreadableFieldError):
        unseal(KEY, stump, HERE)


def test_the_same_text_never_looks_the_same_twice() -> None:
    assert seal(KEY, "oui", HERE) != seal(KEY, "oui", HERE)


def test_the_fault_does_not_tell_the_text() -> None:
    with pytest.raises(UnreadableFieldError) as fault:
        unseal(KEY, b"Je regrette." + bytes(20), HERE)
    assert "regrette" not in str(fault.value)
