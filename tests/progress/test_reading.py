"""Going on from a section marks it read; looking at it does not."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.gates.gate import Closed
from lms.journey.quiz_gate import quiz_state
from lms.journey.read import ClosedGateError, course_states, open_section, today_in_programme
from lms.kernel.errors import NotFoundError
from lms.progress.models import SeatTime
from lms.progress.queries import load_progress
from tests.clocks import FixedClock
from tests.factories import NOW, day_after, go_on, make_learner, pass_module, take_quiz


def test_looking_at_a_page_marks_nothing(db: Session) -> None:
    learner = make_learner(db)
    found = open_section(db, learner, (1, 1), "fr", NOW)
    assert (found.page.title, found.page.section_id) == ("Écouter", "listening")
    assert found.is_due
    assert not load_progress(db, learner.enrolment_id).modules


def test_going_on_marks_the_section_once(db: Session) -> None:
    learner = make_learner(db)
    for hours in (0, 1):
        go_on(db, learner, (1, 1), now=NOW + timedelta(hours=hours))
    assert not load_progress(db, learner.enrolment_id).of("first").is_due("listening")
    assert db.scalar(select(func.count()).select_from(SeatTime)) == 1
    assert db.scalar(select(SeatTime.read_at)) == NOW


def test_what_one_person_read_is_unread_for_another(db: Session) -> None:
    anna, bruno = make_learner(db), make_learner(db)
    go_on(db, anna, (1, 1))
    assert load_progress(db, bruno.enrolment_id).of("first").is_due("listening")


@pytest.mark.parametrize("place", [(0, 1), (3, 1), (1, 0), (1, 3), (-1, 1)])
def test_a_page_that_is_not_there_is_not_found(db: Session, place: tuple[int, int]) -> None:
    with pytest.raises(NotFoundError):
        open_section(db, make_learner(db, sequence="free"), place, "fr", NOW)


def test_a_later_module_cannot_be_read_or_marked_before_its_turn(db: Session) -> None:
    learner = make_learner(db)
    with pytest.raises(ClosedGateError) as shut:
        open_section(db, learner, (2, 1), "fr", NOW)
    assert (shut.value.gate.closed, shut.value.gate.module_id) == (Closed.EARLIER_MODULE, "first")


def test_a_failed_quiz_opens_nothing(db: Session) -> None:
    learner = make_learner(db)
    for position in (1, 2):
        go_on(db, learner, (1, position))
    take_quiz(db, learner, 1, right=False)
    with pytest.raises(ClosedGateError):
        open_section(db, learner, (2, 1), "fr", NOW)


def test_the_task_list_tells_read_from_passed(db: Session) -> None:
    learner = make_learner(db)
    go_on(db, learner, (1, 2))
    first, second = course_states(db, learner, "en")
    assert (first.outline.title, first.sections_read, first.resume_at) == ("The first", 1, 1)
    assert (first.passed, first.attempts, second.gate.module_id) == (False, 0, "first")
    pass_module(db, learner, 1)
    first, second = course_states(db, learner, "fr")
    assert (first.passed, first.attempts, first.resume_at) == (True, 1, 3)
    assert second.gate.is_open


def test_after_the_deadline_one_may_read_but_no_longer_go_on(db: Session) -> None:
    learner = make_learner(db)
    late = day_after(learner.deadline)
    assert open_section(db, learner, (1, 1), "fr", late).is_due
    with pytest.raises(ClosedGateError) as shut:
        go_on(db, learner, (1, 1), now=late)
    assert shut.value.gate.closed is Closed.DEADLINE


def test_a_quiz_names_what_is_still_unread(db: Session) -> None:
    learner = make_learner(db)
    go_on(db, learner, (1, 1))
    gate = quiz_state(db, learner, 1, "fr", NOW).gate
    assert (gate.closed, gate.section_id) == (Closed.SECTIONS_UNREAD, "speaking")


def test_days_are_counted_in_longueuil(clock: FixedClock) -> None:
    clock.now = clock.now.replace(month=11, day=22, hour=4, minute=59)
    assert today_in_programme(clock()).day == 21
    clock.advance(minutes=1)
    assert today_in_programme(clock()).day == 22
