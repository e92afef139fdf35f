"""The gate: one pure function that every route asks. No clock, no database.

A module is open when the one before it is passed (`in-order`), or always (`free`). Its quiz is
open when the module is open, every section is read, tries are left and the pause is over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from lms.content.model import Sequence


class Closed(StrEnum):
    """Why something cannot be entered now."""

    EARLIER_MODULE = "earlier-module"
    SECTIONS_UNREAD = "sections-unread"
    PAUSE = "pause"
    NO_ATTEMPT_LEFT = "no-attempt-left"
    ALREADY_PASSED = "already-passed"
    DEADLINE = "deadline"


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
    """Whether a new attempt may start now. `sections` maps each section in order to "is read"."""
    if not module.is_open:
        return module
    if standing.passed:
        return Gate(Closed.ALREADY_PASSED)
    unread = next((section_id for section_id, is_read in sections.items() if not is_read), None)
    if unread is not None:
        return Gate(Closed.SECTIONS_UNREAD, section_id=unread)
    if limits.attempts is not None and standing.attempts >= limits.attempts:
        return Gate(Closed.NO_ATTEMPT_LEFT)
    if standing.last_submitted_at is not None:
        until = standing.last_submitted_at + limits.pause
        if now < until:
            return Gate(Closed.PAUSE, until=until)
    return Gate()


def deadline_gate(deadline: date | None, today: date) -> Gate:
    """Whether the time to act is not over: the day of the deadline is still good."""
    if deadline is not None and today > deadline:
        return Gate(Closed.DEADLINE)
    return Gate()
