"""Do: sign in and out, make and disable accounts; an unknown login gets a known one's answer."""

import hashlib
import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.accounts.models import SignInSession, User
from lms.accounts.passwords import (
    MAXIMUM_LENGTH,
    MINIMUM_LENGTH,
    hash_password,
    password_matches,
)
from lms.accounts.roles import Role
from lms.accounts.throttle import (
    LOGIN_FAILURES,
    count_a_try,
    forget_failures,
)
from lms.kernel.errors import BadInputError, NotFoundError

LOGIN_PATTERN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{1,62}[a-z0-9])")
TOKEN_BYTES = 32


class LoginTakenError(BadInputError):
    """Somebody else has this login."""


class LoginFormError(BadInputError):
    """A login has 3 to 64 letters without accents, digits, dots, hyphens or underscores."""


class PasswordFormError(BadInputError):
    """A password has 10 to 128 characters, is not the login and not among the most common."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session: the token goes to the browser, its hash is what the table keeps."""

    token: str
    user: User


# The ten-and-more-character passwords that lists of leaked ones begin with.
_COMMON = frozenset({
    "1234567890", "12345678910", "123456789a", "password12", "password123", "qwertyuiop",
    "motdepasse", "motdepasse1", "azertyuiop", "1q2w3e4r5t", "0987654321", "1111111111",
    "0000000000", "aaaaaaaaaa", "qwerty12345", "iloveyou12",
})  # fmt: skip


def token_hash(token: str) -> str:
    """Give what is kept of a session token: SHA-256 in hex (the token has 256 random bits)."""
    return hashlib.sha256(token.encode()).hexdigest()


def clean_login(text: str) -> str:
    """Fold a login as typed: spaces at the ends and case do not count."""
    return text.strip().lower()


def make_user(
    db: Session, login: str, password: str, *, role: Role, language: str, now: datetime
) -> User:
    """Make an account, or raise what is wrong with the login or the password."""
    login = clean_login(login)
    if not LOGIN_PATTERN.fullmatch(login):
        raise LoginFormError
    check_password(login, password)
    if db.scalar(select(User.id).where(User.login == login)) is not None:
        raise LoginTakenError
    user = User(
        login=login,
        password_hash=hash_password(password),
        role=role,
        language=language,
        created_at=now,
    )
    db.add(user)
    db.flush()
    return user


def check_password(login: str, password: str) -> None:
    """Refuse a password that is too short, too long, the login itself or a common one."""
    lowered = password.lower()
    fits = MINIMUM_LENGTH <= len(password) <= MAXIMUM_LENGTH
    if not fits or lowered in _COMMON or lowered == login or len(set(lowered)) < 4:  # noqa: PLR2004
        raise PasswordFormError


def count_try(db: Session, login: str, *, device: str = "", now: datetime) -> None:
    """Count a try at a password before it is looked at; raises TooOftenError past the limit.

    `device` names a browser that signed in as this person before: it has a count of its own, so
    that a stranger's guesses do not lock him out. Commit before the password is checked: that
    takes its time, and must hold no lock.
    """
    subject = _tries(login, device)
    count_a_try(db, subject, limit=LOGIN_FAILURES, now=now)


def check_login(db: Session, login: str, password: str) -> User | None:
    """Give the account that both belong to; None takes as long, whatever is wrong."""
    user = db.scalar(
        select(User).where(User.login == clean_login(login), User.disabled_at.is_(None))
    )
    known = user.password_hash if user else None
    return user if password_matches(password[:MAXIMUM_LENGTH], known) else None


def sign_in(db: Session, user: User, *, device: str = "", now: datetime) -> SignedIn:
    """Open a session for somebody who may come in; his tries no longer count."""
    forget_tries(db, user.login, device=device)
    return open_session(db, user, now=now)


def forget_tries(db: Session, login: str, *, device: str = "") -> None:
    """Let the tries before no longer count, for somebody who has proved who he is."""
    forget_failures(db, _tries(login, device))


def _tries(login: str, device: str) -> str:
    return f"login:{clean_login(login)}:{device}"


def open_session(db: Session, user: User, *, now: datetime) -> SignedIn:
    """Open a session for somebody whose right to it was checked."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    db.add(
        SignInSession(token_hash=token_hash(token), user_id=user.id, created_at=now, seen_at=now)
    )
    db.flush()
    return SignedIn(token, user)


def end_session(db: Session, session_hash: str, *, now: datetime) -> None:
    """End one session; its token is worth nothing from now on."""
    _end(db, SignInSession.token_hash == session_hash, now)


def end_all_sessions(db: Session, user_id: uuid.UUID, *, now: datetime) -> None:
    """End every session of somebody."""
    _end(db, SignInSession.user_id == user_id, now)


def _end(db: Session, condition: object, now: datetime) -> None:
    db.execute(
        update(SignInSession)
        .where(condition, SignInSession.ended_at.is_(None))  # type: ignore[arg-type]  # a column expression
        .values(ended_at=now)
    )


def note_seen(db: Session, session_hash: str, *, now: datetime) -> None:
    """Note when a session was last used."""
    db.execute(
        update(SignInSession).where(SignInSession.token_hash == session_hash).values(seen_at=now)
    )


def find_user(db: Session, login: str) -> User:
    """Give the account with this login, or raise NotFoundError."""
    user = db.scalar(select(User).where(User.login == clean_login(login)))
    if user is None:
        raise NotFoundError(f"no account has the login {login!r}")
    return user


def disable_user(db: Session, login: str, *, now: datetime) -> None:
    """Close an account and end its sessions; nothing that it did is taken away."""
    user = find_user(db, login)
    user.disabled_at = now
    end_all_sessions(db, user.id, now=now)
    db.flush()


def reset_password(db: Session, login: str, password: str, *, now: datetime) -> None:
    """Set a new password and end all sessions."""
    user = find_user(db, login)
    check_password(user.login, password)
    user.password_hash = hash_password(password)
    end_all_sessions(db, user.id, now=now)
    db.flush()


def set_language(db: Session, user_id: uuid.UUID, language: str) -> None:
    """Remember the language that somebody chose."""
    db.execute(update(User).where(User.id == user_id).values(language=language))
