"""A player who tries every order of acts: the same gates, draws and grading, and no shortcut.

Where `lms.gates.walk` argues that something changes nothing, he does it: pages in any order, each
draw, each set of right answers, each set of pages to read again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from fractions import Fraction
from itertools import combinations

from lms.assessment.draw import draw_items
from lms.assessment.grading import grade_attempt
from lms.assessment.values import Quiz
from lms.gates.gate import (
    QuizLimits,
    QuizStanding,
    Sequence,
    module_gate,
    open_module,
    quiz_gate,
    section_gate,
)
from lms.gates.seat_time import Arrangement, minimum_ms

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SEEDS = 40  # a draw has a few outcomes: so many seeds meet them all
ENOUGH_TRIES = 3  # of a quiz without a limit

LastSeen = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A module as it would be published."""

    id: str
    quiz: Quiz
    limits: QuizLimits
    seconds: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Game:
    """A course as it would be published."""

    chapters: tuple[Chapter, ...]
    sequence: Sequence
    seat_time: int


@dataclass(frozen=True, slots=True)
class Stand:
    """How far he is in one module: what he still has to read, what he was asked, when."""

    due: frozenset[str]
    attempts: int = 0
    last_seen: LastSeen = ()
    passed: bool = False


@dataclass(slots=True)
class Story:
    """What he found out."""

    finished: bool = False
    stuck: bool = False
    skipped: set[str] = field(default_factory=set)  # modules
    untimed: set[tuple[str, str]] = field(default_factory=set)  # pages
    met: set[str] = field(default_factory=set)  # modules that he could enter


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one way of answering leads to."""

    passed: bool
    earned: bool  # with a right answer at the least
    review: frozenset[str]
    asked: frozenset[str]


State = tuple[Stand, ...]


class Player:
    """Plays one course to all its ends."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self.order = tuple(chapter.id for chapter in game.chapters)
        self.story = Story()
        self._outcomes: dict[tuple[str, LastSeen], frozenset[Outcome]] = {}

    def play(self) -> Story:
        """Try everything."""
        start = tuple(Stand(frozenset(chapter.seconds)) for chapter in self.game.chapters)
        ahead: dict[State, set[State]] = {}
        waiting = [start]
        while waiting:
            state = waiting.pop()
            if state not in ahead:
                ahead[state] = set(self._acts(state))
                waiting += ahead[state]
        ends = {state for state in ahead if open_module(self.order, _passed(self, state)) is None}
        saved = set(ends)
        while more := {s for s, after in ahead.items() if s not in saved and after & saved}:
            saved |= more
        self.story.finished = start in saved
        self.story.stuck = saved != set(ahead)
        return self.story

    def _acts(self, state: State) -> Iterator[State]:
        passed = _passed(self, state)
        for place, (chapter, stand) in enumerate(zip(self.game.chapters, state, strict=True)):
            door = module_gate(self.order, self.game.sequence, passed, chapter.id)
            if stand.passed or not door.is_open:
                continue
            self.story.met.add(chapter.id)
            for new in (*self._read(chapter, stand), *self._try(chapter, stand)):
                yield (*state[:place], new, *state[place + 1 :])

    def _read(self, chapter: Chapter, stand: Stand) -> Iterator[Stand]:
        for page in stand.due:
            least = minimum_ms(chapter.seconds[page], self.game.seat_time, Arrangement())
            gate = section_gate(0, least, NOON)
            if gate.is_open and self.game.seat_time:
                self.story.untimed.add((chapter.id, page))
            if gate.is_open or (gate.until and section_gate(least, least, gate.until).is_open):
                yield replace(stand, due=stand.due - {page})

    def _try(self, chapter: Chapter, stand: Stand) -> Iterator[Stand]:
        door = module_gate((chapter.id,), Sequence.FREE, frozenset(), chapter.id)
        read = {page: page not in stand.due for page in chapter.seconds}
        last = NOON if stand.attempts else None
        standing = QuizStanding(stand.attempts, last)
        gate = quiz_gate(door, read, standing, chapter.limits, NOON)
        if gate.until:
            gate = quiz_gate(door, read, standing, chapter.limits, gate.until)
        if not gate.is_open:
            return
        if not chapter.seconds or stand.due:
            self.story.skipped.add(chapter.id)
        for outcome in self._outcomes_of(chapter, stand.last_seen):
            if outcome.passed and not outcome.earned:
                self.story.skipped.add(chapter.id)
            yield self._after(chapter, stand, outcome)

    def _after(self, chapter: Chapter, stand: Stand, outcome: Outcome) -> Stand:
        if outcome.passed:
            return Stand(frozenset(), passed=True)
        most = ENOUGH_TRIES if chapter.limits.attempts is None else chapter.limits.attempts
        return Stand(
            due=outcome.review & frozenset(chapter.seconds),
            attempts=min(stand.attempts + 1, most),
            last_seen=_ranked(dict(stand.last_seen), outcome.asked),
        )

    def _outcomes_of(self, chapter: Chapter, last_seen: LastSeen) -> frozenset[Outcome]:
        key = (chapter.id, last_seen)
        if key not in self._outcomes:
            draws = {
                frozenset(
                    one.item for one in draw_items(chapter.quiz, seed, last_seen=dict(last_seen))
                )
                for seed in range(SEEDS)
            }
            self._outcomes[key] = frozenset(
                _outcome(chapter.quiz, asked, frozenset(right))
                for asked in draws
                for size in range(len(asked) + 1)
                for right in combinations(sorted(asked), size)
            )
        return self._outcomes[key]


def _passed(player: Player, state: State) -> frozenset[str]:
    return frozenset(name for name, stand in zip(player.order, state, strict=True) if stand.passed)


def _ranked(before: dict[str, int], asked: frozenset[str]) -> LastSeen:
    """Keep in which order items were seen, and not by which attempt."""
    seen = before | dict.fromkeys(asked, max(before.values(), default=0) + 1)
    ranks = sorted(set(seen.values()))
    return tuple(sorted((item, ranks.index(number) + 1) for item, number in seen.items()))


def _outcome(quiz: Quiz, asked: frozenset[str], right: frozenset[str]) -> Outcome:
    items = [item for item in quiz.items if item.id in asked]
    answers = {item.id: item.correct for item in items if item.id in right}
    percent: int | None = quiz.passing_percent  # None: nobody said it, and nobody can be passed
    graded = grade_attempt(items, answers, passing_percent=percent or 0)
    missed = {item.section for item in items if item.graded and item.id not in right}
    passed = percent is not None and graded.passed
    return Outcome(passed, graded.score.raw > Fraction(0), frozenset(missed), asked)
