"""Read what is published: rules, outlines, section pages, items. Nothing here renders."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, Uuid, bindparam, select
from sqlalchemy.orm import Session

from lms.content.files import Files
from lms.content.model import Content
from lms.content.read import read
from lms.gates.gate import Sequence as ModuleSequence
from lms.publishing.models import (
    CourseRevision,
    ItemText,
    ModuleRevision,
    PublishedCourse,
    PublishedModule,
)
from lms.publishing.windows import item_is_closed
from lms.publishing.withheld import withheld_key, withheld_shown


@dataclass(frozen=True, slots=True)
class CourseRules:
    """The rules of one course revision; titles by language."""

    course_id: str
    title: Mapping[str, str]
    languages: tuple[str, ...]
    modules: tuple[str, ...]
    sequence: ModuleSequence
    passing_percent: int
    attempts: int | None
    pause_seconds: int
    deadline_days: int | None
    seat_time_percent: int  # of the expected reading time of each section; 0: none is asked for
    attendance: bool = False  # whether the sessions of the group have to be attended whole
    surveys: Mapping[str, str] = field(default_factory=dict)  # before, after -> id of a survey
    kind: str = "diversion"  # diversion: by enrolment code; awareness: by class code

    def number_of(self, module_id: str) -> int:
        """Give a module's place in the course, from 1: addresses name modules by it."""
        return self.modules.index(module_id) + 1


@dataclass(frozen=True, slots=True)
class SectionHead:
    """A section's name in the outline of its module, and its expected reading time in seconds."""

    id: str
    title: str
    seconds: int


@dataclass(frozen=True, slots=True)
class ModuleOutline:
    """The table of contents of a module in one language."""

    module_id: str
    revision_id: uuid.UUID
    language: str  # the one that it is written in; the reader's, where the module has it
    title: str
    minutes: int
    warning: str
    objectives: tuple[str, ...]
    sections: tuple[SectionHead, ...]
    quiz: Mapping[str, Any]  # read by assessment.queries.quiz_from_document


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Give a text in a language, or in the first one that it is written in."""
    return texts.get(language) or next(iter(texts.values()))


def course_rules(document: Mapping[str, Any]) -> CourseRules:
    """Read the document of a course revision."""
    return CourseRules(
        course_id=document["id"],
        title=document["title"],
        languages=tuple(document["languages"]),
        modules=tuple(document["modules"]),
        sequence=ModuleSequence(document["sequence"]),
        passing_percent=document["pass"],
        attempts=document["attempts"],
        pause_seconds=document["pause_seconds"],
        deadline_days=document["deadline_days"],
        seat_time_percent=document.get("seat_time", 0),  # editions before it asked for none
        attendance=document.get("attendance", False),
        surveys=document.get("surveys", {}),
        kind=document["kind"],
    )


def current_course(db: Session, course_id: str) -> tuple[uuid.UUID, CourseRules] | None:
    """Give the revision of a course that counts for those who enrol now."""
    row = db.execute(
        select(CourseRevision.id, CourseRevision.document)
        .join(PublishedCourse, PublishedCourse.revision_id == CourseRevision.id)
        .where(PublishedCourse.course_id == course_id)
    ).one_or_none()
    return None if row is None else (row[0], course_rules(row[1]))


def course_ids(db: Session, kind: str = "") -> list[str]:
    """List the courses that are published, of one kind if it is said."""
    rows = db.execute(
        select(PublishedCourse.course_id, CourseRevision.document)
        .join(CourseRevision, CourseRevision.id == PublishedCourse.revision_id)
        .order_by(PublishedCourse.course_id)
    )
    return [row[0] for row in rows if kind in {"", row[1]["kind"]}]


def outlines(db: Session, modules: Sequence[str], language: str) -> dict[str, ModuleOutline]:
    """Give the current outline of each module that is published, in one statement."""
    rows = db.execute(
        select(ModuleRevision.module_id, ModuleRevision.id, ModuleRevision.outline)
        .join(PublishedModule, PublishedModule.revision_id == ModuleRevision.id)
        .where(PublishedModule.module_id.in_(modules))
    )
    return {row[0]: outline_of((row[0], row[1]), row[2], language, {}) for row in rows}


# Built once: to build a statement costs as much as to run it.
_OUTLINE = (
    select(ModuleRevision.id, ModuleRevision.outline, ModuleRevision.quiz)
    .join(PublishedModule, PublishedModule.revision_id == ModuleRevision.id)
    .where(PublishedModule.module_id == bindparam("module_id"))
)


def module_outline(db: Session, module_id: str, language: str) -> ModuleOutline | None:
    """Give a module's current outline with its quiz."""
    row = db.connection().execute(_OUTLINE, {"module_id": module_id}).one_or_none()
    return None if row is None else outline_of((module_id, row[0]), row[1], language, row[2])


