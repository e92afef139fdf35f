"""The recap that opens a later module: questions of earlier modules again, never counted."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.draw import asked_from_document, practice_order
from lms.assessment.models import Attempt, Standing
from lms.assessment.queries import quiz_from_document
from lms.assessment.values import Asked, QuizItem
from lms.content.model import ItemKind
from lms.journey.actor import Learner
from lms.journey.quiz_gate import quiz_defaults
from lms.journey.read import today_in_programme
from lms.publishing.models import ModuleRevision
from lms.publishing.queries import closed_items

RECAP_ITEMS = 2


@dataclass(frozen=True, slots=True)
class RecapItem:
    """A question that was asked in a passed attempt, at the edition that was asked then."""

    revision_id: uuid.UUID
    item: QuizItem
    asked: Asked


def recap_items(db: Session, learner: Learner, number: int, now: datetime) -> tuple[RecapItem, ...]:
    """Give the recap of a module: a question of the module before, and one from further back.

    The same each time that he comes; of a module that he did not pass, or was waived, there is
    none, and none that rests on a testimony which was taken back. One statement, or two.
    """
    earlier = learner.rules.modules[: number - 1]
    passed = _without_withheld(db, _passed(db, learner, earlier), now)
    chance = random.Random(f"{learner.enrolment_id}:{number}")  # noqa: S311 - nothing is counted
    chosen: list[RecapItem] = []
    for module_id in _spaced([one for one in earlier if one in passed], chance):
        left = [one for one in passed[module_id] if one not in chosen]
        if left:
            chosen.append(chance.choice(left))
    return tuple(chosen)


def _spaced(modules: Sequence[str], chance: random.Random) -> list[str]:
    """Give the last module and, where there are more, one from further back; else it twice."""
    if not modules:
        return []
    further = chance.choice(modules[:-1]) if len(modules) > 1 else modules[-1]
    return [modules[-1], further]


def _passed(db: Session, learner: Learner, modules: Sequence[str]) -> dict[str, list[RecapItem]]:
    rows = db.execute(
        select(Attempt.module_id, Attempt.module_revision_id, Attempt.shown, ModuleRevision.quiz)
        .join(Standing, Standing.passed_attempt_id == Attempt.id)
        .join(ModuleRevision, ModuleRevision.id == Attempt.module_revision_id)
        .where(Standing.enrolment_id == learner.enrolment_id, Attempt.module_id.in_(modules))
    )
    found: dict[str, list[RecapItem]] = {}
    for module_id, revision_id, shown, document in rows:
        quiz = quiz_from_document(document, quiz_defaults(learner))
        asked = {one.item for one in asked_from_document(shown)}
        found[module_id] = [
            RecapItem(revision_id, item, Asked(item.id, _order(learner, item)))
            for item in quiz.items
            if item.id in asked and item.kind is not ItemKind.OPEN and item.graded
        ]
    return found


def _without_withheld(
    db: Session, passed: dict[str, list[RecapItem]], now: datetime
) -> dict[str, list[RecapItem]]:
    resting = {one.revision_id for found in passed.values() for one in found if one.item.testimony}
    closed = closed_items(db, resting, today_in_programme(now))
    return {
        module_id: [one for one in found if (one.revision_id, one.item.id) not in closed]
        for module_id, found in passed.items()
    }


def _order(learner: Learner, item: QuizItem) -> tuple[int, ...]:
    seed = f"{learner.enrolment_id}:recap:{item.id}"
    return practice_order(item.kind, item.size, seed, shuffle=item.shuffle)
