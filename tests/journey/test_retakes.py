"""Who has not passed reads again what he missed, and nothing else, before he tries again."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.assessment.models import Standing
from lms.assessment.queries import last_seen
from lms.assessment.service import NewAnswer
from lms.content.model import ItemKind
from lms.enrolment.models import Enrolment
from lms.gates.gate import Closed
from lms.gates.seat_time import Arrangement
from lms.journey.actor import Learner
from lms.journey.quiz_gate import quiz_state
from lms.journey.read import (
    ClosedGateError,
    course_states,
    next_page,
    open_section,
    read_on,
    view_of,
)
from lms.journey.recap import RECAP_ITEMS, recap_items
from lms.journey.take_quiz import answer_item, start_quiz
from tests.factories import (
    KEYS,
    NOW,
    go_on,
    learner_of,
    make_enrolment,
    make_learner,
    pass_course,
    pass_module,
    read_module,
    right_answer,
    save_all,
    submit,
    take_quiz,
    wrong_answer,
)

LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def learner(db: Session) -> Learner:
    """Give somebody who has read the first module and not passed its quiz."""
    one = make_learner(db)
    read_module(db, one, 1)
    take_quiz(db, one, 1, right=False)
    return one


def due(db: Session, learner: Learner, number: int = 1) -> tuple[int, ...]:
    return quiz_state(db, learner, number, "fr", LATER).due


def test_only_the_section_of_a_missed_question_is_to_be_read_again(
    db: Session, learner: Learner
) -> None:
    assert due(db, learner) == (1,)
    (first, _) = course_states(db, learner, "fr")
    assert (first.sections_read, first.resume_at) == (1, 1)


def test_when_it_is_read_and_the_pause_is_over_the_quiz_opens(
    db: Session, learner: Learner
) -> None:
    gate = quiz_state(db, learner, 1, "fr", LATER).gate
    assert (gate.closed, gate.section_id) == (Closed.SECTIONS_UNREAD, "listening")
    go_on(db, learner, (1, 1), now=LATER)
    assert quiz_state(db, learner, 1, "fr", LATER).gate.is_open


def test_from_what_was_missed_one_goes_straight_to_the_questions(
    db: Session, learner: Learner
) -> None:
    assert next_page(open_section(db, learner, (1, 1), "fr", LATER)) is None
    fresh = make_learner(db)
    assert next_page(open_section(db, fresh, (1, 1), "fr", LATER)) == 2


def test_its_minimum_time_starts_again(db: Session) -> None:
    learner = make_learner(db, seat_time=50)
    read_module(db, learner, 1, now=NOW - timedelta(hours=1))
    take_quiz(db, learner, 1, right=False)
    found = open_section(db, learner, (1, 1), "fr", LATER)
    assert (found.credited_ms, found.is_due) == (0, True)
    soon = LATER + timedelta(seconds=5)
    gate = read_on(db, learner, found, (view_of(learner, found, LATER), None), soon)
    assert gate.closed is Closed.TIME_SHORT
    other = open_section(db, learner, (1, 2), "fr", LATER)
    assert (other.is_due, other.minimum_ms) == (False, 0)


def test_what_was_read_for_one_retake_is_to_be_read_anew_for_the_next(
    db: Session, learner: Learner
) -> None:
    take_quiz(db, learner, 1, right=False, now=LATER)
    assert due(db, learner) == (1,)


def test_a_miss_that_names_no_section_sends_nobody_anywhere(db: Session) -> None:
    learner = make_learner(db)
    read_module(db, learner, 1)
    attempt = start_quiz(db, learner, 1, "fr", NOW)
    for item in attempt.items.values():
        good = item.id == "single"
        answer = right_answer(item) if good else wrong_answer(item)
        new = NewAnswer(item.id, answer, version=0, language="fr")
        answer_item(db, attempt, new, keys=KEYS, now=NOW)
    assert not submit(db, learner, attempt.id).passed
    assert due(db, learner) == ()


def test_whoever_has_passed_reads_nothing_again(db: Session, learner: Learner) -> None:
    take_quiz(db, learner, 1, now=LATER)
    assert due(db, learner) == ()


def test_a_section_that_is_new_since_he_read_is_to_be_read(db: Session, learner: Learner) -> None:
    db.execute(update(Standing).values(review=["listening", "gone"]))
    assert due(db, learner) == (1,)  # a section that is no longer there asks for nothing


def test_an_extra_attempt_opens_a_quiz_whose_tries_are_used_up(db: Session) -> None:
    learner = make_learner(db, attempts=1, pause_seconds=0)
    pass_module(db, learner, 1)
    read_module(db, learner, 2)
    take_quiz(db, learner, 2, right=False)
    assert quiz_state(db, learner, 2, "fr", NOW).gate.closed is Closed.NO_ATTEMPT_LEFT
    db.execute(update(Standing).where(Standing.module_id == "second").values(extra_attempts=1))
    db.expire_all()
    assert quiz_state(db, learner, 2, "fr", NOW).gate.is_open


def test_a_lifted_pause_is_over_and_the_next_one_is_not(db: Session, learner: Learner) -> None:
    go_on(db, learner, (1, 1))
    assert quiz_state(db, learner, 1, "fr", NOW).gate.closed is Closed.PAUSE
    db.execute(update(Standing).values(pause_lifted_at=NOW))
    db.expire_all()
    assert quiz_state(db, learner, 1, "fr", NOW).gate.is_open
    soon = NOW + timedelta(minutes=1)
    take_quiz(db, learner, 1, right=False, now=soon)
    go_on(db, learner, (1, 1), now=soon)
    assert quiz_state(db, learner, 1, "fr", soon).gate.closed is Closed.PAUSE


def test_an_arrangement_is_known_to_the_requests_and_holds(db: Session) -> None:
    enrolment = make_enrolment(db, seat_time=50)
    kinds = {"time_credit_percent": 100, "no_pause": True, "read_aloud": False}
    db.execute(update(Enrolment).where(Enrolment.id == enrolment.id).values(**kinds))
    db.refresh(enrolment)
    learner, other = learner_of(db, enrolment), make_learner(db, seat_time=50)
    assert learner.arrangement == Arrangement(100, no_pause=True)
    half, whole = (open_section(db, one, (1, 1), "fr", NOW).minimum_ms for one in (learner, other))
    assert whole - 2 <= half * 2 <= whole + 2
    read_module(db, learner, 1, now=NOW - timedelta(hours=2))
    take_quiz(db, learner, 1, right=False, now=NOW - timedelta(minutes=9))
    go_on(db, learner, (1, 1))
    assert quiz_state(db, learner, 1, "fr", NOW).gate.is_open


def test_the_draw_knows_when_each_question_was_asked_last(db: Session) -> None:
    learner = make_learner(db, pause_seconds=0)
    pass_module(db, learner, 1)
    read_module(db, learner, 2)
    asked = []
    for _ in range(2):
        attempt = start_quiz(db, learner, 2, "fr", NOW)
        asked.append({one.item for one in attempt.asked})
        save_all(db, attempt, right=False)
        submit(db, learner, attempt.id)
    assert asked[0] & asked[1] == {"must"}
    seen = last_seen(db, learner.enrolment_id, "second")
    assert seen == dict.fromkeys(asked[0], 1) | dict.fromkeys(asked[1], 2)


def test_a_later_module_opens_with_questions_of_an_earlier_one(db: Session) -> None:
    learner = make_learner(db)
    assert recap_items(db, learner, 1, NOW) == ()
    assert recap_items(db, learner, 2, NOW) == ()  # nothing is passed yet
    pass_module(db, learner, 1)
    found = recap_items(db, learner, 2, NOW)
    assert len({one.item.id for one in found}) == RECAP_ITEMS
    assert all(one.item.kind is not ItemKind.OPEN for one in found)
    assert recap_items(db, learner, 2, NOW) == found


def test_a_recap_counts_for_nothing(db: Session) -> None:
    learner = make_learner(db)
    pass_course(db, learner)
    before = db.scalars(select(Standing.attempts)).all()
    recap_items(db, learner, 2, NOW)
    assert db.scalars(select(Standing.attempts)).all() == before


def test_the_quiz_stays_shut_to_who_skips_what_he_missed(db: Session, learner: Learner) -> None:
    go_on(db, learner, (1, 2), now=LATER)
    with pytest.raises(ClosedGateError):
        start_quiz(db, learner, 1, "fr", LATER)
