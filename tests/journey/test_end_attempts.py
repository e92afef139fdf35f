"""A tab is closed and never comes back: what was saved counts when the attempt ends."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.assessment.models import Result, Standing
from lms.assessment.queries import OpenAttempt
from lms.assessment.service import NewAnswer
from lms.completion.models import CompletionRecord
from lms.gates.ending import ABANDONED_AFTER, EndedBy
from lms.journey.actor import Learner
from lms.journey.end_attempts import end_due_attempts
from lms.journey.read import end_of_day
from lms.journey.take_quiz import NoOpenAttemptError, answer_item, own_result, start_quiz
from tests.factories import (
    KEYS,
    NOW,
    make_learner,
    pass_module,
    read_module,
    right_answer,
    save_all,
    submit,
)

WEEK_LATER = NOW + ABANDONED_AFTER


def opened(db: Session, learner: Learner, *, now: datetime = NOW) -> OpenAttempt:
    read_module(db, learner, 1, now=now)
    return start_quiz(db, learner, 1, "fr", now)


def save_some(db: Session, attempt: OpenAttempt, count: int, now: datetime = NOW) -> None:
    for asked in attempt.asked[:count]:
        item = attempt.items[asked.item]
        new = NewAnswer(item.id, right_answer(item), version=0, language="en")
        answer_item(db, attempt, new, keys=KEYS, now=now)


def end_due(db: Session, now: datetime) -> int:
    return len(end_due_attempts(db, keys=KEYS, now=now))


def test_an_attempt_that_was_left_is_graded_from_what_was_saved(db: Session) -> None:
    learner = make_learner(db)
    attempt = opened(db, learner)
    save_some(db, attempt, 3)
    assert end_due(db, WEEK_LATER - timedelta(seconds=1)) == 0
    assert end_due(db, WEEK_LATER + timedelta(hours=3)) == 1
    result = own_result(db, learner, attempt.id, KEYS)
    assert (result.ended_by, result.submitted_at) == (EndedBy.ABANDONED, WEEK_LATER)
    assert 0 < result.score.raw < result.score.maximum
    standing = db.get_one(Standing, (learner.enrolment_id, "first"))
    assert (standing.attempts, standing.passed_at) == (1, None)


def test_an_attempt_ends_with_the_last_day_and_can_still_pass(db: Session) -> None:
    learner = make_learner(db)
    if learner.deadline is None:
        raise LookupError
    end = end_of_day(learner.deadline)
    attempt = opened(db, learner, now=end - timedelta(days=2))
    save_all(db, attempt, now=end - timedelta(days=1))
    assert end_due(db, end - timedelta(seconds=1)) == 0
    assert end_due(db, end + timedelta(minutes=5)) == 1
    result = own_result(db, learner, attempt.id, KEYS)
    assert (result.ended_by, result.submitted_at, result.passed) == (EndedBy.DEADLINE, end, True)


def test_the_last_pass_completes_even_when_the_job_closed_it(db: Session) -> None:
    learner = make_learner(db)
    pass_module(db, learner, 1)
    read_module(db, learner, 2)
    save_all(db, start_quiz(db, learner, 2, "fr", NOW))
    end_due(db, WEEK_LATER)
    assert db.scalar(select(CompletionRecord.recorded_at)) == WEEK_LATER


def test_who_comes_back_keeps_his_attempt(db: Session) -> None:
    learner = make_learner(db)
    attempt = opened(db, learner)
    save_some(db, attempt, 1)
    save_some(db, attempt, 0)
    item = attempt.items[attempt.asked[1].item]
    new = NewAnswer(item.id, right_answer(item), version=0, language="fr")
    answer_item(db, attempt, new, keys=KEYS, now=NOW + timedelta(days=6))
    assert end_due(db, WEEK_LATER) == 0


def test_a_second_run_ends_nothing_twice(db: Session) -> None:
    opened(db, make_learner(db))
    assert [end_due(db, WEEK_LATER), end_due(db, WEEK_LATER)] == [1, 0]
    assert db.scalar(select(func.count()).select_from(Result)) == 1


def test_a_run_takes_so_many_at_a_time(db: Session) -> None:
    for _ in range(3):
        opened(db, make_learner(db))
    first = end_due_attempts(db, keys=KEYS, now=WEEK_LATER, limit=2)
    assert (len(first), end_due(db, WEEK_LATER)) == (2, 1)


def test_what_was_handed_in_is_left_alone(db: Session) -> None:
    learner = make_learner(db)
    attempt = opened(db, learner)
    save_all(db, attempt)
    submit(db, learner, attempt.id)
    assert end_due(db, WEEK_LATER) == 0
    assert own_result(db, learner, attempt.id, KEYS).ended_by is EndedBy.SUBMITTED


def test_after_it_ended_no_answer_is_saved(db: Session) -> None:
    learner = make_learner(db)
    attempt = opened(db, learner)
    end_due(db, WEEK_LATER)
    with pytest.raises(NoOpenAttemptError):
        save_some(db, attempt, 1, WEEK_LATER)
