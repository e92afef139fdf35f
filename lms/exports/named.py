"""An export that tells which reference of an agency's is which pseudonym; two people answer for it.

It holds the reference, the name that somebody prefers where he left one, and the state of his file:
no score, no answer. It is asked for with a reason, decided by a second person, and good for one
download within a week.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.enrolment.models import Cohort, Enrolment
from lms.exports.models import NamedExport
from lms.kernel.audit import Act, append_audit
from lms.kernel.errors import BadInputError, NotAllowedError, NotFoundError
from lms.referrals.models import Referral

GOOD_FOR = timedelta(days=7)  # from the decision
LONGEST_REASON = 500
SHORTEST_REASON = 10
NAMED_COLUMNS = ("pseudonym", "reference", "first_name", "state", "deadline", "fee")
ROSTER = "roster"


class ReasonError(BadInputError):
    """A reason is a sentence: from 10 to 500 characters."""


class SamePersonError(NotAllowedError):
    """Nobody decides on his own wish."""


class DecidedError(NotAllowedError):
    """Somebody has decided on it before."""


@dataclass(frozen=True, slots=True)
class NamedRow:
    """One person of the export; the first name is sealed and opened by whoever writes the file."""

    referral_id: uuid.UUID
    enrolment_id: uuid.UUID | None
    cells: tuple[str, ...]
    sealed_first_name: bytes | None


def ask_named(
    db: Session,
    cohort_id: uuid.UUID,
    asked_by: uuid.UUID,
    reason: str,
    *,
    key: bytes,
    now: datetime,
) -> NamedExport:
    """Ask for a group's named export; `key` is the audit chain's. Raises ReasonError."""
    why = " ".join(reason.split())
    if not SHORTEST_REASON <= len(why) <= LONGEST_REASON:
        raise ReasonError
    cohort = db.get(Cohort, cohort_id)
    if cohort is None:
        raise NotFoundError("cohort")
    wish = NamedExport(
        programme_id=cohort.programme_id,
        cohort_id=cohort_id,
        kind=ROSTER,
        reason=why,
        asked_by=asked_by,
        asked_at=now,
    )
    db.add(wish)
    db.flush()
    append_audit(db, key, _act("ask-named-export", wish, asked_by, why), now=now)
    return wish


def decide_named(
    db: Session, export_id: uuid.UUID, by: uuid.UUID, *, accepted: bool, key: bytes, now: datetime
) -> NamedExport:
    """Decide on somebody else's wish, once. Raises SamePersonError, DecidedError."""
    wish = db.get(NamedExport, export_id)
    if wish is None:
        raise NotFoundError("export")
    if wish.asked_by == by:
        raise SamePersonError
    taken = db.execute(
        update(NamedExport)
        .where(NamedExport.id == export_id, NamedExport.decided_at.is_(None))
        .values(decided_by=by, decided_at=now, accepted=accepted)
        .returning(NamedExport.id)
    ).one_or_none()
    if taken is None:
        raise DecidedError
    db.refresh(wish)
    act = "accept-named-export" if accepted else "refuse-named-export"
    append_audit(db, key, _act(act, wish, by, ""), now=now)
    return wish


def take_named(
    db: Session, export_id: uuid.UUID, by: uuid.UUID, *, key: bytes, now: datetime
) -> NamedExport:
    """Use up an accepted wish of one's own: the file is given once. Else NotFoundError."""
    taken = db.execute(
        update(NamedExport)
        .where(
            NamedExport.id == export_id,
            NamedExport.asked_by == by,
            NamedExport.accepted.is_(True),
            NamedExport.fetched_at.is_(None),
            NamedExport.decided_at > now - GOOD_FOR,
        )
        .values(fetched_at=now)
        .returning(NamedExport.id)
    ).one_or_none()
    if taken is None:
        raise NotFoundError("export")
    wish = db.get_one(NamedExport, export_id, populate_existing=True)
    append_audit(db, key, _act("take-named-export", wish, by, ""), now=now)
    return wish


def wishes_of_cohort(db: Session, cohort_id: uuid.UUID, limit: int) -> tuple[NamedExport, ...]:
    """List the wishes for a group, the newest first."""
    query = select(NamedExport).where(NamedExport.cohort_id == cohort_id)
    newest = query.order_by(NamedExport.asked_at.desc(), NamedExport.id.desc())
    return tuple(db.scalars(newest.limit(limit)))


def open_wishes(db: Session) -> tuple[tuple[NamedExport, str], ...]:
    """List the wishes that nobody has decided on, the oldest first, with their groups' names."""
    query = select(NamedExport, Cohort.name).join(Cohort, Cohort.id == NamedExport.cohort_id)
    waiting = query.where(NamedExport.decided_at.is_(None))
    rows = db.execute(waiting.order_by(NamedExport.asked_at, NamedExport.id))
    return tuple((row[0], row[1]) for row in rows)


def named_rows(db: Session, cohort_id: uuid.UUID) -> tuple[NamedRow, ...]:
    """Give everybody who was referred to a group, by reference."""
    rows = db.execute(
        select(Referral, Enrolment.pseudonym, Enrolment.first_name)
        .outerjoin(Enrolment, Enrolment.id == Referral.enrolment_id)
        .where(Referral.cohort_id == cohort_id, Referral.purged_at.is_(None))
        .order_by(Referral.reference)
    )
    return tuple(_row(*row) for row in rows)


def with_first_names(
    rows: tuple[NamedRow, ...], unsealed: Callable[[NamedRow], str]
) -> Iterator[tuple[str, ...]]:
    """Give the cells of a file, the first names opened by `unsealed`."""
    for row in rows:
        pseudonym, reference, *rest = row.cells
        yield (pseudonym, reference, unsealed(row) if row.sealed_first_name else "", *rest)


def _row(referral: Referral, pseudonym: str | None, first_name: bytes | None) -> NamedRow:
    return NamedRow(
        referral_id=referral.id,
        enrolment_id=referral.enrolment_id,
        cells=(
            pseudonym or "",
            referral.reference or "",
            referral.outcome or referral.state,
            referral.deadline.isoformat(),
            referral.fee_state,
        ),
        sealed_first_name=first_name,
    )


def _act(act: str, wish: NamedExport, by: uuid.UUID, reason: str) -> Act:
    detail: dict[str, Any] = {"export": str(wish.id)}
    return Act(str(by), act, f"cohort:{wish.cohort_id}", reason, after=detail)