def _items_with(column: Any) -> Select[str, Mapping[str, Any], bool]:  # noqa: ANN401 - what an item shows, or its key
    return (
        select(ItemText.item_id, column, item_is_closed())
        .join(ModuleRevision, ModuleRevision.id == ItemText.module_revision_id)
        .where(
            ItemText.module_revision_id == bindparam("revision_id", type_=Uuid()),
            ItemText.language == bindparam("language"),
            ItemText.item_id.in_(bindparam("items", expanding=True)),
        )
    )


_ITEMS = _items_with(ItemText.shown)
_KEYS = _items_with(ItemText.key)


def item_texts(
    db: Session, revision_id: uuid.UUID, items: Sequence[str], language: str, today: date
) -> dict[str, Mapping[str, Any]]:
    """Give what participants see of these items, and nothing of their keys.

    One that rests on a testimony which may not be shown says "withheld" and has no text.
    """
    wanted = {"revision_id": revision_id, "items": list(items), "today": today}
    found = _in_language(db, _ITEMS, wanted, language)
    return {row[0]: withheld_shown(row[1]) if row[2] else row[1] for row in found}


def item_keys(
    db: Session, revision_id: uuid.UUID, items: Sequence[str], language: str, today: date
) -> dict[str, Mapping[str, Any]]:
    """Give the keys of these items: for closed attempts, practice questions and staff alone."""
    wanted = {"revision_id": revision_id, "items": list(items), "today": today}
    found = _in_language(db, _KEYS, wanted, language)
    return {row[0]: withheld_key(row[1]) if row[2] else row[1] for row in found}


_CLOSED = (
    select(ItemText.module_revision_id, ItemText.item_id)
    .join(ModuleRevision, ModuleRevision.id == ItemText.module_revision_id)
    .where(
        ItemText.module_revision_id.in_(bindparam("revisions", expanding=True, type_=Uuid())),
        item_is_closed(),
    )
    .distinct()
)


def closed_items(
    db: Session, revisions: Collection[uuid.UUID], today: date
) -> frozenset[tuple[uuid.UUID, str]]:
    """Give (revision, item) of what rests on a testimony that may not be shown today."""
    if not revisions:
        return frozenset()
    rows = db.execute(_CLOSED, {"revisions": list(revisions), "today": today})
    return frozenset((row[0], row[1]) for row in rows)


def outline_of(
    edition: tuple[str, uuid.UUID],
    given: Mapping[str, Any],
    language: str,
    quiz: Mapping[str, Any],
) -> ModuleOutline:
    """Read an outline; a module that is not written in a language is shown in its first one."""
    written = language if language in given else next(iter(given))
    head = given[written]
    even = head["minutes"] * 60 // max(len(head["sections"]), 1)
    return ModuleOutline(
        module_id=edition[0],
        revision_id=edition[1],
        language=written,
        title=head["title"],
        minutes=head["minutes"],
        warning=head["warning"],
        objectives=tuple(head["objectives"]),
        sections=tuple(_section_head(one, even) for one in head["sections"]),
        quiz=quiz,
    )


def _section_head(one: Mapping[str, Any], even: int) -> SectionHead:
    """Read a section; editions from before the expected time was kept share it out evenly."""
    return SectionHead(one["id"], one["title"], one.get("seconds", even))


def _in_language(
    db: Session,
    statement: Select[str, Mapping[str, Any], bool],
    wanted: Mapping[str, Any],
    language: str,
) -> Sequence[Row[str, Mapping[str, Any], bool]]:
    """Read items in a language, or in the one that they are written in."""
    found = db.connection().execute(statement, {**wanted, "language": language}).all()
    if found or not wanted["items"]:
        return found
    revision = db.get_one(ModuleRevision, wanted["revision_id"])
    first = {**wanted, "language": next(iter(revision.outline))}
    return db.connection().execute(statement, first).all()


def published_content(db: Session) -> Content:
    """Give the modules as they were published last: a question must not change its kind."""
    sources = db.scalars(
        select(ModuleRevision.source).join(
            PublishedModule, PublishedModule.revision_id == ModuleRevision.id
        )
    )
    texts = {path: str(text).encode() for source in sources for path, text in source.items()}
    return read(Files("content", texts, frozenset(texts))).content
