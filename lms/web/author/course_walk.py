"""A walk through a course that nobody takes: what was read and answered, and a clock that moves.

All of it travels in the form, signed for the person who walks; nothing is written anywhere.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from lms.assessment.values import Answer
from lms.progress.queries import ModuleProgress
from lms.web.request import actor

HOURS = 12  # a form that is older is not taken any more
_EDITION = 1


@dataclass(frozen=True, slots=True)
class Running:
    """An attempt: what it asks and in which order, its answers in published positions by item."""

    module: str
    asked: tuple[tuple[str, tuple[int, ...]], ...]
    started: int
    touched: int
    answers: Mapping[str, Answer] = field(default_factory=dict)
    ended_by: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt that is over; `review` are the sections that it sends back to."""

    module: str
    at: int
    passed: bool
    review: tuple[str, ...]
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Walk:
    """Where somebody stands. Moments are seconds since 1970 on the clock that was moved.

    `read` and `credited` name a section by module, id and round, as seat time does.
    """

    course: str
    begun: int
    with_drafts: bool = False
    ahead: int = 0  # by so many seconds the clock was moved on
    place: str = "course"
    opened: int = 0  # since when the section at `place` is open
    read: tuple[tuple[str, str, int], ...] = ()
    credited: tuple[tuple[str, str, int, int], ...] = ()
    tried: tuple[Tried, ...] = ()
    running: Running | None = None
    closed: Running | None = None  # the attempt whose result is shown

    def now(self, moment: datetime) -> datetime:
        """Give the moment on the clock that was moved."""
        return moment + timedelta(seconds=self.ahead)

    @property
    def began_at(self) -> datetime:
        """When the walker enrolled."""
        return datetime.fromtimestamp(self.begun, UTC)

    @property
    def passed(self) -> frozenset[str]:
        """The modules that are passed."""
        return frozenset(one.module for one in self.tried if one.passed)

    def tries(self, module_id: str) -> tuple[Tried, ...]:
        """Give the attempts at a module that are over."""
        return tuple(one for one in self.tried if one.module == module_id)

    def progress(self, module_id: str) -> ModuleProgress:
        """Give the progress in a module, as the rules of reading see it."""
        tries = self.tries(module_id)
        is_passed = module_id in self.passed
        return ModuleProgress(
            passed=is_passed,
            attempts=len(tries),
            review=frozenset(tries[-1].review) if tries and not is_passed else frozenset(),
            read=frozenset((name, turn) for module, name, turn in self.read if module == module_id),
            credited_ms={
                (name, turn): ms for module, name, turn, ms in self.credited if module == module_id
            },
        )

    def last_seen(self, module_id: str) -> dict[str, int]:
        """Give for each question the number of the last attempt that asked it."""
        tries = enumerate(self.tries(module_id), start=1)
        return {item: number for number, one in tries for item in one.asked}

    def with_credit(self, module_id: str, section_id: str, ms: int) -> "Walk":
        """Give the walk with so much time more for a section."""
        turn = self.progress(module_id).round
        place = (module_id, section_id, turn)
        others = tuple(one for one in self.credited if one[:3] != place)
        known = self.progress(module_id).credited(section_id)
        return replace(self, credited=(*others, (*place, known + ms)))

    def with_read(self, module_id: str, section_id: str) -> "Walk":
        """Give the walk with a section read in this round."""
        one = (module_id, section_id, self.progress(module_id).round)
        return replace(self, read=tuple(dict.fromkeys((*self.read, one))))


def seal(walk: Walk) -> str:
    """Write a walk so that it can stand in a form of the person who walks."""
    document = {"edition": _EDITION, **asdict(walk)}
    return _serializer().dumps(document)


def unseal(sealed: str) -> Walk | None:
    """Read what `seal` wrote for the same person; None when it is not his, or too old."""
    try:
        given = _serializer().loads(sealed, max_age=HOURS * 3600)
    except BadData:
        return None
    return _walk(given) if given.pop("edition", 0) == _EDITION else None


def _walk(given: dict[str, Any]) -> Walk:
    given["read"] = tuple((m, s, t) for m, s, t in given["read"])
    given["credited"] = tuple((m, s, t, ms) for m, s, t, ms in given["credited"])
    given["tried"] = tuple(
        Tried(**{**one, "review": tuple(one["review"]), "asked": tuple(one["asked"])})
        for one in given["tried"]
    )
    for name in ("running", "closed"):
        given[name] = None if given[name] is None else _running(given[name])
    return Walk(**given)


def _running(given: dict[str, Any]) -> Running:
    asked = tuple((item, tuple(order)) for item, order in given["asked"])
    return Running(**{**given, "asked": asked})


def _serializer() -> URLSafeTimedSerializer:
    # The owner is part of the salt: what was signed for one person is nothing to another.
    return URLSafeTimedSerializer(
        str(current_app.secret_key), salt=f"course-walk:{actor().user_id}"
    )
