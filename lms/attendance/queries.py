"""Read sessions of a group and who attended them; by pseudonym, a first name stays sealed here."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from lms.attendance.models import Attendance, LiveSession
from lms.enrolment.models import Enrolment


class SessionKind(StrEnum):
    """How a session is held."""

    IN_PERSON = "in-person"
    LIVE = "live"  # at a distance


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as it is planned; a cancelled one stays in the list, and counts for nothing."""

    id: uuid.UUID
    cohort_id: uuid.UUID
    kind: SessionKind
    starts_at: datetime
    ends_at: datetime
    place: str
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One person of an attendance sheet; `whole` is None while nothing was ticked."""

    enrolment_id: uuid.UUID
    pseudonym: str
    sealed_first_name: bytes | None
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    whole: bool | None = None


@dataclass(frozen=True, slots=True)
class Attended:
    """A session of one's group, and what was ticked for oneself; None where nothing was."""

    session: SessionView
    arrived_at: datetime | None
    left_at: datetime | None
    whole: bool | None
    recorded_by: uuid.UUID | None
    recorded_at: datetime | None


def find_session(db: Session, session_id: uuid.UUID) -> SessionView | None:
    """Give a session; None where there is no such session."""
    found = db.get(LiveSession, session_id)
    return None if found is None else view_of(found)


def sessions_of(db: Session, cohort_id: uuid.UUID) -> tuple[SessionView, ...]:
    """List the sessions of a group, cancelled ones too, the earliest first."""
    rows = db.scalars(
        select(LiveSession)
        .where(LiveSession.cohort_id == cohort_id)
        .order_by(LiveSession.starts_at, LiveSession.id)
    )
    return tuple(view_of(row) for row in rows)


def whole_counts(db: Session, session_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    """Count who attended each of these sessions from beginning to end."""
    rows = db.execute(
        select(Attendance.session_id, func.count())
        .where(Attendance.session_id.in_(session_ids), Attendance.whole)
        .group_by(Attendance.session_id)
    )
    found = {row[0]: int(row[1]) for row in rows}
    return {session_id: found.get(session_id, 0) for session_id in session_ids}


def sheet(db: Session, session: SessionView) -> tuple[SheetRow, ...]:
    """List the people of a session's group by pseudonym, each with what was ticked.

    Who withdrew or whose file is closed is on it only where something was ticked for him.
    """
    takes_part = and_(Enrolment.withdrawn_at.is_(None), Enrolment.closed_at.is_(None))
    rows = db.execute(
        select(
            Enrolment.id,
            Enrolment.pseudonym,
            Enrolment.first_name,
            Attendance.arrived_at,
            Attendance.left_at,
            Attendance.whole,
        )
        .outerjoin(Attendance, _ticked_at(session.id))
        .where(Enrolment.cohort_id == session.cohort_id)
        .where(or_(takes_part, Attendance.session_id.is_not(None)))
        .order_by(Enrolment.pseudonym)
    )
    return tuple(SheetRow(*row) for row in rows)


def attendance_of(db: Session, enrolment_id: uuid.UUID) -> tuple[Attended, ...]:
    """Give the sessions of a person's group that are not cancelled, each with what was ticked."""
    mine = and_(Attendance.session_id == LiveSession.id, Attendance.enrolment_id == enrolment_id)
    rows: Any = db.execute(
        select(LiveSession, Attendance)
        .join(Enrolment, Enrolment.cohort_id == LiveSession.cohort_id)
        .outerjoin(Attendance, mine)
        .where(Enrolment.id == enrolment_id, LiveSession.cancelled_at.is_(None))
        .order_by(LiveSession.starts_at, LiveSession.id)
    )
    return tuple(_attended(session, ticked) for session, ticked in rows)


def attendance_missing(db: Session, enrolment_id: uuid.UUID) -> tuple[SessionView, ...]:
    """Give the sessions of his group that a person has yet to attend from beginning to end."""
    return tuple(one.session for one in attendance_of(db, enrolment_id) if not one.whole)


def attended_all(db: Session, enrolment_id: uuid.UUID) -> bool:
    """Whether a person attended every session of his group whole; where none is held, he did not.

    A session that is still to come is not attended yet: what comes of it is not known before.
    """
    found = attendance_of(db, enrolment_id)
    return bool(found) and all(one.whole for one in found)


def view_of(row: LiveSession) -> SessionView:
    """Give a session as others see it."""
    return SessionView(
        id=row.id,
        cohort_id=row.cohort_id,
        kind=SessionKind(row.kind),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        place=row.place,
        is_cancelled=row.cancelled_at is not None,
    )


def _ticked_at(session_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(Attendance.enrolment_id == Enrolment.id, Attendance.session_id == session_id)


def _attended(session: LiveSession, ticked: Attendance | None) -> Attended:
    if ticked is None:
        return Attended(view_of(session), None, None, None, None, None)
    return Attended(
        session=view_of(session),
        arrived_at=ticked.arrived_at,
        left_at=ticked.left_at,
        whole=ticked.whole,
        recorded_by=ticked.recorded_by,
        recorded_at=ticked.recorded_at,
    )
