"""Read attempts: the open one, its responses, what was asked, what came of it."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.orm import Session

from lms.assessment.draw import asked_from_document
from lms.assessment.models import Attempt, Regrade, Response, Result, Standing
from lms.assessment.values import Answer, Asked, Quiz, QuizItem, Score
from lms.content.model import ItemKind
from lms.enrolment.models import Enrolment
from lms.gates.ending import EndedBy
from lms.kernel.keys import Keys
from lms.kernel.person_keys import KeyDestroyedError
from lms.kernel.sealing import Place, UnreadableFieldError
from lms.publishing.consent import day_of
from lms.publishing.models import ModuleRevision
from lms.publishing.queries import closed_items


@dataclass(frozen=True, slots=True)
class OpenAttempt:
    """An attempt under way, with the items it asks."""

    id: uuid.UUID
    programme_id: uuid.UUID
    enrolment_id: uuid.UUID
    module_id: str
    revision_id: uuid.UUID
    number: int
    started_at: datetime
    language: str
    passing_percent: int | None  # the module's own; None: the course's
    asked: tuple[Asked, ...]
    items: Mapping[str, QuizItem]
    withheld: frozenset[str] = frozenset()  # rests on a testimony that was taken back

    def item_at(self, place: int) -> QuizItem | None:
        """Give the item asked at that place, from 1; None outside."""
        if not 1 <= place <= len(self.asked):
            return None
        return self.items[self.asked[place - 1].item]


@dataclass(frozen=True, slots=True)
class SavedResponse:
    """One saved answer, in published positions; `version` counts its saves."""

    answer: Answer
    version: int
    language: str
    saved_at: datetime
    is_kept: bool = True  # False: there was a text, and its key is gone


@dataclass(frozen=True, slots=True)
class ItemOutcome:
    """One item of a submitted attempt, as asked and as scored."""

    asked: Asked
    item: QuizItem
    answer: Answer
    score: Score
    is_kept: bool = True  # False: what he wrote is no longer kept


@dataclass(frozen=True, slots=True)
class ClosedAttempt:
    """A submitted attempt, whole, with its score as it stands: that of its latest regrade."""

    id: uuid.UUID
    enrolment_id: uuid.UUID
    module_id: str
    revision_id: uuid.UUID
    number: int
    started_at: datetime
    submitted_at: datetime
    language: str
    score: Score
    passing_percent: int
    passed: bool
    ended_by: EndedBy
    outcomes: tuple[ItemOutcome, ...]
    regrade: int = 0  # which regrade this score is, from 1; 0: as it was graded when handed in


def quiz_from_document(document: Mapping[str, Any], defaults: Mapping[str, Any]) -> Quiz:
    """Read a module's quiz, with the course's rules where the module states none."""

    def rule(name: str) -> Any:  # noqa: ANN401 - a number or nothing, as the documents hold
        return document[name] if document[name] is not None else defaults[name]

    return Quiz(
        passing_percent=rule("pass"),
        attempts=None if document["unlimited"] else rule("attempts"),
        pause_seconds=rule("pause_seconds"),
        draw=document["draw"],
        shuffle=document["shuffle"],
        items=tuple(QuizItem.from_document(one) for one in document["items"]),
    )


# Built once: to build a statement costs as much as to run it.
_UNDER_WAY = (
    select(
        Attempt.id,
        Attempt.programme_id,
        Attempt.module_revision_id,
        Attempt.number,
        Attempt.started_at,
        Attempt.language,
        Attempt.shown,
        ModuleRevision.quiz,
    )
    .join(ModuleRevision, ModuleRevision.id == Attempt.module_revision_id)
    .outerjoin(Result, Result.attempt_id == Attempt.id)
    .where(
        Attempt.enrolment_id == bindparam("enrolment_id", type_=Uuid()),
        Attempt.module_id == bindparam("module_id"),
        Result.attempt_id.is_(None),
    )
)


def find_open_attempt(
    db: Session, enrolment_id: uuid.UUID, module_id: str, now: datetime
) -> OpenAttempt | None:
    """Give the attempt without a result, in one statement; there is one at the most.

    A second statement is spent where a question of it rests on a testimony.
    """
    asked_for = {"enrolment_id": enrolment_id, "module_id": module_id}
    row = db.connection().execute(_UNDER_WAY, asked_for).one_or_none()
    if row is None:
        return None
    asked = asked_from_document(row.shown)
    items = _items_of(row.quiz, asked)
    return OpenAttempt(
        id=row.id,
        programme_id=row.programme_id,
        enrolment_id=enrolment_id,
        module_id=module_id,
        revision_id=row.module_revision_id,
        number=row.number,
        started_at=row.started_at,
        language=row.language,
        passing_percent=row.quiz["pass"],
        asked=asked,
        items=items,
        withheld=withheld_items(db, row.module_revision_id, items.values(), now),
    )


def withheld_items(
    db: Session, revision_id: uuid.UUID, items: Iterable[QuizItem], now: datetime
) -> frozenset[str]:
    """Give those of these items that rest on a testimony which may not be shown.

    Where none rests on any, the database is not asked.
    """
    named = {item.id for item in items if item.testimony}
    if not named:
        return frozenset()
    closed = closed_items(db, [revision_id], day_of(now))
    return frozenset(item_id for _, item_id in closed if item_id in named)


def _items_of(document: Mapping[str, Any], asked: Sequence[Asked]) -> dict[str, QuizItem]:
    wanted = {one.item for one in asked}
    items = (one for one in document["items"] if one["id"] in wanted)
    return {one["id"]: QuizItem.from_document(one) for one in items}


_SAVED = (
    select(
        Response.attempt_id,
        Response.item_id,
        Response.answer,
        Response.sealed_text,
        Response.version,
        Response.language,
        Response.saved_at,
        Attempt.enrolment_id,
    )
    .join(Attempt, Attempt.id == Response.attempt_id)
    .where(Response.attempt_id == bindparam("attempt_id", type_=Uuid()))
)
_SAVED_ONE = _SAVED.where(Response.item_id == bindparam("item_id"))


def saved_responses(
    db: Session, attempt_id: uuid.UUID, keys: Keys, item_id: str = ""
) -> dict[str, SavedResponse]:
    """Give what is saved in an attempt (or for one of its items), in one statement."""
    wanted: dict[str, object] = {"attempt_id": attempt_id}
    if item_id:
        wanted["item_id"] = item_id
    rows = db.connection().execute(_SAVED_ONE if item_id else _SAVED, wanted)
    return {row.item_id: _saved(row, keys) for row in rows}


def response_place(attempt_id: uuid.UUID, item_id: str) -> Place:
    """Say where a sealed text stands."""
    return Place("response", "sealed_text", f"{attempt_id}:{item_id}")


def _saved(row: Any, keys: Keys) -> SavedResponse:  # noqa: ANN401 - a row of `_SAVED`
    answer, is_kept = tuple(row.answer), True
    if row.sealed_text is not None:
        place = response_place(row.attempt_id, row.item_id)
        try:
            answer = (keys.unseal_of(row.enrolment_id, row.sealed_text, place),)
        except (KeyDestroyedError, UnreadableFieldError):
            answer, is_kept = (), False  # the course goes on without this text
    return SavedResponse(answer, row.version, row.language, row.saved_at, is_kept)


def _is_kept(item: QuizItem, saved: SavedResponse | None, closed_at: datetime | None) -> bool:
    """Whether what he answered is still here: texts are deleted when a file is closed."""
    if saved is not None:
        return saved.is_kept
    return item.kind is not ItemKind.OPEN or closed_at is None


def last_seen(db: Session, enrolment_id: uuid.UUID, module_id: str) -> dict[str, int]:
    """Give for each item the number of this person's last attempt at this quiz that asked it."""
    query = (
        select(Attempt.number, Attempt.shown)
        .where(Attempt.enrolment_id == enrolment_id, Attempt.module_id == module_id)
        .order_by(Attempt.number)
    )
    rows = db.execute(query)
    return {one.item: number for number, shown in rows for one in asked_from_document(shown)}


