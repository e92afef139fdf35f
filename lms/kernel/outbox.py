"""The outbox: what is to leave the site, written in the transaction that wants it, sent by a job.

So nothing is sent for an act that was undone, and nothing is lost while the other side is away.
An entry is claimed, sent outside of any transaction, and settled: whoever sends it holds no lock
of the database, and nobody else claims it meanwhile. One whose sender died is never sent again:
once at the most.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, LargeBinary, String, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.kernel.ids import new_id
from lms.kernel.sealing import Place, seal, unseal
from lms.kernel.table import Base

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=12)
GIVE_UP = timedelta(days=7)
KEPT = timedelta(days=30)  # how long an entry that is over still keeps its wish from coming twice


class OutboxEntry(Base):
    """One thing to send; its payload is sealed. `mark` keeps one wish from being sent twice."""

    __tablename__ = "outbox_entry"
    __table_args__ = (Index(None, "due_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(20))  # mail, webhook
    mark: Mapped[str] = mapped_column(String(120), unique=True)
    sealed_payload: Mapped[bytes | None] = mapped_column(LargeBinary)  # emptied when it is over
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]  # empty: sent, or given up
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be sent: its kind, the mark that makes it one wish, and what it says."""

    kind: str
    mark: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Claimed:
    """An entry in its sender's hands; `tries` counts this one."""

    id: uuid.UUID
    payload: Mapping[str, Any]
    created_at: datetime
    tries: int


def put(
    db: Session, wish: Wish, *, key: bytes, now: datetime, due_at: datetime | None = None
) -> bool:
    """Put a wish into the outbox, due now or then; whether it was not there already."""
    entry_id = new_id()
    dialect = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
    row = {
        "id": entry_id,
        "kind": wish.kind,
        "mark": wish.mark,
        "sealed_payload": seal(key, json.dumps(dict(wish.payload)), _place(entry_id)),
        "created_at": now,
        "due_at": due_at or now,
        "tries": 0,
    }
    new = dialect.insert(OutboxEntry).values(row).on_conflict_do_nothing(index_elements=["mark"])
    return db.scalar(new.returning(OutboxEntry.id)) is not None


def claim_next(db: Session, kind: str, *, key: bytes, now: datetime) -> Claimed | None:
    """Take the entry that is due longest out of everybody else's reach; None when none is due.

    The caller commits, sends, and then settles it in a transaction of its own.
    """
    entry = db.scalar(
        select(OutboxEntry)
        .where(OutboxEntry.kind == kind, OutboxEntry.due_at <= now)
        .order_by(OutboxEntry.due_at, OutboxEntry.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if entry is None or entry.sealed_payload is None:
        return None
    entry.due_at = None
    entry.tries += 1
    db.flush()
    payload = json.loads(unseal(key, entry.sealed_payload, _place(entry.id)))
    return Claimed(entry.id, payload, entry.created_at, entry.tries)


def note_sent(db: Session, claimed: Claimed, *, now: datetime) -> None:
    """Note that it left; what it said is forgotten."""
    _settle(db, claimed, {"sent_at": now, "sealed_payload": None})


def note_refused(db: Session, claimed: Claimed, *, now: datetime, for_good: bool = False) -> None:
    """Note that it did not leave: it is tried again later, until a week is over."""
    again = now + retry_delay(claimed.tries)
    if for_good or again - claimed.created_at > GIVE_UP:
        _settle(db, claimed, {"given_up_at": now, "sealed_payload": None})
        return
    _settle(db, claimed, {"due_at": again})


def retry_delay(tries: int) -> timedelta:
    """Give how long to wait after so many tries: a minute, then twice as long each time."""
    doublings = min(max(tries, 1) - 1, 20)  # more than the longest wait allows, and no overflow
    return min(FIRST_RETRY * (1 << doublings), LONGEST_RETRY)


def drop(db: Session, prefix: str) -> int:
    """Take back what has not left yet, by how its mark begins; gives how many."""
    found = db.execute(
        delete(OutboxEntry)
        .where(OutboxEntry.mark.startswith(prefix, autoescape=True))
        .where(OutboxEntry.due_at.is_not(None))
        .returning(OutboxEntry.id)
    )
    return len(found.all())


def tidy(db: Session, *, now: datetime) -> int:
    """Forget what is long over, and what its sender left behind when it died; gives how many."""
    lost = OutboxEntry.due_at.is_(None) & OutboxEntry.sent_at.is_(None)
    db.execute(
        update(OutboxEntry)
        .where(lost, OutboxEntry.given_up_at.is_(None), OutboxEntry.created_at <= now - GIVE_UP)
        .values(given_up_at=now, sealed_payload=None)
    )
    over = or_(OutboxEntry.sent_at <= now - KEPT, OutboxEntry.given_up_at <= now - KEPT)
    gone = db.execute(delete(OutboxEntry).where(over).returning(OutboxEntry.id))
    return len(gone.all())


def _settle(db: Session, claimed: Claimed, values: Mapping[str, Any]) -> None:
    db.execute(update(OutboxEntry).where(OutboxEntry.id == claimed.id).values(**values))


def _place(entry_id: uuid.UUID) -> Place:
    return Place("outbox_entry", "sealed_payload", str(entry_id))
