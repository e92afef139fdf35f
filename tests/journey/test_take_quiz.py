"""A participant takes a quiz: nothing he saved is lost, nothing counts twice."""

from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt, Response, Result, Standing
from lms.assessment.queries import saved_responses
from lms.assessment.service import NewAnswer, StaleAnswerError
from lms.assessment.values import Score
from lms.gates.ending import ABANDONED_AFTER, EndedBy
from lms.gates.gate import Closed
from lms.journey.actor import Learner
from lms.journey.quiz_gate import quiz_state
from lms.journey.read import ClosedGateError
from lms.journey.take_quiz import (
    NoOpenAttemptError,
    Submitted,
    UnfinishedError,
    answer_item,
    attempt_under_way,
    own_result,
    start_quiz,
    submit_quiz,
    unfinished_places,
)
from lms.kernel.errors import NotFoundError
from tests.clocks import FixedClock
from tests.factories import (
    KEYS,
    NOW,
    day_after,
    make_learner,
    pass_module,
    read_module,
    save_all,
    submit,
    take_quiz,
)


@pytest.fixture
def learner(db: Session) -> Learner:
    """Give somebody who has read the first module."""
    one = make_learner(db)
    read_module(db, one, 1)
    return one


def _save(db: Session, learner: Learner, item_id: str, answer: object, version: int = 0) -> int:
    attempt = attempt_under_way(db, learner, 1, NOW)
    new = NewAnswer(item_id, answer, version=version, language="fr")  # type: ignore[arg-type]
    return answer_item(db, attempt, new, keys=KEYS, now=NOW)


def test_from_start_to_pass(db: Session, learner: Learner, clock: FixedClock) -> None:
    attempt = start_quiz(db, learner, 1, "fr", clock())
    assert (attempt.number, len(attempt.asked)) == (1, 8)
    save_all(db, attempt, now=clock.advance(minutes=5))
    done = submit(db, learner, attempt.id, now=clock.advance(minutes=5))
    assert done == Submitted(attempt.id, passed=True, completed=False)
    result = own_result(db, learner, attempt.id, KEYS)
    assert result.score == Score(Fraction(11), 11)
    assert result.passed
    assert (result.started_at, result.submitted_at) == (NOW, clock())
    standing = db.get_one(Standing, (learner.enrolment_id, "first"))
    assert (standing.best_percent, standing.passed_attempt_id) == (100, attempt.id)


def test_a_participant_who_fails_twice_may_try_again_after_reading_and_the_pause(
    db: Session, learner: Learner, clock: FixedClock
) -> None:
    for number in (1, 2):
        assert not take_quiz(db, learner, 1, right=False, now=clock()).passed
        assert why_shut(db, learner, clock.advance(minutes=9)) is Closed.SECTIONS_UNREAD
        read_module(db, learner, 1, now=clock())
        assert why_shut(db, learner, clock()) is Closed.PAUSE
        clock.advance(minutes=1)
        assert quiz_state(db, learner, 1, "fr", clock()).attempts == number
    assert take_quiz(db, learner, 1, now=clock()).passed


def why_shut(db: Session, learner: Learner, now: datetime) -> Closed | None:
    with pytest.raises(ClosedGateError) as shut:
        start_quiz(db, learner, 1, "fr", now)
    return shut.value.gate.closed


def test_when_the_tries_are_used_up_the_quiz_is_shut(db: Session, clock: FixedClock) -> None:
    learner = make_learner(db, attempts=2, pause_seconds=0)
    read_module(db, learner, 1)
    for _ in range(2):
        take_quiz(db, learner, 1, right=False, now=clock())
    with pytest.raises(ClosedGateError) as shut:
        start_quiz(db, learner, 1, "fr", clock.advance(days=1))
    assert shut.value.gate.closed is Closed.NO_ATTEMPT_LEFT


def test_starting_again_goes_on_with_the_open_attempt(db: Session, learner: Learner) -> None:
    first = start_quiz(db, learner, 1, "fr", NOW)
    assert start_quiz(db, learner, 1, "fr", NOW).id == first.id
    assert db.scalar(select(func.count()).select_from(Attempt)) == 1


