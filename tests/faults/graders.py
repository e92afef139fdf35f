"""F15: two people regrade the same answer at once; the second is told what the first gave."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.models import Regrade
from lms.assessment.queries import closed_attempt
from lms.assessment.regrade import StaleScoreError
from lms.corrections.models import Correction
from lms.corrections.scores import Rescore, regrade_response
from lms.kernel.audit import verify_chain
from lms.kernel.database import Database
from tests.corrections.people import REASON, Team, desk, make_team, sit
from tests.factories import KEYS
from tests.faults.grounds import Grounds
from tests.faults.here import expect
from tests.faults.outcome import Tally
from tests.threads import at_once

ITEM = "order"
TURNS = 1000  # of one attempt: so many scores from 0 to below 1 are different


@dataclass(frozen=True, slots=True)
class Paper:
    """The attempt that two people grade."""

    team: Team
    attempt_id: uuid.UUID


def graders(grounds: Grounds, engine_name: str, rounds: int) -> Tally:
    """Let two people grade the same answer so many times; gives the grades that were lost."""
    tally = Tally(rounds=rounds)
    with grounds.store(engine_name) as store, store.open() as database:
        paper = _hand_in(database)
        given = {turn: _grade(database, paper, turn, tally) for turn in range(rounds)}
        with database.read() as db:
            _judge(db, paper, given, tally)
    return tally


def _hand_in(database: Database) -> Paper:
    with database.write() as db:
        team = make_team(db)
        attempt_id = sit(db, team.learner(db), wrong={"multiple", ITEM})
        db.commit()
    return Paper(team, attempt_id)


def _grade(database: Database, paper: Paper, turn: int, tally: Tally) -> Fraction:
    """Grade twice from the same score; gives the grade that was acknowledged."""
    scores = (Fraction(2 * turn + 1, 2 * TURNS), Fraction(2 * turn + 2, 2 * TURNS + 1))

    def act(who: int) -> Callable[[Session], Fraction]:
        new = Rescore(paper.attempt_id, ITEM, scores[who], turn, REASON)
        user = (paper.team.first, paper.team.second)[who]

        def grade(db: Session) -> Fraction:
            regrade_response(db, new, desk(user))
            return scores[who]

        return grade

    done, refused = at_once(database, [act(0), act(1)])
    tally.acknowledge(len(done))
    if len(done) > 1:
        tally.lost.append(f"turn {turn}: both were told that their score counts")
    for error in refused:
        expect(isinstance(error, StaleScoreError), f"turn {turn}: refused for {error!r}")
        mark = error.marks.of(ITEM) if isinstance(error, StaleScoreError) else None
        shown = mark.score.raw if mark else None
        expect(shown in done, f"turn {turn}: the second is not told the first's value: {shown}")
    expect(done, f"turn {turn}: nobody could grade")
    return done[0]


def _judge(db: Session, paper: Paper, given: dict[int, Fraction], tally: Tally) -> None:
    """Every grade that was acknowledged stands in its place, with its reason and its audit row."""
    stored = {row.number: row for row in db.scalars(select(Regrade))}
    for turn, raw in given.items():
        row = stored.pop(turn + 1, None)
        items = [Fraction(*one["raw"]) for one in row.items if one["item"] == ITEM] if row else []
        if items != [raw]:
            tally.lost.append(f"turn {turn}: {raw} was acknowledged, {items} stands there")
    tally.double += [f"a grade that nobody gave: {number}" for number in stored]
    verdict = verify_chain(db, KEYS.audit)
    tally.half_applied += [f"the audit chain: {fault}" for fault in verdict.faults]
    if len(list(db.scalars(select(Correction.id)))) != len(given):
        tally.half_applied.append("there are not as many corrections as grades")
    closed = closed_attempt(db, paper.attempt_id, KEYS)
    expect(closed is not None and closed.regrade == len(given), "the last grade is not shown")
