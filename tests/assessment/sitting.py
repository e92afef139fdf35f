"""Closed attempts with answers of one's choosing, without the gates of a course in the way."""

import random
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from lms.assessment.models import Response
from lms.assessment.queries import find_open_attempt, quiz_from_document
from lms.assessment.service import Ending, Taker, close_attempt, start_attempt
from lms.assessment.values import Answer, QuizItem
from lms.content.model import ItemKind
from lms.enrolment.models import Enrolment
from lms.gates.ending import EndedBy
from lms.publishing.queries import module_outline
from tests.factories import NOW, make_cohort, make_enrolment, right_answer, wrong_answer

DEFAULTS = {"pass": 80, "attempts": None, "pause_seconds": 0}
Chooser = Callable[[QuizItem], Answer]


def make_people(db: Session, many: int) -> list[Enrolment]:
    """Enrol so many in one group."""
    cohort = make_cohort(db)
    return [make_enrolment(db, cohort=cohort) for _ in range(many)]


def sit_quiz(
    db: Session,
    person: Enrolment,
    module_id: str,
    choose: Chooser,
    *,
    language: str = "fr",
    withheld: frozenset[str] = frozenset(),
) -> uuid.UUID:
    """Start a quiz, answer as `choose` says (nothing for no answer), close it; gives the id."""
    outline = module_outline(db, module_id, "fr")
    assert outline is not None
    quiz = quiz_from_document(outline.quiz, DEFAULTS)
    taker = Taker(person.programme_id, person.id)
    module = (module_id, outline.revision_id)
    start_attempt(db, taker, module, quiz, language=language, now=NOW)
    attempt = find_open_attempt(db, person.id, module_id, NOW)
    assert attempt is not None
    answers = {one.item: choose(attempt.items[one.item]) for one in attempt.asked}
    for item_id, answer in answers.items():
        if answer and attempt.items[item_id].kind is not ItemKind.OPEN:
            db.add(
                Response(
                    attempt_id=attempt.id,
                    item_id=item_id,
                    answer=list(answer),
                    language=language,
                    version=1,
                    saved_at=NOW,
                )
            )
    db.flush()
    attempt = replace(attempt, withheld=withheld)
    ending = Ending(EndedBy.SUBMITTED, NOW + timedelta(minutes=5), language)
    close_attempt(db, attempt, answers, 80, ending)
    return attempt.id


def by_chance(chance: random.Random) -> Chooser:
    """Give somebody who answers right, wrong, in part or not at all."""

    def choose(item: QuizItem) -> Answer:
        match chance.randrange(5):
            case 0:
                return ()
            case 1:
                return wrong_answer(item)
            case 2 if item.kind is ItemKind.MULTIPLE:
                return tuple(sorted(chance.sample(range(item.size), 2)))
            case _:
                return right_answer(item)

    return choose
