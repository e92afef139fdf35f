"""Who could use a hand: one rule over what is known of a person. It is never a verdict.

The same rule stands in SQL in `people.py`, to count and to sort; a test compares the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

TRIES = 3  # at one module without passing: time for a talk
QUIET = timedelta(days=7)
DEADLINE_NEAR = timedelta(days=7)
DEADLINE_OVER = timedelta(days=30)  # after that, a talk with the instructor changes nothing


class Why(StrEnum):
    """Why somebody could use a hand."""

    DEADLINE = "deadline"
    TRIES = "tries"
    NOT_STARTED = "not-started"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; `count` is a number of tries or of days (of a deadline: days left)."""

    why: Why
    count: int
    module_id: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """When one looks: the moment, and the day that it is in the programme's zone."""

    now: datetime
    today: date


@dataclass(frozen=True, slots=True)
class ModuleStanding:
    """Where one person stands in one module's quiz."""

    attempts: int
    best_percent: int
    passed: bool
    last_submitted_at: datetime


@dataclass(frozen=True, slots=True)
class Path:
    """What the rule looks at: where somebody stands, and when he was last active."""

    enrolled_at: datetime
    seen_at: datetime | None
    deadline: date | None
    finished: bool
    standings: Mapping[str, ModuleStanding]


def follow_up(path: Path, moment: Moment) -> tuple[Reason, ...]:
    """Give the reasons, the most pressing first; none when all is passed or the time is long over.

    Whoever has not started is counted from the day of his enrolment.
    """
    days_left = None if path.deadline is None else (path.deadline - moment.today).days
    if path.finished or (days_left is not None and days_left < -DEADLINE_OVER.days):
        return ()
    reasons = []
    if days_left is not None and days_left <= DEADLINE_NEAR.days:
        reasons.append(Reason(Why.DEADLINE, days_left, day=path.deadline))
    open_tries = {
        module_id: standing.attempts
        for module_id, standing in path.standings.items()
        if not standing.passed
    }
    most = max(open_tries, key=lambda module_id: open_tries[module_id], default="")
    if open_tries.get(most, 0) >= TRIES:
        reasons.append(Reason(Why.TRIES, open_tries[most], module_id=most))
    rest = moment.now - (path.seen_at or path.enrolled_at)
    if rest >= QUIET:
        reasons.append(Reason(Why.QUIET if path.seen_at else Why.NOT_STARTED, rest.days))
    return tuple(reasons)
