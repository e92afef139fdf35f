"""Keep the counters of questions: results wait in a queue, and a job adds them up.

Always true: a result is in the queue and not in the counters, or in the counters with its score as
it stands and not in the queue. So the counters can be emptied and everything queued again, and
come out the same (docs/adr/0029-kept-statistics.md).
"""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from sqlalchemy import Row, delete, func, insert, literal, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.assessment.models import (
    Attempt,
    ItemStatistic,
    OptionStatistic,
    QuizStatistic,
    Regrade,
    Response,
    Result,
    StatisticQueue,
)
from lms.assessment.tally import ClosedScores, Counters, Tally, tally
from lms.assessment.values import Answer, QuizItem, Score
from lms.kernel.errors import NotAllowedError
from lms.publishing.models import ModuleRevision

STATISTICS_LOCK = 0x564952535441  # an arbitrary number: PostgreSQL's lock for the counters
MOST_AT_ONCE = 200  # one transaction holds SQLite's only lock: the rest waits for the next
MOST_COUNTED = 1000  # of those who wait: more is told as "more than"
_Table = type[ItemStatistic | OptionStatistic | QuizStatistic]
_KEYS: Mapping[_Table, tuple[str, ...]] = {
    ItemStatistic: ("module_revision_id", "language", "item_id", "is_first", "percent"),
    OptionStatistic: (
        "module_revision_id", "language", "item_id", "is_first", "percent", "position",
    ),
    QuizStatistic: ("module_revision_id", "language", "is_first", "percent"),
}  # fmt: skip
_SUMS: Mapping[_Table, tuple[str, ...]] = {
    ItemStatistic: ("n", "n_right", "x", "xx", "r", "rr", "xr"),
    OptionStatistic: ("n",),
    QuizStatistic: ("n", "n_passed", "t", "tt"),
}
_ENQUEUE = insert(StatisticQueue)


class PurgedError(NotAllowedError):
    """The counters know more attempts than there are rows: some were deleted since."""


def enqueue(db: Session, attempt_id: uuid.UUID) -> None:
    """Put a result into the queue of those that the counters do not know yet."""
    db.connection().execute(_ENQUEUE, {"attempt_id": attempt_id})


def take_in(db: Session, limit: int = MOST_AT_ONCE) -> int:
    """Add the oldest results that wait to the counters; gives how many there were.

    Who regrades one at this moment holds its row of the queue: it is left for the next time.
    """
    _lock(db)
    waiting = select(StatisticQueue.attempt_id).order_by(StatisticQueue.attempt_id).limit(limit)
    ids = db.scalars(waiting.with_for_update(skip_locked=True)).all()
    if ids:
        _add(db, tally(_closed(db, ids)))
        db.execute(delete(StatisticQueue).where(StatisticQueue.attempt_id.in_(ids)))
    return len(ids)


def take_out(db: Session, attempt_id: uuid.UUID) -> None:
    """Before a regrade: take a result out of the counters and queue it, if it is not queued yet.

    Until the end of the transaction no other adds to the counters.
    """
    queued = select(StatisticQueue.attempt_id).where(StatisticQueue.attempt_id == attempt_id)
    if db.scalar(queued.with_for_update()) is not None:
        return
    _lock(db)
    _add(db, tally(_closed(db, [attempt_id]), sign=-1))
    for table in _KEYS:
        db.execute(delete(table).where(table.n == 0, table.module_revision_id.in_(
            select(Attempt.module_revision_id).where(Attempt.id == attempt_id))))  # fmt: skip
    enqueue(db, attempt_id)


def begin_rebuild(db: Session, *, even_if_purged: bool = False) -> int:
    """Empty the counters and queue every result; gives how many wait. `take_in` does the rest.

    Raises PurgedError where results were deleted since they were counted: what they told would be
    lost with the counters.
    """
    _lock(db)
    if not even_if_purged and _is_purged(db):
        raise PurgedError("answers were deleted since they were counted; a rebuild forgets them")
    for table in _KEYS:
        db.execute(delete(table))
    queued = select(StatisticQueue.attempt_id)
    everything = select(Result.attempt_id).where(Result.attempt_id.not_in(queued))
    db.execute(insert(StatisticQueue).from_select(["attempt_id"], everything))
    return db.scalar(select(func.count()).select_from(StatisticQueue)) or 0


