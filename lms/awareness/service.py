"""Do: make a class with its two codes, open it with one of them, keep a sheet without a name."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.awareness.codes import Door, code_hash, new_code
from lms.awareness.models import AwarenessClass, AwarenessResult
from lms.content.model import CourseKind
from lms.kernel.errors import BadInputError
from lms.publishing.queries import current_course

OPEN_FOR = timedelta(days=60)
MARK_BITS = 64
_LOW = (1 << MARK_BITS) - 1


class ClassUnknownError(BadInputError):
    """No class has this code, or its days are over."""


class CourseKindError(BadInputError):
    """No awareness course with this id is published."""


@dataclass(frozen=True, slots=True)
class NewClass:
    """A class that was made, with its codes as printed: they are shown this once."""

    class_id: uuid.UUID
    class_code: str
    leader_code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Sheet:
    """What somebody of a class answered: right ones of those asked, and each answer."""

    module_id: str
    revision_id: uuid.UUID
    language: str
    items: tuple[dict[str, Any], ...]  # {"item": id, "right": bool, "answer": [positions]}
    mark: int  # 64 bits, of the page that it was filled in on: sent twice, it is one sheet


def make_class(db: Session, course_id: str, *, now: datetime) -> NewClass:
    """Make a class of an awareness course; it is open for sixty days."""
    course = current_course(db, course_id)
    if course is None or course[1].kind != CourseKind.AWARENESS:
        raise CourseKindError(course_id)
    codes = {door: new_code(door) for door in Door}
    made = AwarenessClass(
        course_id=course_id,
        class_hash=str(code_hash(Door.CLASS, codes[Door.CLASS])),
        leader_hash=str(code_hash(Door.LEADER, codes[Door.LEADER])),
        created_at=now,
        expires_at=now + OPEN_FOR,
    )
    db.add(made)
    db.flush()
    return NewClass(made.id, codes[Door.CLASS], codes[Door.LEADER], made.expires_at)


def open_door(db: Session, door: Door, typed: str, *, now: datetime) -> AwarenessClass:
    """Give the class that a code opens; ClassUnknownError whatever was wrong with it."""
    digest = code_hash(door, typed)
    column = AwarenessClass.class_hash if door is Door.CLASS else AwarenessClass.leader_hash
    found = None
    if digest is not None:
        found = db.scalar(select(AwarenessClass).where(column == digest))
    if found is None or found.expires_at <= now:
        raise ClassUnknownError
    return found


def find_class(db: Session, class_id: uuid.UUID, *, now: datetime) -> AwarenessClass:
    """Give a class whose code was typed before; ClassUnknownError when its days are over."""
    found = db.get(AwarenessClass, class_id)
    if found is None or found.expires_at <= now:
        raise ClassUnknownError
    return found


def keep_sheet(db: Session, class_id: uuid.UUID, sheet: Sheet, *, today: date) -> bool:
    """Keep a sheet of a class: its place in the order, a day, and nothing of who filled it in.

    Gives whether it is new: one with the same mark is kept already.
    """
    db.execute(select(AwarenessClass.id).where(AwarenessClass.id == class_id).with_for_update())
    of_class = select(AwarenessResult.id).where(AwarenessResult.class_id == class_id)
    there = db.scalars(of_class).all()
    if any(one.int & _LOW == sheet.mark for one in there):
        return False
    kept = AwarenessResult(
        id=uuid.UUID(int=len(there) << MARK_BITS | sheet.mark),
        class_id=class_id,
        module_id=sheet.module_id,
        module_revision_id=sheet.revision_id,
        language=sheet.language,
        day=today,
        right_count=sum(one["right"] for one in sheet.items),
        asked_count=len(sheet.items),
        items=list(sheet.items),
    )
    try:
        with db.begin_nested():
            db.add(kept)
    except IntegrityError:  # a mark that was made up, in another class before: no page of ours
        return False
    return True
