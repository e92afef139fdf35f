"""What a class answered, all of it together: never under ten sheets, never one by one."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.awareness.models import AwarenessClass, AwarenessResult

FEWEST = 10  # sheets; under that a figure could tell of somebody


@dataclass(frozen=True, slots=True)
class ItemShare:
    """How many of a class had one question right."""

    item_id: str
    right: int
    asked: int


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """The figures of a class for one module; without items while there are too few sheets."""

    sheets: int  # rounded down to tens, so that one more sheet does not tell of its writer
    items: tuple[ItemShare, ...]


@dataclass(frozen=True, slots=True)
class ClassLine:
    """A class as the coordinator's list shows it; it has no name."""

    course_id: str
    created_at: datetime
    expires_at: datetime


def classes(db: Session, *, limit: int) -> tuple[ClassLine, ...]:
    """List the classes, the newest first."""
    query = select(AwarenessClass).order_by(AwarenessClass.created_at.desc()).limit(limit)
    rows = db.scalars(query)
    return tuple(ClassLine(one.course_id, one.created_at, one.expires_at) for one in rows)


def class_figures(db: Session, class_id: uuid.UUID, module_id: str) -> ClassFigures:
    """Give the figures of a class, over a number of sheets that is a whole number of tens.

    Sheets past the last ten wait for the next: otherwise the difference between two looks would
    be the answers of those who came in between.
    """
    wanted = (AwarenessResult.class_id == class_id, AwarenessResult.module_id == module_id)
    total = db.scalar(select(func.count()).where(*wanted)) or 0
    counted = total // FEWEST * FEWEST
    if not counted:
        return ClassFigures(0, ())
    first = select(AwarenessResult.items).where(*wanted).order_by(AwarenessResult.id).limit(counted)
    sheets = db.scalars(first)
    return ClassFigures(counted, _shares(list(sheets)))


def _shares(sheets: Sequence[Sequence[dict[str, object]]]) -> tuple[ItemShare, ...]:
    # An edition may ask what another did not: each question is told of whole tens of its own.
    said: dict[str, list[bool]] = {}
    for sheet in sheets:
        for one in sheet:
            said.setdefault(str(one["item"]), []).append(bool(one["right"]))
    tens = {item: answers[: len(answers) // FEWEST * FEWEST] for item, answers in said.items()}
    return tuple(ItemShare(item, sum(ten), len(ten)) for item, ten in tens.items() if ten)
