"""Grading: pure, exact, the same for everybody. The rules in words: docs/GRADING.md.

Answers are in published positions: choices ticked for round and square questions; for a match,
the right side given to each left side; for an order, the steps as he put them.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import assert_never

from lms.assessment.values import BLANK, Answer, QuizItem, Score
from lms.content.model import ItemKind, Partial
from lms.gates.gate import is_enough

_SIGNS = str.maketrans({
    "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"',
    "œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae",
})  # fmt: skip
NO_SCORE = Score(Fraction(0), 0)  # of what is withheld
_NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{1,12})?")


@dataclass(frozen=True, slots=True)
class GradedItem:
    """The score of one item in an attempt."""

    item: QuizItem
    score: Score

    @property
    def is_right(self) -> bool:
        """Whether the whole item is right."""
        return self.score.raw == self.score.maximum


@dataclass(frozen=True, slots=True)
class GradedAttempt:
    """The score of an attempt and whether it passes."""

    items: tuple[GradedItem, ...]
    score: Score
    passed: bool


def grade_attempt(
    items: Sequence[QuizItem],
    answers: Mapping[str, Answer],
    *,
    passing_percent: int,
    withheld: frozenset[str] = frozenset(),
) -> GradedAttempt:
    """Grade all items of an attempt; one without an answer earns nothing.

    An item that is not graded weighs nothing; `is_finished` says whether it may be handed in.
    Passing compares exactly: raw * 100 >= percent * maximum, and every `must` item right. What is
    withheld counts neither for nor against; where nothing else is left, nothing is passed by it.
    """
    graded = tuple(
        GradedItem(item, NO_SCORE)
        if item.id in withheld
        else GradedItem(item, grade_item(item, answers.get(item.id, ())))
        for item in items
    )
    raw = sum((one.score.raw for one in graded if one.item.graded), Fraction(0))
    maximum = sum(one.score.maximum for one in graded if one.item.graded)
    enough = is_enough(raw, maximum, passing_percent)
    musts = all(one.is_right for one in graded if one.item.must)
    emptied = bool(withheld) and not maximum
    return GradedAttempt(graded, Score(raw, maximum), enough and musts and not emptied)


def grade_item(item: QuizItem, answer: Answer) -> Score:
    """Grade one answer: a score from 0 to the item's points."""
    share = min(max(_share(item, answer), Fraction(0)), Fraction(1))
    if item.partial is Partial.NONE and share < 1:
        share = Fraction(0)
    return Score(share * item.points, item.points)


def is_finished(item: QuizItem, answer: Answer) -> bool:
    """Whether an item can be handed in: something is answered, an open one at its length."""
    match item.kind:
        case ItemKind.OPEN:
            return len(_text(answer).split()) >= item.min_words
        case ItemKind.TEXT | ItemKind.NUMBER:
            return bool(_text(answer).strip())
        case ItemKind.MATCH | ItemKind.ORDER:
            return len(answer) == item.size and BLANK not in answer
        case ItemKind.TRUE_FALSE | ItemKind.SINGLE | ItemKind.MULTIPLE:
            return bool(answer)
        case _:
            assert_never(item.kind)


def _share(item: QuizItem, answer: Answer) -> Fraction:
    match item.kind:
        case ItemKind.TRUE_FALSE | ItemKind.SINGLE:
            share = Fraction(tuple(answer) == item.correct)
        case ItemKind.MULTIPLE:
            share = _several_share(item, answer)
        case ItemKind.TEXT:
            share = Fraction(_is_accepted(item, answer))
        case ItemKind.NUMBER:
            share = Fraction(_is_near(item, answer))
        case ItemKind.MATCH:
            share = _match_share(item, answer)
        case ItemKind.ORDER:
            share = _order_share(item, answer)
        case ItemKind.OPEN:
            share = Fraction(len(_text(answer).split()) >= item.min_words)
        case _:
            assert_never(item.kind)
    return share


def _several_share(item: QuizItem, answer: Answer) -> Fraction:
    """Right ticks minus wrong ticks, over the number of right options."""
    ticked, right = set(answer), set(item.correct)
    if not right:
        return Fraction(not ticked)
    return Fraction(len(ticked & right) - len(ticked - right), len(right))


def _match_share(item: QuizItem, answer: Answer) -> Fraction:
    """Pairs that belong together, over all pairs; a right side given twice counts once at most."""
    right = sum(1 for left, given in enumerate(answer[: item.size]) if left == given)
    return Fraction(right, item.size)


def _order_share(item: QuizItem, answer: Answer) -> Fraction:
    """Measure the longest run of steps that stand in the right order relative to each other.

    One step alone is always in order, so the share is (run - 1) / (steps - 1).
    """
    steps = [step for step in answer if isinstance(step, int)]
    if sorted(steps) != list(range(item.size)):
        return Fraction(0)
    runs: list[int] = []
    for place, step in enumerate(steps):
        before = [runs[i] for i in range(place) if steps[i] < step]
        runs.append(1 + max(before, default=0))
    return Fraction(max(runs) - 1, item.size - 1) if item.size > 1 else Fraction(1)


def _is_accepted(item: QuizItem, answer: Answer) -> bool:
    typed = plain(_text(answer))
    return bool(typed) and typed in {plain(text) for text in item.accepted}


def _is_near(item: QuizItem, answer: Answer) -> bool:
    typed = parse_number(_text(answer))
    if typed is None:
        return False
    return any(abs(typed - value) <= tolerance for value, tolerance in item.numbers)


def _text(answer: Answer) -> str:
    return str(answer[0]) if answer else ""


def plain(text: str) -> str:
    """Fold what does not count in a typed answer: case, accents, ligatures, spaces, quotes."""
    folded = unicodedata.normalize("NFKD", text.translate(_SIGNS)).casefold()
    letters = "".join(c for c in folded if not unicodedata.combining(c))
    return " ".join(letters.replace("\u2011", "-").replace("\u2010", "-").split())


def parse_number(text: str) -> Fraction | None:
    """Read a number with a comma or a point, exactly; spaces and a percent sign do not count."""
    bare = "".join(text.split()).removesuffix("%").replace("\u2212", "-")
    if not bare.isascii() or not _NUMBER.fullmatch(bare):
        return None
    return Fraction(bare.replace(",", "."))
