"""A file's place in a group, and the code that lets its person in; a code is shown once."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.enrolment.models import Cohort, EnrolmentCode
from lms.enrolment.service import check_code, issue_codes
from lms.kernel.days import end_of_day
from lms.kernel.errors import NotAllowedError, NotFoundError
from lms.referrals.eligibility import DeadlineError
from lms.referrals.models import Referral
from lms.referrals.queries import seats_taken
from lms.referrals.states import BEFORE_ENROLMENT, Act, MoveRefusedError, Party, State
from lms.referrals.steps import Mover, Note, lock, move, note_change, require_party


class CohortFullError(NotAllowedError):
    """Every place of the group is taken."""


class NoCohortError(NotAllowedError):
    """A code lets somebody into a group: the file has none yet."""


class CodeStandsError(NotAllowedError):
    """A code of this file can still be used; `reissue` puts another in its place."""


def assign(
    db: Session, referral: Referral, cohort_id: uuid.UUID, mover: Mover, *, now: datetime
) -> None:
    """Give a file that waits a place in a group; an unused code of it lets into that group then.

    Raises CohortFullError where no place is left, NotFoundError for another programme's group.
    """
    require_party(mover, Party.COORDINATOR)
    cohort = db.get(Cohort, cohort_id, with_for_update=True)  # one place is not given twice
    if cohort is None or cohort.programme_id != referral.programme_id:
        raise NotFoundError("cohort")
    lock(db, referral)
    if State(referral.state) not in BEFORE_ENROLMENT:
        raise MoveRefusedError(f"a group is not changed while a file is {referral.state}")
    if referral.cohort_id == cohort.id:
        return
    if cohort.capacity is not None and seats_taken(db, cohort.id) >= cohort.capacity:
        raise CohortFullError
    before = None if referral.cohort_id is None else str(referral.cohort_id)
    referral.cohort_id = cohort.id
    code = _code(db, referral)
    if code is not None and code.redeemed_at is None:
        code.cohort_id = cohort.id
    note_change(db, referral, "assign", mover, Note({"cohort": [before, str(cohort.id)]}), now)


def issue_code(
    db: Session, referral: Referral, mover: Mover, *, valid: timedelta, now: datetime
) -> str:
    """Make the code of a file that is ready, and give it as printed, this once.

    It runs out with the last day at the latest. Raises NoCohortError, CodeStandsError.
    """
    require_party(mover, Party.COORDINATOR)
    lock(db, referral)
    if State(referral.state) is not State.READY:
        raise MoveRefusedError(f"a code is not issued while a file is {referral.state}")
    code = _code(db, referral)
    if code is not None and code.redeemed_at is None and now < code.expires_at:
        raise CodeStandsError
    return _new_code(db, referral, mover, valid=valid, now=now)


def reissue(
    db: Session,
    referral: Referral,
    mover: Mover,
    *,
    reason: str,
    valid: timedelta,
    now: datetime,
) -> str:
    """End a file's code, and the enrolment of whoever used it, and give a new code, this once.

    For a letter that was lost, a code that ran out, and a wrong person who came.
    """
    if referral.cohort_id is None:
        raise NoCohortError
    _require_time(referral, now)
    move(db, referral, Act.REISSUE, mover, reason=reason, now=now)
    return _new_code(db, referral, mover, valid=valid, now=now)


def _require_time(referral: Referral, now: datetime) -> None:
    """Raise DeadlineError where the last day is over: a code would open nothing."""
    if now >= end_of_day(referral.deadline):
        raise DeadlineError


def _new_code(
    db: Session, referral: Referral, mover: Mover, *, valid: timedelta, now: datetime
) -> str:
    if referral.cohort_id is None:
        raise NoCohortError
    _require_time(referral, now)
    until = min(now + valid, end_of_day(referral.deadline))
    issued = issue_codes(db, referral.cohort_id, 1, valid=until - now, now=now)
    referral.code_id = check_code(db, issued[0], now=now).code_id
    detail = {"code": str(referral.code_id), "until": until.isoformat()}
    note_change(db, referral, "issue", mover, Note(detail), now)
    return issued[0]


def _code(db: Session, referral: Referral) -> EnrolmentCode | None:
    return None if referral.code_id is None else db.get(EnrolmentCode, referral.code_id)
