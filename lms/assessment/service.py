"""Do: start an attempt, save an answer, close an attempt. The gates are asked by `journey`."""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, bindparam, case, func, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.assessment.draw import draw_items
from lms.assessment.grading import GradedAttempt, grade_attempt
from lms.assessment.models import Attempt, Response, Result, Standing
from lms.assessment.queries import OpenAttempt, last_seen, response_place, withheld_items
from lms.assessment.statistics import enqueue
from lms.assessment.values import Answer, Quiz
from lms.content.model import ItemKind
from lms.gates.ending import EndedBy
from lms.kernel.errors import NotAllowedError
from lms.kernel.keys import Keys

SEED_BITS = 31


@dataclass(frozen=True, slots=True)
class Ending:
    """When an attempt ended and what ended it, in which language."""

    by: EndedBy
    at: datetime
    language: str


class StaleAnswerError(NotAllowedError):
    """The answer was saved elsewhere since this page was opened; both are shown."""


@dataclass(frozen=True, slots=True)
class Taker:
    """Who takes a quiz."""

    programme_id: uuid.UUID
    enrolment_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """An answer to save, in published positions; `version` is the one that it replaces."""

    item_id: str
    answer: Answer
    version: int
    language: str


def start_attempt(
    db: Session,
    taker: Taker,
    module: tuple[str, uuid.UUID],
    quiz: Quiz,
    *,
    language: str,
    now: datetime,
) -> Attempt:
    """Draw and open an attempt at a module's quiz; `module` is (module id, revision id).

    A second one opened at the same moment breaks the unique number: IntegrityError.
    """
    module_id, revision_id = module
    closed = db.scalar(  # those with a result: n + 1 starts when n has one
        select(func.count())
        .select_from(Attempt)
        .join(Result, Result.attempt_id == Attempt.id)
        .where(Attempt.enrolment_id == taker.enrolment_id, Attempt.module_id == module_id)
    )
    seed = secrets.randbits(SEED_BITS)
    asked = draw_items(
        quiz,
        seed,
        last_seen=last_seen(db, taker.enrolment_id, module_id),
        withheld=withheld_items(db, revision_id, quiz.items, now),
    )
    attempt = Attempt(
        programme_id=taker.programme_id,
        enrolment_id=taker.enrolment_id,
        module_id=module_id,
        module_revision_id=revision_id,
        number=(closed or 0) + 1,
        seed=seed,
        shown=[one.as_document() for one in asked],
        language=language,
        started_at=now,
    )
    db.add(attempt)
    db.flush()
    return attempt


def _upsert(insert: Any) -> Any:  # noqa: ANN401 - the two databases' own inserts
    """Build the statement that saves an answer in the place of the version that it names."""
    new = insert(Response.__table__)
    changes = ("answer", "sealed_text", "language", "version", "saved_at")
    return new.on_conflict_do_update(
        index_elements=["attempt_id", "item_id"],
        set_={name: new.excluded[name] for name in changes},
        where=Response.version == bindparam("replaces"),
    ).returning(Response.version)


# Built once: to build a statement costs as much as to run it.
_SAVE = {"sqlite": _upsert(sqlite.insert), "postgresql": _upsert(postgresql.insert)}


def save_answer(
    db: Session, attempt: OpenAttempt, new: NewAnswer, *, keys: Keys, now: datetime
) -> int:
    """Save one answer of an open attempt, a text sealed with his own key; gives its new version.

    Raises StaleAnswerError when another tab saved in between: nothing is overwritten.
    """
    sealed = None
    answer = list(new.answer)
    if attempt.items[new.item_id].kind is ItemKind.OPEN and answer:
        place = response_place(attempt.id, new.item_id)
        sealed = keys.seal_for(attempt.enrolment_id, str(answer[0]), place)
        answer = []
    saved = db.scalar(
        _SAVE[db.get_bind().dialect.name],
        {
            "attempt_id": attempt.id,
            "item_id": new.item_id,
            "answer": answer,
            "sealed_text": sealed,
            "language": new.language,
            "version": new.version + 1,
            "saved_at": now,
            "replaces": new.version,
        },
    )
    if saved is None:
        raise StaleAnswerError
    return new.version + 1


def close_attempt(
    db: Session,
    attempt: OpenAttempt,
    answers: Mapping[str, Answer],
    passing_percent: int,
    ending: Ending,
) -> GradedAttempt:
    """Grade an open attempt and append its result; a second result breaks the primary key.

    What has no answer earns nothing: so an attempt that its holder left counts as it was saved.
    """
    items = [attempt.items[one.item] for one in attempt.asked]
    graded = grade_attempt(
        items, answers, passing_percent=passing_percent, withheld=attempt.withheld
    )
    result = {
        "attempt_id": attempt.id,
        "programme_id": attempt.programme_id,
        "submitted_at": ending.at,
        "language": ending.language,
        "raw_numerator": graded.score.raw.numerator,
        "raw_denominator": graded.score.raw.denominator,
        "maximum": graded.score.maximum,
        "passing_percent": passing_percent,
        "passed": graded.passed,
        "items": [
            {
                "item": one.item.id,
                "raw": [one.score.raw.numerator, one.score.raw.denominator],
                "max": one.score.maximum,
            }
            for one in graded.items
        ],
        "ended_by": ending.by,
    }
    db.connection().execute(_RESULT, result)
    enqueue(db, attempt.id)
    _keep_standing(db, attempt, graded, ending.at)
    return graded


def _standing_after(insert_: Any) -> Any:  # noqa: ANN401 - the two databases' own inserts
    """Build the statement that says where somebody stands now; what was passed stays passed."""
    new = insert_(Standing.__table__)
    is_passed = Standing.passed_at.is_not(None)
    is_better = new.excluded.best_percent > Standing.best_percent
    return new.on_conflict_do_update(
        index_elements=["enrolment_id", "module_id"],
        set_={
            "attempts": new.excluded.attempts,
            "last_submitted_at": new.excluded.last_submitted_at,
            "best_percent": case(
                (is_better, new.excluded.best_percent), else_=Standing.best_percent
            ),
            "passed_at": func.coalesce(Standing.passed_at, new.excluded.passed_at),
            "passed_attempt_id": case(
                (is_passed, Standing.passed_attempt_id), else_=new.excluded.passed_attempt_id
            ),
            "review": case((is_passed, literal([], JSON())), else_=new.excluded.review),
        },
    )


_RESULT = insert(Result)
_STANDING = {
    "sqlite": _standing_after(sqlite.insert),
    "postgresql": _standing_after(postgresql.insert),
}


def _keep_standing(db: Session, attempt: OpenAttempt, graded: GradedAttempt, now: datetime) -> None:
    is_counted = graded.score.maximum or graded.passed
    standing = {
        "enrolment_id": attempt.enrolment_id,
        "module_id": attempt.module_id,
        "attempts": attempt.number,
        "best_percent": graded.score.percent_floor if is_counted else 0,
        "last_submitted_at": now,
        "passed_at": now if graded.passed else None,
        "passed_attempt_id": attempt.id if graded.passed else None,
        "review": [] if graded.passed else sections_to_review(graded),
    }
    db.connection().execute(_STANDING[db.get_bind().dialect.name], standing)


def sections_to_review(graded: GradedAttempt) -> list[str]:
    """Give the sections that teach what was missed: these, and no others, are to be read again."""
    missed = (one.item for one in graded.items if one.item.graded and not one.is_right)
    return sorted({item.section for item in missed if item.section})
