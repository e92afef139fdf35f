"""Move the files that time has moved: run by a job, every few minutes, in short transactions."""

import logging
import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt
from lms.completion.models import Certificate, CompletionRecord
from lms.completion.queries import counts
from lms.enrolment.models import EnrolmentCode
from lms.exchange.models import ExchangeMessage
from lms.journey.files import REST, WAIT_FOR_CERTIFICATE, Run, advance
from lms.kernel.days import today_in_programme
from lms.kernel.errors import VirageError
from lms.kernel.keys import Keys
from lms.progress.models import SeatTime
from lms.referrals.models import Referral
from lms.referrals.states import CAN_EXPIRE, Outcome, State

logger = logging.getLogger("lms.files")
MOST_AT_ONCE = 100  # one transaction holds SQLite's only lock
_ALWAYS = (State.EXPIRED, State.WITHDRAWN, State.RETURNED_TO_PROSECUTOR, State.CANCELLED)


def due_files(
    db: Session,
    *,
    review: bool,
    now: datetime,
    after: uuid.UUID | None = None,
    limit: int = MOST_AT_ONCE,
) -> tuple[uuid.UUID, ...]:
    """Give the files that the rules may move now, by id, those after one that was looked at."""
    query = select(Referral.id).where(_is_due(review=review, now=now))
    if after is not None:
        query = query.where(Referral.id > after)
    return tuple(db.scalars(query.order_by(Referral.id).limit(limit)))


def advance_files(db: Session, ids: tuple[uuid.UUID, ...], run: Run) -> int:
    """Move these files to where the facts say; gives how many moved.

    One that cannot be moved is told in the log, and holds up no other.
    """
    moved = 0
    for referral_id in ids:
        try:
            with db.begin_nested():
                moved += advance(db, db.get_one(Referral, referral_id), run) > 0
        except VirageError as error:
            fault = {"file": str(referral_id), "fault": type(error).__name__}
            logger.warning("a file could not be moved", extra=fault)
    return moved


def advance_due_files(db: Session, *, keys: Keys, review: bool, now: datetime) -> int:
    """Move all files that are due in this one transaction; gives how many moved."""
    moved, last = 0, None
    while ids := due_files(db, review=review, now=now, after=last):
        moved += advance_files(db, ids, Run(keys, review, now))
        last = ids[-1]
    return moved


def _is_due(*, review: bool, now: datetime) -> ColumnElement[bool]:
    state = Referral.state
    done = _has(CompletionRecord.enrolment_id == Referral.enrolment_id, counts())
    active = _has(SeatTime.enrolment_id == Referral.enrolment_id) | _has(
        Attempt.enrolment_id == Referral.enrolment_id
    )
    waited = Referral.state_since <= now - WAIT_FOR_CERTIFICATE
    cases = [
        and_(state.in_(CAN_EXPIRE), Referral.deadline < today_in_programme(now)),
        and_(state == State.READY, _has_dead_code(now)),
        and_(state == State.ENROLLED, active | done),
        and_(state == State.IN_PROGRESS, done),
        and_(state == State.COMPLETED, done, waited | _has_certificate()),
        and_(state == State.COMPLETED, Referral.outcome == Outcome.NOT_COMPLETED),
        and_(state == State.REPORTED, Referral.state_since <= now - REST),
        and_(state.in_((State.REPORTED, State.CLOSED)), _has_untold_certificate()),
        state.in_(_ALWAYS),
    ]
    if not review:
        cases.append(and_(state == State.COMPLETED_PENDING_REVIEW, done))
    return or_(*cases)


def _has(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(*conditions).correlate(Referral)


def _has_dead_code(now: datetime) -> ColumnElement[bool]:
    return _has(
        EnrolmentCode.id == Referral.code_id,
        EnrolmentCode.redeemed_at.is_(None),
        EnrolmentCode.expires_at <= now,
    )


def _has_certificate(*more: ColumnElement[bool]) -> ColumnElement[bool]:
    return _has(
        CompletionRecord.enrolment_id == Referral.enrolment_id,
        Certificate.completion_id == CompletionRecord.id,
        counts(),
        *more,
    )


def _has_untold_certificate() -> ColumnElement[bool]:
    """Whether a certificate was made after the last message about the file."""
    told = exists().where(
        ExchangeMessage.referral_id == Referral.id,
        ExchangeMessage.direction == "out",
        ExchangeMessage.at >= Certificate.issued_at,
    )
    return _has_certificate(~told.correlate(Referral, Certificate))
