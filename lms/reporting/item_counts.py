"""Read the counters of a module's questions: first attempts only, so that each person counts once.

What is read grows with editions, questions and percents, and not with attempts.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.assessment.models import ItemStatistic, OptionStatistic, QuizStatistic
from lms.assessment.statistics import waiting_count
from lms.assessment.values import QuizItem
from lms.item_analysis.sums import Sums
from lms.publishing.models import ItemText, ModuleRevision, PublishedModule

# What makes an item another one; its section, pool or place do not.
_SAME = ("kind", "points", "partial", "graded", "size", "correct", "accepted", "numbers")


@dataclass(frozen=True, slots=True)
class Edition:
    """A published edition of a module, with the items of its quiz in order."""

    id: uuid.UUID
    number: int
    is_published: bool
    titles: Mapping[str, str]
    draw: Mapping[str, int]
    documents: tuple[Mapping[str, Any], ...]

    @property
    def items(self) -> tuple[QuizItem, ...]:
        """What grading knows of the items."""
        return tuple(QuizItem.from_document(one) for one in self.documents)


@dataclass(frozen=True, slots=True)
class QuizCell:
    """Attempts in one edition and language that earned one percent."""

    edition: int
    language: str
    is_first: bool
    percent: int
    n: int
    passed: int
    t: int
    tt: int


@dataclass(frozen=True, slots=True)
class ItemCell:
    """Answers to one item in one edition and language, of those who earned one percent."""

    edition: int
    language: str
    item: str
    percent: int
    sums: Sums


@dataclass(frozen=True, slots=True)
class OptionCell:
    """How many of them chose one option."""

    edition: int
    language: str
    item: str
    percent: int
    position: int
    n: int


@dataclass(frozen=True, slots=True)
class ModuleCounts:
    """All that the counters hold of a module; `waiting` attempts of the site are not in them yet.

    `same` gives for each item of each edition a mark that equal items share.
    """

    module_id: str
    editions: tuple[Edition, ...]
    quizzes: tuple[QuizCell, ...]
    items: tuple[ItemCell, ...]
    options: tuple[OptionCell, ...]
    same: Mapping[tuple[int, str], object]
    waiting: int


def load_counts(db: Session, module_id: str) -> ModuleCounts | None:
    """Load a module's counters in five statements at the most; None where nothing is published."""
    editions, waiting = _editions(db, module_id)
    if not editions:
        return None
    ids = [one.id for one in editions]
    quizzes = _quizzes(db, ids)
    return ModuleCounts(
        module_id=module_id,
        editions=editions,
        quizzes=quizzes,
        items=_items(db, ids) if quizzes else (),
        options=_options(db, ids) if quizzes else (),
        same=_same(db, editions),
        waiting=waiting,
    )


def _editions(db: Session, module_id: str) -> tuple[tuple[Edition, ...], int]:
    """Give the editions that somebody was asked, and the one that is published, oldest first."""
    counted = select(QuizStatistic.module_revision_id).where(QuizStatistic.module_id == module_id)
    rows = db.execute(
        select(
            ModuleRevision.id,
            ModuleRevision.number,
            ModuleRevision.outline,
            ModuleRevision.quiz,
            PublishedModule.revision_id.label("published"),
            waiting_count().label("waiting"),
        )
        .outerjoin(PublishedModule, PublishedModule.revision_id == ModuleRevision.id)
        .where(
            ModuleRevision.module_id == module_id,
            or_(ModuleRevision.id.in_(counted), PublishedModule.revision_id.is_not(None)),
        )
        .order_by(ModuleRevision.number)
    ).all()
    editions = tuple(
        Edition(
            id=row.id,
            number=row.number,
            is_published=row.published is not None,
            titles={language: head["title"] for language, head in row.outline.items()},
            draw=row.quiz["draw"],
            documents=tuple(row.quiz["items"]),
        )
        for row in rows
    )
    return editions, rows[0].waiting if rows else 0


def _quizzes(db: Session, ids: Sequence[uuid.UUID]) -> tuple[QuizCell, ...]:
    rows = db.execute(
        select(
            ModuleRevision.number,
            QuizStatistic.language,
            QuizStatistic.is_first,
            QuizStatistic.percent,
            QuizStatistic.n,
            QuizStatistic.n_passed,
            QuizStatistic.t,
            QuizStatistic.tt,
        )
        .join(ModuleRevision, ModuleRevision.id == QuizStatistic.module_revision_id)
        .where(QuizStatistic.module_revision_id.in_(ids))
    )
    return tuple(QuizCell(*row) for row in rows)


def _items(db: Session, ids: Sequence[uuid.UUID]) -> tuple[ItemCell, ...]:
    table = ItemStatistic
    rows = db.execute(
        select(
            ModuleRevision.number, table.language, table.item_id, table.percent,
            table.n, table.n_right, table.x, table.xx, table.r, table.rr, table.xr,
        )
        .join(ModuleRevision, ModuleRevision.id == table.module_revision_id)
        .where(table.module_revision_id.in_(ids), table.is_first)
    )  # fmt: skip
    return tuple(ItemCell(row[0], row[1], row[2], row[3], Sums(*row[4:])) for row in rows)


def _options(db: Session, ids: Sequence[uuid.UUID]) -> tuple[OptionCell, ...]:
    table = OptionStatistic
    rows = db.execute(
        select(
            ModuleRevision.number, table.language, table.item_id, table.percent,
            table.position, table.n,
        )
        .join(ModuleRevision, ModuleRevision.id == table.module_revision_id)
        .where(table.module_revision_id.in_(ids), table.is_first)
    )  # fmt: skip
    return tuple(OptionCell(*row) for row in rows)


def _same(db: Session, editions: Sequence[Edition]) -> dict[tuple[int, str], object]:
    """Mark each item by its key and by what it shows in every language."""
    keys = {
        (edition.number, one["id"]): repr([one[name] for name in _SAME])
        for edition in editions
        for one in edition.documents
    }
    if len(editions) == 1:
        return dict(keys)
    rows = db.execute(
        select(ModuleRevision.number, ItemText.item_id, ItemText.language, ItemText.shown)
        .join(ModuleRevision, ModuleRevision.id == ItemText.module_revision_id)
        .where(ItemText.module_revision_id.in_([one.id for one in editions]))
        .order_by(ItemText.language)
    )
    shown: dict[tuple[int, str], str] = {}
    for edition, item, language, text in rows:
        said = f"{language}{sorted(text.items())!r}"
        shown[edition, item] = shown.get((edition, item), "") + said
    return {place: (key, shown.get(place, "")) for place, key in keys.items()}
