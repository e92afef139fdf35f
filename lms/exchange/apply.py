"""What a message of an agency does: each kind is one act of the referrals' own service."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, assert_never

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.exchange.message import Head, Kind
from lms.kernel.errors import BadInputError, NotAllowedError, NotFoundError
from lms.kernel.keys import Keys
from lms.referrals.eligibility import (
    DecidedBy,
    NewReferral,
    ReferenceFormError,
    reference_mark,
)
from lms.referrals.models import Referral
from lms.referrals.service import Mover, change_deadline, move, refer
from lms.referrals.states import Act, Party
from lms.referrals.steps import lock


class FollowUpError(BadInputError):
    """The month is told of who is known again, and of nobody else."""


ACTS = {Kind.CANCEL: Act.CANCEL, Kind.SUSPEND: Act.SUSPEND, Kind.RESUME: Act.RESUME}
BY_AGENCY = Mover(Party.AGENCY, "agency")


@dataclass(frozen=True, slots=True)
class Desk:
    """Where messages come in: by which carrier, with which keys, when."""

    carrier: str  # file, api, form
    keys: Keys
    now: datetime
    today: date


def apply_message(db: Session, head: Head, body: Mapping[str, Any], desk: Desk) -> Referral:
    """Do what a message says, and give the file that it is about.

    A follow-up changes no file: it is kept here, and counted by whoever reads the messages.
    """
    match head.kind:
        case Kind.REFERRAL:
            return _refer(db, head, body, desk)
        case Kind.CANCEL | Kind.SUSPEND | Kind.RESUME:
            return move(db, _file(db, head, desk), ACTS[head.kind], BY_AGENCY, now=desk.now)
        case Kind.DEADLINE:
            return _change_deadline(db, head, body, desk)
        case Kind.FOLLOW_UP:
            return _follow_up(db, head, body, desk)
        case Kind.STATUS:
            raise NotAllowedError("an agency sends no status")
        case _:
            assert_never(head.kind)


def file_of(db: Session, keys: Keys, agency_id: uuid.UUID, reference: str) -> Referral | None:
    """Give an agency's file by its reference; None when there is none, or it was purged.

    Case and separators do not count, as they do not when a reference is used again.
    """
    query = select(Referral).where(
        Referral.agency_id == agency_id,
        Referral.reference_mark == _mark(keys, agency_id, reference),
        Referral.reference.is_not(None),
    )
    return db.scalar(query)


def hold_files(db: Session, keys: Keys, agency_id: uuid.UUID, references: Iterable[str]) -> None:
    """Hold the files that messages name, in one order, before any number is held.

    Whoever tells an outcome holds the file first and the agency's numbers then: so do we, and
    neither waits for the other.
    """
    marks = {_mark(keys, agency_id, one) for one in references}
    query = select(Referral).where(
        Referral.agency_id == agency_id, Referral.reference_mark.in_(marks)
    )
    for one in db.scalars(query.order_by(Referral.id)).all():
        lock(db, one)


def _mark(keys: Keys, agency_id: uuid.UUID, reference: str) -> str:
    try:
        return reference_mark(keys, agency_id, reference)
    except ReferenceFormError:
        return ""


def _file(db: Session, head: Head, desk: Desk) -> Referral:
    found = file_of(db, desk.keys, head.agency_id, head.reference)
    if found is None:
        raise NotFoundError("there is no file with this reference")
    return found


def _refer(db: Session, head: Head, body: Mapping[str, Any], desk: Desk) -> Referral:
    committed = body["committed_on"]
    new = NewReferral(
        reference=head.reference,
        language=body["language"],
        deadline=date.fromisoformat(body["deadline"]),
        arrangement=body["arrangement"],
        decided_by=DecidedBy(body["decided_by"]),
        decided_on=date.fromisoformat(body["decided_on"]),
        first_time=body["first_time"],
        no_minor=body["no_minor"],
        accepts=body["accepts"],
        lawyer_told=body["lawyer_told"],
        committed_on=date.fromisoformat(committed) if committed else None,
        commitment_version=body["commitment_version"] or "",
    )
    return refer(
        db,
        head.agency_id,
        new,
        source=desk.carrier,
        by=None,
        keys=desk.keys,
        now=desk.now,
        today=desk.today,
    )


def _change_deadline(db: Session, head: Head, body: Mapping[str, Any], desk: Desk) -> Referral:
    found = _file(db, head, desk)
    day = date.fromisoformat(body["deadline"])
    return change_deadline(db, found, day, BY_AGENCY, reason="", now=desk.now)


def _follow_up(db: Session, head: Head, body: Mapping[str, Any], desk: Desk) -> Referral:
    if body["known_again"] != (body["known_on"] is not None):
        raise FollowUpError
    return _file(db, head, desk)
