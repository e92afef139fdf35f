"""Append revisions with their rows, and let them count."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.publishing.compile import CompiledModule
from lms.publishing.compile_section import SectionPage
from lms.publishing.consent_register import standing_events
from lms.publishing.instead import without
from lms.publishing.models import (
    CourseRevision,
    ItemText,
    ModuleRevision,
    PublishedCourse,
    PublishedModule,
    SectionText,
    TestimonyUse,
)


@dataclass(frozen=True, slots=True)
class Edition:
    """What a revision is called, and where it comes from."""

    id: str
    digest: str
    by: str
    now: datetime


def append_module(
    db: Session, edition: Edition, compiled: CompiledModule, sources: Mapping[str, str]
) -> None:
    """Append a revision of a module with its pages and items, and let it count."""
    revision = ModuleRevision(
        module_id=edition.id,
        number=_next_number(db, ModuleRevision.number, ModuleRevision.module_id == edition.id),
        digest=edition.digest,
        source=dict(sources),
        outline=compiled.outline,
        quiz=compiled.quiz,
        published_by=edition.by,
        published_at=edition.now,
    )
    db.add(revision)
    db.flush()
    # Who once spoke in an original can take it back, whatever the file calls it today.
    guarded = compiled.originals | standing_events(db).keys()
    for page in compiled.sections:
        _add_section(db, revision.id, page, guarded)
    for item in compiled.items:
        db.add(
            ItemText(
                module_revision_id=revision.id,
                item_id=item.item_id,
                language=item.language,
                shown=item.shown,
                key=item.key,
                testimony_id=item.testimony if item.testimony in guarded else None,
            )
        )
    db.merge(PublishedModule(module_id=edition.id, revision_id=revision.id))


def _add_section(
    db: Session, revision_id: uuid.UUID, page: SectionPage, guarded: frozenset[str]
) -> None:
    own = page.testimonies & guarded
    instead = page.blocks_instead
    if own:
        instead = without(page.blocks if instead is None else instead, guarded)
    db.add(
        SectionText(
            module_revision_id=revision_id,
            language=page.language,
            position=page.position,
            section_id=page.section_id,
            blocks=page.blocks,
            blocks_instead=instead,
        )
    )
    for testimony_id in sorted(own):
        db.add(
            TestimonyUse(
                module_revision_id=revision_id,
                language=page.language,
                position=page.position,
                testimony_id=testimony_id,
            )
        )


def append_course(db: Session, edition: Edition, document: dict[str, Any]) -> None:
    """Append a revision of a course's rules, and let it count for those who enrol from now on."""
    revision = CourseRevision(
        course_id=edition.id,
        number=_next_number(db, CourseRevision.number, CourseRevision.course_id == edition.id),
        digest=edition.digest,
        document=document,
        published_by=edition.by,
        published_at=edition.now,
    )
    db.add(revision)
    db.flush()
    db.merge(PublishedCourse(course_id=edition.id, revision_id=revision.id))


def _next_number(db: Session, column: Any, condition: Any) -> int:  # noqa: ANN401 - SQL
    return (db.scalar(select(func.max(column)).where(condition)) or 0) + 1
