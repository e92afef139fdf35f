"""What is published of a course, as a package may carry it: read once, originals left out."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.content.model import TestimonyKind
from lms.gates.gate import Sequence as ModuleSequence
from lms.kernel.errors import NotFoundError
from lms.publishing.models import (
    CourseRevision,
    ItemText,
    ModuleRevision,
    PublishedCourse,
    PublishedModule,
    SectionText,
    TestimonyUse,
)
from lms.publishing.queries import CourseRules, course_rules, in_language

Block = Mapping[str, Any]
_WITHDRAWN: Block = {"kind": "testimony", "label": "withdrawn", "warning": "", "html": ""}


@dataclass(frozen=True, slots=True)
class PackagedItem:
    """One question: what its grading needs, what it shows, and its feedback."""

    document: Mapping[str, Any]
    shown: Mapping[str, Any]
    key: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PackagedSection:
    """One page of a module; `replaced` counts the originals that stood on it."""

    position: int
    id: str
    title: str
    blocks: Sequence[Block]
    replaced: int = 0


@dataclass(frozen=True, slots=True)
class PackagedModule:
    """One module in one language; `left_out` counts the questions that rest on an original."""

    number: int
    id: str
    digest: str
    language: str
    head: Mapping[str, Any]
    quiz: Mapping[str, Any]
    passing_percent: int
    sections: tuple[PackagedSection, ...]
    items: tuple[PackagedItem, ...]
    practice: Mapping[str, PackagedItem]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class PackagedCourse:
    """A course in one language, as it is published now."""

    id: str
    edition: int
    title: str
    language: str
    sequence: ModuleSequence
    modules: tuple[PackagedModule, ...]


@dataclass(frozen=True, slots=True)
class _Rows:
    """All that the database says of the modules, by revision and language."""

    revisions: Mapping[str, ModuleRevision]
    sections: Sequence[SectionText]
    items: Sequence[ItemText]
    uses: frozenset[tuple[uuid.UUID, str, int]]


def read_course(db: Session, course_id: str, language: str = "") -> PackagedCourse:
    """Give a published course in a language, or in its first one; NotFoundError without it."""
    row = db.execute(
        select(CourseRevision.number, CourseRevision.document)
        .join(PublishedCourse, PublishedCourse.revision_id == CourseRevision.id)
        .where(PublishedCourse.course_id == course_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError(f"no course `{course_id}` is published")
    rules = course_rules(row[1])
    wanted = language or rules.languages[0]
    if wanted not in rules.languages:
        raise NotFoundError(f"the course `{course_id}` is not published in `{wanted}`")
    rows = _read_rows(db, rules.modules)
    return PackagedCourse(
        id=course_id,
        edition=row[0],
        title=in_language(rules.title, wanted),
        language=wanted,
        sequence=rules.sequence,
        modules=tuple(
            _module(rules, name, wanted, rows) for name in rules.modules if name in rows.revisions
        ),
    )


def _read_rows(db: Session, modules: Sequence[str]) -> _Rows:
    found = db.scalars(
        select(ModuleRevision)
        .join(PublishedModule, PublishedModule.revision_id == ModuleRevision.id)
        .where(PublishedModule.module_id.in_(modules))
    )
    revisions = {one.module_id: one for one in found}
    ids = [one.id for one in revisions.values()]
    sections = select(SectionText).where(SectionText.module_revision_id.in_(ids))
    items = select(ItemText).where(ItemText.module_revision_id.in_(ids))
    uses = select(TestimonyUse).where(TestimonyUse.module_revision_id.in_(ids))
    return _Rows(
        revisions,
        db.scalars(sections.order_by(SectionText.position)).all(),
        db.scalars(items).all(),
        frozenset((u.module_revision_id, u.language, u.position) for u in db.scalars(uses)),
    )


def _module(rules: CourseRules, module_id: str, wanted: str, rows: _Rows) -> PackagedModule:
    revision = rows.revisions[module_id]
    written = next(one for one in (wanted, *rules.languages) if one in revision.outline)
    head, quiz = revision.outline[written], revision.quiz
    texts = {
        one.item_id: one
        for one in rows.items
        if one.module_revision_id == revision.id and one.language == written
    }
    resting = {name for name, one in texts.items() if one.testimony_id}
    resting |= {one["id"] for one in quiz["items"] if one.get("testimony")}
    sections = tuple(
        _section(one, head, (revision.id, written, one.position) in rows.uses, resting)
        for one in rows.sections
        if one.module_revision_id == revision.id and one.language == written
    )
    passing = quiz["pass"] if quiz["pass"] is not None else rules.passing_percent
    asked = [one for one in quiz["items"] if one["id"] not in resting]
    return PackagedModule(
        number=rules.number_of(module_id),
        id=module_id,
        digest=revision.digest,
        language=written,
        head=head,
        quiz=quiz,
        passing_percent=passing,
        sections=sections,
        items=tuple(_item(texts[one["id"]], one) for one in asked),
        practice={
            name: _item(texts[name], texts[name].key["item"]) for name in _practised(sections)
        },
        left_out=len(resting),
    )


def _item(text: ItemText, document: Mapping[str, Any]) -> PackagedItem:
    return PackagedItem(document, text.shown, text.key)


def _practised(sections: Iterable[PackagedSection]) -> list[str]:
    blocks = (block for section in sections for block in section.blocks)
    return [str(block["item"]) for block in blocks if block["kind"] == "practice"]


def _section(
    row: SectionText, head: Mapping[str, Any], is_used: bool, resting: set[str]
) -> PackagedSection:
    """Give a section without originals and what rests on them: a package cannot be called back."""
    originals = sum(_is_original(block) for block in row.blocks)
    blocks = row.blocks
    if originals or is_used:
        blocks = row.blocks if row.blocks_instead is None else row.blocks_instead
    return PackagedSection(
        position=row.position,
        id=row.section_id,
        title=head["sections"][row.position - 1]["title"],
        blocks=tuple(
            _WITHDRAWN if _is_original(block) else block
            for block in blocks
            if block["kind"] != "withheld" and block.get("item") not in resting
        ),
        replaced=originals,
    )


def _is_original(block: Block) -> bool:
    return bool(block["kind"] == "testimony" and block["label"] == TestimonyKind.ORIGINAL.value)
