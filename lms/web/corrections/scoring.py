"""One question of a closed attempt: its score as it stands, for the instructor who corrects it."""

import uuid
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.assessment.models import Attempt
from lms.assessment.regrade import Mark, Marks, find_marks
from lms.corrections.queries import PersonHead, person_head
from lms.journey.read import today_in_programme
from lms.kernel.errors import NotFoundError
from lms.publishing.queries import item_texts
from lms.web.correction_words import staff
from lms.web.item_form import Question
from lms.web.request import language, now


@dataclass(frozen=True, slots=True)
class Scored:
    """A question at its place in an attempt, whose it is, and what it earned."""

    head: PersonHead
    marks: Marks
    mark: Mark
    place: int
    attempt_number: int
    title: Markup


def scored_question(db: Session, attempt_id: uuid.UUID, place: int) -> Scored:
    """Give a question of an attempt of somebody in one's own groups; else it is not found.

    A coordinator reads no answers and no scores: for him there is no such page.
    """
    attempt = db.scalar(select(Attempt).where(Attempt.id == attempt_id))
    if attempt is None or staff().role is not Role.INSTRUCTOR:
        raise NotFoundError("attempt")
    head = person_head(db, staff(), attempt.enrolment_id)
    marks = find_marks(db, attempt_id)
    if marks is None or not 1 <= place <= len(attempt.shown):
        raise NotFoundError("question")
    item_id = attempt.shown[place - 1]["item"]
    mark = marks.of(item_id)
    if mark is None:
        raise NotFoundError("question")
    today = today_in_programme(now())
    shown = item_texts(db, marks.revision_id, [item_id], language(), today)[item_id]
    title = Question.from_shown(shown, attempt.shown[place - 1]["order"]).prompt
    return Scored(head, marks, mark, place, attempt.number, title)
