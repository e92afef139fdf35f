"""What an agency may learn of those whom it referred: five fields, and nothing that leads further.

The agency's pages read here alone. Beside the view `agency_view`, which the database makes and
which a role of PostgreSQL may be given (`lms db agency-role`), this module knows two tables by a
few of their columns: enough to name a page and to list what was exchanged. They stand in a
`MetaData` of their own: no statement of this module can join a table of learning.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    Integer,
    MetaData,
    Row,
    Select,
    String,
    Table,
    Uuid,
    and_,
    func,
    select,
)
from sqlalchemy.orm import Session

from lms.agencies.queries import agency_of, agreement_in_force
from lms.kernel.days import today_in_programme
from lms.kernel.table import UtcDateTime

_Five = tuple[uuid.UUID, str, str, date, str, date | None, datetime]
_known = MetaData()  # not `Base.metadata`: migrations are not drawn from it
_view = Table(
    "agency_view",
    _known,
    Column("agency_id", Uuid),
    Column("reference", String(40)),
    Column("status", String(30)),
    Column("deadline", Date),
    Column("code_state", String(10)),
)
_file = Table(
    "referral",
    _known,
    Column("id", Uuid, primary_key=True),
    Column("agency_id", Uuid),
    Column("referred_by", Uuid),
    Column("reference", String(40)),
    Column("referred_at", UtcDateTime()),
    Column("state_since", UtcDateTime()),
    Column("outcome_on", Date),
)
_message = Table(
    "exchange_message",
    _known,
    Column("agency_id", Uuid),
    Column("referral_id", Uuid),
    Column("direction", String(3)),
    Column("number", Integer),
    Column("kind", String(20)),
    Column("at", UtcDateTime()),
)


class StatusWord(StrEnum):
    """The one word that an agency reads."""

    REFERRED = "referred"
    ENROLLED = "enrolled"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned_to_prosecutor"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    REPORTED = "reported"
    CLOSED = "closed"


class CodeState(StrEnum):
    """Where the enrolment code stands; the code itself is never here."""

    NONE = "none"
    ISSUED = "issued"
    USED = "used"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody of an agency with which an agreement is in force; a lead sees all its files."""

    user_id: uuid.UUID
    agency_id: uuid.UUID
    is_lead: bool


@dataclass(frozen=True, slots=True)
class StatusRow:
    """The five fields of one file, and the id of its page."""

    referral_id: uuid.UUID
    reference: str
    status: StatusWord
    status_on: date
    deadline: date
    code_state: CodeState


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message about a file: which way, its number, its kind, when. Not what it said."""

    direction: str
    number: int
    kind: str
    at: datetime


def officer_of(db: Session, user_id: uuid.UUID, today: date) -> Officer | None:
    """Give who asks; None without an agency, or without an agreement in force: he sees nothing."""
    member = agency_of(db, user_id)
    if member is None or agreement_in_force(db, member.agency_id, today) is None:
        return None
    return Officer(user_id, member.agency_id, member.is_lead)


def status_count(db: Session, officer: Officer, *, reference: str = "") -> int:
    """Count the files that somebody may see; those whose reference holds this text, if said."""
    return db.scalar(select(func.count()).select_from(_file).where(_own(officer, reference))) or 0


def status_rows(
    db: Session, officer: Officer, *, reference: str = "", limit: int, offset: int = 0
) -> tuple[StatusRow, ...]:
    """List the files that somebody may see, the newest first."""
    page = (
        select(_file.c.id)
        .where(_own(officer, reference))
        .order_by(_file.c.referred_at.desc(), _file.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    query = _five().where(_file.c.id.in_(page.scalar_subquery()))
    rows = db.execute(query.order_by(_file.c.referred_at.desc(), _file.c.id.desc()))
    return tuple(_row(row) for row in rows)


def status_of(db: Session, officer: Officer, referral_id: uuid.UUID) -> StatusRow | None:
    """Give one file; None for one that is not there, purged, or not his to see."""
    row = db.execute(_five().where(_own(officer), _file.c.id == referral_id)).one_or_none()
    return None if row is None else _row(row)


def messages_about(db: Session, officer: Officer, referral_id: uuid.UUID) -> tuple[MessageRow, ...]:
    """List what was exchanged about one of his files, in order."""
    columns = (_message.c.direction, _message.c.number, _message.c.kind, _message.c.at)
    query = (
        select(*columns)
        .join(_file, _file.c.id == _message.c.referral_id)
        .where(
            _own(officer),
            _message.c.agency_id == officer.agency_id,
            _message.c.referral_id == referral_id,
        )
        .order_by(_message.c.at, _message.c.direction, _message.c.number)
    )
    return tuple(MessageRow(*row) for row in db.execute(query))


def _own(officer: Officer, reference: str = "") -> ColumnElement[bool]:
    """Keep to what he may see: his own files, a lead all the agency's; a purged one has no name."""
    wanted = [_file.c.agency_id == officer.agency_id, _file.c.reference.is_not(None)]
    if not officer.is_lead:
        wanted.append(_file.c.referred_by == officer.user_id)
    if reference:
        wanted.append(_file.c.reference.icontains(reference, autoescape=True))
    return and_(*wanted)


def _five() -> Select[_Five]:
    return select(
        _file.c.id,
        _view.c.reference,
        _view.c.status,
        _view.c.deadline,
        _view.c.code_state,
        _file.c.outcome_on,
        _file.c.state_since,
    ).join(
        _view,
        and_(_view.c.agency_id == _file.c.agency_id, _view.c.reference == _file.c.reference),
    )


def _row(row: Row[_Five]) -> StatusRow:
    # The day of a status is one of the programme's zone, which the database does not know.
    return StatusRow(
        referral_id=row.id,
        reference=row.reference,
        status=StatusWord(row.status),
        status_on=row.outcome_on or today_in_programme(row.state_since),
        deadline=row.deadline,
        code_state=CodeState(row.code_state),
    )
