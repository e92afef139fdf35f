"""Read what a pass rests on: one person's attempts, answers, questions, time and corrections.

Eight statements, whatever the size of the course and of the history.
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Select, String, Uuid, column, or_, select, table
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt, Regrade, Response, Result
from lms.attendance.queries import Attended, attendance_of
from lms.kernel.table import UtcDateTime
from lms.progress.models import SeatTime, Waiver
from lms.publishing.models import ItemText, ModuleRevision

# These tables belong to a room above this one (lms/corrections): their rows are read, by name, and
# nothing else is known of them here.
_CORRECTION = table(
    "correction",
    column("id", Uuid()),
    column("enrolment_id", Uuid()),
    column("kind", String()),
    column("module_id", String()),
    column("detail", JSON()),
    column("reason", String()),
    column("proposed_by", Uuid()),
    column("proposed_at", UtcDateTime()),
)
_DECISION = table(
    "correction_decision",
    column("correction_id", Uuid()),
    column("decided_by", Uuid()),
    column("decided_at", UtcDateTime()),
    column("accepted", Boolean()),
)


@dataclass(frozen=True, slots=True)
class Edition:
    """A module as it was published: its number, the digest of its content, its titles."""

    number: int
    digest: str
    outline: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it is kept: positions or words, or a sealed text that is not opened here."""

    answer: tuple[str | int, ...]
    sealed: bytes | None
    language: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class ClosedTry:
    """One closed attempt with all that belongs to it; `regrades` in the order of their numbers."""

    attempt: Attempt
    result: Result
    edition: Edition
    regrades: tuple[Regrade, ...]
    given: Mapping[str, Given]

    @property
    def is_passed(self) -> bool:
        """Whether it was ever passed: when it was handed in, or by a correction."""
        return self.result.passed or any(one.passed for one in self.regrades)


@dataclass(frozen=True, slots=True)
class SeatSpan:
    """The time credited to a place in one round, and the edition that was read there."""

    seat: SeatTime
    edition: Edition | None


@dataclass(frozen=True, slots=True)
class CorrectionFact:
    """A correction as it stands: who proposed it and who decided, by the ids of their accounts.

    One that does not need two people has its effect at once, and nobody decides.
    """

    id: uuid.UUID
    kind: str
    module_id: str
    reason: str
    proposed_by: uuid.UUID
    proposed_at: datetime
    decided_by: uuid.UUID | None
    decided_at: datetime | None
    accepted: bool | None
    needs_two: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is kept of one person's way; `items` are by (revision, item), then by language."""

    tries: tuple[ClosedTry, ...]
    items: Mapping[tuple[uuid.UUID, str], Mapping[str, Mapping[str, Any]]]
    spans: tuple[SeatSpan, ...]
    waivers: Mapping[str, Waiver]
    corrections: tuple[CorrectionFact, ...]
    attended: tuple[Attended, ...] = ()  # the sessions of his group, and what was ticked

    def tries_at(self, module_id: str) -> tuple[ClosedTry, ...]:
        """Give the closed attempts at a module's quiz, the first one first."""
        return tuple(one for one in self.tries if one.attempt.module_id == module_id)

    def spans_at(self, module_id: str) -> tuple[SeatSpan, ...]:
        """Give the time spent in a module, in the order in which it began."""
        return tuple(one for one in self.spans if one.seat.module_id == module_id)


def load_evidence(db: Session, enrolment_id: uuid.UUID) -> Evidence:
    """Give all that is kept of one person's way through the course."""
    tries = _tries(db, enrolment_id)
    waivers = db.scalars(select(Waiver).where(Waiver.enrolment_id == enrolment_id))
    return Evidence(
        tries=tries,
        items=_items(db, tries),
        spans=_spans(db, enrolment_id),
        waivers={one.module_id: one for one in waivers},
        corrections=_corrections(db, enrolment_id, tries),
        attended=attendance_of(db, enrolment_id),
    )


