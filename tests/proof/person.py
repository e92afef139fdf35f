"""What should be so: one person's way through the course, kept beside the product and not by it.

The rules are those of docs/GATES.md, written a second time. Moments are the server's clock;
`elapsed` are the milliseconds that went by on it, which never go back when it is set back.
"""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.proof.course import ORDER, Edition
from tests.proof.recount import Answer, Count, recount

LONGEST_REPORT_MS = 30 * 60 * 1000
ABANDONED = timedelta(days=7)
ZONE = ZoneInfo("America/Toronto")
Place = tuple[str, str, int]  # module, section, round


@dataclass(frozen=True, slots=True)
class Course:
    """The rules that somebody enrolled under."""

    percent: int
    attempts: int | None
    pause: int
    seat_time: int
    in_order: bool
    deadline_days: int | None


@dataclass(frozen=True, slots=True)
class View:
    """A page that was shown: its mark, what it was, and when on the line of time that went by."""

    sealed: str
    place: Place
    seconds: int
    opened: int


@dataclass(frozen=True, slots=True)
class Saved:
    """An answer that the product said it has."""

    answer: Answer
    version: int
    at: datetime


@dataclass(slots=True)
class Try:
    """One attempt, with every answer that was acknowledged."""

    id: uuid.UUID
    number: int
    edition: Edition
    asked: tuple[str, ...]
    started: datetime
    saved: dict[str, Saved] = field(default_factory=dict)
    count: Count | None = None
    ended_by: str = ""
    ended_at: datetime | None = None