def test_a_quiz_whose_pages_are_unread_does_not_start(db: Session) -> None:
    with pytest.raises(ClosedGateError) as shut:
        start_quiz(db, make_learner(db), 1, "fr", NOW)
    assert shut.value.gate.closed is Closed.SECTIONS_UNREAD


@pytest.mark.parametrize("number", [0, 3, -1])
def test_a_module_that_is_not_there_is_not_found(db: Session, number: int) -> None:
    with pytest.raises(NotFoundError):
        start_quiz(db, make_learner(db), number, "fr", NOW)


def test_a_passed_quiz_is_not_started_again(db: Session, learner: Learner) -> None:
    take_quiz(db, learner, 1)
    with pytest.raises(ClosedGateError) as shut:
        start_quiz(db, learner, 1, "fr", NOW + timedelta(days=1))
    assert shut.value.gate.closed is Closed.ALREADY_PASSED


def test_a_saved_answer_is_there_when_he_comes_back(db: Session, learner: Learner) -> None:
    attempt = start_quiz(db, learner, 1, "fr", NOW)
    _save(db, learner, "single", (2,))
    _save(db, learner, "open", ("Je retiens ceci, en bref.",))
    db.expire_all()
    saved = saved_responses(db, attempt.id, KEYS)
    assert saved["single"].answer == (2,)
    assert saved["open"].answer == ("Je retiens ceci, en bref.",)


def test_an_open_answer_is_sealed_in_the_table(db: Session, learner: Learner) -> None:
    start_quiz(db, learner, 1, "fr", NOW)
    _save(db, learner, "open", ("Je retiens ceci, en bref.",))
    row = db.scalars(select(Response).where(Response.item_id == "open")).one()
    assert row.answer == []
    assert b"retiens" not in (row.sealed_text or b"")


def test_when_the_key_is_lost_the_quiz_goes_on_without_the_text(
    db: Session, learner: Learner
) -> None:
    attempt = start_quiz(db, learner, 1, "fr", NOW)
    save_all(db, attempt)
    KEYS.people.destroy(learner.enrolment_id)
    saved = saved_responses(db, attempt.id, KEYS)
    assert saved["open"].answer == ()
    assert not saved["open"].is_kept
    assert saved["single"].answer == (1,)
    assert saved["single"].is_kept


def test_a_stale_page_overwrites_nothing(db: Session, learner: Learner) -> None:
    attempt = start_quiz(db, learner, 1, "fr", NOW)
    assert _save(db, learner, "single", (0,)) == 1
    assert _save(db, learner, "single", (1,), version=1) == 2
    for version in (0, 1, 7):
        with pytest.raises(StaleAnswerError):
            _save(db, learner, "single", (2,), version=version)
    assert saved_responses(db, attempt.id, KEYS)["single"].answer == (1,)


def test_a_question_that_was_not_asked_takes_no_answer(db: Session, learner: Learner) -> None:
    start_quiz(db, learner, 1, "fr", NOW)
    with pytest.raises(NotFoundError):
        _save(db, learner, "must", (0,))  # it stands in the second module


def test_an_unfinished_quiz_is_refused_and_kept(db: Session, learner: Learner) -> None:
    attempt = start_quiz(db, learner, 1, "fr", NOW)
    _save(db, learner, "single", (1,))
    _save(db, learner, "open", ("trop court",))
    with pytest.raises(UnfinishedError) as refused:
        submit(db, learner, attempt.id)
    answered = next(at for at, one in enumerate(attempt.asked, 1) if one.item == "single")
    assert refused.value.places == tuple(at for at in range(1, 9) if at != answered)
    assert attempt_under_way(db, learner, 1, NOW).id == attempt.id
    assert unfinished_places(attempt, saved_responses(db, attempt.id, KEYS)) == refused.value.places


def test_handing_in_twice_gives_one_result(db: Session, learner: Learner) -> None:
    attempt = start_quiz(db, learner, 1, "fr", NOW)
    save_all(db, attempt, right=False)
    first = submit(db, learner, attempt.id)
    assert submit(db, learner, attempt.id, now=NOW + timedelta(hours=1)) == first
    assert db.scalars(select(Result.submitted_at)).all() == [NOW]


