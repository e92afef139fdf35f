"""Two people correct at the same moment: one is first, the other is told; nothing is lost."""

import uuid
from collections.abc import Callable
from fractions import Fraction

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.assessment.models import Regrade, Standing
from lms.assessment.queries import closed_attempt
from lms.assessment.regrade import StaleScoreError, find_marks
from lms.completion.models import CompletionRecord
from lms.corrections.key_change import Question
from lms.corrections.kinds import Kind, RefusedError
from lms.corrections.models import Correction, CorrectionDecision
from lms.corrections.regrade import Choice
from lms.corrections.scores import Rescore, change_key, regrade_response
from lms.corrections.service import correct, decide
from lms.journey.actor import Learner
from lms.kernel.audit import AuditEntry, verify_chain
from lms.kernel.database import Database
from tests.corrections.people import REASON, Team, desk, make_team, sit, wish
from tests.factories import KEYS
from tests.threads import at_once

ROUNDS = 50
Act = Callable[[Session], object]


@pytest.fixture
def team(real_database: Database) -> Team:
    """Give a group, committed."""
    with real_database.write() as db:
        made = make_team(db)
        db.commit()
    return made


def learner_who(
    database: Database, team: Team, number: int = 1, *, wrong: frozenset[str]
) -> tuple[Learner, uuid.UUID]:
    """Let somebody hand in a quiz, committed; gives him and his attempt."""
    with database.write() as db:
        learner = team.learner(db)
        attempt_id = sit(db, learner, number, wrong=wrong)
        db.commit()
    return learner, attempt_id


def count(database: Database, model: type) -> int:
    """Count the rows of a table."""
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(model)) or 0


def test_of_two_who_grade_from_the_same_score_the_second_is_told_the_firsts_each_time(
    real_database: Database, team: Team
) -> None:
    _, attempt_id = learner_who(real_database, team, wrong=frozenset({"multiple", "order"}))
    scores = {0: Fraction(0)}
    for turn in range(ROUNDS):
        given = [Fraction(turn + 1, 1000), Fraction(turn + 1, 997)]  # never the same twice

        def grade(raw: Fraction, who: int, based_on: int = turn) -> Act:
            user = (team.first, team.second)[who]
            new = Rescore(attempt_id, "order", raw, based_on, REASON)
            return lambda db: regrade_response(db, new, desk(user)).detail["changes"]

        acts = [grade(raw, who) for who, raw in enumerate(given)]
        done, refused = at_once(real_database, acts)
        assert len(done) == 1
        (told,) = refused
        assert isinstance(told, StaleScoreError)
        mark = told.marks.of("order")
        assert mark is not None
        assert mark.score.raw in given
        scores[turn + 1] = mark.score.raw
    with real_database.read() as db:
        shown = closed_attempt(db, attempt_id, KEYS)
        kept = {row.number: row for row in db.scalars(select(Regrade))}
        assert verify_chain(db, KEYS.audit).is_whole
    assert shown is not None
    assert shown.regrade == ROUNDS
    assert set(kept) == set(range(1, ROUNDS + 1))
    for number, row in kept.items():
        (order,) = [one for one in row.items if one["item"] == "order"]
        assert Fraction(*order["raw"]) == scores[number]
    assert count(real_database, Correction) == count(real_database, AuditEntry) == ROUNDS


def test_of_two_who_propose_the_same_at_once_one_waits(real_database: Database, team: Team) -> None:
    learner, attempt_id = learner_who(real_database, team, wrong=frozenset({"multiple"}))
    new = Rescore(attempt_id, "multiple", Fraction(3), 0, REASON)
    for act in (
        lambda db, who: regrade_response(db, new, desk(who)).id,
        lambda db, who: correct(db, wish(Kind.WAIVE_MODULE, learner, "second"), desk(who)).id,
    ):
        acts = [lambda db, who=who, act=act: act(db, who) for who in (team.first, team.second)]
        done, refused = at_once(real_database, acts)
        assert len(done) == 1
        assert [type(one) for one in refused] == [RefusedError]


def test_of_many_who_decide_at_once_one_decides(real_database: Database, team: Team) -> None:
    learner, _ = learner_who(real_database, team, wrong=frozenset({"multiple"}))
    with real_database.write() as db:
        row = correct(db, wish(Kind.WAIVE_MODULE, learner, "first"), desk(team.first))
        db.commit()
    deciders = [team.second, team.coordinator] * 2
    acts = [
        lambda db, who=who, yes=at % 2 == 0: decide(db, row.id, desk(who), accepted=yes).accepted
        for at, who in enumerate(deciders)
    ]
    done, refused = at_once(real_database, acts)
    assert len(done) == 1
    assert [type(one) for one in refused] == [RefusedError] * 3
    assert count(real_database, CorrectionDecision) == 1
    with real_database.read() as db:
        standing = db.get_one(Standing, (learner.enrolment_id, "first"))
    assert (standing.passed_at is not None) == done[0]


def test_two_last_passes_confirmed_at_once_complete_the_course_once(
    real_database: Database, team: Team
) -> None:
    with real_database.write() as db:
        learner = team.learner(db)
        rows = [
            correct(db, wish(Kind.WAIVE_MODULE, learner, module_id), desk(team.first)).id
            for module_id in ("first", "second")
        ]
        db.commit()
    acts = [
        lambda db, row=row, who=who: decide(db, row, desk(who), accepted=True).accepted
        for row, who in zip(rows, (team.second, team.coordinator), strict=True)
    ]
    done, refused = at_once(real_database, acts)
    assert (done, refused) == ([True, True], [])
    assert count(real_database, CompletionRecord) == 1


def test_a_key_change_and_a_single_regrade_at_once_lose_neither(
    real_database: Database, team: Team
) -> None:
    wrong = frozenset({"multiple", "order"})
    attempts = [learner_who(real_database, team, wrong=wrong)[1] for _ in range(4)]
    full = Question("first", "order", Choice.FULL_CREDIT)
    given = Rescore(attempts[0], "multiple", Fraction(1, 3), 0, REASON)
    acts: list[Act] = [
        lambda db: change_key(db, full, REASON, desk(team.first)).kind,
        lambda db: regrade_response(db, given, desk(team.second)).kind,
    ]
    done, refused = at_once(real_database, acts)
    with real_database.read() as db:
        found = [find_marks(db, one) for one in attempts]
    totals = [one.score.raw for one in found if one is not None]
    assert totals[1:] == [8, 8, 8]
    if refused:  # the key change was first: the regrade was based on a score that is no more
        assert [type(one) for one in refused] == [StaleScoreError]
        assert totals[0] == 8
    else:
        assert len(done) == 2
        assert totals[0] == Fraction(25, 3)
