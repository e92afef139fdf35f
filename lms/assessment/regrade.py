"""Regrade a closed attempt: a new score is appended beside the old one, and the standing is kept.

A pass that is recorded stays recorded: nothing here takes it back.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt, Regrade, Result, Standing
from lms.assessment.statistics import take_out
from lms.assessment.values import QuizItem, Score
from lms.kernel.errors import NotAllowedError
from lms.publishing.models import ModuleRevision


@dataclass(frozen=True, slots=True)
class Mark:
    """What one item earned in a closed attempt; one that was dropped is worth 0 of 0."""

    item: QuizItem
    score: Score


@dataclass(frozen=True, slots=True)
class Marks:
    """The score of a closed attempt as it stands; `number` counts the regrades behind it."""

    attempt_id: uuid.UUID
    enrolment_id: uuid.UUID
    programme_id: uuid.UUID
    module_id: str
    revision_id: uuid.UUID
    number: int
    passing_percent: int
    passed: bool
    marks: tuple[Mark, ...]

    @property
    def score(self) -> Score:
        """The points of all items that are graded, together."""
        counted = [one.score for one in self.marks if one.item.graded]
        raw = sum((one.raw for one in counted), Fraction(0))
        return Score(raw, sum(one.maximum for one in counted))

    def of(self, item_id: str) -> Mark | None:
        """Give the mark of an item; None when it was not asked."""
        return next((one for one in self.marks if one.item.id == item_id), None)

    def with_score(self, item_id: str, score: Score) -> "Marks":
        """Give the same attempt with another score of one item, judged anew by its own rules.

        Where nothing that counts is left, there is nothing to judge: the verdict stays.
        """
        marks = tuple(
            replace(one, score=score) if one.item.id == item_id else one for one in self.marks
        )
        changed = replace(self, marks=marks)
        total = changed.score
        if not total.maximum:
            return changed
        enough = total.raw * 100 >= self.passing_percent * total.maximum
        musts = all(one.score.raw == one.score.maximum for one in marks if one.item.must)
        return replace(changed, passed=enough and musts)


class StaleScoreError(NotAllowedError):
    """Somebody gave this attempt another score in the meantime; `marks` are what stands now."""

    def __init__(self, marks: Marks) -> None:
        super().__init__("the score has changed since it was looked at; look at it again")
        self.marks = marks


def load_marks(db: Session, *conditions: ColumnElement[bool]) -> tuple[Marks, ...]:
    """Give the scores, as they stand, of the closed attempts that meet conditions on `Attempt`."""
    rows = db.execute(
        select(
            Attempt.id,
            Attempt.enrolment_id,
            Attempt.programme_id,
            Attempt.module_id,
            Attempt.module_revision_id,
            Result.passing_percent,
            Result.passed,
            Result.items,
        )
        .join(Result, Result.attempt_id == Attempt.id)
        .where(*conditions)
        .order_by(Attempt.started_at, Attempt.id)
    ).all()
    latest = latest_regrades(db, *conditions) if rows else {}
    known = _items_of(db, {row.module_revision_id for row in rows})
    return tuple(_marks(row, latest.get(row.id), known[row.module_revision_id]) for row in rows)


def latest_regrades(db: Session, *conditions: ColumnElement[bool]) -> Mapping[uuid.UUID, Regrade]:
    """Give the newest regrade of each attempt that meets conditions on `Attempt` and has one."""
    rows = db.scalars(
        select(Regrade)
        .join(Attempt, Attempt.id == Regrade.attempt_id)
        .where(*conditions)
        .order_by(Regrade.number)
    )
    return {row.attempt_id: row for row in rows}


def find_marks(db: Session, attempt_id: uuid.UUID) -> Marks | None:
    """Give the score of a closed attempt as it stands; None if it is open or unknown."""
    return next(iter(load_marks(db, Attempt.id == attempt_id)), None)


def score_of(regrade: Regrade) -> Score:
    """Give the points of a regrade."""
    return Score(Fraction(regrade.raw_numerator, regrade.raw_denominator), regrade.maximum)


def _items_of(db: Session, revisions: set[uuid.UUID]) -> dict[uuid.UUID, dict[str, QuizItem]]:
    rows = db.execute(
        select(ModuleRevision.id, ModuleRevision.quiz).where(ModuleRevision.id.in_(revisions))
    )
    return {
        row[0]: {one["id"]: QuizItem.from_document(one) for one in row[1]["items"]} for row in rows
    }


def _marks(row: Any, regrade: Regrade | None, items: Mapping[str, QuizItem]) -> Marks:  # noqa: ANN401 - a row of `load_marks`
    scores = row.items if regrade is None else regrade.items
    return Marks(
        attempt_id=row.id,
        enrolment_id=row.enrolment_id,
        programme_id=row.programme_id,
        module_id=row.module_id,
        revision_id=row.module_revision_id,
        number=0 if regrade is None else regrade.number,
        passing_percent=row.passing_percent,
        passed=row.passed if regrade is None else regrade.passed,
        marks=tuple(
            Mark(items[one["item"]], Score(Fraction(*one["raw"]), one["max"])) for one in scores
        ),
    )


def append_regrade(
    db: Session, marks: Marks, *, correction_id: uuid.UUID, now: datetime
) -> Regrade:
    """Append these marks as the regrade after the one that they were made from.

    Of two made from the same score the second gets StaleScoreError with the first's: the primary
    key holds it, whoever else did not look. The counters of the questions follow.
    """
    take_out(db, marks.attempt_id)
    total = marks.score
    regrade = Regrade(
        attempt_id=marks.attempt_id,
        number=marks.number + 1,
        programme_id=marks.programme_id,
        correction_id=correction_id,
        raw_numerator=total.raw.numerator,
        raw_denominator=total.raw.denominator,
        maximum=total.maximum,
        passed=marks.passed,
        items=[
            {
                "item": one.item.id,
                "raw": [one.score.raw.numerator, one.score.raw.denominator],
                "max": one.score.maximum,
            }
            for one in marks.marks
        ],
        graded_at=now,
    )
    try:
        with db.begin_nested():
            db.add(regrade)
    except IntegrityError as error:
        raise stale(db, marks.attempt_id) from error
    _keep_standing(db, marks, now)
    return regrade


def stale(db: Session, attempt_id: uuid.UUID) -> StaleScoreError:
    """Make the refusal that tells the score as it stands."""
    (marks,) = load_marks(db, Attempt.id == attempt_id)
    return StaleScoreError(marks)


def _keep_standing(db: Session, marks: Marks, now: datetime) -> None:
    """Make the standing anew from the scores as they are now; a pass in it stays."""
    key = (marks.enrolment_id, marks.module_id)
    standing = db.get_one(Standing, key, populate_existing=True)
    tries = load_marks(
        db, Attempt.enrolment_id == marks.enrolment_id, Attempt.module_id == marks.module_id
    )
    standing.best_percent = max(one.score.percent_floor for one in tries)
    if marks.passed and standing.passed_at is None:
        standing.passed_at = now
        standing.passed_attempt_id = marks.attempt_id
    standing.review = [] if standing.passed_at else _missed_sections(tries[-1])
    db.flush()


def _missed_sections(marks: Marks) -> list[str]:
    """Give the sections to read again after an attempt: those of what is missed in it now."""
    missed = (
        one.item for one in marks.marks if one.item.graded and one.score.raw < one.score.maximum
    )
    return sorted({item.section for item in missed if item.section})
