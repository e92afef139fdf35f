"""What one closed attempt adds to the counters of its questions; pure, and exact.

Not counted: what is not graded, what was withheld or dropped (worth 0 of 0), and an attempt in
which nothing counts. The counters name nobody and no day.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from lms.assessment.values import Answer, QuizItem, Score
from lms.content.model import ItemKind
from lms.item_analysis.sums import UNIT

NO_ANSWER = -1
CHOICES = frozenset({ItemKind.TRUE_FALSE, ItemKind.SINGLE, ItemKind.MULTIPLE})
Key = tuple[str | int | bool | uuid.UUID, ...]
Counters = Mapping[Key, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class ClosedScores:
    """A closed attempt as the counters see it: its scores as they stand, and what was chosen."""

    revision_id: uuid.UUID
    module_id: str
    language: str
    is_first: bool
    passed: bool
    scores: Mapping[str, Score]
    items: Mapping[str, QuizItem]
    answers: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class Tally:
    """What to add to the rows of the three tables of counters, by their keys.

    A key has the columns in the order of the table; that of a quiz has its module last.
    """

    items: Counters
    options: Counters
    quizzes: Counters


def tally(attempts: Iterable[ClosedScores], *, sign: int = 1) -> Tally:
    """Add up what these attempts add to the counters; with a sign of -1, what they take away."""
    items: dict[Key, tuple[int, ...]] = {}
    options: dict[Key, tuple[int, ...]] = {}
    quizzes: dict[Key, tuple[int, ...]] = {}
    for attempt in attempts:
        counted = _counted(attempt)
        maximum = sum(score.maximum for score in counted.values())
        if not maximum:
            continue
        raw = sum((score.raw for score in counted.values()), Fraction(0))
        total = Score(raw, maximum)
        quiz = (attempt.revision_id, attempt.language, attempt.is_first, total.percent_floor)
        _add(quizzes, (*quiz, attempt.module_id), _of_quiz(total, passed=attempt.passed), sign)
        for item_id, score in counted.items() if _has_rest(attempt, counted) else ():
            place = (*quiz[:2], item_id, *quiz[2:])
            _add(items, place, _of_item(score, total), sign)
            for position in _chosen(attempt, item_id):
                _add(options, (*place, position), (1,), sign)
    return Tally(items, options, quizzes)


def _counted(attempt: ClosedScores) -> dict[str, Score]:
    return {
        item_id: score
        for item_id, score in attempt.scores.items()
        if score.maximum and attempt.items[item_id].graded
    }


def _has_rest(attempt: ClosedScores, counted: Mapping[str, Score]) -> bool:
    """Whether each question can be held against others: of a quiz that asks one alone, none can.

    Where the others were withheld or dropped, the one that is left is not counted.
    """
    asked = sum(attempt.items[item_id].graded for item_id in attempt.scores)
    return len(counted) > 1 or asked == 1


def _of_quiz(total: Score, *, passed: bool) -> tuple[int, ...]:
    t = _units(total.raw, total.maximum)
    return 1, int(passed), t, t * t


def _of_item(score: Score, total: Score) -> tuple[int, ...]:
    x = _units(score.raw, score.maximum)
    others = total.maximum - score.maximum
    r = _units(total.raw - score.raw, others) if others else 0
    return 1, int(score.raw == score.maximum), x, x * x, r, r * r, x * r  # as `Sums` has them


def _units(raw: Fraction, maximum: int) -> int:
    part, whole = raw.numerator * UNIT, raw.denominator * maximum
    return part // whole if part % whole == 0 else round(Fraction(part, whole))


def _chosen(attempt: ClosedScores, item_id: str) -> Iterator[int]:
    """Give the published positions that were chosen; other kinds have no options to choose."""
    if attempt.items[item_id].kind in CHOICES:
        given = attempt.answers.get(item_id) or (NO_ANSWER,)
        yield from sorted({int(one) for one in given})


def _add(counters: dict[Key, tuple[int, ...]], key: Key, more: tuple[int, ...], sign: int) -> None:
    held = counters.get(key)
    if held is None:
        held = (0,) * len(more)
    counters[key] = tuple([one + sign * two for one, two in zip(held, more, strict=True)])
