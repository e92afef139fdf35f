"""What somebody of an agency does to a file by hand: refer, suspend, resume, cancel, set a day.

Only to files that he may see: somebody else's is not there (NotFoundError). No free text comes in.
"""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from lms.agencies.status_view import Officer, status_of
from lms.kernel.days import today_in_programme
from lms.kernel.errors import NotFoundError
from lms.kernel.keys import Keys
from lms.referrals.eligibility import NewReferral
from lms.referrals.models import Referral
from lms.referrals.queries import find_referral
from lms.referrals.service import Mover, Source, change_deadline, move, refer
from lms.referrals.states import Act, Party


class CancelReason(StrEnum):
    """Why an agency cancels: one of two, and no more is said."""

    AGENCY_ERROR = "agency error"
    WRONG_PERSON = "wrong person"


def refer_person(
    db: Session, officer: Officer, new: NewReferral, *, keys: Keys, now: datetime
) -> uuid.UUID:
    """Refer somebody, and give the id of the file; raises what `refer` does."""
    made = refer(
        db,
        officer.agency_id,
        new,
        source=Source.FORM,
        by=officer.user_id,
        keys=keys,
        now=now,
        today=today_in_programme(now),
    )
    return made.id


def suspend_file(
    db: Session, officer: Officer, referral_id: uuid.UUID, *, keys: Keys, now: datetime
) -> None:
    """Let a file rest; raises MoveRefusedError where it stands so that it cannot."""
    _move(db, officer, (referral_id, Act.SUSPEND, ""), keys, now)


def resume_file(
    db: Session, officer: Officer, referral_id: uuid.UUID, *, keys: Keys, now: datetime
) -> None:
    """Let a file go on from where it stood."""
    _move(db, officer, (referral_id, Act.RESUME, ""), keys, now)


def cancel_file(
    db: Session,
    officer: Officer,
    referral_id: uuid.UUID,
    why: CancelReason,
    *,
    keys: Keys,
    now: datetime,
) -> None:
    """End a file that should not have been, for good."""
    _move(db, officer, (referral_id, Act.CANCEL, why.value), keys, now)


def set_last_day(
    db: Session, officer: Officer, referral_id: uuid.UUID, day: date, *, keys: Keys, now: datetime
) -> None:
    """Set another last day; raises DeadlineError for one that cannot be."""
    referral = _file(db, officer, referral_id)
    change_deadline(db, referral, day, _mover(officer, keys), reason="", now=now)


def _move(
    db: Session, officer: Officer, step: tuple[uuid.UUID, Act, str], keys: Keys, now: datetime
) -> None:
    referral_id, act, reason = step
    referral = _file(db, officer, referral_id)
    move(db, referral, act, _mover(officer, keys), reason=reason, now=now)


def _file(db: Session, officer: Officer, referral_id: uuid.UUID) -> Referral:
    found = find_referral(db, referral_id)
    if found is None or status_of(db, officer, referral_id) is None:
        raise NotFoundError("referral")
    return found


def _mover(officer: Officer, keys: Keys) -> Mover:
    return Mover(Party.AGENCY, str(officer.user_id), keys.audit)
