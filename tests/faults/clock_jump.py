"""F16: the clock jumps by a day, and the nights when it is changed; time and deadlines hold."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.gates.gate import deadline_gate
from lms.journey.actor import Learner
from lms.journey.read import end_of_day, today_in_programme
from lms.journey.seat import PageView, open_view, report_time
from lms.kernel.audit import Act, AuditEntry, append_audit, verify_chain
from lms.progress.models import SeatKind, SeatTime
from tests.factories import KEYS, make_learner
from tests.faults.chance import chance
from tests.faults.grounds import Grounds
from tests.faults.here import expect
from tests.faults.outcome import Tally

ZONE = "America/Toronto"
NIGHTS = (datetime(2026, 3, 8, 4, tzinfo=UTC), datetime(2026, 11, 1, 3, tzinfo=UTC))
DAYS = (date(2026, 3, 7), date(2026, 3, 8), date(2026, 10, 31), date(2026, 11, 1))
DAY = timedelta(days=1)
SECOND_MS = 1000
REPORTS = 12  # of one person, in one night
VIEWS = 3
_MS = timedelta(milliseconds=1)


@dataclass(slots=True)
class Reader:
    """One person on one page after the other, and a server whose clock is off by `wrong`."""

    learner: Learner
    truth: datetime
    wrong: timedelta = timedelta(0)
    forged: bool = False  # he says that he was there all day, each time
    spent_ms: int = 0  # really, with a page before him
    excused_ms: int = 0  # on pages over which the clock was set back
    granted_ms: int = 0  # what the jumps themselves may be worth to a liar
    credited: dict[str, int] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """Give what the server's clock shows."""
        return self.truth + self.wrong


def clock_jump(grounds: Grounds, engine_name: str, rounds: int) -> Tally:
    """Live through so many nights; gives the time that was lost or counted twice."""
    tally = Tally(rounds=rounds)
    with grounds.store(engine_name) as store, _in_zone(), store.open() as database:
        for number in range(rounds):
            random = chance(f"clock:{number}")
            night = NIGHTS[number % len(NIGHTS)]
            with database.write() as db:
                learner = make_learner(db, now=night - timedelta(days=2))
                honest, liar = Reader(learner, night), Reader(learner, night, forged=True)
                _read_through(db, honest, random, tally)
                _judge(db, honest, tally)
                liar.learner = make_learner(db, now=night - timedelta(days=2))
                _read_through(db, liar, random, tally)
                _judge(db, liar, tally)
                _write_down(db, night, random, tally)
                db.commit()
    _keep_deadlines()
    return tally


@contextmanager
def _in_zone() -> Iterator[None]:
    """Let this process live in the programme's zone, as a careless server might."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = ZONE
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


def _read_through(db: Session, reader: Reader, random: Random, tally: Tally) -> None:
    """Read pages through the night, with a jump now and then."""
    for place in range(VIEWS):
        view = open_view(
            reader.learner,
            (SeatKind.INSTRUCTION, "first", f"section-{place}"),
            language="fr",
            now=reader.now,
        )
        _read_page(db, reader, view, random, tally)


def _read_page(db: Session, reader: Reader, view: PageView, random: Random, tally: Tally) -> None:
    active = 0
    is_set_back = False
    for _ in range(REPORTS):
        step = timedelta(milliseconds=random.randrange(1, 20 * 60 * SECOND_MS))
        reader.truth += step
        if random.random() < 0.2:
            jump = random.choice((DAY, -DAY, timedelta(hours=1), timedelta(seconds=-30)))
            reader.wrong += jump
            is_set_back |= jump < timedelta(0)
            reader.granted_ms += max(jump, timedelta(0)) // _MS
        active += step // _MS
        says = DAY // _MS if reader.forged else active
        section = view.seat.section_id
        before = reader.credited.get(section, 0)
        reader.credited[section] = report_time(db, view, says, reader.now)
        tally.acknowledge()
        if reader.credited[section] < before:
            tally.lost.append(f"{section}: {before} ms were credited, {reader.credited[section]}")
    reader.spent_ms += active
    reader.excused_ms += active if is_set_back else 0


def _judge(db: Session, reader: Reader, tally: Tally) -> None:
    """Compare what is credited with the time that really passed."""
    total = sum(reader.credited.values())
    rows = db.scalars(
        select(SeatTime).where(SeatTime.enrolment_id == reader.learner.enrolment_id)
    ).all()
    if {row.section_id: row.credited_ms for row in rows} != reader.credited:
        tally.lost.append("the time that was told is not the time that stands there")
    tally.half_applied += [f"negative: {row.credited_ms}" for row in rows if row.credited_ms < 0]
    most = reader.spent_ms + (reader.granted_ms if reader.forged else 0)
    if total > most + SECOND_MS:
        tally.double.append(f"{total} ms credited, {most} ms went by (forged: {reader.forged})")
    if not reader.forged and total < reader.spent_ms - reader.excused_ms - SECOND_MS:
        tally.lost.append(f"{reader.spent_ms} ms went by, {total} credited")


def _write_down(db: Session, night: datetime, random: Random, tally: Tally) -> None:
    """Write audit rows while the clock jumps: they keep the order in which they came."""
    written = []
    for number in range(REPORTS):
        now = night + random.choice((DAY, -DAY, timedelta(0)))
        entry = append_audit(db, KEYS.audit, Act("site", "test", f"row:{number}"), now=now)
        written.append(entry.number)
        tally.acknowledge()
    query = select(AuditEntry.number).order_by(AuditEntry.number.desc()).limit(REPORTS)
    stored = list(db.scalars(query))[::-1]
    if stored != written or written != list(range(written[0], written[0] + REPORTS)):
        tally.lost.append(f"audit rows {written} were written, {stored} stand there")
    tally.half_applied += [f"{fault}" for fault in verify_chain(db, KEYS.audit).faults]


def _keep_deadlines() -> None:
    """Expect a last day to end at midnight there, be it a day of 23 hours or of 25."""
    for day in DAYS:
        end = end_of_day(day)
        for minutes in range(-26 * 60, 3 * 60):
            now = end + timedelta(minutes=minutes)
            is_open = deadline_gate(day, today_in_programme(now)).is_open
            expect(is_open == (now < end), f"the deadline {day} at {now}: open is {is_open}")
