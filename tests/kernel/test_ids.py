"""Numbers that somebody reads aloud on the telephone, and somebody else types."""

import threading
import time
import uuid
from collections.abc import Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lms.kernel import ids
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


def test_keys_are_in_the_order_in_which_they_were_made_and_tell_nothing_else() -> None:
    made = [new_id() for _ in range(10_000)]
    assert made == sorted(made)
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Give a process that has just begun its clock, in nanoseconds: the one number of a list."""
    now = [1_700_000_000_000_000_000]
    with monkeypatch.context() as patch:
        patch.setattr(time, "time_ns", lambda: now[0])
        patch.setattr(ids, "_ticks", ids.Ticks())
        yield now


def test_a_key_tells_the_moment_it_was_made_to_the_millisecond(clock: list[int]) -> None:
    for later in (0, 1, 999_999, 1_000_000, 12_345_678):
        clock[0] += later
        assert new_id().int >> 80 == clock[0] // 1_000_000


def test_keys_are_in_order_also_when_the_clock_goes_back(clock: list[int]) -> None:
    first = new_id()
    clock[0] -= 3_600_000_000_000
    assert first < new_id() < new_id()


def test_no_key_is_given_twice_to_threads_that_ask_at_once() -> None:
    made: list[list[uuid.UUID]] = [[] for _ in range(4)]

    def ask(mine: list[uuid.UUID]) -> None:
        mine.extend(new_id() for _ in range(5_000))

    threads = [threading.Thread(target=ask, args=(mine,)) for mine in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [mine == sorted(mine) for mine in made] == [True] * 4
    assert len({one.int >> 64 for mine in made for one in mine}) == 20_000  # but for their chance


def test_a_long_number_is_set_in_groups_of_four() -> None:
    assert grouped("ABCDEFGHJ") == "ABCD-EFGH-J"