def _tries(db: Session, enrolment_id: uuid.UUID) -> tuple[ClosedTry, ...]:
    closed = (
        select(Attempt.id)
        .join(Result, Result.attempt_id == Attempt.id)
        .where(Attempt.enrolment_id == enrolment_id)
    )
    given = _given(db, closed)
    regrades: dict[uuid.UUID, list[Regrade]] = defaultdict(list)
    query = select(Regrade).where(Regrade.attempt_id.in_(closed)).order_by(Regrade.number)
    for one in db.scalars(query):
        regrades[one.attempt_id].append(one)
    rows = db.execute(
        select(
            Attempt, Result, ModuleRevision.number, ModuleRevision.digest, ModuleRevision.outline
        )
        .join(Result, Result.attempt_id == Attempt.id)
        .join(ModuleRevision, ModuleRevision.id == Attempt.module_revision_id)
        .where(Attempt.enrolment_id == enrolment_id)
        .order_by(Attempt.module_id, Attempt.number)
    )
    return tuple(
        ClosedTry(
            attempt=attempt,
            result=result,
            edition=Edition(number, digest, outline),
            regrades=tuple(regrades[attempt.id]),
            given=given[attempt.id],
        )
        for attempt, result, number, digest, outline in rows
    )


def _given(db: Session, closed: Select[Any]) -> Mapping[uuid.UUID, Mapping[str, Given]]:
    found: dict[uuid.UUID, dict[str, Given]] = defaultdict(dict)
    for one in db.scalars(select(Response).where(Response.attempt_id.in_(closed))):
        found[one.attempt_id][one.item_id] = Given(
            tuple(one.answer), one.sealed_text, one.language, one.saved_at
        )
    return found


def _items(
    db: Session, tries: tuple[ClosedTry, ...]
) -> Mapping[tuple[uuid.UUID, str], Mapping[str, Mapping[str, Any]]]:
    """Read every question that was asked, at the edition of its attempt, in all languages."""
    asked = {one["item"] for closed in tries for one in closed.attempt.shown}
    revisions = {closed.attempt.module_revision_id for closed in tries}
    found: dict[tuple[uuid.UUID, str], dict[str, Mapping[str, Any]]] = defaultdict(dict)
    rows = db.execute(
        select(
            ItemText.module_revision_id,
            ItemText.item_id,
            ItemText.language,
            ItemText.shown,
            ItemText.key,
        ).where(ItemText.module_revision_id.in_(revisions), ItemText.item_id.in_(asked))
    )
    for revision_id, item_id, language, shown, key in rows:
        found[revision_id, item_id][language] = {"shown": shown, "key": key}
    return found


def _spans(db: Session, enrolment_id: uuid.UUID) -> tuple[SeatSpan, ...]:
    rows = db.execute(
        select(SeatTime, ModuleRevision.number, ModuleRevision.digest, ModuleRevision.outline)
        .outerjoin(ModuleRevision, ModuleRevision.id == SeatTime.module_revision_id)
        .where(SeatTime.enrolment_id == enrolment_id)
        .order_by(SeatTime.round, SeatTime.first_at, SeatTime.section_id, SeatTime.kind)
    )
    return tuple(
        SeatSpan(seat, None if number is None else Edition(number, digest, outline))
        for seat, number, digest, outline in rows
    )


def _corrections(
    db: Session, enrolment_id: uuid.UUID, tries: tuple[ClosedTry, ...]
) -> tuple[CorrectionFact, ...]:
    """Read the corrections of this person, and those of a question that changed his scores."""
    of_scores = {one.correction_id for closed in tries for one in closed.regrades}
    own, decided = _CORRECTION.c, _DECISION.c
    rows = db.execute(
        select(
            own.id,
            own.kind,
            own.module_id,
            own.reason,
            own.proposed_by,
            own.proposed_at,
            decided.decided_by,
            decided.decided_at,
            decided.accepted,
            own.detail,
        )
        .select_from(_CORRECTION.outerjoin(_DECISION, decided.correction_id == own.id))
        .where(or_(own.enrolment_id == enrolment_id, own.id.in_(of_scores)))
        .order_by(own.proposed_at, own.id)
    )
    return tuple(_fact(dict(row)) for row in rows.mappings())


def _fact(row: dict[str, Any]) -> CorrectionFact:
    detail = row.pop("detail")
    return CorrectionFact(**row, needs_two=bool(detail.get("waits")))
