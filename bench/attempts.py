"""What people have behind them, written in bulk: sections read, attempts, results, completions."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bench.visits import TEXT
from bench.wire import BenchError, Fields
from lms.assessment.draw import draw_items
from lms.assessment.models import Attempt, Response, Result, Standing
from lms.assessment.queries import quiz_from_document
from lms.assessment.values import Asked, QuizItem
from lms.completion.models import CompletionRecord
from lms.content.model import ItemKind
from lms.demo.answers import right_answer
from lms.kernel.ids import new_id
from lms.progress.models import SeatKind, SeatTime
from lms.publishing.queries import ModuleOutline, module_outline

TRIES = 2  # at each module: the first fails, the second passes
DEFAULTS = {"pass": 80, "attempts": None, "pause_seconds": 600}


@dataclass(frozen=True, slots=True)
class People:
    """Some enrolled people and their course."""

    programme_id: uuid.UUID
    course_revision_id: uuid.UUID
    modules: tuple[str, ...]
    users: tuple[uuid.UUID, ...]
    enrolments: tuple[uuid.UUID, ...]


def add_readings(
    db: Session, people: People, now: datetime, *, modules: int | None = None
) -> tuple[int, ...]:
    """Let everybody have read all sections of the first modules; gives how many each has."""
    heads = [_outline(db, module_id) for module_id in people.modules[:modules]]
    rows = [
        {
            "enrolment_id": enrolment,
            "module_id": head.module_id,
            "kind": SeatKind.INSTRUCTION,
            "section_id": section.id,
            "round": 1,
            "programme_id": people.programme_id,
            "module_revision_id": head.revision_id,
            "language": "fr",
            "credited_ms": section.seconds * 1000,
            "first_at": now - timedelta(days=20, minutes=place + 5),
            "last_at": now - timedelta(days=20, minutes=place),
            "read_at": now - timedelta(days=20, minutes=place),
        }
        for place, enrolment in enumerate(people.enrolments)
        for head in heads
        for section in head.sections
    ]
    db.execute(insert(SeatTime), rows)
    return tuple(len(head.sections) for head in heads)


def add_attempts(db: Session, people: People, now: datetime) -> None:
    """Let everybody have tried every quiz twice; every other has not passed the last one."""
    attempts: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    standings: list[dict[str, Any]] = []
    for number, module_id in enumerate(people.modules, start=1):
        head = _outline(db, module_id)
        asked, items = _draw(head)
        for place, enrolment in enumerate(people.enrolments):
            moment = now - timedelta(days=10 - number, minutes=place * 7)
            passed = number < len(people.modules) or place % 2 == 0
            tries = [
                _attempt(people, (enrolment, head), asked, number=one, now=moment)
                for one in range(1, TRIES + 1)
            ]
            attempts += tries
            results += [_result(one, items, passed=passed and one is tries[-1]) for one in tries]
            standings.append({
                "enrolment_id": enrolment,
                "module_id": module_id,
                "attempts": TRIES,
                "best_percent": 90 if passed else 50,
                "last_submitted_at": moment,
                "passed_at": moment if passed else None,
                "passed_attempt_id": tries[-1]["id"] if passed else None,
            })  # fmt: skip
    for table, rows in ((Attempt, attempts), (Result, results), (Standing, standings)):
        db.execute(insert(table), rows)


def add_completions(db: Session, people: People, now: datetime) -> None:
    """Let every other have completed the course."""
    rows = [
        {
            "id": new_id(),
            "programme_id": people.programme_id,
            "enrolment_id": enrolment,
            "course_revision_id": people.course_revision_id,
            "completion_status": "completed",
            "success_status": "passed",
            "recorded_at": now,
            "document": {},
            "digest": "0" * 64,
        }
        for enrolment in people.enrolments[::2]
    ]
    db.execute(insert(CompletionRecord), rows)


def open_attempts(
    db: Session, people: People, now: datetime, *, answered: bool = False
) -> tuple[tuple[Fields, ...], tuple[uuid.UUID, ...]]:
    """Open an attempt at the first module for everybody; gives the fields of each answer.

    The second value are the attempts' ids. `answered` saves an answer to every question.
    """
    head = _outline(db, people.modules[0])
    asked, items = _draw(head)
    rows = [
        _attempt(people, (enrolment, head), asked, number=1, now=now)
        for enrolment in people.enrolments
    ]
    db.execute(insert(Attempt), rows)
    if answered:
        db.execute(insert(Response), [_response(row, item, now) for row in rows for item in items])
    return tuple(_fields(item) for item in items), tuple(row["id"] for row in rows)


def _response(attempt: dict[str, Any], item: QuizItem, now: datetime) -> dict[str, Any]:
    return {
        "attempt_id": attempt["id"],
        "item_id": item.id,
        "answer": list(right_answer(item)),
        "sealed_text": None,
        "language": "fr",
        "version": 1,
        "saved_at": now,
    }


def _outline(db: Session, module_id: str) -> ModuleOutline:
    found = module_outline(db, module_id, "fr")
    if found is None:
        raise BenchError(f"{module_id}: this module is not published")
    return found


def _draw(head: ModuleOutline) -> tuple[Sequence[Asked], Sequence[QuizItem]]:
    quiz = quiz_from_document(head.quiz, DEFAULTS)
    asked = draw_items(quiz, 1, last_seen={})
    items = {item.id: item for item in quiz.items}
    return asked, [items[one.item] for one in asked]


def _attempt(
    people: People,
    where: tuple[uuid.UUID, ModuleOutline],
    asked: Sequence[Asked],
    *,
    number: int,
    now: datetime,
) -> dict[str, Any]:
    enrolment, head = where
    return {
        "id": new_id(),
        "programme_id": people.programme_id,
        "enrolment_id": enrolment,
        "module_id": head.module_id,
        "module_revision_id": head.revision_id,
        "number": number,
        "seed": 1,
        "shown": [one.as_document() for one in asked],
        "language": "fr",
        "started_at": now - timedelta(minutes=20),
    }


def _result(attempt: dict[str, Any], items: Sequence[QuizItem], *, passed: bool) -> dict[str, Any]:
    maximum = sum(item.points for item in items)
    return {
        "attempt_id": attempt["id"],
        "programme_id": attempt["programme_id"],
        "submitted_at": attempt["started_at"] + timedelta(minutes=20),
        "language": "fr",
        "raw_numerator": maximum * (9 if passed else 5),
        "raw_denominator": 10,
        "maximum": maximum,
        "passing_percent": 80,
        "passed": passed,
        "items": [{"item": item.id, "raw": [item.points, 1], "max": item.points} for item in items],
    }


def _fields(item: QuizItem) -> Fields:
    """Give an answer that can be handed in, as a form sends it."""
    match item.kind:
        case ItemKind.MATCH | ItemKind.ORDER:
            return [(f"line{at}", str(at)) for at in range(item.size)]
        case ItemKind.OPEN:
            return [("answer", TEXT)]
        case ItemKind.TEXT | ItemKind.NUMBER:
            return [("answer", "12")]
        case _:
            return [("answer", "0")]