_STANDINGS = select(Standing).where(
    Standing.enrolment_id == bindparam("enrolment_id", type_=Uuid())
)


def standings(db: Session, enrolment_id: uuid.UUID) -> dict[str, Standing]:
    """Give where a person stands in each quiz that he has tried."""
    own = {"enrolment_id": enrolment_id}
    rows = db.scalars(_STANDINGS, own, execution_options={"populate_existing": True})
    return {row.module_id: row for row in rows}


def closed_attempt(db: Session, attempt_id: uuid.UUID, keys: Keys) -> ClosedAttempt | None:
    """Give a submitted attempt with every item as asked; None if it is open or unknown."""
    row = db.execute(
        select(Attempt, Result, ModuleRevision.quiz, Regrade, Enrolment.closed_at)
        .join(Result, Result.attempt_id == Attempt.id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(ModuleRevision, ModuleRevision.id == Attempt.module_revision_id)
        .outerjoin(Regrade, Regrade.attempt_id == Attempt.id)
        .where(Attempt.id == attempt_id)
        .order_by(Regrade.number.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    attempt, result, document, regrade, closed_at = row
    scored: Result | Regrade = regrade or result
    asked = asked_from_document(attempt.shown)
    items = _items_of(document, asked)
    saved = saved_responses(db, attempt_id, keys)
    scores = {one["item"]: Score(Fraction(*one["raw"]), one["max"]) for one in scored.items}
    return ClosedAttempt(
        id=attempt.id,
        enrolment_id=attempt.enrolment_id,
        module_id=attempt.module_id,
        revision_id=attempt.module_revision_id,
        number=attempt.number,
        started_at=attempt.started_at,
        submitted_at=result.submitted_at,
        language=result.language,
        score=Score(Fraction(scored.raw_numerator, scored.raw_denominator), scored.maximum),
        passing_percent=result.passing_percent,
        passed=scored.passed,
        ended_by=EndedBy(result.ended_by),
        outcomes=tuple(
            ItemOutcome(
                asked=one,
                item=items[one.item],
                answer=saved[one.item].answer if one.item in saved else (),
                score=scores[one.item],
                is_kept=_is_kept(items[one.item], saved.get(one.item), closed_at),
            )
            for one in asked
        ),
        regrade=regrade.number if regrade else 0,
    )
