"""Read progress: what is passed, what was read in which round, how much time is credited."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Uuid,
    bindparam,
    case,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from lms.assessment.models import Standing
from lms.progress.models import SeatKind, SeatTime


@dataclass(frozen=True, slots=True)
class ModuleProgress:
    """What somebody has behind him in one module.

    `read` and `credited_ms` are by (section, round); `review` are the sections that the attempt
    before this round sends him back to.
    """

    passed: bool = False
    attempts: int = 0
    review: frozenset[str] = frozenset()
    read: frozenset[tuple[str, int]] = frozenset()
    credited_ms: Mapping[tuple[str, int], int] = field(default_factory=dict)

    @property
    def round(self) -> int:
        """Which attempt this reading prepares, from 1."""
        return self.attempts + 1

    def is_due(self, section_id: str) -> bool:
        """Whether a section has to be read before the next attempt."""
        if self.passed:
            return False
        if section_id in self.review and (section_id, self.round) not in self.read:
            return True
        return not any(section == section_id for section, _ in self.read)

    def credited(self, section_id: str) -> int:
        """Give the time credited to a section in this round, in ms."""
        return self.credited_ms.get((section_id, self.round), 0)

    def most_credited(self, section_id: str) -> int:
        """Give the time credited to a section in all rounds, in ms."""
        return sum(ms for (section, _), ms in self.credited_ms.items() if section == section_id)


_NOTHING = ModuleProgress()


@dataclass(frozen=True, slots=True)
class Progress:
    """What somebody has behind him, by module."""

    modules: Mapping[str, ModuleProgress] = field(default_factory=dict)

    @property
    def passed(self) -> frozenset[str]:
        """The modules that are passed."""
        return frozenset(name for name, one in self.modules.items() if one.passed)

    def of(self, module_id: str) -> ModuleProgress:
        """Give the progress in one module."""
        return self.modules.get(module_id, _NOTHING)


def _behind(*, with_times: bool = False) -> CompoundSelect[Any]:
    """Give the statement of what a person has behind him; with when he was last active where."""
    tried, read = (Standing.last_submitted_at, SeatTime.last_at)
    return union_all(
        select(
            Standing.module_id,
            null().label("section_id"),
            Standing.attempts.label("round"),
            case((Standing.passed_at.is_not(None), 1), else_=0).label("done"),
            literal(0).label("credited_ms"),
            Standing.review,
            *((tried.label("last_at"),) if with_times else ()),
        ).where(Standing.enrolment_id == bindparam("enrolment_id", type_=Uuid())),
        select(
            SeatTime.module_id,
            SeatTime.section_id,
            SeatTime.round,
            case((SeatTime.read_at.is_not(None), 1), else_=0),
            SeatTime.credited_ms,
            null(),
            *((read,) if with_times else ()),
        ).where(
            SeatTime.enrolment_id == bindparam("enrolment_id", type_=Uuid()),
            SeatTime.kind == SeatKind.INSTRUCTION,
        ),
    )


# Built once: to build a statement costs as much as to run it.
_BEHIND = _behind()
_BEHIND_WITH_TIMES = _behind(with_times=True)


@dataclass(slots=True)
class _Draft:
    """A module's progress while its rows come in."""

    passed: bool = False
    attempts: int = 0
    review: frozenset[str] = frozenset()
    read: set[tuple[str, int]] = field(default_factory=set)
    credited_ms: dict[tuple[str, int], int] = field(default_factory=dict)

    def finished(self) -> ModuleProgress:
        return ModuleProgress(
            self.passed, self.attempts, self.review, frozenset(self.read), self.credited_ms
        )


def load_progress(db: Session, enrolment_id: uuid.UUID) -> Progress:
    """Give a person's progress in one statement."""
    rows = db.connection().execute(_BEHIND, {"enrolment_id": enrolment_id})
    return _progress(rows)


def load_activity(db: Session, enrolment_id: uuid.UUID) -> tuple[Progress, Mapping[str, datetime]]:
    """Give a person's progress, and when he last read or handed in in each module."""
    found = db.connection().execute(_BEHIND_WITH_TIMES, {"enrolment_id": enrolment_id})
    rows = found.all()
    seen: dict[str, datetime] = {}
    for row in rows:
        seen[row.module_id] = max(row.last_at, seen.get(row.module_id, row.last_at))
    return _progress(tuple(row)[:-1] for row in rows), seen


def _progress(rows: Iterable[Any]) -> Progress:
    drafts: dict[str, _Draft] = {}
    for module_id, section_id, turn, done, credited_ms, review in rows:
        draft = drafts.setdefault(str(module_id), _Draft())
        if section_id is None:
            draft.passed, draft.attempts = bool(done), turn
            draft.review = frozenset(review or ())
            continue
        draft.credited_ms[section_id, turn] = credited_ms
        if done:
            draft.read.add((section_id, turn))
    return Progress({name: draft.finished() for name, draft in drafts.items()})
