"""Who was there, from beginning to end: what is asked, what is ticked, what is refused."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.attendance.queries import (
    SessionKind,
    SessionView,
    attendance_missing,
    attended_all,
    find_session,
    sessions_of,
    sheet,
    whole_counts,
)
from lms.attendance.service import (
    CancelledError,
    NewSession,
    NotOverError,
    PlaceError,
    SessionTimesError,
    Tick,
    TickTimesError,
    cancel_session,
    make_session,
    tick,
)
from lms.enrolment.models import Enrolment
from lms.kernel.errors import BadInputError, NotFoundError
from lms.kernel.ids import new_id
from tests.factories import (
    NOW,
    make_cohort,
    make_enrolment,
    make_live_session,
    make_user,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def _ticked(db: Session, session: SessionView, person: Enrolment, *, whole: bool = True) -> None:
    by = make_user(db, role=Role.INSTRUCTOR).id
    given = Tick(person.id, session.starts_at, session.ends_at, whole)
    tick(db, session, given, by=by, now=NOW)


def test_who_stayed_from_beginning_to_end_has_attended(db: Session) -> None:
    person = make_enrolment(db)
    session = _session_of(db, person)
    assert not attended_all(db, person.id)
    _ticked(db, session, person)
    assert attended_all(db, person.id)
    assert whole_counts(db, [session.id]) == {session.id: 1}


def test_who_left_early_has_yet_to_attend(db: Session) -> None:
    person = make_enrolment(db)
    session = _session_of(db, person)
    _ticked(db, session, person, whole=False)
    assert not attended_all(db, person.id)
    assert [one.id for one in attendance_missing(db, person.id)] == [session.id]


def test_of_two_sessions_both_are_asked_for(db: Session) -> None:
    person = make_enrolment(db)
    first = _session_of(db, person)
    second = _session_of(db, person, days=2)
    _ticked(db, first, person)
    assert [one.id for one in attendance_missing(db, person.id)] == [second.id]
    _ticked(db, second, person)
    assert attended_all(db, person.id)


def test_a_session_to_come_is_not_attended_before_it_was_held(db: Session) -> None:
    person = make_enrolment(db)
    _ticked(db, _session_of(db, person), person)
    _session_of(db, person, days=-7)
    assert not attended_all(db, person.id)


def test_nobody_is_asked_to_have_attended_what_was_cancelled(db: Session) -> None:
    person = make_enrolment(db)
    held, cancelled = _session_of(db, person), _session_of(db, person, days=2)
    _ticked(db, held, person)
    cancel_session(db, cancelled.id, now=NOW)
    assert attended_all(db, person.id)
    known = find_session(db, cancelled.id)
    assert known is not None
    assert known.is_cancelled


def test_where_no_session_is_held_nobody_has_attended(db: Session) -> None:
    person = make_enrolment(db)
    assert not attended_all(db, person.id)
    only = _session_of(db, person)
    cancel_session(db, only.id, now=NOW)
    assert not attended_all(db, person.id)


def test_the_session_of_another_group_is_nobodys_business(db: Session) -> None:
    person = make_enrolment(db)
    _ticked(db, _session_of(db, person), person)
    make_live_session(db, make_cohort(db))
    assert attended_all(db, person.id)


def test_a_tick_can_be_put_right_and_says_what_it_was_told_last(db: Session) -> None:
    person = make_enrolment(db)
    session = _session_of(db, person)
    _ticked(db, session, person)
    _ticked(db, session, person, whole=False)
    (row,) = sheet(db, session)
    assert (row.whole, row.arrived_at, row.left_at) == (False, session.starts_at, session.ends_at)


def test_nobody_stayed_to_the_end_of_what_is_not_over(db: Session) -> None:
    person = make_enrolment(db)
    by = make_user(db, role=Role.INSTRUCTOR).id
    start = NOW - HOUR
    session = _at(db, person, start)
    early = session.ends_at - timedelta(minutes=31)
    with pytest.raises(NotOverError):
        tick(db, session, Tick(person.id, start, None, whole=True), by=by, now=early)
    tick(db, session, Tick(person.id, start, None, whole=False), by=by, now=early)
    almost = session.ends_at - timedelta(minutes=30)
    tick(db, session, Tick(person.id, start, None, whole=True), by=by, now=almost)
    assert attended_all(db, person.id)


def test_a_cancelled_session_takes_no_ticks(db: Session) -> None:
    person = make_enrolment(db)
    session = cancel_session(db, _session_of(db, person).id, now=NOW)
    with pytest.raises(CancelledError):
        _ticked(db, session, person)


def test_nobody_leaves_before_he_arrived(db: Session) -> None:
    person = make_enrolment(db)
    session = _session_of(db, person)
    wrong = Tick(person.id, session.ends_at, session.starts_at, whole=False)
    with pytest.raises(TickTimesError):
        tick(db, session, wrong, by=make_user(db, role=Role.INSTRUCTOR).id, now=NOW)


def test_somebody_of_another_group_is_not_on_the_sheet(db: Session) -> None:
    person, stranger = make_enrolment(db), make_enrolment(db)
    session = _session_of(db, person)
    assert [row.pseudonym for row in sheet(db, session)] == [person.pseudonym]
    with pytest.raises(NotFoundError):
        _ticked(db, session, stranger)


def test_who_withdrew_is_on_the_sheet_only_where_he_was_there(db: Session) -> None:
    cohort = make_cohort(db)
    here, gone = make_enrolment(db, cohort=cohort), make_enrolment(db, cohort=cohort)
    first = make_live_session(db, cohort)
    second = make_live_session(db, cohort, starts_at=NOW - 2 * DAY)
    _ticked(db, first, gone)
    gone.withdrawn_at = NOW
    db.flush()
    assert {row.enrolment_id for row in sheet(db, first)} == {here.id, gone.id}
    assert {row.enrolment_id for row in sheet(db, second)} == {here.id}


@pytest.mark.parametrize(
    ("length", "place", "fault"),
    [
        (timedelta(0), "Salle 2", SessionTimesError),
        (-HOUR, "Salle 2", SessionTimesError),
        (timedelta(hours=24, minutes=1), "Salle 2", SessionTimesError),
        (HOUR, "  ", PlaceError),
        (HOUR, "x" * 201, PlaceError),
    ],
)
def test_a_session_that_cannot_be_held_is_refused(
    db: Session, length: timedelta, place: str, fault: type[BadInputError]
) -> None:
    cohort = make_cohort(db)
    with pytest.raises(fault):
        make_session(db, cohort.id, NewSession(SessionKind.LIVE, NOW, NOW + length, place))
    assert sessions_of(db, cohort.id) == ()


def test_a_session_belongs_to_a_group_that_is_there(db: Session) -> None:
    with pytest.raises(NotFoundError):
        make_session(db, new_id(), NewSession(SessionKind.LIVE, NOW, NOW + HOUR, "Salle 2"))
    with pytest.raises(NotFoundError):
        cancel_session(db, new_id(), now=NOW)
    assert find_session(db, new_id()) is None


def test_sessions_are_listed_from_the_earliest_with_those_that_were_cancelled(db: Session) -> None:
    cohort = make_cohort(db)
    late = make_live_session(db, cohort)
    early = cancel_session(
        db, make_live_session(db, cohort, starts_at=NOW - 3 * DAY).id, now=NOW
    )  # fmt: skip
    assert [one.id for one in sessions_of(db, cohort.id)] == [early.id, late.id]


def _session_of(db: Session, person: Enrolment, *, days: int = 1) -> SessionView:
    return _at(db, person, NOW - days * DAY)


def _at(db: Session, person: Enrolment, start: datetime) -> SessionView:
    new = NewSession(SessionKind.IN_PERSON, start, start + 6 * HOUR, "Salle 2")
    return make_session(db, person.cohort_id, new)
