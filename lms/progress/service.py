"""Do: credit time to a place, and note that a section was read. Two statements, then one."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, case, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.gates.seat_time import CLOCK_SLACK, Credited, Report, credit_ms
from lms.kernel.table import UtcDateTime
from lms.progress.models import SeatClock, SeatKind, SeatTime


@dataclass(frozen=True, slots=True)
class Seat:
    """Whose time, at which place, in which round; the revision and language before him."""

    programme_id: uuid.UUID
    enrolment_id: uuid.UUID
    kind: SeatKind
    module_id: str
    section_id: str
    round: int
    revision_id: uuid.UUID | None
    language: str


_CLOCK = cast("Table", SeatClock.__table__)
_SEAT = cast("Table", SeatTime.__table__)
_KEY = ["enrolment_id", "module_id", "kind", "section_id", "round"]


def _tick(insert: Any) -> Any:  # noqa: ANN401 - the two databases' own inserts
    """Build the statement that moves a person's clock and gives what stood there before.

    One statement, so that two reports at once are taken one after the other; `until` goes back
    only where the server's own clock was set back.
    """
    new, old = insert(_CLOCK), _CLOCK.c
    moment = new.excluded.until
    is_slack = (old.until > moment) & (old.until <= bindparam("slack", type_=UtcDateTime()))
    return new.on_conflict_do_update(
        index_elements=["enrolment_id"],
        set_={
            "before_until": old.until,
            "before_view": old.view,
            "before_view_ms": old.view_ms,
            "until": case((is_slack, old.until), else_=moment),
            "view": new.excluded.view,
            "view_ms": case(
                (
                    (old.view == new.excluded.view) & (old.view_ms > new.excluded.view_ms),
                    old.view_ms,
                ),
                else_=new.excluded.view_ms,
            ),
        },
    ).returning(old.before_until, old.before_view, old.before_view_ms)


def _add(insert: Any) -> Any:  # noqa: ANN401 - the two databases' own inserts
    """Build the statement that adds time to a place; of `read_at` the first one given stays."""
    new, old = insert(_SEAT), _SEAT.c
    return new.on_conflict_do_update(
        index_elements=_KEY,
        set_={
            "credited_ms": old.credited_ms + new.excluded.credited_ms,
            "last_at": new.excluded.last_at,
            "module_revision_id": _until_read(new, "module_revision_id"),
            "language": _until_read(new, "language"),
            "read_at": func.coalesce(old.read_at, new.excluded.read_at),
        },
    ).returning(old.credited_ms)


def _until_read(new: Any, name: str) -> Any:  # noqa: ANN401 - a column of the insert
    """Keep what he had before him when he went on; a later look changes no evidence."""
    old = _SEAT.c
    return case((old.read_at.is_not(None), old[name]), else_=new.excluded[name])


# Built once: to build a statement costs as much as to run it.
_TICK = {"sqlite": _tick(sqlite.insert), "postgresql": _tick(postgresql.insert)}
_ADD = {"sqlite": _add(sqlite.insert), "postgresql": _add(postgresql.insert)}


def credit_time(db: Session, seat: Seat, report: Report, now: datetime) -> int:
    """Credit what a page view reports; gives the time credited to this place in all, in ms."""
    row = db.execute(
        _TICK[db.get_bind().dialect.name],
        {
            "enrolment_id": seat.enrolment_id,
            "until": now,
            "view": report.view,
            "view_ms": max(report.active_ms, 0),
            "before_until": None,
            "before_view": "",
            "before_view_ms": 0,
            "slack": now + CLOCK_SLACK,
        },
    ).one()
    before = Credited(row.before_until, row.before_view, row.before_view_ms)
    return _add_time(db, seat, credit_ms(report, before, now), now)


def mark_read(db: Session, seat: Seat, now: datetime) -> None:
    """Note that a section was read in this round; a second time changes nothing."""
    _add_time(db, seat, 0, now, read_at=now)


def _add_time(
    db: Session, seat: Seat, ms: int, now: datetime, *, read_at: datetime | None = None
) -> int:
    return int(
        db.execute(
            _ADD[db.get_bind().dialect.name],
            {
                "enrolment_id": seat.enrolment_id,
                "module_id": seat.module_id,
                "kind": seat.kind,
                "section_id": seat.section_id,
                "round": seat.round,
                "programme_id": seat.programme_id,
                "module_revision_id": seat.revision_id,
                "language": seat.language,
                "credited_ms": ms,
                "first_at": now,
                "last_at": now,
                "read_at": read_at,
            },
        ).scalar_one()
    )


def grant_time(db: Session, seat: Seat, ms: int, now: datetime) -> int:
    """Add time that a correction grants to a place; gives the time credited there in all, in ms."""
    return _add_time(db, seat, ms, now)