def waiting_count() -> Any:  # noqa: ANN401 - a scalar subquery, to be put into a statement
    """Count those who wait, up to one more than `MOST_COUNTED`."""
    some = select(literal(1)).select_from(StatisticQueue).limit(MOST_COUNTED + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _lock(db: Session) -> None:
    """Make other writers of the counters wait; on SQLite BEGIN IMMEDIATE does."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": STATISTICS_LOCK})


def _is_purged(db: Session) -> bool:
    """Whether the counters and the queue hold more attempts than there are results that count."""
    counted = db.scalar(select(func.sum(QuizStatistic.n))) or 0
    queued = db.scalar(select(func.count()).select_from(StatisticQueue)) or 0
    results = db.scalar(select(func.count()).select_from(Result)) or 0
    return counted + queued > results


def _closed(db: Session, ids: Sequence[uuid.UUID]) -> list[ClosedScores]:
    """Load closed attempts with their scores as they stand, in four statements."""
    rows = db.execute(
        select(
            Attempt.id,
            Attempt.number,
            Attempt.module_id,
            Attempt.module_revision_id,
            Result.language,
            Result.passed,
            Result.items,
        )
        .join(Result, Result.attempt_id == Attempt.id)
        .where(Attempt.id.in_(ids))
    ).all()
    newest = select(Regrade).where(Regrade.attempt_id.in_(ids)).order_by(Regrade.number)
    regrades = {one.attempt_id: one for one in db.scalars(newest)}
    answers = _answers(db, ids)
    items = _items_of(db, {row.module_revision_id for row in rows})
    return [
        _scores(row, regrades.get(row.id), items[row.module_revision_id], answers.get(row.id, {}))
        for row in rows
    ]


def _scores(
    row: Row[Any],
    regrade: Regrade | None,
    items: Mapping[str, QuizItem],
    answers: Mapping[str, Answer],
) -> ClosedScores:
    scored = row.items if regrade is None else regrade.items
    return ClosedScores(
        revision_id=row.module_revision_id,
        module_id=row.module_id,
        language=row.language,
        is_first=row.number == 1,
        passed=row.passed if regrade is None else regrade.passed,
        scores={one["item"]: Score(Fraction(*one["raw"]), one["max"]) for one in scored},
        items=items,
        answers=answers,
    )


def _answers(db: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, Answer]]:
    """Give what was answered, by attempt and item; nobody's own words are among it."""
    rows = db.execute(
        select(Response.attempt_id, Response.item_id, Response.answer).where(
            Response.attempt_id.in_(ids), Response.sealed_text.is_(None)
        )
    )
    found: dict[uuid.UUID, dict[str, Answer]] = {}
    for attempt_id, item_id, answer in rows:
        found.setdefault(attempt_id, {})[item_id] = tuple(answer)
    return found


def _items_of(db: Session, revisions: set[uuid.UUID]) -> dict[uuid.UUID, dict[str, QuizItem]]:
    rows = db.execute(
        select(ModuleRevision.id, ModuleRevision.quiz).where(ModuleRevision.id.in_(revisions))
    )
    return {
        row[0]: {one["id"]: QuizItem.from_document(one) for one in row[1]["items"]} for row in rows
    }


def _upsert(dialect_insert: Callable[[Any], Any], table: _Table) -> Any:  # noqa: ANN401 - the two databases' own inserts
    """Build the statement that adds a row's sums to the row with its key, or makes it."""
    new = dialect_insert(table.__table__)
    held = table.__table__.c
    return new.on_conflict_do_update(
        index_elements=list(_KEYS[table]),
        set_={name: held[name] + new.excluded[name] for name in _SUMS[table]},
    )


# Built once: to build a statement costs as much as to run it.
_ADD = {
    (dialect, table): _upsert(make, table)
    for dialect, make in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
    for table in _KEYS
}


def _add(db: Session, more: Tally) -> None:
    """Add to the counters, rows in the order of their keys."""
    dialect = db.get_bind().dialect.name
    parts = ((ItemStatistic, more.items), (OptionStatistic, more.options),
             (QuizStatistic, more.quizzes))  # fmt: skip
    for table, counters in parts:
        rows = list(_rows(table, counters))
        if rows:
            db.execute(_ADD[dialect, table], rows)


def _rows(table: _Table, counters: Counters) -> Iterable[dict[str, Any]]:
    names = (*_KEYS[table], *(("module_id",) if table is QuizStatistic else ()), *_SUMS[table])
    for key in sorted(counters, key=str):
        yield dict(zip(names, (*key, *counters[key]), strict=True))
