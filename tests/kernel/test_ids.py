"""Numbers that somebody reads aloud on the telephone, and somebody else types."""

import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lms.kernel.ids import CHECK_DIGITS, DIGITS, decode_number, encode_number, grouped, new_id

CODES = st.integers(0, (1 << 80) - 1).map(lambda number: encode_number(number, digits=16))


@given(st.integers(0, 1 << 100), st.integers(1, 20))
def test_what_was_written_is_read_again(number: int, digits: int) -> None:
    assert decode_number(encode_number(number, digits=digits)) == number


@given(CODES, st.data())
def test_one_wrong_symbol_is_always_found(code: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(code) - 1))
    alphabet = CHECK_DIGITS if place == len(code) - 1 else DIGITS
    wrong = data.draw(st.sampled_from(alphabet.replace(code[place], "")))
    assert decode_number(code[:place] + wrong + code[place + 1 :]) is None


@given(CODES, st.data())
def test_two_symbols_that_changed_places_are_always_found(code: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(code) - 2))
    second = data.draw(st.integers(first + 1, len(code) - 1))
    assume(code[first] != code[second])
    symbols = list(code)
    symbols[first], symbols[second] = symbols[second], symbols[first]
    assert decode_number("".join(symbols)) is None


@given(CODES)
def test_case_hyphens_and_spaces_do_not_count(code: str) -> None:
    number = decode_number(code)
    assert number is not None
    assert decode_number(f"  {grouped(code).lower()} ") == number
    assert decode_number(" ".join(code)) == number


@pytest.mark.parametrize(("typed", "meant"), [("I", "1"), ("l", "1"), ("O", "0"), ("o", "0")])
def test_letters_that_look_like_digits_are_read_as_those(typed: str, meant: str) -> None:
    for number in range(2000):
        code = encode_number(number, digits=4)
        if meant in code:
            assert decode_number(code.replace(meant, typed)) == number


@pytest.mark.parametrize("typed", ["", " ", "-", "A", "É1", "1", "٣٣", "ABCDU1", "A\x00B", "😀😀"])
def test_what_is_no_number_is_refused_without_a_fault(typed: str) -> None:
    assert decode_number(typed) is None


@given(st.text(max_size=40))
def test_nothing_that_anybody_types_breaks_the_reader(typed: str) -> None:
    number = decode_number(typed)
    assert number is None or number >= 0


def test_keys_are_in_the_order_of_time_and_tell_nothing_else() -> None:
    first = new_id()
    time.sleep(0.002)
    second = new_id()
    assert first < second
    assert (first.version, first.variant) == (7, "specified in RFC 4122")


def test_keys_made_in_the_same_moment_differ() -> None:
    assert len({new_id() for _ in range(10_000)}) == 10_000


def test_a_long_number_is_set_in_groups_of_four() -> None:
    assert grouped("ABCDEFGHJ") == "ABCD-EFGH-J"
