"""A question was wrong: who would flip is shown first, then done, and passes are safe."""

import uuid
from fractions import Fraction

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.assessment.models import Regrade, Standing
from lms.assessment.regrade import StaleScoreError
from lms.corrections.key_change import Question, preview_change
from lms.corrections.kinds import RefusedError, Why
from lms.corrections.queries import (
    corrections_of,
    find_correction,
    lost_passes,
    waiting_corrections,
)
from lms.corrections.regrade import Choice, Effect
from lms.corrections.scores import Rescore, change_key, regrade_response
from lms.corrections.service import decide
from lms.journey.take_quiz import start_quiz
from lms.kernel.errors import NotFoundError
from tests.corrections.people import REASON, Team, desk, make_team, marks_of, points_of, sit
from tests.corrections.test_one_person import entries
from tests.factories import NOW, read_module

DROP = Question("first", "multiple", Choice.DROP)
FULL = Question("first", "multiple", Choice.FULL_CREDIT)


@pytest.fixture
def sat(db: Session, team: Team) -> dict[str, uuid.UUID]:
    """Let four people hand in; the name says what dropping `multiple` would do to each."""
    return {
        name: sit(db, team.learner(db, f"P-{name.upper()}"), wrong=wrong)
        for name, wrong in (
            ("passes", {"multiple"}),
            ("score", {"multiple", "match"}),
            ("loses", {"true-false", "single"}),
            ("right", set()),
        )
    }


def effects(db: Session, question: Question, team: Team) -> dict[str, Effect]:
    """Give what a change would do, by pseudonym."""
    found = preview_change(db, question, desk(team.first).staff)
    return {line.pseudonym: line.effect for line in found.lines}


def count(db: Session) -> int:
    """Count the regrades."""
    return db.scalar(select(func.count()).select_from(Regrade)) or 0


def test_a_preview_says_by_pseudonym_who_would_flip_and_writes_nothing(
    db: Session, team: Team, sat: dict[str, uuid.UUID]
) -> None:
    assert effects(db, DROP, team) == {
        "P-PASSES": Effect.PASSES,
        "P-SCORE": Effect.SCORE,
        "P-LOSES": Effect.LOSES,
        "P-RIGHT": Effect.SCORE,
    }
    assert effects(db, FULL, team) == {
        "P-PASSES": Effect.PASSES,
        "P-SCORE": Effect.SCORE,
        "P-LOSES": Effect.NONE,
        "P-RIGHT": Effect.NONE,
    }
    made = preview_change(db, DROP, None)
    (line,) = [one for one in made.lines if one.before.attempt_id == sat["passes"]]
    assert line.after is not None
    assert points_of(line.before) == "8 of 11"
    assert points_of(line.after) == "8 of 8"
    assert made.number == 3  # the third question of its module
    assert count(db) == 0
    assert entries(db) == []


def test_applied_each_attempt_gets_what_the_preview_said(
    db: Session, team: Team, sat: dict[str, uuid.UUID]
) -> None:
    row = change_key(db, DROP, REASON, desk(team.first))
    now = {name: marks_of(db, attempt_id) for name, attempt_id in sat.items()}
    assert points_of(now["score"]) == "5 of 8"
    assert points_of(now["right"]) == "8 of 8"
    assert (now["passes"].number, now["passes"].passed) == (0, False)  # waits
    assert (now["loses"].number, now["loses"].passed) == (0, True)  # listed, not applied
    assert [one.id for one in waiting_corrections(db, desk(team.second).staff)] == [row.id]
    assert [one.pseudonym for one in lost_passes(db, desk(team.second).staff)] == ["P-LOSES"]
    decide(db, row.id, desk(team.second), accepted=True)
    flipped = marks_of(db, sat["passes"])
    assert (flipped.number, flipped.passed) == (1, True)
    key = (flipped.enrolment_id, "first")
    assert db.get_one(Standing, key).passed_attempt_id == sat["passes"]
    lost = marks_of(db, sat["loses"])
    assert (lost.number, lost.passed) == (0, True)


def test_a_key_change_is_one_act_on_record_and_its_decision_another(
    db: Session, team: Team, sat: dict[str, uuid.UUID]
) -> None:
    row = change_key(db, DROP, REASON, desk(team.first))
    decide(db, row.id, desk(team.coordinator), accepted=True)
    proposed, confirmed = entries(db)
    assert (proposed.act, proposed.subject) == ("key-change.proposed", "item:first/multiple")
    assert set(proposed.before) == {str(one) for one in sat.values()}
    assert proposed.after[str(sat["score"])] == {"regrade": 0, "points": "5/8", "passed": False}
    assert confirmed.actor == str(team.coordinator.id)
    assert set(confirmed.before) == {str(sat["passes"])}
    assert confirmed.after[str(sat["passes"])]["passed"] is True


def test_refused_the_pass_does_not_come_and_the_rest_stays(
    db: Session, team: Team, sat: dict[str, uuid.UUID]
) -> None:
    row = change_key(db, FULL, REASON, desk(team.first))
    decide(db, row.id, desk(team.second), accepted=False)
    assert not marks_of(db, sat["passes"]).passed
    assert marks_of(db, sat["score"]).number == 1


