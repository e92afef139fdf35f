"""Read files: one, an agency's own, and every step that one took."""

import uuid
from datetime import date

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from lms.enrolment.models import Enrolment
from lms.referrals.models import Referral, ReferralEvent
from lms.referrals.states import BEFORE_ENROLMENT, Act, State


def find_referral(db: Session, referral_id: uuid.UUID) -> Referral | None:
    """Give a file; None if there is no such file."""
    return db.get(Referral, referral_id)


def referral_of(db: Session, enrolment_id: uuid.UUID) -> Referral | None:
    """Give the file that an enrolment belongs to; None where nobody referred him."""
    return db.scalar(select(Referral).where(Referral.enrolment_id == enrolment_id))


def was_replaced(db: Session, enrolment_id: uuid.UUID) -> bool:
    """Whether the file of an enrolment began anew without it: the wrong person came."""
    replaced = ReferralEvent.detail[("enrolment", 0)].as_string() == str(enrolment_id)
    found = exists().where(ReferralEvent.act == Act.REISSUE, replaced)
    return db.scalar(select(found)) is True


def referral_of_code(db: Session, code_id: uuid.UUID) -> Referral | None:
    """Give the file that a code was issued for; None for a code of a group alone."""
    return db.scalar(select(Referral).where(Referral.code_id == code_id))


def referrals_of(
    db: Session,
    agency_id: uuid.UUID,
    *,
    referred_by: uuid.UUID | None = None,
    limit: int,
    offset: int = 0,
) -> tuple[Referral, ...]:
    """List an agency's files, the newest first; only those that one member referred, if said.

    Purged files are not listed: nothing is left to tell them by.
    """
    query = select(Referral).where(Referral.agency_id == agency_id, Referral.purged_at.is_(None))
    if referred_by is not None:
        query = query.where(Referral.referred_by == referred_by)
    query = query.order_by(Referral.referred_at.desc(), Referral.id.desc())
    return tuple(db.scalars(query.limit(limit).offset(offset)))


def events_of(db: Session, referral_id: uuid.UUID) -> tuple[ReferralEvent, ...]:
    """Give every step of a file, the first one first."""
    found = db.scalars(
        select(ReferralEvent)
        .where(ReferralEvent.referral_id == referral_id)
        .order_by(ReferralEvent.number)
    )
    return tuple(found)


def deadlines_of(db: Session, referral_id: uuid.UUID) -> tuple[date, ...]:
    """Give the last days that a file had before the one it has, the first one first."""
    changed = [one.detail.get("deadline") for one in events_of(db, referral_id)]
    return tuple(date.fromisoformat(one[0]) for one in changed if one)


def seats_taken(db: Session, cohort_id: uuid.UUID) -> int:
    """Count who holds a place in a group: who is enrolled, and open files that wait to be."""
    enrolled = select(func.count()).where(
        Enrolment.cohort_id == cohort_id,
        Enrolment.withdrawn_at.is_(None),
        Enrolment.closed_at.is_(None),
    )
    waiting = select(func.count()).where(
        Referral.cohort_id == cohort_id,
        Referral.enrolment_id.is_(None),
        Referral.state.in_((*BEFORE_ENROLMENT, State.SUSPENDED)),
    )
    return (db.scalar(enrolled) or 0) + (db.scalar(waiting) or 0)
