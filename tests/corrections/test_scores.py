"""A response is given another score; a pass is never taken away, and never made by one alone."""

import uuid
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lms.assessment.models import Regrade, Result, Standing
from lms.assessment.queries import closed_attempt
from lms.assessment.regrade import StaleScoreError, append_regrade
from lms.completion.models import CompletionRecord
from lms.corrections.key_change import Question
from lms.corrections.kinds import Kind, RefusedError, Why
from lms.corrections.models import Correction
from lms.corrections.queries import lost_passes, waiting_corrections
from lms.corrections.regrade import Choice
from lms.corrections.scores import Rescore, change_key, regrade_response
from lms.corrections.service import correct, decide, keep_pass
from lms.journey.actor import Learner
from lms.journey.take_quiz import start_quiz
from lms.kernel.errors import BadInputError, NotFoundError
from tests.corrections.people import LATER, REASON, Team, desk, make_team, marks_of, sit, wish
from tests.corrections.test_one_person import entries
from tests.factories import KEYS, NOW, pass_module, read_module, take_quiz

SECOND = NOW + timedelta(minutes=30)  # a second try


def given(attempt_id: uuid.UUID, item_id: str, raw: str, based_on: int = 0) -> Rescore:
    """Ask for another score of one response."""
    return Rescore(attempt_id, item_id, Fraction(raw), based_on, REASON)


def standing_of(db: Session, learner: Learner) -> Standing:
    """Give where somebody stands in the first quiz."""
    return db.get_one(Standing, (learner.enrolment_id, "first"), populate_existing=True)


def shown_score(db: Session, attempt_id: uuid.UUID) -> tuple[str, bool, int]:
    """Give what pages show of an attempt: points, passed, how often it was regraded."""
    found = closed_attempt(db, attempt_id, KEYS)
    assert found is not None
    return f"{found.score.raw} of {found.score.maximum}", found.passed, found.regrade


def test_a_score_that_flips_nothing_is_appended_at_once_beside_the_first(
    db: Session, team: Team, learner: Learner
) -> None:
    attempt_id = sit(db, learner, wrong={"multiple", "order"})
    assert shown_score(db, attempt_id) == ("7 of 11", False, 0)
    row = regrade_response(db, given(attempt_id, "multiple", "1/3"), desk(team.first))
    assert shown_score(db, attempt_id) == ("22/3 of 11", False, 1)
    first = db.get_one(Result, attempt_id, populate_existing=True)
    assert (first.raw_numerator, first.raw_denominator, first.passed) == (7, 1, False)
    regrade = db.scalars(select(Regrade)).one()
    assert (regrade.correction_id, regrade.graded_at) == (row.id, LATER)
    assert standing_of(db, learner).best_percent == 66
    (entry,) = entries(db)
    assert entry.act == "regrade-response"
    assert entry.before[str(attempt_id)] == {"regrade": 0, "points": "7/11", "passed": False}
    assert entry.after[str(attempt_id)]["points"] == "22/3/11"


def test_a_score_that_makes_a_pass_waits_for_a_second_person(
    db: Session, team: Team, learner: Learner
) -> None:
    attempt_id = sit(db, learner, wrong={"multiple"})
    row = regrade_response(db, given(attempt_id, "multiple", "3"), desk(team.first))
    assert shown_score(db, attempt_id) == ("8 of 11", False, 0)
    assert [one.id for one in waiting_corrections(db, desk(team.second).staff)] == [row.id]
    with pytest.raises(RefusedError) as refused:
        decide(db, row.id, desk(team.first), accepted=True)
    assert refused.value.why is Why.SAME_PERSON
    decide(db, row.id, desk(team.second), accepted=True)
    assert shown_score(db, attempt_id) == ("11 of 11", True, 1)
    standing = standing_of(db, learner)
    assert (standing.passed_at, standing.passed_attempt_id) == (LATER, attempt_id)
    assert standing.best_percent == 100
    assert [one.act for one in entries(db)] == [
        "regrade-response.proposed",
        "regrade-response.confirmed",
    ]
    assert entries(db)[1].after[str(attempt_id)]["passed"] is True


def test_the_pass_that_was_missing_completes_the_course(
    db: Session, team: Team, learner: Learner
) -> None:
    pass_module(db, learner, 1)
    attempt_id = sit(db, learner, 2, wrong={"must"})
    row = regrade_response(db, given(attempt_id, "must", "1"), desk(team.first))
    decide(db, row.id, desk(team.coordinator), accepted=True)
    assert db.scalars(select(CompletionRecord)).one().enrolment_id == learner.enrolment_id


