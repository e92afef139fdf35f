"""Who could use a hand: one rule over what is known of a person. It is never a verdict.

The same rule stands in SQL in `people.py`, to count and to sort; a test compares the two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

TRIES = 3  # at one module without passing: time for a talk
QUIET = timedelta(days=7)
DEADLINE_NEAR = timedelta(days=7)
DEADLINE_OVER = timedelta(days=30)  # after that, a talk with the instructor changes nothing
PAUSED = timedelta(days=1)  # since a try that did not pass, with nothing done since
TIME_SHORT = timedelta(days=21)  # to the last day, with less than half of the modules passed


class Why(StrEnum):
    """Why somebody could use a hand."""

    DEADLINE = "deadline"
    TRIES = "tries"
    PAUSED = "paused"
    TIME_SHORT = "time-short"
    NOT_STARTED = "not-started"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; `count` is a number of tries or of days (of a deadline: days left).

    `until` is when the pause of a quiz is over, while it keeps him from trying again; `left` is
    how many modules are not passed.
    """

    why: Why
    count: int
    module_id: str = ""
    day: date | None = None
    until: datetime | None = None
    left: int = 0


class Help(StrEnum):
    """The one thing that helps somebody on."""

    WRITE = "write"
    TALK = "talk"  # after the third try
    LIFT_PAUSE = "lift-pause"
    EXTEND = "extend"  # the last day: the coordinator can


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
    pause_lifted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """What the rule looks at: where somebody stands, and when he was last active.

    `pause` is that of his course's quizzes; a module with a pause of its own is not known here.
    Whoever `rests` has left, or his file is closed or suspended.
    """

    enrolled_at: datetime
    seen_at: datetime | None
    deadline: date | None
    finished: bool
    standings: Mapping[str, ModuleStanding]
    modules: int = 0  # of his course; 0: not known, and then no time is called short
    pause: timedelta = timedelta(0)
    rests: bool = False


def follow_up(path: Path, moment: Moment) -> tuple[Reason, ...]:
    """Give the reasons, the most pressing first; none when all is passed or the time is long over.

    None either where nobody can help him on: he rests. Whoever has not started is counted from
    the day of his enrolment.
    """
    days_left = None if path.deadline is None else (path.deadline - moment.today).days
    is_long_over = days_left is not None and days_left < -DEADLINE_OVER.days
    if path.finished or path.rests or is_long_over:
        return ()
    tried = _of_tries(path, moment)
    has_stopped = tried is not None and tried.why is Why.PAUSED  # which says it already
    rest = None if has_stopped else _of_rest(path, moment)
    found = (_of_deadline(path, days_left), tried, _of_time(path, days_left), rest)
    return tuple(reason for reason in found if reason is not None)


def _of_deadline(path: Path, days_left: int | None) -> Reason | None:
    if days_left is None or days_left > DEADLINE_NEAR.days:
        return None
    return Reason(Why.DEADLINE, days_left, day=path.deadline)


def _of_tries(path: Path, moment: Moment) -> Reason | None:
    """Three tries at one module; or fewer, and he has not come back since the last one."""
    missed = {name: one for name, one in path.standings.items() if not one.passed}
    if not missed:
        return None
    most = max(missed, key=lambda name: missed[name].attempts)
    if missed[most].attempts >= TRIES:
        return Reason(Why.TRIES, missed[most].attempts, module_id=most)
    last = max(missed, key=lambda name: missed[name].last_submitted_at)
    return _of_pause(path, last, moment)


def _of_pause(path: Path, module_id: str, moment: Moment) -> Reason | None:
    standing = path.standings[module_id]
    missed_at, lifted_at = standing.last_submitted_at, standing.pause_lifted_at
    came_back = path.seen_at is not None and path.seen_at > missed_at
    if came_back or moment.now - missed_at < PAUSED:
        return None
    is_lifted = lifted_at is not None and lifted_at >= missed_at
    until = missed_at + path.pause
    return Reason(
        Why.PAUSED,
        (moment.now - missed_at).days,
        module_id=module_id,
        until=until if until > moment.now and not is_lifted else None,
    )


def _of_time(path: Path, days_left: int | None) -> Reason | None:
    if days_left is None or not DEADLINE_NEAR.days < days_left <= TIME_SHORT.days:
        return None
    passed = sum(one.passed for one in path.standings.values())
    if passed * 2 >= path.modules:
        return None
    left = path.modules - passed
    return Reason(Why.TIME_SHORT, days_left, day=path.deadline, left=left)


def _of_rest(path: Path, moment: Moment) -> Reason | None:
    rest = moment.now - (path.seen_at or path.enrolled_at)
    if rest < QUIET:
        return None
    return Reason(Why.QUIET if path.seen_at else Why.NOT_STARTED, rest.days)


def help_for(reasons: Sequence[Reason]) -> Help:
    """Give the one thing that helps somebody with these reasons.

    A closed door comes first: a last day that is over, then a pause. Three tries call for a talk.
    Whoever does not come needs a word before he needs time.
    """
    by = {reason.why: reason for reason in reasons}
    if Why.DEADLINE in by and by[Why.DEADLINE].count < 0:
        return Help.EXTEND
    if Why.TRIES in by:
        return Help.TALK
    if Why.PAUSED in by and by[Why.PAUSED].until is not None:
        return Help.LIFT_PAUSE
    if {Why.PAUSED, Why.QUIET, Why.NOT_STARTED} & by.keys():
        return Help.WRITE
    return Help.EXTEND if {Why.DEADLINE, Why.TIME_SHORT} & by.keys() else Help.WRITE