def test_where_nobody_flips_nobody_else_is_asked(db: Session, team: Team) -> None:
    learner = team.learner(db)
    attempt_id = sit(db, learner, wrong={"multiple", "match"})
    row = change_key(db, FULL, REASON, desk(team.first))
    assert [one.id for one in corrections_of(db, learner.enrolment_id)] == [row.id]
    assert marks_of(db, attempt_id).score.raw == 8
    assert waiting_corrections(db, desk(team.second).staff) == []
    with pytest.raises(RefusedError) as refused:
        change_key(db, FULL, REASON, desk(team.first))
    assert refused.value.why is Why.NOTHING_CHANGES
    assert find_correction(db, desk(team.first).staff, row.id).detail["applied"] == 1


def test_what_is_applied_is_what_was_looked_at(
    db: Session, team: Team, sat: dict[str, uuid.UUID]
) -> None:
    seen = preview_change(db, DROP, desk(team.first).staff).mark
    given = Rescore(sat["score"], "order", Fraction(1, 2), 0, REASON)
    regrade_response(db, given, desk(team.second))
    with pytest.raises(RefusedError) as refused:
        change_key(db, DROP, REASON, desk(team.first), seen=seen)
    assert refused.value.why is Why.CHANGED_SINCE
    assert count(db) == 1
    again = preview_change(db, DROP, desk(team.first).staff).mark
    change_key(db, DROP, REASON, desk(team.first), seen=again)


def test_an_instructor_regrades_his_own_groups_and_no_other(
    db: Session, team: Team, sat: dict[str, uuid.UUID]
) -> None:
    other = make_team(db)
    elsewhere = sit(db, other.learner(db), wrong={"multiple"})
    assert len(preview_change(db, DROP, None).lines) == 5
    change_key(db, DROP, REASON, desk(other.first))
    assert {marks_of(db, one).number for one in sat.values()} == {0}
    (waiting,) = waiting_corrections(db, desk(other.second).staff)
    assert [one["attempt"] for one in waiting.detail["changes"]] == [str(elsewhere)]
    assert waiting_corrections(db, desk(team.second).staff) == []
    with pytest.raises(NotFoundError):
        decide(db, waiting.id, desk(team.second), accepted=True)
    with pytest.raises(NotFoundError):
        preview_change(db, DROP, desk(team.stranger).staff)


def test_a_coordinators_change_is_for_another_coordinator_or_whoever_sees_all_it_flips(
    db: Session, team: Team, sat: dict[str, uuid.UUID]
) -> None:
    other = make_team(db)
    sit(db, other.learner(db), wrong={"multiple"})
    row = change_key(db, DROP, REASON, desk(team.coordinator))
    for who in (team.second, other.second):
        with pytest.raises(RefusedError) as refused:
            decide(db, row.id, desk(who), accepted=True)
        assert refused.value.why is Why.OTHER_GROUPS
    with pytest.raises(NotFoundError):
        decide(db, row.id, desk(team.stranger), accepted=True)
    decide(db, row.id, desk(other.coordinator), accepted=True)
    assert marks_of(db, sat["passes"]).passed


def test_a_confirmation_after_another_regrade_changes_nothing_at_all(
    db: Session, team: Team, sat: dict[str, uuid.UUID]
) -> None:
    sit(db, team.learner(db, "P-BETWEEN"), wrong={"multiple"})
    row = change_key(db, DROP, REASON, desk(team.first))
    given = Rescore(sat["passes"], "order", Fraction(1, 2), 0, REASON)
    regrade_response(db, given, desk(team.second))
    before = count(db)
    with pytest.raises(StaleScoreError), db.begin_nested():
        decide(db, row.id, desk(team.second), accepted=True)
    assert count(db) == before


@pytest.mark.parametrize(
    "question",
    [
        Question("nowhere", "multiple", Choice.DROP),
        Question("first", "nothing", Choice.DROP),
        Question("first", "multiple", Choice.DROP, revision=7),
        Question("second", "must", Choice.DROP),  # nobody has handed it in
    ],
)
def test_what_nobody_was_asked_is_not_found(
    db: Session, team: Team, sat: dict[str, uuid.UUID], question: Question
) -> None:
    assert sat
    with pytest.raises(NotFoundError):
        preview_change(db, question, desk(team.first).staff)


def test_an_open_question_has_no_points_to_give(
    db: Session, team: Team, sat: dict[str, uuid.UUID]
) -> None:
    assert sat
    with pytest.raises(RefusedError) as refused:
        preview_change(db, Question("first", "open", Choice.DROP), desk(team.first).staff)
    assert refused.value.why is Why.NOT_GRADED


def test_an_attempt_under_way_is_left_alone(db: Session, team: Team) -> None:
    sit(db, team.learner(db, "P-DONE"), wrong={"multiple"})
    running = team.learner(db, "P-RUNNING")
    read_module(db, running, 1)
    start_quiz(db, running, 1, "fr", NOW)
    assert set(effects(db, DROP, team)) == {"P-DONE"}