def test_a_pass_is_never_taken_back_and_the_person_is_listed(
    db: Session, team: Team, learner: Learner
) -> None:
    attempt_id = sit(db, learner, wrong={"true-false", "single"})
    assert shown_score(db, attempt_id) == ("9 of 11", True, 0)
    row = regrade_response(db, given(attempt_id, "text", "0"), desk(team.first))
    assert shown_score(db, attempt_id) == ("9 of 11", True, 0)
    assert standing_of(db, learner).passed_attempt_id == attempt_id
    (listed,) = lost_passes(db, desk(team.second).staff)
    assert (listed.correction_id, listed.attempt_id) == (row.id, attempt_id)
    assert listed.enrolment_id == learner.enrolment_id
    assert lost_passes(db, desk(team.stranger).staff) == []
    assert len(lost_passes(db, desk(team.coordinator).staff)) == 1


def test_a_person_decides_that_the_pass_stays_and_says_why(
    db: Session, team: Team, learner: Learner
) -> None:
    attempt_id = sit(db, learner, wrong={"true-false", "single"})
    row = regrade_response(db, given(attempt_id, "text", "0"), desk(team.first))
    with pytest.raises(NotFoundError):
        keep_pass(db, row.id, attempt_id, REASON, desk(team.stranger))
    with pytest.raises(NotFoundError):
        keep_pass(db, row.id, uuid.uuid4(), REASON, desk(team.first))
    kept = keep_pass(db, row.id, attempt_id, REASON, desk(team.first))
    assert lost_passes(db, desk(team.second).staff) == []
    assert (kept.kind, kept.enrolment_id) == (Kind.KEEP_PASS, learner.enrolment_id)
    assert entries(db)[-1].act == "keep-pass"
    with pytest.raises(RefusedError) as refused:
        keep_pass(db, row.id, attempt_id, REASON, desk(team.second))
    assert refused.value.why is Why.NOT_LISTED


def test_a_completion_that_is_revoked_leaves_no_pass_to_decide_on(
    db: Session, team: Team, learner: Learner
) -> None:
    attempt_id = sit(db, learner, wrong={"true-false", "single"})
    pass_module(db, learner, 2)
    regrade_response(db, given(attempt_id, "text", "0"), desk(team.first))
    assert len(lost_passes(db, desk(team.first).staff)) == 1
    row = correct(db, wish(Kind.REVOKE_COMPLETION, learner), desk(team.first))
    decide(db, row.id, desk(team.second), accepted=True)
    assert lost_passes(db, desk(team.first).staff) == []


def test_the_second_who_grades_from_the_same_score_is_told_the_firsts(
    db: Session, team: Team, learner: Learner
) -> None:
    attempt_id = sit(db, learner, wrong={"multiple", "order"})
    regrade_response(db, given(attempt_id, "multiple", "1"), desk(team.first))
    with pytest.raises(StaleScoreError) as refused:
        regrade_response(db, given(attempt_id, "multiple", "2"), desk(team.second))
    mark = refused.value.marks.of("multiple")
    assert mark is not None
    assert mark.score.raw == 1
    assert refused.value.marks.number == 1
    regrade_response(db, given(attempt_id, "multiple", "0", based_on=1), desk(team.second))
    assert shown_score(db, attempt_id) == ("7 of 11", False, 2)
    assert standing_of(db, learner).best_percent == 63  # no longer the score in between


def test_the_primary_key_refuses_the_second_even_where_nobody_looked(
    db: Session, learner: Learner
) -> None:
    attempt_id = sit(db, learner, wrong={"multiple", "order"})
    stale = marks_of(db, attempt_id)
    append_regrade(db, stale, correction_id=uuid.uuid4(), now=LATER)
    with pytest.raises(StaleScoreError):
        append_regrade(db, stale, correction_id=uuid.uuid4(), now=LATER)
    assert db.scalar(select(func.count()).select_from(Regrade)) == 1


