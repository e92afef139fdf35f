"""Do: give one response another score, or regrade all who were asked a question that was wrong.

What flips nobody is appended at once. What would make a pass waits for a second person. What would
take a pass away is listed for a person to decide, and never applied.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.assessment.models import Attempt
from lms.assessment.regrade import Marks, StaleScoreError, append_regrade, find_marks
from lms.assessment.values import Score
from lms.corrections.key_change import Preview, Question, preview_change, touched_by
from lms.corrections.kinds import Desk, Kind, RefusedError, Why
from lms.corrections.models import Correction
from lms.corrections.record import (
    Draft,
    append_correction,
    audit_correction,
    refuse_if_waiting,
)
from lms.corrections.regrade import Effect, effect_of
from lms.corrections.scope import complete_if_last, lock_people, open_case
from lms.kernel.errors import BadInputError, NotFoundError


@dataclass(frozen=True, slots=True)
class Rescore:
    """Another score for one response; `based_on` numbers the regrade that was looked at."""

    attempt_id: uuid.UUID
    item_id: str
    raw: Fraction
    based_on: int
    reason: str


@dataclass(frozen=True, slots=True)
class _Step:
    """One attempt before and after."""

    before: Marks
    after: Marks


def regrade_response(db: Session, given: Rescore, desk: Desk) -> Correction:
    """Give one response of a closed attempt another score; instructors alone see responses.

    Raises StaleScoreError, with the first's value, when somebody else was first.
    """
    enrolment_id = db.scalar(select(Attempt.enrolment_id).where(Attempt.id == given.attempt_id))
    if enrolment_id is None or desk.staff.role is not Role.INSTRUCTOR:
        raise NotFoundError("attempt")
    open_case(db, desk.staff, enrolment_id)
    step = _rescored(db, given)
    is_same = Correction.detail["changes"][0]["attempt"].as_string() == str(given.attempt_id)
    refuse_if_waiting(
        db,
        Correction.enrolment_id == enrolment_id,
        Correction.kind == Kind.REGRADE_RESPONSE,
        is_same,
    )
    effect = effect_of(step.before, step.after)
    if effect is Effect.NONE:
        raise RefusedError(Why.NOTHING_CHANGES)
    draft = Draft(
        kind=Kind.REGRADE_RESPONSE,
        programme_id=step.before.programme_id,
        enrolment_id=enrolment_id,
        module_id=step.before.module_id,
        reason=given.reason,
        detail={
            "item": given.item_id,
            "question": 1 + [one.item.id for one in step.before.marks].index(given.item_id),
            **_by_effect([step], given.item_id),
        },
        before=_told([step.before]),
        after=_told([step.after]),
        waits=effect is Effect.PASSES,
    )
    correction = append_correction(db, draft, desk)
    if effect is Effect.SCORE:
        append_regrade(db, step.after, correction_id=correction.id, now=desk.now)
    return audit_correction(db, correction, desk)


def _rescored(db: Session, given: Rescore) -> _Step:
    marks = find_marks(db, given.attempt_id)
    mark = marks.of(given.item_id) if marks else None
    if marks is None or mark is None:
        raise NotFoundError("attempt")
    if not mark.item.graded:
        raise RefusedError(Why.NOT_GRADED)
    if marks.number != given.based_on:
        raise StaleScoreError(marks)
    if not 0 <= given.raw <= mark.score.maximum:
        raise BadInputError(f"a score has 0 to {mark.score.maximum} points")
    return _Step(marks, marks.with_score(given.item_id, Score(given.raw, mark.score.maximum)))


def change_key(
    db: Session, question: Question, reason: str, desk: Desk, *, seen: str = ""
) -> Correction:
    """Regrade all who were asked a question, within one's scope; `seen` is the preview's mark.

    With a mark, what was shown and what is applied are the same, or it is refused.
    """
    conditions = touched_by(db, question, desk.staff)
    lock_people(db, db.scalars(select(Attempt.enrolment_id).where(*conditions).distinct()))
    made = preview_change(db, question, desk.staff)
    if seen and made.mark != seen:
        raise RefusedError(Why.CHANGED_SINCE)
    steps = [_Step(line.before, line.after) for line in made.lines if line.after is not None]
    changing = [one for one in steps if effect_of(one.before, one.after) is not Effect.NONE]
    if not changing:
        raise RefusedError(Why.NOTHING_CHANGES)
    refuse_if_waiting(
        db,
        Correction.kind == Kind.KEY_CHANGE,
        Correction.module_id == question.module_id,
        Correction.detail["item"].as_string() == question.item_id,
        Correction.proposed_by == desk.staff.user_id,
    )
    correction = append_correction(db, _key_draft(made, changing, reason), desk)
    for one in changing:
        if effect_of(one.before, one.after) is Effect.SCORE:
            append_regrade(db, one.after, correction_id=correction.id, now=desk.now)
    return audit_correction(db, correction, desk)


def _key_draft(made: Preview, changing: Sequence[_Step], reason: str) -> Draft:
    question = made.question
    return Draft(
        kind=Kind.KEY_CHANGE,
        programme_id=changing[0].before.programme_id,
        enrolment_id=None,
        module_id=question.module_id,
        reason=reason,
        detail={
            "item": question.item_id,
            "question": made.number,
            "choice": question.choice,
            "revision": question.revision,
            "same": len(made.of(Effect.NONE)),
            "unclear": [str(line.before.attempt_id) for line in made.of(Effect.UNCLEAR)],
            **_by_effect(changing, question.item_id),
        },
        before=_told([one.before for one in changing]),
        after=_told([one.after for one in changing]),
        waits=bool(made.of(Effect.PASSES)),
    )


def _by_effect(steps: Sequence[_Step], item_id: str) -> dict[str, Any]:
    """Give what a correction keeps: `changes` wait, `lost` are listed, the rest is applied."""

    def of(effect: Effect) -> list[dict[str, Any]]:
        return [
            _document(one, item_id) for one in steps if effect_of(one.before, one.after) is effect
        ]

    lost = of(Effect.LOSES)
    return {
        "applied": len(of(Effect.SCORE)),
        "changes": of(Effect.PASSES),
        "lost": lost,
        **({"loses": True} if lost else {}),
    }


def _document(step: _Step, item_id: str) -> dict[str, Any]:
    mark = step.after.of(item_id)
    score = mark.score if mark else Score(Fraction(0), 0)
    return {
        "attempt": str(step.before.attempt_id),
        "enrolment": str(step.before.enrolment_id),
        "based_on": step.before.number,
        "raw": [score.raw.numerator, score.raw.denominator],
        "max": score.maximum,
        "from": _points(step.before.score),
        "to": _points(step.after.score),
    }


def _points(score: Score) -> list[int]:
    return [score.raw.numerator, score.raw.denominator, score.maximum]


def _told(many: Sequence[Marks]) -> dict[str, Any]:
    """Say how attempts stand, for the record."""
    return {
        str(one.attempt_id): {
            "regrade": one.number,
            "points": f"{one.score.raw}/{one.score.maximum}",
            "passed": one.passed,
        }
        for one in many
    }


def confirm_scores(db: Session, correction: Correction, desk: Desk) -> tuple[Any, Any]:
    """Append the scores that waited; gives before and after.

    Exactly what was proposed: if a score has changed since, StaleScoreError, and nothing happens.
    """
    changes = correction.detail["changes"]
    lock_people(db, [uuid.UUID(one["enrolment"]) for one in changes])
    before, after = [], []
    for one in changes:
        marks = find_marks(db, uuid.UUID(one["attempt"]))
        if marks is None:
            raise NotFoundError("attempt")
        if marks.number != one["based_on"]:
            raise StaleScoreError(marks)
        score = Score(Fraction(*one["raw"]), one["max"])
        changed = marks.with_score(correction.detail["item"], score)
        append_regrade(db, changed, correction_id=correction.id, now=desk.now)
        complete_if_last(db, changed.enrolment_id, desk)
        before.append(marks)
        after.append(changed)
    return _told(before), _told(after)