def test_an_answer_after_handing_in_is_refused(db: Session, learner: Learner) -> None:
    attempt = start_quiz(db, learner, 1, "fr", NOW)
    save_all(db, attempt)
    submit(db, learner, attempt.id)
    with pytest.raises(NoOpenAttemptError):
        _save(db, learner, "single", (0,), version=1)
    late = NewAnswer("single", (0,), version=1, language="fr")
    with pytest.raises(NoOpenAttemptError) as refused:  # he had the attempt in hand already
        answer_item(db, attempt, late, keys=KEYS, now=NOW)
    assert isinstance(refused.value.__cause__, IntegrityError)


def test_anothers_attempt_is_not_found(db: Session, learner: Learner) -> None:
    attempt = start_quiz(db, learner, 1, "fr", NOW)
    save_all(db, attempt)
    stranger = make_learner(db)
    with pytest.raises(NotFoundError):
        submit(db, stranger, attempt.id)
    submit(db, learner, attempt.id)
    with pytest.raises(NotFoundError):
        own_result(db, stranger, attempt.id, KEYS)


def test_an_attempt_that_is_open_has_no_result_yet(db: Session, learner: Learner) -> None:
    attempt = start_quiz(db, learner, 1, "fr", NOW)
    with pytest.raises(NotFoundError):
        own_result(db, learner, attempt.id, KEYS)


def test_after_the_deadline_no_quiz_starts(db: Session, learner: Learner) -> None:
    with pytest.raises(ClosedGateError) as shut:
        start_quiz(db, learner, 1, "fr", day_after(learner.deadline))
    assert shut.value.gate.closed is Closed.DEADLINE


def test_after_the_deadline_what_was_saved_until_then_counts(db: Session, learner: Learner) -> None:
    attempt = start_quiz(db, learner, 1, "fr", NOW)
    save_all(db, attempt)
    assert submit(db, learner, attempt.id, now=day_after(learner.deadline)).passed
    result = db.get_one(Result, attempt.id)
    assert result.ended_by == EndedBy.ABANDONED  # he left it long before his last day
    assert result.submitted_at == NOW + ABANDONED_AFTER


def test_the_last_evening_of_the_deadline_is_still_good(db: Session, learner: Learner) -> None:
    late = day_after(learner.deadline) - timedelta(hours=12)  # 23:00 in Longueuil
    assert start_quiz(db, learner, 1, "fr", late).number == 1


def test_another_language_keeps_the_questions_their_order_and_the_answers(
    db: Session, learner: Learner
) -> None:
    french = start_quiz(db, learner, 1, "fr", NOW)
    save_all(db, french)
    english = start_quiz(db, learner, 1, "en", NOW)
    assert english == french
    new = NewAnswer("text", ("Listen",), version=1, language="en")
    answer_item(db, english, new, keys=KEYS, now=NOW)
    done = submit_quiz(db, learner, french.id, keys=KEYS, language="en", now=NOW)
    assert done.passed
    result = own_result(db, learner, french.id, KEYS)
    assert result.language == "en"
    assert [one.asked for one in result.outcomes] == list(french.asked)


def test_a_second_try_asks_the_cases_that_were_not_asked(db: Session, learner: Learner) -> None:
    pass_module(db, learner, 1)
    read_module(db, learner, 2)
    first = start_quiz(db, learner, 2, "fr", NOW)
    save_all(db, first, right=False)
    submit(db, learner, first.id)
    second = start_quiz(db, learner, 2, "fr", NOW + timedelta(minutes=10))
    assert set(first.items) & set(second.items) == {"must"}
    assert set(first.items) | set(second.items) == {"must", *(f"pool-{at}" for at in range(1, 5))}


def test_a_missed_required_question_fails_the_quiz(db: Session, learner: Learner) -> None:
    pass_module(db, learner, 1)
    read_module(db, learner, 2)
    attempt = start_quiz(db, learner, 2, "fr", NOW)
    save_all(db, attempt)
    wrong = NewAnswer("must", (2,), version=1, language="fr")
    answer_item(db, attempt, wrong, keys=KEYS, now=NOW)
    assert not submit(db, learner, attempt.id).passed


@pytest.mark.parametrize("place", [0, 9, -1])
def test_there_is_no_question_outside_the_attempt(
    db: Session, learner: Learner, place: int
) -> None:
    assert start_quiz(db, learner, 1, "fr", NOW).item_at(place) is None
