"""The journal of purges: ids alone, in a table and in a file that outlives a restored backup.

A backup brings back what was purged after it was made. Its table does not know these purges, the
file does: `lms privacy replay-purges` reads it and does them again (docs/OPERATING.md).
"""

import json
import os
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.kernel.errors import BadInputError
from lms.privacy.models import PurgeEntry

FILE_NAME = "purges.jsonl"  # in the instance folder; to be copied elsewhere as anchors are


class JournalError(BadInputError):
    """A line of the journal is not one that this site writes; nothing was done."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One purge: which rule, whose (an id), when."""

    rule: str
    subject_id: uuid.UUID
    at: datetime


def write_entry(
    db: Session, rule: str, subject_id: uuid.UUID, row_count: int, *, now: datetime
) -> Entry:
    """Append to the table what was purged; the caller appends it to the file once it holds."""
    number = (db.scalar(select(func.max(PurgeEntry.number))) or 0) + 1
    db.add(PurgeEntry(number=number, at=now, rule=rule, subject_id=subject_id, row_count=row_count))
    db.flush()
    return Entry(rule, subject_id, now)


def append_missing(db: Session, path: Path) -> int:
    """Add to the journal's file what only the table knows; gives how many lines."""
    written = {(one.rule, one.subject_id) for one in read_journal(path)}
    rows = db.scalars(select(PurgeEntry).order_by(PurgeEntry.number))
    missing = [
        Entry(one.rule, one.subject_id, one.at)
        for one in rows
        if (one.rule, one.subject_id) not in written
    ]
    if missing:
        _append(path, missing)
    return len(missing)


def read_journal(path: Path) -> list[Entry]:
    """Read the journal's file; one that is not there yet is empty."""
    if not path.exists():
        return []
    with path.open(encoding="ascii") as file:
        return read_lines(file)


def _append(path: Path, entries: Sequence[Entry]) -> None:
    """Add lines to a file that only the site may read, on the disk when this returns."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.writelines(f"{_line(one)}\n" for one in entries)
        file.flush()
        os.fsync(file.fileno())


def read_lines(lines: Iterable[str]) -> list[Entry]:
    """Read a journal's lines; raises JournalError for one that is none."""
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
            subject = uuid.UUID(values["subject"])
            at = datetime.fromisoformat(values["at"])
            found.append(Entry(str(values["rule"]), subject, at))
        except (ValueError, KeyError, TypeError) as fault:
            raise JournalError(f"line {number} of the journal cannot be read") from fault
        if at.tzinfo is None:
            raise JournalError(f"line {number} of the journal has no time zone")
    return found


def known(db: Session) -> set[tuple[str, uuid.UUID]]:
    """Give what the table knows: each rule with the id that it was done to."""
    return {(row[0], row[1]) for row in db.execute(select(PurgeEntry.rule, PurgeEntry.subject_id))}


def _line(one: Entry) -> str:
    return json.dumps({"at": one.at.isoformat(), "rule": one.rule, "subject": str(one.subject_id)})
