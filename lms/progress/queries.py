"""Read and mark progress: one row a section read."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import CompoundSelect, Result, Table, Uuid, bindparam, literal, select, union_all
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.assessment.models import Standing
from lms.progress.models import SectionRead


@dataclass(frozen=True, slots=True)
class Progress:
    """What somebody has behind him: modules passed, and the sections read of each module."""

    passed: frozenset[str] = frozenset()
    read: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def has_read(self, module_id: str, section_id: str) -> bool:
        """Whether that section was read to the end."""
        return section_id in self.read.get(module_id, frozenset())


# Built once: to build a statement costs as much as to run it.
_BEHIND: CompoundSelect[str, str | None] = union_all(
    select(Standing.module_id, literal(None).label("section_id")).where(
        Standing.enrolment_id == bindparam("enrolment_id", type_=Uuid()),
        Standing.passed_at.is_not(None),
    ),
    select(SectionRead.module_id, SectionRead.section_id).where(
        SectionRead.enrolment_id == bindparam("enrolment_id", type_=Uuid())
    ),
)


def load_progress(db: Session, enrolment_id: uuid.UUID) -> Progress:
    """Give a person's progress in one statement."""
    modules: set[str] = set()
    sections: dict[str, set[str]] = {}
    wanted = {"enrolment_id": enrolment_id}
    rows: Result[tuple[str, str | None]] = db.connection().execute(_BEHIND, wanted)
    for row in rows:
        if row.section_id is None:
            modules.add(row.module_id)
        else:
            sections.setdefault(row.module_id, set()).add(row.section_id)
    return Progress(frozenset(modules), {name: frozenset(ids) for name, ids in sections.items()})


@dataclass(frozen=True, slots=True)
class Reading:
    """Who went on from which section, of which revision, in which language."""

    programme_id: uuid.UUID
    enrolment_id: uuid.UUID
    module_id: str
    section_id: str
    revision_id: uuid.UUID
    language: str


_TABLE = cast("Table", SectionRead.__table__)
_MARK = {
    "sqlite": sqlite.insert(_TABLE).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_TABLE).on_conflict_do_nothing(),
}


def mark_read(db: Session, reading: Reading, now: datetime) -> None:
    """Note that a section was read; a second time changes nothing."""
    db.execute(
        _MARK[db.get_bind().dialect.name],
        {
            "enrolment_id": reading.enrolment_id,
            "module_id": reading.module_id,
            "section_id": reading.section_id,
            "programme_id": reading.programme_id,
            "module_revision_id": reading.revision_id,
            "language": reading.language,
            "read_at": now,
        },
    )
