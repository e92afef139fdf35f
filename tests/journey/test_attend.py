"""A course that asks for attendance is completed with the last tick, and never before."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.attendance.queries import SessionView
from lms.attendance.service import Tick
from lms.completion.models import CompletionRecord
from lms.completion.queries import is_completed
from lms.corrections.kinds import Desk, Staff
from lms.enrolment.models import Cohort, Enrolment
from lms.journey.actor import Learner
from lms.journey.attend import SettledError, call_off_session, record_attendance
from lms.kernel.audit import AuditEntry, latest_entries, verify_chain
from lms.kernel.errors import NotFoundError
from lms.referrals.models import Referral
from lms.referrals.states import State
from tests.factories import (
    KEYS,
    NOW,
    learner_of,
    make_cohort,
    make_enrolment,
    make_live_session,
    make_referral,
    make_user,
    pass_course,
)

DAY = timedelta(days=1)


class Room:
    """A group whose course asks for attendance, its instructor, one session held yesterday."""

    def __init__(self, db: Session, *, attendance: bool = True) -> None:
        self.db = db
        self.user: User = make_user(db, role=Role.INSTRUCTOR)
        self.cohort: Cohort = make_cohort(db, instructors=[self.user], attendance=attendance)
        self.session: SessionView = make_live_session(db, self.cohort)

    def enrol(self) -> Learner:
        """Enrol somebody a week ago."""
        person = make_enrolment(self.db, cohort=self.cohort, now=NOW - 7 * DAY)
        return learner_of(self.db, person)

    def desk(self, now: datetime = NOW, user: User | None = None) -> Desk:
        """Give who ticks: the instructor of the group, or somebody else."""
        return Desk(Staff((user or self.user).id, Role.INSTRUCTOR), KEYS, now)

    def tick(
        self,
        people: Iterable[Learner],
        *,
        whole: bool = True,
        session: SessionView | None = None,
        now: datetime = NOW,
    ) -> int:
        """Tick people who came and left on time; gives how many rows changed."""
        one = session or self.session
        ticks = [Tick(who.enrolment_id, one.starts_at, one.ends_at, whole) for who in people]
        return record_attendance(self.db, one.id, ticks, self.desk(now), review=True)


def _record(db: Session, learner: Learner) -> CompletionRecord | None:
    query = select(CompletionRecord).where(CompletionRecord.enrolment_id == learner.enrolment_id)
    return db.scalar(query)


def test_the_last_quiz_alone_does_not_complete_a_course_that_asks_for_attendance(
    db: Session,
) -> None:
    room = Room(db)
    learner = room.enrol()
    assert not pass_course(db, learner).completed
    assert _record(db, learner) is None


def test_the_last_tick_completes_who_had_passed_everything(db: Session) -> None:
    room = Room(db)
    learner = room.enrol()
    pass_course(db, learner)
    assert room.tick([learner]) == 1
    record = _record(db, learner)
    assert record is not None
    assert record.recorded_at == NOW
    (bound,) = record.document["attendance"]
    assert bound["id"] == str(room.session.id)
    assert bound["whole"] is True
    assert bound["recorded_by"] == str(room.user.id)
    assert record.document["rules"]["attendance"] is True


def test_who_attended_first_completes_with_his_last_quiz(db: Session) -> None:
    room = Room(db)
    learner = room.enrol()
    room.tick([learner])
    assert _record(db, learner) is None
    assert pass_course(db, learner).completed
    assert is_completed(db, learner.enrolment_id)


def test_a_course_that_does_not_ask_waits_for_nobody(db: Session) -> None:
    room = Room(db, attendance=False)
    learner = room.enrol()
    assert pass_course(db, learner).completed


def test_who_left_early_waits_for_another_session(db: Session) -> None:
    room = Room(db)
    learner = room.enrol()
    pass_course(db, learner)
    room.tick([learner], whole=False)
    assert _record(db, learner) is None


def test_a_second_session_is_waited_for_and_calling_it_off_completes(db: Session) -> None:
    room = Room(db)
    learner, other = room.enrol(), room.enrol()
    second = make_live_session(db, room.cohort, starts_at=NOW + 7 * DAY)
    pass_course(db, learner)
    room.tick([learner, other])
    assert _record(db, learner) is None
    call_off_session(db, second.id, room.desk(), review=True)
    assert _record(db, learner) is not None
    assert _record(db, other) is None  # he has quizzes to pass yet
    call_off_session(db, second.id, room.desk(), review=True)  # once more changes nothing
    acts = [entry.act for entry in latest_entries(db, limit=10)]
    assert acts.count("cancel-session") == 1


def test_each_tick_that_changes_something_is_an_entry_of_the_audit_chain(db: Session) -> None:
    room = Room(db)
    learner, other = room.enrol(), room.enrol()
    assert room.tick([learner, other]) == 2
    assert room.tick([learner, other]) == 0
    assert room.tick([other], whole=False) == 1
    entries = latest_entries(db, subject=f"enrolment:{other.enrolment_id}", limit=9)
    assert [entry.act for entry in entries] == ["record-attendance"] * 2
    assert entries[1].before["whole"] is True
    assert entries[1].after["whole"] is False
    assert entries[1].actor == str(room.user.id)
    assert len(db.scalars(select(AuditEntry.number)).all()) == 3
    assert verify_chain(db, KEYS.audit).is_whole


def test_what_a_completion_rests_on_is_not_ticked_away(db: Session) -> None:
    room = Room(db)
    learner = room.enrol()
    pass_course(db, learner)
    room.tick([learner])
    with pytest.raises(SettledError):
        room.tick([learner], whole=False)


def test_an_instructor_ticks_the_sessions_of_her_own_groups_alone(db: Session) -> None:
    room = Room(db)
    learner = room.enrol()
    stranger = make_user(db, role=Role.INSTRUCTOR)
    ticks = [Tick(learner.enrolment_id, None, None, whole=True)]
    with pytest.raises(NotFoundError):
        record_attendance(db, room.session.id, ticks, room.desk(user=stranger), review=True)
    with pytest.raises(NotFoundError):
        call_off_session(db, room.session.id, room.desk(user=stranger), review=True)


def test_who_withdrew_completes_nothing(db: Session) -> None:
    room = Room(db)
    learner = room.enrol()
    pass_course(db, learner)
    db.get_one(Enrolment, learner.enrolment_id).withdrawn_at = NOW
    db.flush()
    room.tick([learner])
    assert _record(db, learner) is None


def test_a_session_after_his_last_day_comes_too_late_and_one_ticked_later_does_not(
    db: Session,
) -> None:
    room = Room(db)
    late, in_time = room.enrol(), room.enrol()
    for learner in (late, in_time):
        pass_course(db, learner)
    held_on = room.session.ends_at.date()
    db.get_one(Enrolment, late.enrolment_id).deadline = held_on - DAY
    db.get_one(Enrolment, in_time.enrolment_id).deadline = held_on
    db.flush()
    room.tick([late, in_time], now=NOW + 2 * DAY)
    assert _record(db, late) is None
    assert _record(db, in_time) is not None


def _file(db: Session, learner: Learner, state: State) -> Referral:
    return make_referral(db, state=state, enrolment_id=learner.enrolment_id)


def test_the_last_tick_brings_a_file_before_the_reviewer(db: Session) -> None:
    room = Room(db)
    learner = room.enrol()
    file = _file(db, learner, State.IN_PROGRESS)
    pass_course(db, learner)
    room.tick([learner])
    assert file.state == State.COMPLETED_PENDING_REVIEW


@pytest.mark.parametrize("state", [State.RETURNED_TO_PROSECUTOR, State.CANCELLED, State.CLOSED])
def test_a_file_that_is_over_is_not_completed_by_a_tick(db: Session, state: State) -> None:
    room = Room(db)
    learner = room.enrol()
    pass_course(db, learner)
    file = _file(db, learner, state)
    room.tick([learner])
    assert _record(db, learner) is None
    assert file.state == state
