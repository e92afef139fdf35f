"""Results as CSV that a spreadsheet opens as text and never as a formula."""

import csv
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.enrolment.models import Enrolment
from lms.reporting.cohorts import CohortHead, rules_of, standings_of
from lms.reporting.people import in_scope, moments

BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for something else
BATCH = 500  # people read at once: memory stays the same however large the cohort
_FORMULA = (*"=+-@", "\t", "\r", *"\uff1d\uff0b\uff0d\uff20")  # the last four: of full width


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One person in one module; `module_number` is the column in the cohort's table."""

    pseudonym: str
    module_number: int
    passed: bool
    attempts: int
    best_percent: int | None
    last_activity_at: datetime | None


def result_rows(db: Session, user_id: uuid.UUID, head: CohortHead) -> Iterator[ResultRow]:
    """Give every person × module of a cohort of one's own, by pseudonym."""
    last = ""
    while batch := _batch(db, user_id, head, last):
        yield from _rows(db, user_id, head, batch)
        last = batch[-1].pseudonym


def _batch(db: Session, user_id: uuid.UUID, head: CohortHead, last: str) -> Sequence[Any]:
    ids = in_scope(user_id, Enrolment.cohort_id == head.id, Enrolment.pseudonym > last)
    return db.execute(
        select(Enrolment.id, Enrolment.pseudonym, Enrolment.course_revision_id)
        .where(Enrolment.id.in_(ids))
        .order_by(Enrolment.pseudonym)
        .limit(BATCH)
    ).all()


def _rows(
    db: Session, user_id: uuid.UUID, head: CohortHead, batch: Sequence[Any]
) -> Iterator[ResultRow]:
    ids = [row.id for row in batch]
    standings = standings_of(db, ids)
    rules = rules_of(db, {row.course_revision_id for row in batch})
    every = moments(in_scope(user_id, Enrolment.id.in_(ids)))
    per_module = (every.c.enrolment_id, every.c.module_id)
    seen = {
        (row[0], row[1]): row[2]
        for row in db.execute(select(*per_module, func.max(every.c.moment)).group_by(*per_module))
    }
    for row in batch:
        own = rules[row.course_revision_id].modules
        for number, module_id in enumerate(head.modules, start=1):
            if module_id not in own:
                continue
            standing = standings.get(row.id, {}).get(module_id)
            yield ResultRow(
                pseudonym=row.pseudonym,
                module_number=number,
                passed=standing.passed if standing else False,
                attempts=standing.attempts if standing else 0,
                best_percent=standing.best_percent if standing else None,
                last_activity_at=seen.get((row.id, module_id)),
            )


def csv_text(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Write rows of cells, a piece at a time; the first piece carries the mark of UTF-8."""
    buffer = StringIO(newline="")
    buffer.write(BYTE_ORDER_MARK)
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
        if buffer.tell() > 1 << 14:
            yield _emptied(buffer)
    yield _emptied(buffer)


def _emptied(buffer: StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def safe_cell(text: str) -> str:
    """Give a cell that no spreadsheet takes for a formula, leading spaces or not."""
    risky = text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA)
    return f"'{text}" if risky else text


def moment_text(moment: datetime | None) -> str:
    """Write a moment in ISO 8601, UTC, to the second; empty when there is none."""
    if moment is None:
        return ""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
