"""Read many files at once, for the coordinator: the list, and what waits for her. No name in it."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from lms.agencies.models import Agency
from lms.enrolment.models import Cohort, Enrolment, EnrolmentCode
from lms.referrals.models import Referral
from lms.referrals.states import OPEN, State

NEAR = timedelta(days=14)  # how long before its last day a file is shown as near it


class Order(StrEnum):
    """What a list of files is sorted by."""

    NEWEST = "newest"
    DEADLINE = "deadline"
    REFERENCE = "reference"
    STATE = "state"


class Waiting(StrEnum):
    """What a file can wait for from the coordinator."""

    FEE = "fee"
    GROUP = "group"
    LETTER = "letter"
    NEW_CODE = "new-code"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files: whatever is not said does not narrow the list."""

    state: State | None = None
    agency_id: uuid.UUID | None = None
    cohort_id: uuid.UUID | None = None
    text: str = ""  # a part of the reference
    waiting: Waiting | None = None
    ids: Collection[uuid.UUID] = ()
    order: Order = Order.NEWEST


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file in a list."""

    id: uuid.UUID
    reference: str
    agency: str
    state: State
    state_since: datetime
    deadline: date
    language: str
    arrangement: bool
    fee_state: str
    cohort_id: uuid.UUID | None
    cohort: str
    pseudonym: str
    code_until: datetime | None  # of a code that nobody has used


def find_files(
    db: Session, wanted: Wanted, *, now: datetime, today: date, limit: int, offset: int = 0
) -> tuple[FileRow, ...]:
    """List the files that are wanted; purged ones are not listed."""
    query = _rows().where(*_conditions(wanted, now, today)).order_by(*_order(wanted.order))
    rows = db.execute(query.limit(limit).offset(offset))
    return tuple(_file_row(row) for row in rows)


def count_files(db: Session, wanted: Wanted, *, now: datetime, today: date) -> int:
    """Count the files that are wanted."""
    query = _joined(select(func.count())).where(*_conditions(wanted, now, today))
    return db.scalar(query) or 0


def waiting_counts(db: Session, *, now: datetime, today: date) -> Mapping[Waiting, int]:
    """Count what waits for the coordinator, by what it waits for."""
    return {
        one: count_files(db, Wanted(waiting=one), now=now, today=today)
        for one in Waiting
    }  # fmt: skip


def files_with_ids(db: Session, ids: Sequence[uuid.UUID]) -> tuple[FileRow, ...]:
    """Give these files, by reference."""
    query = _rows().where(Referral.id.in_(ids), Referral.purged_at.is_(None))
    return tuple(_file_row(row) for row in db.execute(query.order_by(*_order(Order.REFERENCE))))


def files_to_write_to(
    db: Session, cohort_id: uuid.UUID, *, now: datetime, limit: int
) -> tuple[FileRow, ...]:
    """Give the files that could get a letter of this group: ready, in it or in none, uncoded."""
    of_group = or_(Referral.cohort_id == cohort_id, Referral.cohort_id.is_(None))
    query = _rows().where(Referral.state == State.READY, of_group, ~_has_code(now))
    return tuple(_file_row(row) for row in db.execute(query.order_by(*_oldest()).limit(limit)))


def files_with_letters(
    db: Session, cohort_id: uuid.UUID, *, now: datetime, limit: int
) -> tuple[FileRow, ...]:
    """Give the files of this group whose code nobody has used yet: it can be replaced."""
    query = _rows().where(
        Referral.cohort_id == cohort_id,
        or_(
            and_(Referral.state == State.READY, _has_code(now)),
            Referral.state == State.CODE_EXPIRED,
        ),
    )
    return tuple(_file_row(row) for row in db.execute(query.order_by(*_oldest()).limit(limit)))


def _joined(query: Select[Any]) -> Select[Any]:
    return (
        query.select_from(Referral)
        .join(Agency, Agency.id == Referral.agency_id)
        .outerjoin(Cohort, Cohort.id == Referral.cohort_id)
        .outerjoin(Enrolment, Enrolment.id == Referral.enrolment_id)
        .outerjoin(EnrolmentCode, EnrolmentCode.id == Referral.code_id)
    )


def _rows() -> Select[Any]:
    columns: Select[Any, Any, Any, Any, Any, Any] = select(
        Referral,
        Agency.name.label("agency"),
        Cohort.name.label("cohort"),
        Enrolment.pseudonym,
        EnrolmentCode.expires_at,
        EnrolmentCode.redeemed_at,
    )
    return _joined(columns)


def _conditions(wanted: Wanted, now: datetime, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Referral.purged_at.is_(None)]
    if wanted.state is not None:
        found.append(Referral.state == wanted.state)
    if wanted.agency_id is not None:
        found.append(Referral.agency_id == wanted.agency_id)
    if wanted.cohort_id is not None:
        found.append(Referral.cohort_id == wanted.cohort_id)
    if wanted.text:
        found.append(func.lower(Referral.reference).contains(wanted.text.lower(), autoescape=True))
    if wanted.waiting is not None:
        found.append(_waits(now, today)[wanted.waiting])
    if wanted.ids:
        found.append(Referral.id.in_(wanted.ids))
    return found


def _waits(now: datetime, today: date) -> Mapping[Waiting, ColumnElement[bool]]:
    ready = Referral.state == State.READY
    has_group = Referral.cohort_id.is_not(None)
    lapsed = Referral.code_id.is_not(None) & ~_has_code(now)
    return {
        Waiting.FEE: Referral.state.in_((State.REFERRED, State.FEE_DUE)),
        Waiting.GROUP: ready & Referral.cohort_id.is_(None),
        Waiting.LETTER: ready & has_group & Referral.code_id.is_(None),
        Waiting.NEW_CODE: or_(Referral.state == State.CODE_EXPIRED, ready & has_group & lapsed),
        Waiting.DEADLINE: Referral.state.in_(OPEN) & (Referral.deadline <= today + NEAR),
    }


def _has_code(now: datetime) -> ColumnElement[bool]:
    """Whether a file has a code that can still be used."""
    return (
        select(EnrolmentCode.id)
        .where(
            EnrolmentCode.id == Referral.code_id,
            EnrolmentCode.redeemed_at.is_(None),
            EnrolmentCode.expires_at > now,
        )
        .correlate(Referral)
        .exists()
    )


def _oldest() -> tuple[Any, ...]:
    return Referral.referred_at, Referral.id


def _order(order: Order) -> tuple[Any, ...]:
    match order:
        case Order.DEADLINE:
            return Referral.deadline, Referral.id
        case Order.REFERENCE:
            return func.lower(Referral.reference), Referral.id
        case Order.STATE:
            return Referral.state, Referral.deadline, Referral.id
        case _:
            return Referral.referred_at.desc(), Referral.id.desc()


def _file_row(row: Any) -> FileRow:  # noqa: ANN401 - a row of `_rows`
    file: Referral = row[0]
    return FileRow(
        id=file.id,
        reference=file.reference or "",
        agency=row.agency,
        state=State(file.state),
        state_since=file.state_since,
        deadline=file.deadline,
        language=file.language,
        arrangement=file.arrangement,
        fee_state=file.fee_state,
        cohort_id=file.cohort_id,
        cohort=row.cohort or "",
        pseudonym=row.pseudonym or "",
        code_until=None if row.redeemed_at else row.expires_at,
    )