def test_a_proposal_is_confirmed_as_it_was_looked_at_or_not_at_all(
    db: Session, team: Team, learner: Learner
) -> None:
    attempt_id = sit(db, learner, wrong={"multiple", "order"})
    row = regrade_response(db, given(attempt_id, "multiple", "3"), desk(team.first))
    order = Question("first", "order", Choice.FULL_CREDIT)
    change_key(db, order, REASON, desk(team.second))  # flips nobody: appended at once
    with pytest.raises(StaleScoreError), db.begin_nested():
        decide(db, row.id, desk(team.second), accepted=True)
    assert not marks_of(db, attempt_id).passed
    decide(db, row.id, desk(team.second), accepted=False)


def test_one_proposal_an_attempt_waits_at_a_time(db: Session, team: Team, learner: Learner) -> None:
    attempt_id = sit(db, learner, wrong={"multiple", "order"})
    regrade_response(db, given(attempt_id, "multiple", "3"), desk(team.first))
    with pytest.raises(RefusedError) as refused:
        regrade_response(db, given(attempt_id, "multiple", "2"), desk(team.second))
    assert refused.value.why is Why.ALREADY_WAITING


@pytest.mark.parametrize("raw", ["-1", "-1/1000", "4", "3001/1000"])
def test_a_score_lies_between_nothing_and_the_questions_points(
    db: Session, team: Team, learner: Learner, raw: str
) -> None:
    attempt_id = sit(db, learner, wrong={"multiple"})
    with pytest.raises(BadInputError):
        regrade_response(db, given(attempt_id, "multiple", raw), desk(team.first))


def test_what_cannot_be_graded_is_refused_with_its_reason(
    db: Session, team: Team, learner: Learner
) -> None:
    attempt_id = sit(db, learner, wrong={"multiple"})
    for item_id, raw, why in (
        ("open", "0", Why.NOT_GRADED),
        ("multiple", "0", Why.NOTHING_CHANGES),
    ):
        with pytest.raises(RefusedError) as refused:
            regrade_response(db, given(attempt_id, item_id, raw), desk(team.first))
        assert refused.value.why is why


def test_scores_are_given_by_instructors_of_the_group_alone(
    db: Session, team: Team, learner: Learner
) -> None:
    attempt_id = sit(db, learner, wrong={"multiple"})
    asked = given(attempt_id, "multiple", "1")
    for who in (team.stranger, team.coordinator):
        with pytest.raises(NotFoundError):
            regrade_response(db, asked, desk(who))
    for unknown in (replace(asked, attempt_id=uuid.uuid4()), replace(asked, item_id="nothing")):
        with pytest.raises(NotFoundError):
            regrade_response(db, unknown, desk(team.first))
    assert db.scalar(select(func.count()).select_from(Correction)) == 0


def test_an_attempt_under_way_has_no_score_yet(db: Session, team: Team, learner: Learner) -> None:
    read_module(db, learner, 1)
    attempt = start_quiz(db, learner, 1, "fr", NOW)
    with pytest.raises(NotFoundError):
        regrade_response(db, given(attempt.id, "multiple", "1"), desk(team.first))


def test_a_pass_that_came_later_stays_the_one_on_record(db: Session) -> None:
    team = make_team(db, pause_seconds=0)
    learner = team.learner(db)
    first = sit(db, learner, wrong={"multiple"})
    second = take_quiz(db, learner, 1, now=SECOND).attempt_id
    row = regrade_response(db, given(first, "multiple", "3"), desk(team.first))
    decide(db, row.id, desk(team.second), accepted=True)
    assert marks_of(db, first).passed
    standing = standing_of(db, learner)
    assert (standing.passed_attempt_id, standing.passed_at) == (second, SECOND)


def test_what_is_not_missed_any_more_need_not_be_read_again(
    db: Session, team: Team, learner: Learner
) -> None:
    attempt_id = sit(db, learner, wrong={"single", "multiple"})
    assert standing_of(db, learner).review == ["listening"]  # the section of `single`
    regrade_response(db, given(attempt_id, "single", "1/2"), desk(team.first))
    assert standing_of(db, learner).review == ["listening"]
    full = Question("first", "single", Choice.FULL_CREDIT)
    change_key(db, full, REASON, desk(team.first))
    assert standing_of(db, learner).review == []


def test_a_regrade_once_appended_cannot_be_changed(
    db: Session, team: Team, learner: Learner
) -> None:
    attempt_id = sit(db, learner, wrong={"multiple", "order"})
    regrade_response(db, given(attempt_id, "multiple", "1"), desk(team.first))
    regrade = db.scalars(select(Regrade)).one()
    regrade.passed = True
    with pytest.raises(DBAPIError, match="append"):
        db.flush()
