"""The nightly run: who is due for which rule, one transaction a person, and a report.

A rehearsal does the same and undoes each transaction, so that its figures are those of the run.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from lms.assessment.statistics import take_in
from lms.completion.models import CompletionRecord
from lms.completion.queries import counts
from lms.enrolment.models import Enrolment
from lms.exports.jobs import remove_expired
from lms.kernel.database import Database
from lms.kernel.keys import Keys
from lms.privacy import periods
from lms.privacy.journal import FILE_NAME, append_missing, write_entry
from lms.privacy.last_step import drop_file
from lms.privacy.models import PurgeEntry, RetentionReport
from lms.privacy.periods import AFTER_CLOSURE, Rule
from lms.privacy.permit import purge_permit
from lms.privacy.person import person_of
from lms.privacy.site_data import SITE_RULES, stray_files
from lms.privacy.steps import (
    Purge,
    drop_account,
    drop_learning,
    drop_texts,
    without_attempts,
)
from lms.referrals.models import Referral

_ORDER = tuple(Rule)


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody who is due for a rule: the id of his enrolment, or of a file without one."""

    rule: Rule
    subject_id: uuid.UUID
    is_referral: bool = False


@dataclass(slots=True)
class Run:
    """One run: what it works with, and what it has counted so far."""

    database: Database
    keys: Keys
    instance: Path
    now: datetime
    today: date
    is_rehearsal: bool = False
    people: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session whose work holds at the end, or is undone in a rehearsal."""
        with self.database.write.begin() as db:
            yield db
            if self.is_rehearsal:
                db.rollback()


def retain(run: Run) -> RetentionReport:
    """Do all that is due, and leave a report; nothing is done twice."""
    _count_results(run)
    closing = _close(run)
    with run.database.read() as db:
        waiting = [*due(db, run.now), *(closing if run.is_rehearsal else ())]
    by_person: dict[uuid.UUID, list[Due]] = defaultdict(list)
    for one in sorted(waiting, key=lambda one: _ORDER.index(one.rule)):
        by_person[one.subject_id].append(one)
    for name, act in SITE_RULES.items():
        with run.transaction() as db:
            run.rows[name] = act(db, run.now)
    for rules in by_person.values():
        with run.transaction() as db:
            for one in rules:
                run.rows[one.rule.value] += purge_one(db, one, run)
                run.people[one.rule.value] += 1
    _drop_files(run)
    report = _report(run)
    if not run.is_rehearsal:
        with run.database.read() as db:
            append_missing(db, run.instance / FILE_NAME)
    checkpoint(run.database)
    return report


def due(db: Session, now: datetime) -> list[Due]:
    """List who is due for what, a person's rules in their order."""
    found = []
    for rule in _ORDER:
        until = now - AFTER_CLOSURE[rule]
        own = select(Enrolment.id).where(
            Enrolment.closed_at <= until, _is_open(rule, Enrolment.id), _file_is_closed(rule, until)
        )
        found += [Due(rule, one) for one in db.scalars(own.order_by(Enrolment.closed_at))]
        files = select(Referral.id).where(
            Referral.enrolment_id.is_(None),
            Referral.closed_at <= until,
            _is_open(rule, Referral.id),
        )
        found += [Due(rule, one, is_referral=True) for one in db.scalars(files)]
    return found


def _is_open(rule: Rule, subject: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a column
    """Whether a rule was not done to a subject yet."""
    return ~exists().where(PurgeEntry.rule == rule.value, PurgeEntry.subject_id == subject)


def _file_is_closed(rule: Rule, until: datetime) -> ColumnElement[bool]:
    """Whether no file of the agency's keeps the last rule waiting."""
    if rule is not Rule.FILE:
        return Enrolment.id.is_not(None)
    return ~exists().where(
        Referral.enrolment_id == Enrolment.id,
        or_(Referral.closed_at.is_(None), Referral.closed_at > until),
    )


def purge_one(db: Session, one: Due, run: Run) -> int:
    """Do a rule to somebody, and those before it; the permit ends with it. Gives how many rows."""
    if one.is_referral:
        person = person_of(db, referral_id=one.subject_id)
    else:
        person = person_of(db, enrolment_id=one.subject_id)
    purge = Purge(db, person, run.keys, run.now, run.is_rehearsal)
    place = _ORDER.index(one.rule)
    with purge_permit(db):
        rows = drop_texts(purge)
        if place >= _ORDER.index(Rule.ACCOUNT):
            rows += drop_account(purge)
        if place >= _ORDER.index(Rule.LEARNING):
            rows += drop_learning(purge)
        if place >= _ORDER.index(Rule.FILE):
            rows += drop_file(without_attempts(purge))
        write_entry(db, one.rule.value, one.subject_id, rows, now=run.now)
    return rows


def _count_results(run: Run) -> None:
    """Let the counters of questions take in every result that waits, before any goes."""
    taken = True
    while taken and not run.is_rehearsal:
        with run.transaction() as db:
            taken = take_in(db) > 0


def _close(run: Run) -> list[Due]:
    """Close the enrolments that nobody referred, some days after their end."""
    with run.transaction() as db:
        found = list(db.scalars(select(Enrolment).where(_is_over(run.now, run.today))))
        for enrolment in found:
            enrolment.closed_at = run.now
        run.people["closed"] = len(found)
        return [Due(Rule.CLOSURE, one.id) for one in found]


def _is_over(now: datetime, today: date) -> ColumnElement[bool]:
    """Whether an enrolment without a file ended so long ago that it is to be closed."""
    since = now - periods.CLOSES_AFTER
    completed = exists().where(
        CompletionRecord.enrolment_id == Enrolment.id,
        CompletionRecord.recorded_at <= since,
        counts(),
    )
    ended = or_(
        completed,
        Enrolment.withdrawn_at <= since,
        Enrolment.deadline < today - periods.CLOSES_AFTER,
    )
    referred = exists().where(Referral.enrolment_id == Enrolment.id)
    return Enrolment.closed_at.is_(None) & ~referred & ended


def _drop_files(run: Run) -> None:
    with run.database.read() as db:
        stray = stray_files(db, run.instance)
    run.rows["files"] = len(stray)
    if run.is_rehearsal:
        return
    for path in stray:
        path.unlink(missing_ok=True)
    run.rows["files"] += remove_expired(run.database, run.instance, now=run.now)


def _report(run: Run) -> RetentionReport:
    """Append the report, of a rehearsal too."""
    report = RetentionReport(
        at=run.now,
        is_dry_run=run.is_rehearsal,
        counts={"people": dict(run.people), "rows": dict(run.rows)},
    )
    with run.database.write.begin() as db:
        db.add(report)
    return report


def checkpoint(database: Database) -> bool:
    """Bring SQLite's log into its file, so that deleted pages are nowhere; whether it could.

    A reader at this moment keeps it from doing so: the next night does it.
    """
    if database.engine.dialect.name != "sqlite":
        return True
    with database.engine.connect() as connection:
        row = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    return bool(row[0] == 0)
