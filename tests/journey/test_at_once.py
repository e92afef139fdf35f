"""Two tabs, a double click, a slow network: acts that meet, on a real database."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from lms.assessment.models import Result
from lms.assessment.queries import OpenAttempt
from lms.assessment.service import NewAnswer, StaleAnswerError, Taker, start_attempt
from lms.journey.actor import Learner
from lms.journey.quiz_gate import quiz_state
from lms.journey.take_quiz import NoOpenAttemptError, Submitted, answer_item, own_result, start_quiz
from lms.kernel.database import Database
from tests.factories import KEYS, NOW, make_learner, read_module, save_all, submit
from tests.threads import at_once

FIRST = NewAnswer("single", (1,), version=0, language="fr")
LATE = NewAnswer("single", (0,), version=1, language="fr")


@pytest.fixture
def learner(real_database: Database) -> Learner:
    """Give somebody who has read the first module."""
    with real_database.write() as db:
        one = make_learner(db)
        read_module(db, one, 1)
        db.commit()
    return one


@pytest.fixture
def attempt(real_database: Database, learner: Learner) -> OpenAttempt:
    """Give an open attempt of his."""
    with real_database.write() as db:
        opened = start_quiz(db, learner, 1, "fr", NOW)
        db.commit()
    return opened


@pytest.fixture
def answered(real_database: Database, attempt: OpenAttempt) -> OpenAttempt:
    """Give the attempt with every question answered rightly."""
    with real_database.write() as db:
        save_all(db, attempt)
        db.commit()
    return attempt


def test_of_two_tabs_that_save_at_once_one_is_told(
    real_database: Database, attempt: OpenAttempt
) -> None:
    acts = [lambda db: answer_item(db, attempt, FIRST, keys=KEYS, now=NOW)] * 4
    done, refused = at_once(real_database, acts)
    assert done == [1]
    assert [type(one) for one in refused] == [StaleAnswerError] * 3


def test_of_many_starts_at_once_one_attempt_comes(
    real_database: Database, learner: Learner
) -> None:
    done, refused = at_once(real_database, [lambda db: start_quiz(db, learner, 1, "fr", NOW)] * 6)
    assert refused == []
    assert len({one.id for one in done}) == 1


def test_a_start_that_saw_no_attempt_yet_does_not_open_a_second_one(
    real_database: Database, learner: Learner
) -> None:
    with real_database.read() as db:
        state = quiz_state(db, learner, 1, "fr", NOW)
    module = (state.outline.module_id, state.outline.revision_id)
    taker = Taker(learner.programme_id, learner.enrolment_id)
    with real_database.write() as db:
        start_quiz(db, learner, 1, "fr", NOW)
        db.commit()
        with pytest.raises(IntegrityError, match=r"(?i)unique"):
            start_attempt(db, taker, module, state.quiz, language="fr", now=NOW)


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_a_start_waits_for_handing_in_that_has_begun(
    real_database: Database, learner: Learner, answered: OpenAttempt
) -> None:
    with real_database.write() as db, real_database.write() as other:
        submit(db, learner, answered.id)  # passed, and not yet committed
        other.execute(text("SET LOCAL lock_timeout = '100ms'"))
        with pytest.raises(OperationalError, match="lock timeout"):
            start_quiz(other, learner, 1, "fr", NOW)


def test_handing_in_twice_at_once_gives_one_result(
    real_database: Database, learner: Learner, answered: OpenAttempt
) -> None:
    done, refused = at_once(real_database, [lambda db: submit(db, learner, answered.id)] * 6)
    assert refused == []
    assert done == [Submitted(answered.id, passed=True, completed=False)] * 6
    with real_database.read() as db:
        assert db.scalar(select(func.count()).select_from(Result)) == 1


def test_an_answer_that_races_with_handing_in_counts_or_is_refused(
    real_database: Database, learner: Learner, answered: OpenAttempt
) -> None:
    acts: list[Callable[[Session], object]] = [
        lambda db: submit(db, learner, answered.id),
        lambda db: answer_item(db, answered, LATE, keys=KEYS, now=NOW),
    ]
    _, refused = at_once(real_database, acts)
    with real_database.read() as db:
        result = own_result(db, learner, answered.id, KEYS)
    kept = next(one for one in result.outcomes if one.item.id == "single")
    assert kept.answer == ((1,) if refused else (0,))
    assert kept.score.raw == (1 if refused else 0)


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_an_answer_waits_for_handing_in_that_has_begun_and_is_refused(
    real_database: Database, learner: Learner, answered: OpenAttempt
) -> None:
    with real_database.write() as db:
        submit(db, learner, answered.id)  # graded, and not yet committed
        with real_database.write() as other:
            other.execute(text("SET LOCAL lock_timeout = '100ms'"))
            with pytest.raises(OperationalError, match="lock timeout"):
                answer_item(other, answered, LATE, keys=KEYS, now=NOW)
        db.commit()
    with real_database.write() as other, pytest.raises(NoOpenAttemptError):
        answer_item(other, answered, LATE, keys=KEYS, now=NOW)