@dataclass(slots=True)
class Person:
    """Somebody who takes the course."""

    enrolment_id: uuid.UUID
    course: Course
    deadline: date | None
    tries: dict[str, list[Try]] = field(default_factory=lambda: {name: [] for name in ORDER})
    passed: set[str] = field(default_factory=set)
    waived: set[str] = field(default_factory=set)
    read: set[Place] = field(default_factory=set)
    most_ms: Counter[Place] = field(default_factory=Counter)
    granted_ms: int = 0
    reported: int = 0  # when a page of his last told its time
    extra: Counter[str] = field(default_factory=Counter)
    lifted: dict[str, datetime] = field(default_factory=dict)
    time_credit: int = 0
    no_pause: bool = False
    read_aloud: bool = False

    def closed(self, module: str) -> list[Try]:
        """Give the attempts behind him."""
        return [one for one in self.tries[module] if one.count]

    def running(self, module: str) -> Try | None:
        """Give the attempt under way."""
        return next((one for one in self.tries[module] if not one.count), None)

    def find(self, attempt_id: uuid.UUID) -> Try | None:
        """Give one of his attempts."""
        return next((t for some in self.tries.values() for t in some if t.id == attempt_id), None)

    def round(self, module: str) -> int:
        """Give which attempt his reading prepares."""
        return len(self.closed(module)) + 1

    def reopened(self, module: str) -> frozenset[str]:
        """Give the sections that his last attempt sends him back to."""
        behind = self.closed(module)
        if module in self.passed or not behind or behind[-1].count is None:
            return frozenset()
        return behind[-1].count.reopens

    def due(self, edition: Edition) -> list[str]:
        """Give the sections that have to be read before the next attempt."""
        module = edition.module
        if module in self.passed:
            return []
        ever = {section for name, section, _ in self.read if name == module}
        again = {
            section
            for section in self.reopened(module)
            if (module, section, self.round(module)) not in self.read
        }
        return [one for one in edition.sections if one in again or one not in ever]

    def least_ms(self, seconds: int) -> int:
        """Give the time that a page asks for, in ms."""
        if self.read_aloud:
            return 0
        exact = Fraction(seconds * 1000 * self.course.seat_time, 100 + self.time_credit)
        return -int(-exact // 1)

    def may_open(self, module: str) -> bool:
        """Whether he may see the pages of a module."""
        earlier = ORDER[: ORDER.index(module)]
        return not self.course.in_order or module in self.passed or self.passed.issuperset(earlier)

    def is_late(self, now: datetime) -> bool:
        """Whether his last day is over in Longueuil."""
        return self.deadline is not None and now.astimezone(ZONE).date() > self.deadline

    def last_moment(self) -> datetime | None:
        """Give the midnight at which his last day ends."""
        if self.deadline is None:
            return None
        after = self.deadline + timedelta(days=1)
        return datetime(after.year, after.month, after.day, tzinfo=ZONE)

    def attempts_allowed(self, edition: Edition) -> int | None:
        """Give how many attempts he has in all; None without a limit."""
        own = edition.rules.attempts
        limit = self.course.attempts if own is None else own
        return None if limit is None else limit + self.extra[edition.module]

    def pause_over(self, edition: Edition) -> datetime | None:
        """Give when the pause after his last attempt is over; None before the first."""
        behind = self.closed(edition.module)
        if not behind:
            return None
        ended = behind[-1].ended_at
        assert ended is not None
        lifted = self.lifted.get(edition.module)
        if lifted is not None and lifted >= ended:
            return None
        own = edition.rules.pause
        pause = self.course.pause if own is None else own
        return ended + timedelta(seconds=0 if self.no_pause else pause)

    def obstacles(self, edition: Edition, now: datetime) -> set[str]:
        """Give everything that keeps him from a new attempt, in the words of the gates."""
        module = edition.module
        allowed, pause = self.attempts_allowed(edition), self.pause_over(edition)
        found = {
            "earlier-module": not self.may_open(module),
            "already-passed": module in self.passed,
            "no-attempt-left": allowed is not None and len(self.closed(module)) >= allowed,
            "sections-unread": bool(self.due(edition)),
            "pause": pause is not None and now < pause,
            "deadline": self.is_late(now),
        }
        return {name for name, is_so in found.items() if is_so}

    def worth(self, view: View, claim_ms: int, elapsed: int) -> int:
        """Give the most that a report is worth: what it claims, and what went by since it could."""
        went_by = elapsed - max(view.opened, self.reported)
        return max(0, min(claim_ms, went_by, LONGEST_REPORT_MS))

    def ending(self, one: Try, now: datetime) -> tuple[str, datetime] | None:
        """Say what has ended an attempt that nobody handed in, and when."""
        left = max([one.started, *(saved.at for saved in one.saved.values())]) + ABANDONED
        over = self.last_moment()
        if over is not None and over <= left and over <= now:
            return "deadline", over
        return ("abandoned", left) if left <= now else None

    def close(self, one: Try, by: str, at: datetime) -> None:
        """End an attempt: it counts as it was saved."""
        own = one.edition.rules.percent
        percent = self.course.percent if own is None else own
        asked = [one.edition.by_id[name] for name in one.asked]
        answers = {name: saved.answer for name, saved in one.saved.items()}
        one.count, one.ended_by, one.ended_at = recount(asked, answers, percent), by, at
        if one.count.passes:
            self.passed.add(one.edition.module)

    def facts(self) -> Mapping[str, Any]:
        """Give what the database should hold of him."""
        known = [name for name in ORDER if self.closed(name) or name in self.waived]
        tries = [one for some in self.tries.values() for one in some]
        return {
            "standing": {
                name: (
                    len(self.closed(name)),
                    name in self.passed,
                    sorted(self.reopened(name)),
                    self.extra[name],
                )
                for name in known
            },
            "read": self.read,
            "answers": {
                one.id: {name: (saved.answer, saved.version) for name, saved in one.saved.items()}
                for one in tries
                if one.saved
            },
            "results": {
                one.id: (one.count.raw, one.count.maximum, one.count.passes, one.ended_by)
                for one in tries
                if one.count
            },
            "attempts": {one.id: (one.edition.module, one.number, one.asked) for one in tries},
            "completed": self.passed == set(ORDER),
        }
