"""An agency checks a certificate: the genuine one is found, and nothing that was made up."""

from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from lms.completion.certificate import (
    SECRET_BITS,
    certificate_number,
    certificate_secret,
    read_certificate_number,
    secret_matches,
)
from lms.completion.queries import check_certificate
from lms.kernel.ids import CHECK_DIGITS, decode_number, encode_number
from tests.factories import KEYS, NOW, attest, make_learner, pass_course

KEY = KEYS.certificate
NUMBERS = st.integers(1, 1 << 30)


@given(NUMBERS)
def test_a_number_is_read_as_it_was_printed(number: int) -> None:
    assert read_certificate_number(certificate_number(number)) == number


def test_a_number_is_short_enough_to_be_read_aloud() -> None:
    assert certificate_number(17) == "00000H-H"


@given(NUMBERS)
def test_the_printed_secret_matches_however_it_is_typed(number: int) -> None:
    secret = certificate_secret(KEY, number)
    assert secret_matches(KEY, number, secret)
    assert secret_matches(KEY, number, secret.lower().replace("-", " "))


@given(NUMBERS, st.integers(0, 16), st.sampled_from(CHECK_DIGITS))
def test_a_secret_with_one_changed_symbol_does_not_match(
    number: int, place: int, symbol: str
) -> None:
    secret = certificate_secret(KEY, number).replace("-", "")
    assume(secret[place] != symbol)
    changed = secret[:place] + symbol + secret[place + 1 :]
    assume(decode_number(changed) != decode_number(secret))  # U, I, L, O are read as others
    assert not secret_matches(KEY, number, changed)


@given(NUMBERS, NUMBERS)
def test_a_secret_is_good_for_its_own_certificate_alone(number: int, other: int) -> None:
    assume(number != other)
    assert not secret_matches(KEY, other, certificate_secret(KEY, number))


def test_another_site_makes_other_secrets() -> None:
    assert certificate_secret(KEY, 1) != certificate_secret(KEYS.field, 1)


@pytest.mark.parametrize("typed", ["", "0", "00", "not a secret", "0" * 17, "é", "1" * 5000])
def test_what_is_no_secret_matches_nothing(typed: str) -> None:
    assert not secret_matches(KEY, 1, typed)


def test_the_true_secret_with_more_before_it_does_not_match() -> None:
    true = decode_number(certificate_secret(KEY, 1)) or 0
    assert not secret_matches(KEY, 1, encode_number(true + (1 << SECRET_BITS), digits=17))


def _issue(db: Session) -> None:
    learner = make_learner(db)
    pass_course(db, learner)
    attest(db, learner, now=NOW + timedelta(days=3))


def test_number_and_secret_together_show_the_certificate(db: Session) -> None:
    _issue(db)
    view = check_certificate(db, KEY, "000001-1", certificate_secret(KEY, 1))
    assert view is not None
    assert (view.register_number, view.completed_at) == (1, NOW)
    assert not view.is_revoked


@pytest.mark.parametrize(
    ("number", "secret"),
    [
        ("000001-1", ""),
        ("000001-1", certificate_secret(KEY, 2)),
        ("000002-2", certificate_secret(KEY, 1)),
        ("000002-2", certificate_secret(KEY, 2)),  # well made, never issued
        ("", certificate_secret(KEY, 1)),
        ("000001-2", certificate_secret(KEY, 1)),
        (encode_number(1 << 70, digits=1), certificate_secret(KEY, 1 << 70)),
        ("-1", "-1"),
    ],
)
def test_whatever_is_wrong_the_answer_is_the_same(db: Session, number: str, secret: str) -> None:
    _issue(db)
    assert check_certificate(db, KEY, number, secret) is None
