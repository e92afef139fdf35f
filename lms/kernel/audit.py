"""The audit chain: who did what, why, before and after; each row's HMAC covers the one before.

An edit, a deletion and a reorder break the chain. A cut tail leaves a shorter chain that is whole
in itself: only an anchor that was written outside the database shows it.
"""

import hmac
import json
import re
import unicodedata
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, String, Text, cast, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.kernel.anchor import Anchor, make_anchor
from lms.kernel.errors import BadInputError, VirageError
from lms.kernel.table import Base

SITE = "site"  # the actor of what nobody with an account did: the command line, a job
LONGEST_REASON = 500
AUDIT_LOCK = 0x564952415545  # an arbitrary number: PostgreSQL's lock for the chain
_START = "0" * 64  # what stands in for the mac before the first
_MAC = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[!-~]+")  # no blanks and no accents: a person's name does not fit by accident
_LAYOUT = "\t\n\r"
_ROWS_AT_ONCE = 500


class AuditEntry(Base):
    """One act; `number` counts from 1 without gaps, `mac` is an HMAC-SHA-256 in hex."""

    __tablename__ = "audit_entry"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(64))  # the id of an account, or "site"
    act: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(120))  # "enrolment:<id>", never a name
    reason: Mapped[str] = mapped_column(String(500))
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    mac: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did to something, and why; one that exists can be written down."""

    actor: str
    act: str
    subject: str
    reason: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.actor != SITE and not _is_id(self.actor):
            raise BadInputError(f'an actor is the id of an account, or "{SITE}"')
        for name, value, most in (("act", self.act, 40), ("subject", self.subject, 120)):
            if len(value) > most or not _NAME.fullmatch(value):
                raise BadInputError(f"the {name} has 1 to {most} ASCII signs and no blank")
        if len(self.reason) > LONGEST_REASON:
            raise BadInputError(f"a reason has at most {LONGEST_REASON} characters")
        if any(unicodedata.category(c) in {"Cc", "Cs"} for c in self.reason if c not in _LAYOUT):
            raise BadInputError("a reason holds no control characters")


class FaultKind(StrEnum):
    """What can be wrong with a chain."""

    ALTERED = "altered"  # the entry does not match its mac: edited, moved or put in by hand
    MISSING = "missing"  # numbers are skipped
    STRAY = "stray"  # the number is none that is ever given
    CUT = "cut"  # an anchor saw these entries after the last that is there
    REMADE = "remade"  # an anchor saw another entry under this number


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, at the entries from `first` to `last`."""

    kind: FaultKind
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of checking a chain: how many entries are there, and all that is wrong."""

    entries: int
    faults: tuple[Fault, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong, as far as can be seen."""
        return not self.faults


class ChainEndError(VirageError):
    """The end of the audit chain was tampered with; run `lms audit verify`."""


class _Row(NamedTuple):
    """An entry as it is stored: somebody may have written anything there."""

    number: object
    at: str
    actor: object
    act: object
    subject: object
    reason: object
    before: str
    after: str
    mac: object


def append_audit(db: Session, key: bytes, act: Act, *, now: datetime) -> AuditEntry:
    """Write an act down under the next number; the session must be a writer's.

    Other writers of the chain wait from here to the end of the transaction: call it last.
    """
    if now.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    if db.get_bind().dialect.name == "postgresql":  # on SQLite BEGIN IMMEDIATE makes them wait
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": AUDIT_LOCK})
    number, previous = _end(db)
    content: dict[str, Any] = {
        "number": number + 1,
        "at": now.astimezone(UTC),
        "actor": act.actor,
        "act": act.act,
        "subject": act.subject,
        "reason": act.reason,
        "before": json.loads(_canonical(act.before)),  # as it will be read: text keys, lists
        "after": json.loads(_canonical(act.after)),
    }
    entry = AuditEntry(**content, mac=_mac_of(key, previous, content))
    db.add(entry)
    db.flush()
    return entry


