"""Passwords: kept as the OWASP asks, and an unknown login costs as much as a known one."""

from typing import Literal

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters

from lms.accounts import passwords
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


def test_an_unknown_login_takes_the_same_work_as_a_known_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[tuple[Parameters, str]] = []

    class Watched(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - theirs
            compared.append((extract_parameters(str(hash)), str(password)))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_hasher", Watched())
    for hashed in (HASHED, None):
        assert not password_matches("not the password", hashed)
    assert compared == [(extract_parameters(HASHED), "not the password")] * 2


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
