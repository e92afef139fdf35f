"""A group whose first module counts its open question, and the people who read and write in it."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.assessment.models import Attempt
from lms.enrolment.models import Cohort
from lms.journey.actor import Learner
from lms.kernel.ids import new_id
from lms.publishing.models import ItemText, ModuleRevision, PublishedModule, SectionText
from lms.settings import Settings
from tests.factories import learner_of, make_cohort, make_enrolment, make_user, published_course


@dataclass(frozen=True, slots=True)
class Group:
    """A cohort with three instructors, and one person in it."""

    cohort: Cohort
    readers: tuple[User, ...]
    learner: Learner


def make_group(db: Session, *, counts: bool = True, **rules: Any) -> Group:  # noqa: ANN401 - rules of the course
    """Make the group; `counts` says whether the course counts the open question."""
    published_course(db)
    if counts:
        count_open_question(db)
    readers = tuple(make_user(db, role=Role.INSTRUCTOR) for _ in range(3))
    cohort = make_cohort(db, instructors=readers, pause_seconds=0, **rules)
    return Group(cohort, readers, learner_of(db, make_enrolment(db, cohort=cohort)))


def count_open_question(db: Session) -> None:
    """Publish the first module again, its open question now `graded: yes`."""
    pointer = db.get_one(PublishedModule, "first")
    old = db.get_one(ModuleRevision, pointer.revision_id)
    items = [{**one, "graded": one["graded"] or one["id"] == "open"} for one in old.quiz["items"]]
    changes = {
        "id": new_id(),
        "number": old.number + 1,
        "digest": "8" * 64,
        "quiz": {**old.quiz, "items": items},
    }
    columns = [column.name for column in ModuleRevision.__table__.columns]
    new = ModuleRevision(**{name: getattr(old, name) for name in columns} | changes)
    db.add(new)
    db.flush()
    for table in (SectionText, ItemText):
        _copy(db, table, old.id, new.id)
    pointer.revision_id = new.id
    db.flush()


def _copy(db: Session, table: Any, old: uuid.UUID, new: uuid.UUID) -> None:  # noqa: ANN401 - a table
    rows = db.execute(select(table.__table__).where(table.module_revision_id == old)).mappings()
    for row in [dict(one) for one in rows]:
        row["module_revision_id"] = new
        if "id" in row:
            row["id"] = new_id()
        if row.get("item_id") == "open":
            row["key"] = {**row["key"], "item": {**row["key"]["item"], "graded": True}}
        db.execute(insert(table), [row])


def place_of(db: Session, attempt_id: uuid.UUID, item_id: str = "open") -> int:
    """Give the place of a question in an attempt, from 1."""
    shown = db.get_one(Attempt, attempt_id).shown
    return 1 + [one["item"] for one in shown].index(item_id)


def site(folder: Any, **changes: Any) -> Settings:  # noqa: ANN401 - a path, and settings
    """Give the settings of a site that sends mail."""
    given = {"smtp_host": "127.0.0.1", "mail_from": "noreply@example.org"} | changes
    return Settings(instance=folder, **given)
