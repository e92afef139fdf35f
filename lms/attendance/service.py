"""Do: plan and cancel sessions, tick who was there. What follows from a tick is the journey's."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.attendance.models import Attendance, LiveSession
from lms.attendance.queries import SessionKind, SessionView, view_of
from lms.enrolment.models import Cohort, Enrolment
from lms.kernel.errors import BadInputError, NotAllowedError, NotFoundError

LONGEST = timedelta(hours=24)  # of one session; a course of two days has two
LONGEST_PLACE = 200
BEFORE_END = timedelta(minutes=30)  # a session that ends a little early can be ticked at once


class SessionTimesError(BadInputError):
    """A session ends after it starts, and within a day."""


class PlaceError(BadInputError):
    """A session says where it is held."""


class TickTimesError(BadInputError):
    """Nobody leaves before he arrived."""


class CancelledError(NotAllowedError):
    """The session is cancelled: nobody attends it."""


class NotOverError(NotAllowedError):
    """The session is not over: nobody has attended it whole yet."""


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session to plan."""

    kind: SessionKind
    starts_at: datetime
    ends_at: datetime
    place: str


@dataclass(frozen=True, slots=True)
class Tick:
    """What is written down of one person at one session."""

    enrolment_id: uuid.UUID
    arrived_at: datetime | None
    left_at: datetime | None
    whole: bool


def make_session(db: Session, cohort_id: uuid.UUID, new: NewSession) -> SessionView:
    """Plan a session of a group; one that was held already can be written down afterwards.

    Raises SessionTimesError, PlaceError, NotFoundError.
    """
    cohort = db.get(Cohort, cohort_id)
    if cohort is None:
        raise NotFoundError("cohort")
    if not new.starts_at < new.ends_at <= new.starts_at + LONGEST:
        raise SessionTimesError
    if not 0 < len(new.place.strip()) <= LONGEST_PLACE:
        raise PlaceError
    made = LiveSession(
        programme_id=cohort.programme_id,
        cohort_id=cohort.id,
        kind=new.kind,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        place=new.place.strip(),
    )
    db.add(made)
    db.flush()
    return view_of(made)


def cancel_session(db: Session, session_id: uuid.UUID, *, now: datetime) -> SessionView:
    """Cancel a session; again, it stays cancelled since the first time."""
    found = db.get(LiveSession, session_id)
    if found is None:
        raise NotFoundError("session")
    found.cancelled_at = found.cancelled_at or now
    db.flush()
    return view_of(found)


def can_be_whole(session: SessionView, now: datetime) -> bool:
    """Whether somebody may be ticked as having attended the whole session by now."""
    return not session.is_cancelled and now >= session.ends_at - BEFORE_END


def tick(
    db: Session, session: SessionView, given: Tick, *, by: uuid.UUID, now: datetime
) -> Attendance:
    """Write down when somebody of the group arrived and left, and whether he stayed throughout.

    Ticked again, it says what it was told last. Raises CancelledError, NotOverError,
    TickTimesError, and NotFoundError for somebody of another group.
    """
    person = db.get(Enrolment, given.enrolment_id)
    if person is None or person.cohort_id != session.cohort_id:
        raise NotFoundError("there is no such person in this group")
    if session.is_cancelled:
        raise CancelledError
    if given.whole and not can_be_whole(session, now):
        raise NotOverError
    if given.arrived_at and given.left_at and given.left_at < given.arrived_at:
        raise TickTimesError
    kept = db.get(Attendance, (session.id, person.id))
    if kept is None:
        kept = Attendance(
            session_id=session.id, enrolment_id=person.id, programme_id=person.programme_id
        )
        db.add(kept)
    kept.arrived_at, kept.left_at, kept.whole = given.arrived_at, given.left_at, given.whole
    kept.recorded_by, kept.recorded_at = by, now
    db.flush()
    return kept
