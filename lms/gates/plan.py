"""A course as its gates see it, and what can be wrong with it: the values that are walked."""

from dataclasses import dataclass
from enum import StrEnum

from lms.gates.gate import QuizLimits, Sequence


class Flaw(StrEnum):
    """What is wrong with a course."""

    OPENS_EARLY = "opens-early"  # something is open although what comes before it is not done
    UNEARNED = "unearned"  # the quiz is passed without one right answer
    NEVER_PASSES = "never-passes"  # the quiz is not passed with all answers right
    STUCK = "stuck"  # there is no way on
    NO_ATTEMPT_LEFT = "no-attempt-left"  # there is none unless an attempt is given
    NO_TIME_ASKED = "no-time-asked"  # the course asks for seat time, this page for none
    LATE = "late"  # the deadline is over before the last attempt


@dataclass(frozen=True, slots=True)
class Page:
    """A section and its expected reading time."""

    id: str
    seconds: int


@dataclass(frozen=True, slots=True)
class PlannedModule:
    """A module as its gates see it.

    `fewest` and `most` are the points that what an attempt draws can be worth; `review` are the
    sections that its questions name; `passing_percent` is None where nobody has said it.
    """

    id: str
    pages: tuple[Page, ...]
    limits: QuizLimits
    passing_percent: int | None
    fewest: int
    most: int
    review: frozenset[str] = frozenset()
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A course in one language as its gates see it."""

    modules: tuple[PlannedModule, ...]
    sequence: Sequence = Sequence.IN_ORDER
    seat_time_percent: int = 0

    @property
    def order(self) -> tuple[str, ...]:
        """The ids of the modules, in order."""
        return tuple(module.id for module in self.modules)


@dataclass(frozen=True, slots=True)
class Finding:
    """A flaw, the place of its module from 1, the path that leads to it, and the page, if one."""

    flaw: Flaw
    module: int
    path: str
    page: str = ""


def attempts_behind(number: int) -> str:
    """Give the words for so many attempts, as a path names them."""
    return f"{'attempt 1' if number == 1 else f'attempts 1 to {number}'} not passed"
