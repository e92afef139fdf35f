"""Read the log of views and the reports: for the person himself, and for the privacy officer."""

import uuid
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, extract, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.enrolment.models import Enrolment
from lms.kernel.days import end_of_day, today_in_programme
from lms.privacy.models import RetentionReport, ViewEntry
from lms.referrals.models import Referral

MOST_AN_HOUR = 60  # views of one viewer; more is an alarm, and no proof of anything
ALARM_DAYS = 30
MOST_OWN = 1000
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class OwnView:
    """On a day, somebody in this role looked at this kind of data, so many times."""

    day: date
    role: str
    what: str
    purpose: str
    count: int


@dataclass(frozen=True, slots=True)
class LogLine:
    """One view as the privacy officer sees it: who works here by login, the person by pseudonym.

    `person` is empty where a list of many was looked at.
    """

    at: datetime
    login: str
    role: str
    what: str
    purpose: str
    person: str


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which part of the log: one day, one role; empty for all."""

    day: date | None = None
    role: str = ""


@dataclass(frozen=True, slots=True)
class MonthCount:
    """How many views a role had in a month."""

    year: int
    month: int
    role: str
    count: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """Somebody looked at very many in an hour: from when, and how many at the most."""

    login: str
    role: str
    since: datetime
    count: int


def own_views(db: Session, enrolment_id: uuid.UUID) -> tuple[OwnView, ...]:
    """Give who looked at a person's pages, the newest day first; a role, never a name."""
    file = select(Referral.id).where(Referral.enrolment_id == enrolment_id).scalar_subquery()
    rows = db.execute(
        select(ViewEntry.at, ViewEntry.role, ViewEntry.what, ViewEntry.purpose)
        .where((ViewEntry.subject_id == enrolment_id) | (ViewEntry.subject_id == file))
        .order_by(ViewEntry.at.desc())
        .limit(MOST_OWN)
    )
    seen = Counter((today_in_programme(row[0]), row[1], row[2], row[3]) for row in rows)
    return tuple(OwnView(*view, count=count) for view, count in seen.items())


def log_lines(db: Session, wanted: LogFilter, *, limit: int, offset: int) -> tuple[LogLine, ...]:
    """Give a part of the log, the newest first."""
    rows = db.execute(
        select(
            ViewEntry.at,
            User.login,
            ViewEntry.role,
            ViewEntry.what,
            ViewEntry.purpose,
            func.coalesce(Enrolment.pseudonym, ""),
        )
        .join(User, User.id == ViewEntry.viewer_id)
        .outerjoin(Referral, Referral.id == ViewEntry.subject_id)
        .outerjoin(
            Enrolment,
            Enrolment.id == func.coalesce(Referral.enrolment_id, ViewEntry.subject_id),
        )
        .where(*_conditions(wanted))
        .order_by(ViewEntry.at.desc(), ViewEntry.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return tuple(LogLine(*row) for row in rows)


def count_log(db: Session, wanted: LogFilter) -> int:
    """Count the entries of a part of the log."""
    return db.scalar(select(func.count(ViewEntry.id)).where(*_conditions(wanted))) or 0


def views_by_month(db: Session, since: datetime) -> tuple[MonthCount, ...]:
    """Count views by month (UTC) and role, the newest month first."""
    year, month = extract("year", ViewEntry.at), extract("month", ViewEntry.at)
    rows = db.execute(
        select(year, month, ViewEntry.role, func.count())
        .where(ViewEntry.at >= since)
        .group_by(year, month, ViewEntry.role)
        .order_by(year.desc(), month.desc(), ViewEntry.role)
    )
    return tuple(MonthCount(int(row[0]), int(row[1]), row[2], row[3]) for row in rows)


def alarms(db: Session, now: datetime, *, most: int = MOST_AN_HOUR) -> tuple[Alarm, ...]:
    """Give who looked at more than so many within an hour of the last days, the newest first."""
    rows = db.execute(
        select(ViewEntry.viewer_id, User.login, ViewEntry.role, ViewEntry.at)
        .join(User, User.id == ViewEntry.viewer_id)
        .where(ViewEntry.at >= now - timedelta(days=ALARM_DAYS))
        .order_by(ViewEntry.at)
    )
    recent: dict[uuid.UUID, deque[datetime]] = {}
    found: dict[tuple[uuid.UUID, date], Alarm] = {}
    for viewer_id, login, role, at in rows:
        moments = recent.setdefault(viewer_id, deque())
        moments.append(at)
        while moments[0] <= at - HOUR:
            moments.popleft()
        day = (viewer_id, today_in_programme(at))
        if len(moments) > most and (day not in found or found[day].count < len(moments)):
            found[day] = Alarm(login, role, moments[0], len(moments))
    return tuple(sorted(found.values(), key=lambda one: one.since, reverse=True))


def reports(db: Session, *, most: int) -> tuple[RetentionReport, ...]:
    """Give the last reports of the nightly run, rehearsals too, the newest first."""
    query = select(RetentionReport).order_by(RetentionReport.at.desc()).limit(most)
    return tuple(db.scalars(query))


def last_run(db: Session) -> RetentionReport | None:
    """Give the report of the last run that was no rehearsal."""
    query = select(RetentionReport).where(RetentionReport.is_dry_run.is_(False))
    return db.scalar(query.order_by(RetentionReport.at.desc()).limit(1))


def viewer_counts(db: Session, since: datetime) -> Mapping[str, int]:
    """Count views by role since a moment."""
    rows = db.execute(
        select(ViewEntry.role, func.count())
        .where(ViewEntry.at >= since)
        .group_by(ViewEntry.role)
        .order_by(ViewEntry.role)
    )
    return {row[0]: row[1] for row in rows}


def _conditions(wanted: LogFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.role:
        found.append(ViewEntry.role == wanted.role)
    if wanted.day is not None:
        begin = end_of_day(wanted.day - timedelta(days=1))
        found += [ViewEntry.at >= begin, ViewEntry.at < end_of_day(wanted.day)]
    return found
