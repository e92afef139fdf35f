"""One class of the awareness track, with its two codes and enough sheets for its figures."""

import json
import random
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from lms.assessment.grading import grade_item
from lms.assessment.values import QuizItem
from lms.awareness.codes import Door
from lms.awareness.service import (
    MARK_BITS,
    ClassUnknownError,
    CourseKindError,
    Sheet,
    keep_sheet,
    make_class,
    open_door,
)
from lms.content.model import ItemKind
from lms.demo.answers import right_answer, wrong_answer
from lms.kernel.days import today_in_programme
from lms.publishing.queries import current_course, module_outline

COURSE = "awareness"
SHEETS = 12
SKILL = 0.8
LANGUAGE = "fr"


@dataclass(frozen=True, slots=True)
class ClassCodes:
    """The two codes of a class: for everybody in it, and for who leads it."""

    code: str
    leader_code: str


def class_codes(db: Session, path: Path, now: datetime) -> ClassCodes | None:
    """Give the codes of the class, made anew when its days are over; `path` keeps them.

    None where no awareness course is published.
    """
    if path.exists():
        known = ClassCodes(**json.loads(path.read_text()))
        try:
            open_door(db, Door.CLASS, known.code, now=now)
        except ClassUnknownError:
            pass
        else:
            return known
    try:
        made = make_class(db, COURSE, now=now)
    except CourseKindError:
        return None
    chance = random.Random(2014)  # noqa: S311 - the same answers each time
    for sheet in _sheets(db, chance):
        keep_sheet(db, made.class_id, sheet, today=today_in_programme(now))
    path.touch(mode=0o600)
    path.write_text(json.dumps({"code": made.class_code, "leader_code": made.leader_code}))
    return ClassCodes(made.class_code, made.leader_code)


def _sheets(db: Session, chance: random.Random) -> list[Sheet]:
    """Fill in the questions of every module of the track, once a sheet."""
    course = current_course(db, COURSE)
    heads = [module_outline(db, one, LANGUAGE) for one in course[1].modules] if course else []
    sheets = []
    for head in heads:
        if head is None:
            continue
        every = [QuizItem.from_document(one) for one in head.quiz["items"]]
        items = [one for one in every if one.kind is not ItemKind.OPEN]
        sheets += [
            Sheet(
                head.module_id,
                head.revision_id,
                LANGUAGE,
                tuple(_judged(one, chance) for one in items),
                chance.getrandbits(MARK_BITS),
            )
            for _ in range(SHEETS)
        ]
    return sheets


def _judged(item: QuizItem, chance: random.Random) -> dict[str, object]:
    answer = right_answer(item) if chance.random() < SKILL else wrong_answer(item, chance)
    score = grade_item(item, answer)
    return {"item": item.id, "right": score.raw == score.maximum, "answer": list(answer)}
