"""Attendance is ticked or a session cancelled: that may be the last thing a completion waited for.

Each tick is an entry of the audit chain. What a completion rests on is not taken back by a tick:
that is a correction, and two people decide it.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.attendance.models import Attendance
from lms.attendance.queries import SessionView, find_session
from lms.attendance.service import Tick, cancel_session, tick
from lms.completion.queries import is_completed
from lms.corrections.kinds import Desk
from lms.corrections.scope import complete_if_last, lock_people
from lms.enrolment.models import CohortInstructor, Enrolment
from lms.journey.files import advance_file
from lms.kernel.audit import Act, append_audit
from lms.kernel.days import end_of_day
from lms.kernel.errors import NotAllowedError, NotFoundError
from lms.referrals.queries import referral_of
from lms.referrals.states import UNDER_WAY, State


class SettledError(NotAllowedError):
    """He has completed: what was ticked is part of the record, and stays."""


def session_in_scope(db: Session, session_id: uuid.UUID, desk: Desk) -> SessionView:
    """Give a session that one may tick: an instructor's own groups, a coordinator all of them."""
    found = find_session(db, session_id)
    if found is None:
        raise NotFoundError("session")
    if desk.staff.role is Role.INSTRUCTOR:
        own = db.get(CohortInstructor, (found.cohort_id, desk.staff.user_id))
        if own is None:
            raise NotFoundError("session")
    return found


def record_attendance(
    db: Session, session_id: uuid.UUID, ticks: Sequence[Tick], desk: Desk, *, review: bool
) -> int:
    """Write down who attended and complete whoever waited for that alone; gives how many changed.

    `review` says whether a person looks before a referred person's pass is final. Raises what
    `attendance.service.tick` raises, and SettledError.
    """
    session = session_in_scope(db, session_id, desk)
    ids = [one.enrolment_id for one in ticks]
    lock_people(db, ids)  # a quiz handed in at this moment must see the attendance, or we its pass
    changed = []
    for one in ticks:
        before = _ticked(db, session, one.enrolment_id)
        if before == _said(one):
            continue
        if (before or {}).get("whole") and not one.whole and is_completed(db, one.enrolment_id):
            raise SettledError
        tick(db, session, one, by=desk.staff.user_id, now=desk.now)
        changed.append((one, before or {}))
    for one, _ in changed:
        _complete(db, one.enrolment_id, session, desk, review=review)
    for one, before in changed:
        _audit(db, session, one, before, desk)
    return len(changed)


def call_off_session(db: Session, session_id: uuid.UUID, desk: Desk, *, review: bool) -> None:
    """Cancel a session and complete whoever waited for this one alone."""
    session = session_in_scope(db, session_id, desk)
    if session.is_cancelled:
        return
    people = db.scalars(select(Enrolment.id).where(Enrolment.cohort_id == session.cohort_id)).all()
    lock_people(db, people)
    cancel_session(db, session_id, now=desk.now)
    for enrolment_id in people:
        _complete(db, enrolment_id, session, desk, review=review)
    act = Act(str(desk.staff.user_id), "cancel-session", f"live_session:{session_id}")
    append_audit(db, desk.keys.audit, act, now=desk.now)


def _complete(
    db: Session, enrolment_id: uuid.UUID, session: SessionView, desk: Desk, *, review: bool
) -> None:
    """Record the completion if nothing else is missing, and move the file where it belongs."""
    if _may_complete(db, enrolment_id, session):
        complete_if_last(db, enrolment_id, desk)
        advance_file(db, enrolment_id, keys=desk.keys, settings_review=review, now=desk.now)


def _may_complete(db: Session, enrolment_id: uuid.UUID, session: SessionView) -> bool:
    """Whether his time has not run out: he goes on, and the session was over by his last day."""
    person = db.get_one(Enrolment, enrolment_id)
    if person.withdrawn_at is not None or person.closed_at is not None:
        return False
    last_day = person.deadline
    if last_day is not None and session.ends_at > end_of_day(last_day):
        return False
    file = referral_of(db, enrolment_id)
    return file is None or State(file.state) in UNDER_WAY


def _ticked(db: Session, session: SessionView, enrolment_id: uuid.UUID) -> dict[str, Any] | None:
    kept = db.get(Attendance, (session.id, enrolment_id), populate_existing=True)
    return None if kept is None else _words(kept.arrived_at, kept.left_at, whole=kept.whole)


def _said(one: Tick) -> dict[str, Any]:
    return _words(one.arrived_at, one.left_at, whole=one.whole)


def _words(arrived_at: datetime | None, left_at: datetime | None, *, whole: bool) -> dict[str, Any]:
    moments = {"arrived_at": arrived_at, "left_at": left_at}
    written = {name: at.isoformat() if at else None for name, at in moments.items()}
    return {**written, "whole": whole}


def _audit(
    db: Session, session: SessionView, one: Tick, before: dict[str, Any], desk: Desk
) -> None:
    act = Act(
        actor=str(desk.staff.user_id),
        act="record-attendance",
        subject=f"enrolment:{one.enrolment_id}",
        before=before,
        after={"session": str(session.id), **_said(one)},
    )
    append_audit(db, desk.keys.audit, act, now=desk.now)