def verify_chain(db: Session, key: bytes, anchors: Sequence[Anchor] = ()) -> Verdict:
    """Read the whole chain once, a few rows at a time, and say all that is wrong with it.

    Without an anchor a tail that was cut off does not show.
    """
    faults: list[Fault] = []
    entries, last, previous = 0, 0, _START
    seen: dict[int, set[Anchor]] = {}
    for anchor in anchors:
        seen.setdefault(anchor.number, set()).add(anchor)
    for row in _rows(db):
        entries += 1
        number, mac = row.number, str(row.mac)
        if not isinstance(number, int) or number < 1:
            faults.append(_at(FaultKind.STRAY, number if isinstance(number, int) else 0))
            continue
        if number > last + 1:  # its own mac cannot be checked: the one before it is lost
            faults.append(Fault(FaultKind.MISSING, last + 1, number - 1))
        elif mac != _stored_mac(key, previous, row):
            _add_altered(faults, number)
        if not all(anchor.saw(mac) for anchor in seen.get(number, ())):
            faults.append(_at(FaultKind.REMADE, number))
        last, previous = number, mac
    newest = max(seen, default=0)
    if newest > last:
        faults.append(Fault(FaultKind.CUT, last + 1, newest))
    return Verdict(entries, tuple(faults))


def anchor_of(db: Session, key: bytes, now: datetime) -> Anchor:
    """Give the anchor of the chain as it ends now."""
    return make_anchor(*_end(db), key, now=now)


def latest_entries(db: Session, *, subject: str = "", limit: int) -> Sequence[AuditEntry]:
    """Give the last entries, of one subject if it is named, in the order they were written."""
    found = select(AuditEntry).order_by(AuditEntry.number.desc()).limit(limit)
    if subject:
        found = found.where(AuditEntry.subject == subject)
    return db.scalars(found).all()[::-1]


def _is_id(actor: str) -> bool:
    try:
        return str(uuid.UUID(actor)) == actor
    except ValueError:
        return False


def _end(db: Session) -> tuple[int, str]:
    """Give number and mac of the last entry, if they can be continued."""
    newest = select(AuditEntry.number, AuditEntry.mac).order_by(AuditEntry.number.desc()).limit(1)
    found: Sequence[Any] | None = db.execute(newest).first()
    if found is None:
        return 0, _START
    number, mac = found
    if not isinstance(number, int) or not 0 < number < 1 << 62 or not _MAC.fullmatch(str(mac)):
        raise ChainEndError
    return number, mac


def _rows(db: Session) -> Iterator[_Row]:
    """Stream the entries as stored: moments and JSON as text, since either may be spoiled."""
    row = AuditEntry
    at: ColumnElement[str] = cast(row.at, Text)
    if db.get_bind().dialect.name == "sqlite":
        at += "+00:00"  # it keeps no zone; one that somebody wrote there makes no moment now
    stored = select(
        row.number,
        at,
        *(row.actor, row.act, row.subject, row.reason),
        *(cast(row.before, Text), cast(row.after, Text)),
        row.mac,
    ).order_by(row.number)
    found = db.execute(stored, execution_options={"yield_per": _ROWS_AT_ONCE})
    return (_Row(*one) for one in found)


def _stored_mac(key: bytes, previous: str, row: _Row) -> str:
    """Compute the mac that a stored entry must have; empty if it was never written like this."""
    try:
        content = row._asdict() | {
            "at": datetime.fromisoformat(row.at),
            "before": json.loads(row.before, object_pairs_hook=_object),
            "after": json.loads(row.after, object_pairs_hook=_object),
        }
        del content["mac"]
        return _mac_of(key, previous, content)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return ""


def _mac_of(key: bytes, previous: str, content: Mapping[str, Any]) -> str:
    at = content["at"].astimezone(UTC).isoformat(timespec="microseconds")
    message = f"virage audit entry 1\n{previous}\n{_canonical({**content, 'at': at})}"
    return hmac.digest(key, message.encode(), "sha256").hex()


def _canonical(value: Mapping[str, Any]) -> str:
    """Write JSON in one way only: sorted keys, no spaces, ASCII."""
    return json.dumps(dict(value), sort_keys=True, separators=(",", ":"), allow_nan=False)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key that stands twice: one reader would take the first, another the last."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice")
    return made


def _at(kind: FaultKind, number: int) -> Fault:
    return Fault(kind, number, number)


def _add_altered(faults: list[Fault], number: int) -> None:
    """Add an altered entry, or lengthen the run of them that ends just before it."""
    first = number
    if faults and (faults[-1].kind, faults[-1].last) == (FaultKind.ALTERED, number - 1):
        first = faults.pop().first
    faults.append(Fault(FaultKind.ALTERED, first, number))
