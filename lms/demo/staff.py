"""The staff's logins, and the second factor of those whose role asks for one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pyotp import TOTP
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.accounts.second_factor import confirm, is_needed
from lms.accounts.service import make_user
from lms.kernel.errors import VirageError
from lms.kernel.sealing import Place, seal

PASSWORD = "virage-en-demonstration"  # noqa: S105 - of invented people; production refuses the demo
TOTP_KEY = "DEMODEMODEMODEMODEMODEMODEMODEMO"  # known to everybody, as the password is
RECOVERY_CODES = 3  # of the ten, for a visitor without an app
STAFF = (
    ("instructor", "formatrice.demo", Role.INSTRUCTOR),
    ("author", "redactrice.demo", Role.AUTHOR),
    ("coordinator", "coordination.demo", Role.COORDINATOR),
    ("second coordinator", "coordination2.demo", Role.COORDINATOR),
    ("agency officer", "agente.demo", Role.AGENCY),
    ("agency lead", "responsable-organisme.demo", Role.AGENCY),
    ("privacy officer", "confidentialite.demo", Role.PRIVACY),
    ("testimony partner", "partenaire.demo", Role.PARTNER),
    ("administrator", "administration.demo", Role.ADMINISTRATOR),
)
SINCE = timedelta(days=1)


class DemoError(VirageError):
    """The demonstration cannot be made here."""


@dataclass(frozen=True, slots=True)
class Account:
    """One login of the demonstration."""

    role: str
    login: str
    password: str


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """What stands in for a telephone: a key for any app, and codes on paper, by login."""

    key: str
    recovery_codes: Mapping[str, tuple[str, ...]]


def make_staff(db: Session, now: datetime) -> dict[str, User]:
    """Give the staff by login; who is missing in a demonstration made before is made now."""
    logins = [login for _, login, _ in STAFF]
    there = {one.login: one for one in db.scalars(select(User).where(User.login.in_(logins)))}
    return {
        login: there.get(login) or make_user(db, login, PASSWORD, role=role, language="fr", now=now)
        for _, login, role in STAFF
    }


def turn_on_factors(
    db: Session, staff: Mapping[str, User], path: Path, *, field_key: bytes, now: datetime
) -> SecondFactor:
    """Turn on the second factor where it is needed and is off; `path` keeps the codes on paper."""
    known: dict[str, list[str]] = json.loads(path.read_text()) if path.exists() else {}
    for login, user in staff.items():
        if is_needed(user.role) and user.totp_since is None:
            known[login] = _turn_on(db, user, field_key, now)
    path.touch(mode=0o600)
    path.write_text(json.dumps(known))
    return SecondFactor(TOTP_KEY, {login: tuple(codes) for login, codes in known.items()})


def _turn_on(db: Session, user: User, field_key: bytes, now: datetime) -> list[str]:
    """Confirm the key with a code of yesterday: the one that the app shows now stays unused."""
    then = now - SINCE
    place = Place("user_account", "totp_secret", str(user.id))
    user.totp_secret = seal(field_key, TOTP_KEY, place)
    db.flush()
    codes = confirm(db, user.id, TOTP(TOTP_KEY).at(then), field_key=field_key, now=then)
    if codes is None:
        raise DemoError("the second factor of the demonstration's agency could not be turned on")
    return list(codes[:RECOVERY_CODES])
