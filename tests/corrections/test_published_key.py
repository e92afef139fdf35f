"""An author mends a key and publishes; what was answered under the old one is graded by the new."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lms.corrections.key_change import Question
from lms.corrections.kinds import RefusedError, Why
from lms.corrections.queries import find_correction
from lms.corrections.regrade import Choice, Effect
from lms.corrections.scores import change_key
from lms.journey.actor import Learner
from tests.corrections.editions import publish_again
from tests.corrections.people import REASON, Team, desk, marks_of, sit
from tests.corrections.test_key_change import FULL, effects

PUBLISHED = Question("first", "single", Choice.PUBLISHED)


def right_is(*positions: int) -> Callable[[dict[str, Any]], None]:
    """Mend a key: these positions are right."""
    return lambda item: item.update(correct=list(positions))


def chose(db: Session, learner: Learner, position: int) -> uuid.UUID:
    """Hand in the first quiz with all right but `single` (this option) and `multiple`."""
    attempt_id = sit(db, learner, wrong={"multiple", "single"} if position == 0 else {"multiple"})
    assert position in {0, 1}  # wrong_answer gives 0, the key 1
    return attempt_id


def test_the_key_published_now_grades_what_was_answered_under_the_old_one(
    db: Session, team: Team
) -> None:
    chose_a = chose(db, team.learner(db, "P-A"), 0)
    chose_b = chose(db, team.learner(db, "P-B"), 1)
    publish_again(db, "first", "single", key=right_is(0))
    assert effects(db, PUBLISHED, team) == {"P-A": Effect.SCORE, "P-B": Effect.SCORE}
    change_key(db, PUBLISHED, REASON, desk(team.first))
    assert marks_of(db, chose_a).score.raw == 8
    assert marks_of(db, chose_b).score.raw == 7


def turned(shown: dict[str, Any]) -> None:
    """Let the options of a question stand the other way round."""
    shown["choices"] = shown["choices"][::-1]


def test_options_that_moved_in_the_newer_edition_are_known_by_their_texts(
    db: Session, team: Team
) -> None:
    attempt_id = chose(db, team.learner(db), 1)
    publish_again(db, "first", "single", key=right_is(1), shown=turned)
    with pytest.raises(RefusedError) as refused:
        change_key(db, PUBLISHED, REASON, desk(team.first))
    assert refused.value.why is Why.NOTHING_CHANGES
    assert marks_of(db, attempt_id).number == 0


def test_an_answer_whose_option_is_gone_is_told_apart_and_left_as_it_is(
    db: Session, team: Team
) -> None:
    gone = chose(db, team.learner(db, "P-GONE"), 0)
    sit(db, team.learner(db, "P-THERE"), wrong={"multiple"})

    def without_first(shown: dict[str, Any]) -> None:
        shown["choices"] = shown["choices"][1:]

    publish_again(db, "first", "single", key=right_is(1), shown=without_first)
    assert effects(db, PUBLISHED, team) == {"P-GONE": Effect.UNCLEAR, "P-THERE": Effect.SCORE}
    row = change_key(db, PUBLISHED, REASON, desk(team.first))
    assert marks_of(db, gone).number == 0
    assert find_correction(db, desk(team.first).staff, row.id).detail["unclear"] == [str(gone)]


def test_one_edition_alone_may_be_regraded(db: Session, team: Team) -> None:
    old = sit(db, team.learner(db, "P-OLD"), wrong={"multiple", "match"})
    publish_again(db, "first", "multiple")
    new = sit(db, team.learner(db, "P-NEW"), wrong={"multiple", "match"})
    second = Question("first", "multiple", Choice.FULL_CREDIT, revision=2)
    assert effects(db, second, team) == {"P-NEW": Effect.SCORE}
    assert set(effects(db, FULL, team)) == {"P-OLD", "P-NEW"}
    change_key(db, second, REASON, desk(team.first))
    assert (marks_of(db, old).number, marks_of(db, new).number) == (0, 1)
