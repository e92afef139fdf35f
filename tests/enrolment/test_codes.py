"""Enrolment codes: printed on paper, typed by somebody who is nervous."""

from hypothesis import given
from hypothesis import strategies as st

from lms.enrolment.codes import CODE_BITS, code_hash, new_code
from lms.kernel.ids import encode_number

CODE = new_code()


def test_a_code_has_five_groups_of_which_the_last_is_the_check() -> None:
    assert [len(group) for group in CODE.split("-")] == [4, 4, 4, 4, 1]


def test_codes_do_not_repeat() -> None:
    assert len({new_code() for _ in range(2000)}) == 2000


def test_however_it_is_typed_it_is_the_same_code() -> None:
    for typed in (CODE.lower(), CODE.replace("-", " "), f" {CODE} ", CODE.replace("-", "")):
        assert code_hash(typed) == code_hash(CODE)


def test_a_code_is_letters_and_numbers_alone() -> None:
    assert all(new_code().replace("-", "").isalnum() for _ in range(500))


@given(st.text(max_size=60))
def test_what_is_no_code_is_refused_without_a_fault(typed: str) -> None:
    digest = code_hash(typed)
    assert digest is None or len(digest) == 64


def test_a_number_of_more_bits_is_no_code() -> None:
    assert code_hash(encode_number((1 << CODE_BITS) - 1, digits=16)) is not None
    assert code_hash(encode_number(1 << CODE_BITS, digits=16)) is None


def test_a_very_long_text_is_not_even_read() -> None:
    assert code_hash("0" * 1_000_000) is None
