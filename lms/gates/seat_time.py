"""Seat time: how much of what a page reports is credited, and how much a section asks for.

The rule in words: docs/SEAT_TIME.md. All here is pure; moments come from the server's clock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_REPORT = timedelta(minutes=30)  # one report credits no more, whatever it says
CLOCK_SLACK = timedelta(minutes=1)  # two processes may differ by less; more is a clock set back
_MS = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Report:
    """What a page view says: how long it was in view and its reader active, in all, in ms."""

    view: str
    opened_at: datetime
    active_ms: int


@dataclass(frozen=True, slots=True)
class Credited:
    """What was known of a person before a report: until when his time is credited, and by whom."""

    until: datetime | None = None
    view: str = ""
    view_ms: int = 0


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What was arranged for one person; the reason is recorded nowhere."""

    time_credit_percent: int = 0
    no_pause: bool = False
    read_aloud: bool = False


NO_ARRANGEMENT = Arrangement()


def credit_ms(report: Report, before: Credited, now: datetime) -> int:
    """Give what a report is worth: what it says anew, and no more than went by on our clock.

    Time before the page was opened or before `until` never counts again, so any number of tabs,
    devices, replays and forgeries together are credited no more than the time that passed.
    """
    known = before.view_ms if before.view == report.view else 0
    opened = report.opened_at
    if opened > now:  # our clock was set back since: only what this page has told since then counts
        opened = before.until if before.until and before.view == report.view else now
    since = max(opened, before.until) if before.until else opened
    passed = min(now - since, LONGEST_REPORT) // _MS
    return max(0, min(report.active_ms - known, passed))


def fallback_ms(opened_at: datetime, now: datetime, seconds: int) -> int:
    """Give what counts for a page without JavaScript: the time since, up to its reading time."""
    return max(0, min((now - opened_at) // _MS, seconds * 1000))


def minimum_ms(seconds: int, percent: int, arrangement: Arrangement) -> int:
    """Give the time that a section asks for, of its expected reading time in seconds.

    A page that a facilitator reads aloud asks for none; a time credit makes each minute count more.
    """
    if arrangement.read_aloud:
        return 0
    return -(-seconds * 1000 * percent // (100 + arrangement.time_credit_percent))
