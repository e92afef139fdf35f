"""The second factor at sign-in: codes of an app (TOTP, RFC 6238), and ten on paper for its loss.

A key counts once a first code of it was entered. A code opens once, of the app or of the paper.
"""

import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from pyotp import TOTP, random_base32
from sqlalchemy import CursorResult, Update, delete, func, or_, select, update
from sqlalchemy.orm import Session

from lms.accounts.models import RecoveryCode, User
from lms.accounts.roles import Role
from lms.accounts.service import end_all_sessions, find_user
from lms.kernel.audit import SITE, Act, append_audit
from lms.kernel.errors import NotAllowedError
from lms.kernel.ids import grouped
from lms.kernel.sealing import Place, UnreadableFieldError, seal, unseal

NEEDED_BY = frozenset({Role.AGENCY})
STEP_SECONDS = 30
DRIFT = 1  # how many steps a telephone's clock may be off, each way (RFC 6238, section 5.2)
RECOVERY_CODES = 10
RECOVERY_DIGITS = 16
ISSUER = "Virage"


class FactorIsOnError(NotAllowedError):
    """A second factor is on: another key takes its place once the site took this one away."""


class NoKeyError(NotAllowedError):
    """There is no key that waits for its first code, or none that is on."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that waits for its first code: what an app is given."""

    text: str  # in base 32, in groups of four, to be typed
    address: str  # otpauth://…, to be drawn as a QR code


@dataclass(frozen=True, slots=True)
class Factor:
    """Where somebody's second factor stands."""

    since: datetime | None  # none: not on
    codes_left: int
    waiting: NewKey | None = None

    @property
    def is_on(self) -> bool:
        """Whether a code is asked for at sign-in."""
        return self.since is not None


def is_needed(role: Role) -> bool:
    """Whether this role sees nothing before its second factor is on."""
    return role in NEEDED_BY


def is_offered(role: Role) -> bool:
    """Whether this role can have one: a participant's household would ask what the app is for."""
    return role is not Role.PARTICIPANT


