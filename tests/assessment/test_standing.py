"""Where somebody stands in a quiz: what was passed stays so, and the best try stays the best."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.assessment.models import Standing
from lms.assessment.queries import standings
from lms.assessment.values import Answer, QuizItem
from lms.content.model import ItemKind
from tests.assessment.sitting import make_people, sit_quiz
from tests.factories import right_answer, wrong_answer


def partly(item: QuizItem) -> Answer:
    """Answer right where several may be right, and wrong elsewhere."""
    return right_answer(item) if item.kind is ItemKind.MULTIPLE else wrong_answer(item)


def test_a_better_try_is_the_best_and_a_worse_one_changes_no_figure_but_the_count(
    db: Session,
) -> None:
    person = make_people(db, 1)[0]
    bests = []
    for choose in (wrong_answer, partly, wrong_answer):
        sit_quiz(db, person, "first", choose)
        bests.append(standings(db, person.id)["first"].best_percent)
    assert bests[0] < bests[1] == bests[2]
    standing = standings(db, person.id)["first"]
    assert (standing.attempts, standing.passed_at) == (3, None)
    assert standing.review  # what was missed last is to be read again


def test_a_try_after_a_pass_leaves_the_pass_and_what_it_rests_on(db: Session) -> None:
    person = make_people(db, 1)[0]
    sit_quiz(db, person, "first", wrong_answer)
    passed = sit_quiz(db, person, "first", right_answer)
    before = standings(db, person.id)["first"]
    assert (before.passed_attempt_id, before.best_percent, before.review) == (passed, 100, [])
    passed_at = before.passed_at
    assert passed_at is not None
    for choose in (wrong_answer, right_answer):
        sit_quiz(db, person, "first", choose)
        after = standings(db, person.id)["first"]
        assert (after.passed_attempt_id, after.passed_at) == (passed, passed_at)
        assert (after.best_percent, after.review) == (100, [])


def test_a_try_keeps_the_extra_ones_that_somebody_was_given(db: Session) -> None:
    person = make_people(db, 1)[0]
    sit_quiz(db, person, "first", wrong_answer)
    db.execute(update(Standing).values(extra_attempts=2))
    sit_quiz(db, person, "first", wrong_answer)
    assert standings(db, person.id)["first"].extra_attempts == 2
