"""Which question somebody asks about: one that he has before him, and no other."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.draw import asked_from_document
from lms.assessment.models import Attempt, Result
from lms.conversations.service import About
from lms.journey.actor import Learner
from lms.journey.read import OpenSection
from lms.journey.take_quiz import attempt_under_way
from lms.kernel.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A question that somebody was asked: the module's place in his course, and what it is."""

    number: int
    about: About


def question_of_quiz(
    db: Session, learner: Learner, number: int, place: int, now: datetime
) -> OwnQuestion:
    """Give the question at a place of the quiz under way; else NotFoundError."""
    attempt = attempt_under_way(db, learner, number, now)
    item = attempt.item_at(place)
    if item is None or item.id in attempt.withheld:
        raise NotFoundError(f"question {place}")
    return OwnQuestion(number, About(attempt.module_id, item.id))


def question_of_result(
    db: Session, learner: Learner, attempt_id: uuid.UUID, place: int
) -> OwnQuestion:
    """Give the question at a place of a closed attempt of one's own; else NotFoundError."""
    row = db.execute(
        select(Attempt.module_id, Attempt.shown)
        .join(Result, Result.attempt_id == Attempt.id)
        .where(Attempt.id == attempt_id, Attempt.enrolment_id == learner.enrolment_id)
    ).one_or_none()
    asked = () if row is None else asked_from_document(row.shown)
    if row is None or not 1 <= place <= len(asked):
        raise NotFoundError(f"question {place}")
    about = About(row.module_id, asked[place - 1].item)
    return OwnQuestion(learner.rules.number_of(row.module_id), about)


def question_of_page(number: int, found: OpenSection, item_id: str) -> OwnQuestion:
    """Give a practice question of an open page."""
    return OwnQuestion(number, About(found.page.outline.module_id, item_id))
