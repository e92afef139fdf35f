"""What changed between two texts: line by line, and word by word inside a changed line.

Whoever leaves out what is inserted has the old text, whoever leaves out what is deleted has the
new one, to the last character.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lms.authoring.alignment import Budget, Stretch, align, mended, pair_up

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_WORD = re.compile(r"\w+")
ALIKE = 0.35  # of the words of two lines: below that one did not become the other
_PAIRS = 40_000  # lines of one stretch times those of the other: more are not paired
_PLACES = 20_000  # lines that are paired by their places


class Mark(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    DELETED = "deleted"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line with one mark."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its number in the old and in the new text; 0 where it is not in it."""

    old: int
    new: int
    runs: tuple[Run, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing changed in it."""
        return bool(self.old and self.new) and all(run.mark is Mark.SAME for run in self.runs)


@dataclass(frozen=True, slots=True)
class TextDiff:
    """Two texts laid side by side; `is_coarse` where they differ too much to be told finely."""

    lines: tuple[Line, ...]
    is_coarse: bool

    @property
    def is_same(self) -> bool:
        """Whether nothing changed."""
        return all(line.is_same for line in self.lines)


def diff_texts(old: str, new: str) -> TextDiff:
    """Compare two texts; the work is bounded, whatever they hold."""
    comparison = _Comparison(_lines(old), _lines(new), Budget())
    return TextDiff(tuple(comparison.lines()), comparison.budget.is_spent)


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []


@dataclass(frozen=True, slots=True)
class _Comparison:
    old: Sequence[str]
    new: Sequence[str]
    budget: Budget

    def lines(self) -> Iterator[Line]:
        """Yield all lines in order."""
        for stretch in align(self.old, self.new, self.budget):
            if not stretch.is_same:
                yield from self._replaced(stretch)
                continue
            for step in range(stretch.old_end - stretch.old):
                text = self.old[stretch.old + step]
                runs = marked(Mark.SAME, text)
                yield Line(stretch.old + step + 1, stretch.new + step + 1, runs)

    def _replaced(self, stretch: Stretch) -> Iterator[Line]:
        """Yield the lines of a stretch: those that became another one with their words compared."""
        old, new = stretch.old, stretch.new
        for at, to in self._paired(stretch):
            yield from self._whole(old, at, new, to)
            runs = diff_words(self.old[at], self.new[to], self.budget)
            yield Line(at + 1, to + 1, runs)
            old, new = at + 1, to + 1
        yield from self._whole(old, stretch.old_end, new, stretch.new_end)

    def _whole(self, old: int, old_end: int, new: int, new_end: int) -> Iterator[Line]:
        for at in range(old, old_end):
            yield Line(at + 1, 0, marked(Mark.DELETED, self.old[at]))
        for to in range(new, new_end):
            yield Line(0, to + 1, marked(Mark.INSERTED, self.new[to]))

    def _paired(self, stretch: Stretch) -> list[tuple[int, int]]:
        left = self.old[stretch.old : stretch.old_end]
        right = self.new[stretch.new : stretch.new_end]
        pairs = pair_alike(left, right, self.budget)
        return [(stretch.old + at, stretch.new + to) for at, to in pairs]


def pair_alike(old: Sequence[str], new: Sequence[str], budget: Budget) -> list[tuple[int, int]]:
    """Pair, in order, what has enough words in common to be taken for the same thing changed.

    Where that is too much work each is paired with what stands in the same place.
    """
    size = len(old) * len(new)
    if not size:
        return []
    is_small = size <= _PAIRS and budget.take(size + sum(map(len, old)) * len(new) // 6)
    if not is_small and (len(old) != len(new) or len(old) > _PLACES):
        budget.is_spent = True
        return []
    left, right = [_words(one) for one in old], [_words(one) for one in new]
    if is_small:
        return pair_up([[_likeness(one, other) for other in right] for one in left])
    both = enumerate(zip(left, right, strict=True))
    return [(at, at) for at, (one, other) in both if _likeness(one, other)]


def _words(text: str) -> Counter[str]:
    """Count the words of a text; its other signs where it has none."""
    return Counter(_WORD.findall(text) or text.split())


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Give the share of the words that both have: 0 when it is too small to matter."""
    common = sum(min(count, other[word]) for word, count in one.items() if word in other)
    total = one.total() + other.total()
    share = 2 * common / total if total else 1.0
    return share if share >= ALIKE else 0.0


def diff_words(old: str, new: str, budget: Budget) -> tuple[Run, ...]:
    """Compare the words of two lines."""
    left, right = _TOKEN.findall(old), _TOKEN.findall(new)
    runs: list[Run] = []
    for stretch in mended(align(left, right, budget), lambda at: bool(_WORD.match(left[at]))):
        before = "".join(left[stretch.old : stretch.old_end])
        if stretch.is_same:
            runs += marked(Mark.SAME, before)
            continue
        runs += marked(Mark.DELETED, before)
        runs += marked(Mark.INSERTED, "".join(right[stretch.new : stretch.new_end]))
    return tuple(runs)


def marked(mark: Mark, text: str) -> tuple[Run, ...]:
    """Give a text as one run; none when it is empty."""
    return (Run(mark, text),) if text else ()