def factor_of(db: Session, user_id: uuid.UUID, *, field_key: bytes) -> Factor:
    """Give where somebody's second factor stands, with the key as long as it waits."""
    user = db.get_one(User, user_id)
    mine = (RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    left = db.scalar(select(func.count()).select_from(RecoveryCode).where(*mine)) or 0
    waiting = None
    if user.totp_since is None and (key := _key_of(user, field_key)):
        waiting = NewKey(
            grouped(key), TOTP(key).provisioning_uri(name=user.login, issuer_name=ISSUER)
        )
    return Factor(user.totp_since, left, waiting)


def make_key(db: Session, user_id: uuid.UUID, *, field_key: bytes) -> None:
    """Make a key that waits for its first code; the one that waited before is worth nothing."""
    user = db.get_one(User, user_id)
    if user.totp_since is not None:
        raise FactorIsOnError
    user.totp_secret = seal(field_key, random_base32(), _place(user_id))
    user.totp_last_step = None
    db.flush()


def confirm(
    db: Session, user_id: uuid.UUID, code: str, *, field_key: bytes, now: datetime
) -> tuple[str, ...] | None:
    """Turn the second factor on and give the recovery codes, this once; None for a wrong code."""
    user = db.get_one(User, user_id)
    if user.totp_since is not None:
        raise FactorIsOnError
    if user.totp_secret is None:
        raise NoKeyError
    if not _app_opens(db, user, _clean(code), field_key, now):
        return None
    user.totp_since = now
    return _make_recovery_codes(db, user_id, field_key)


def renew_recovery_codes(
    db: Session, user_id: uuid.UUID, code: str, *, field_key: bytes, now: datetime
) -> tuple[str, ...] | None:
    """Give ten new codes, this once, in the place of all before; None for a wrong code."""
    if db.get_one(User, user_id).totp_since is None:
        raise NoKeyError
    if not opens(db, user_id, code, field_key=field_key, now=now):
        return None
    return _make_recovery_codes(db, user_id, field_key)


def opens(db: Session, user_id: uuid.UUID, code: str, *, field_key: bytes, now: datetime) -> bool:
    """Whether a code of the app or of the paper opens; it is used up by that.

    Both are looked at, whatever the code looks like: a wrong one takes as long either way.
    """
    user, typed = db.get_one(User, user_id), _clean(code)
    by_app = _app_opens(db, user, typed, field_key, now)
    mark = _mark(field_key, user_id, typed)
    by_paper = _changes_one(
        db,
        update(RecoveryCode)
        .where(
            RecoveryCode.code_hash == mark,
            RecoveryCode.user_id == user_id,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now),
    )
    return user.totp_since is not None and (by_app or by_paper)


def take_off(db: Session, login: str, *, audit_key: bytes, now: datetime) -> None:
    """Take somebody's second factor away, end his sessions, and write it into the audit chain."""
    user = find_user(db, login)
    since = user.totp_since
    user.totp_secret = user.totp_since = user.totp_last_step = None
    db.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    end_all_sessions(db, user.id, now=now)
    db.flush()
    act = Act(
        SITE,
        "second-factor-off",
        f"user:{user.id}",
        before={"since": since.isoformat() if since else None},
    )
    append_audit(db, audit_key, act, now=now)


def _app_opens(db: Session, user: User, code: str, field_key: bytes, now: datetime) -> bool:
    """Whether the app shows this code now; its step, and all before it, open nothing any more."""
    step = _step_of(_key_of(user, field_key) or random_base32(), code, now)
    if step is None:
        return False
    is_newer = or_(User.totp_last_step.is_(None), User.totp_last_step < step)
    # One statement: of two that send the same code at the same moment, one gets in.
    return _changes_one(
        db, update(User).where(User.id == user.id, is_newer).values(totp_last_step=step)
    )


def _step_of(key: str, code: str, now: datetime) -> int | None:
    """Give the step whose code this is, of those that a clock may show; all are looked at."""
    here, app = int(now.timestamp()) // STEP_SECONDS, TOTP(key)
    found = None
    for step in range(here - DRIFT, here + DRIFT + 1):
        if hmac.compare_digest(app.generate_otp(step).encode(), code.encode()):
            found = step
    return found


def _changes_one(db: Session, statement: Update) -> bool:
    done = db.execute(statement)
    return isinstance(done, CursorResult) and done.rowcount == 1


def _key_of(user: User, field_key: bytes) -> str | None:
    """Give the key; none too where the seal does not open: then the site takes it away."""
    if user.totp_secret is None:
        return None
    try:
        return unseal(field_key, user.totp_secret, _place(user.id))
    except UnreadableFieldError:
        return None


def _make_recovery_codes(db: Session, user_id: uuid.UUID, field_key: bytes) -> tuple[str, ...]:
    """Digits alone, so that one field and one keyboard do for the app's codes and for these."""
    db.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = [
        f"{secrets.randbelow(10**RECOVERY_DIGITS):0{RECOVERY_DIGITS}}"
        for _ in range(RECOVERY_CODES)
    ]
    db.add_all(RecoveryCode(code_hash=_mark(field_key, user_id, one), user_id=user_id)
               for one in codes)  # fmt: skip
    db.flush()
    return tuple(grouped(one).replace("-", " ") for one in codes)


def _mark(field_key: bytes, user_id: uuid.UUID, code: str) -> str:
    # With the site's key: 53 random bits would not withstand a search through a stolen table.
    return hmac.new(field_key, f"recovery-code:{user_id}:{code}".encode(), "sha256").hexdigest()


def _clean(code: str) -> str:
    return "".join(code.split()).replace("-", "")


def _place(user_id: uuid.UUID) -> Place:
    return Place("user_account", "totp_secret", str(user_id))
