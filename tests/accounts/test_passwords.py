"""Passwords: kept as the OWASP asks, and an unknown login costs as much as a known one."""

import time
from statistics import median

import pytest

from lms.accounts.passwords import hash_password, password_matches
from lms.accounts.service import PasswordFormError, check_password
from tests.factories import PASSWORD

HASHED = hash_password(PASSWORD)


def test_the_right_password_is_the_only_one() -> None:
    assert password_matches(PASSWORD, HASHED)
    for wrong in (PASSWORD.upper(), PASSWORD + " ", PASSWORD[:-1], "", "\x00"):
        assert not password_matches(wrong, HASHED)


def test_the_hash_is_argon2id_at_the_floor_of_the_owasp() -> None:
    assert HASHED.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_two_people_with_one_password_have_two_hashes() -> None:
    assert hash_password(PASSWORD) != HASHED


@pytest.mark.parametrize("broken", ["", "x", "$argon2id$v=19$", "scrypt:32768:8:1$a$b"])
def test_a_hash_that_is_none_lets_nobody_in(broken: str) -> None:
    assert not password_matches(PASSWORD, broken)


def test_nobody_signs_in_without_an_account() -> None:
    assert not password_matches(PASSWORD, None)


def test_an_unknown_login_takes_as_long_as_a_known_one() -> None:
    known, unknown = [], []
    for _ in range(7):  # in turns: both meet the same load
        known.append(_seconds(HASHED))
        unknown.append(_seconds(None))
    assert 0.5 < median(unknown) / median(known) < 2


def _seconds(hashed: str | None) -> float:
    start = time.perf_counter()
    password_matches("not the password", hashed)
    return time.perf_counter() - start


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "9 signs..",
        "x" * 129,
        "motdepasse1",
        "Password123",
        "ababababab",
        "jean.tremblay",
    ],
)
def test_a_password_that_would_be_guessed_is_refused(password: str) -> None:
    with pytest.raises(PasswordFormError):
        check_password("jean.tremblay", password)


@pytest.mark.parametrize(
    "password", ["dix signes", "x" * 125 + "yza", "élève à l’école", "🐝🐛🐜🐞" * 3]
)
def test_a_password_may_have_any_signs(password: str) -> None:
    check_password("jean.tremblay", password)
    assert password_matches(password, hash_password(password))
