"""The gate: one pure function that every route asks. No clock, no database.

A module is open when the one before it is passed (`in-order`), or always (`free`). Its quiz is
open when the module is open, every section is read, tries are left and the pause is over. One
goes on from a section when its minimum time is credited.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction


class Sequence(StrEnum):
    """Whether modules open one after the other or all at once."""

    IN_ORDER = "in-order"
    FREE = "free"


class Closed(StrEnum):
    """Why something cannot be entered now."""

    EARLIER_MODULE = "earlier-module"
    SECTIONS_UNREAD = "sections-unread"
    PAUSE = "pause"
    NO_ATTEMPT_LEFT = "no-attempt-left"
    ALREADY_PASSED = "already-passed"
    DEADLINE = "deadline"
    TIME_SHORT = "time-short"


@dataclass(frozen=True, slots=True)
class Gate:
    """Open, or closed with a reason; `module_id` opens it, `until` says when a pause is over."""

    closed: Closed | None = None
    module_id: str = ""
    section_id: str = ""
    until: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether one may enter."""
        return self.closed is None


@dataclass(frozen=True, slots=True)
class QuizStanding:
    """Where somebody stands in one module's quiz."""

    attempts: int = 0
    last_submitted_at: datetime | None = None
    passed: bool = False
    extra_attempts: int = 0
    pause_lifted_at: datetime | None = None

    def is_pause_lifted(self) -> bool:
        """Whether somebody lifted the pause after the last attempt; the next has its own."""
        if self.pause_lifted_at is None or self.last_submitted_at is None:
            return False
        return self.pause_lifted_at >= self.last_submitted_at


@dataclass(frozen=True, slots=True)
class QuizLimits:
    """The rules of entry to one module's quiz."""

    attempts: int | None
    pause: timedelta


def open_module(order: tuple[str, ...], passed: frozenset[str]) -> str | None:
    """Give the first module that is not passed; None when all are."""
    return next((module_id for module_id in order if module_id not in passed), None)


def module_gate(
    order: tuple[str, ...], sequence: Sequence, passed: frozenset[str], module_id: str
) -> Gate:
    """Whether the pages of a module may be read; a passed module stays open for ever."""
    if sequence is Sequence.FREE or module_id in passed:
        return Gate()
    first = open_module(order, passed)
    if first is None or first == module_id:
        return Gate()
    return Gate(Closed.EARLIER_MODULE, module_id=first)


def quiz_gate(
    module: Gate,
    sections: Mapping[str, bool],
    standing: QuizStanding,
    limits: QuizLimits,
    now: datetime,
) -> Gate:
    """Whether a new attempt may start now. `sections` maps each section in order to "is read".

    After an attempt that was not passed, a section whose questions were missed is unread again.
    """
    if not module.is_open:
        return module
    if standing.passed:
        return Gate(Closed.ALREADY_PASSED)
    tries = limits.attempts
    if tries is not None and standing.attempts >= tries + standing.extra_attempts:
        return Gate(Closed.NO_ATTEMPT_LEFT)
    unread = next((section_id for section_id, is_read in sections.items() if not is_read), None)
    if unread is not None:
        return Gate(Closed.SECTIONS_UNREAD, section_id=unread)
    until = pause_end(standing, limits)
    if until is not None and now < until:
        return Gate(Closed.PAUSE, until=until)
    return Gate()


def pause_end(standing: QuizStanding, limits: QuizLimits) -> datetime | None:
    """Give when the pause after the last attempt is over; None where there is none."""
    if standing.last_submitted_at is None or standing.is_pause_lifted():
        return None
    return standing.last_submitted_at + limits.pause


def deadline_gate(deadline: date | None, today: date) -> Gate:
    """Whether the time to act is not over: the day of the deadline is still good."""
    if deadline is not None and today > deadline:
        return Gate(Closed.DEADLINE)
    return Gate()


def section_gate(credited_ms: int, minimum_ms: int, now: datetime) -> Gate:
    """Whether one may go on from a section; `until` says when, if he stays on the page."""
    short = minimum_ms - credited_ms
    if short > 0:
        return Gate(Closed.TIME_SHORT, until=now + timedelta(milliseconds=short))
    return Gate()


def is_enough(raw: int | Fraction, maximum: int, passing_percent: int | None) -> bool:
    """Whether so many points of so many pass; where nobody says what passes, nothing does."""
    return passing_percent is not None and raw * 100 >= passing_percent * maximum
