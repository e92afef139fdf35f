"""Throttles: count failures a subject in the database, so that they hold over restarts."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import case, delete, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.accounts.models import Throttle
from lms.kernel.errors import TooOftenError
from lms.kernel.table import UtcDateTime

WINDOW = timedelta(minutes=15)
LOGIN_FAILURES = 10
CODE_FAILURES = 60  # an address may be a whole class; a code has 80 random bits


def refuse_if_too_often(db: Session, subject: str, *, limit: int, now: datetime) -> None:
    """Raise TooOftenError when that subject failed `limit` times in the running window.

    The row stays locked until the try is over: tries at the same moment wait for its count.
    """
    row = db.execute(
        select(Throttle.window_started_at, Throttle.failures)
        .where(Throttle.subject == _key(subject))
        .with_for_update()
    ).one_or_none()
    if row is None or now - row.window_started_at >= WINDOW or row.failures < limit:
        return
    raise TooOftenError(int((row.window_started_at + WINDOW - now).total_seconds()) + 1)


def count_failure(db: Session, subject: str, *, now: datetime) -> None:
    """Count one more failure of that subject; one statement, so that none is lost."""
    db.execute(delete(Throttle).where(Throttle.window_started_at <= now - WINDOW))
    is_over = Throttle.window_started_at <= now - WINDOW
    dialect = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
    db.execute(
        dialect.insert(Throttle)
        .values(subject=_key(subject), window_started_at=now, failures=1)
        .on_conflict_do_update(
            index_elements=["subject"],
            set_={
                "window_started_at": case(
                    (is_over, literal(now, UtcDateTime())), else_=Throttle.window_started_at
                ),
                "failures": case((is_over, 1), else_=Throttle.failures + 1),
            },
        )
    )


def count_a_try(db: Session, subject: str, *, limit: int, now: datetime) -> None:
    """Count a try before it is made; TooOftenError past the limit.

    Looked at again once it is counted: of first tries at the same moment, none finds a row to wait
    for, and each waits for the others as it is counted.
    """
    refuse_if_too_often(db, subject, limit=limit, now=now)
    count_failure(db, subject, now=now)
    refuse_if_too_often(db, subject, limit=limit + 1, now=now)


def forget_failures(db: Session, subject: str) -> None:
    """Start anew for a subject that succeeded."""
    db.execute(delete(Throttle).where(Throttle.subject == _key(subject)))


def _key(subject: str) -> str:
    return hashlib.sha256(subject.encode()).hexdigest()
