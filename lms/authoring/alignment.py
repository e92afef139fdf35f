"""Two sequences laid side by side: which stretches are the same, with an end to the work.

What comes once on both sides is laid down first (patience); what is left between is compared by
Myers' O(ND) way for as long as the budget lasts. When it is spent, a stretch counts as replaced:
still true, only less fine.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace

STEPS = 1_000_000  # of a comparison: well under a second


@dataclass(slots=True)
class Budget:
    """How many steps a comparison may still take; `is_spent` once it wished for more."""

    left: int = STEPS
    is_spent: bool = False

    def take(self, steps: int) -> bool:
        """Whether so many steps may be taken: then they are."""
        if steps > self.left:
            self.is_spent = True
            return False
        self.left -= steps
        return True


@dataclass(frozen=True, slots=True)
class Stretch:
    """Places `old` to `old_end` of one side beside `new` to `new_end` of the other."""

    is_same: bool
    old: int
    old_end: int
    new: int
    new_end: int


def align(old: Sequence[Hashable], new: Sequence[Hashable], budget: Budget) -> tuple[Stretch, ...]:
    """Give the stretches of both in order, same and replaced by turns."""
    numbers: dict[Hashable, int] = {}  # long texts are compared once, then their numbers
    left = [numbers.setdefault(one, len(numbers)) for one in old]
    right = [numbers.setdefault(one, len(numbers)) for one in new]
    return tuple(_joined(_Aligner(left, right, budget).stretches()))


def _joined(stretches: Iterator[Stretch]) -> Iterator[Stretch]:
    """Put neighbours of one kind together; leave out what is empty on both sides."""
    last: Stretch | None = None
    for one in stretches:
        if one.old == one.old_end and one.new == one.new_end:
            continue
        if last is not None and last.is_same == one.is_same:
            last = Stretch(one.is_same, last.old, one.old_end, last.new, one.new_end)
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last


@dataclass(slots=True)
class _Aligner:
    old: list[int]
    new: list[int]
    budget: Budget

    def stretches(self) -> Iterator[Stretch]:
        """Yield the stretches, cutting piece after piece; a stack, since pieces may nest deeply."""
        pieces = [Stretch(False, 0, len(self.old), 0, len(self.new))]
        while pieces:
            piece = pieces.pop()
            if piece.is_same:
                yield piece
                continue
            cut = self._cut(piece)
            if len(cut) == 1 and not cut[0].is_same:
                yield cut[0]
            else:
                pieces += reversed(cut)

    def _cut(self, piece: Stretch) -> list[Stretch]:
        """Give the piece as it is, or in smaller ones."""
        head, tail = self._ends(piece)
        if head or tail:
            return [
                Stretch(True, piece.old, piece.old + head, piece.new, piece.new + head),
                Stretch(
                    False,
                    piece.old + head,
                    piece.old_end - tail,
                    piece.new + head,
                    piece.new_end - tail,
                ),
                Stretch(
                    True, piece.old_end - tail, piece.old_end, piece.new_end - tail, piece.new_end
                ),
            ]
        if piece.old == piece.old_end or piece.new == piece.new_end:
            return [piece]
        pairs = self._anchors(piece) or self._shortest(piece)
        return list(_between(piece, pairs)) if pairs else [piece]

    def _ends(self, piece: Stretch) -> tuple[int, int]:
        """Count what is the same at the beginning, and at the end of the rest."""
        most = min(piece.old_end - piece.old, piece.new_end - piece.new)
        head = 0
        while head < most and self.old[piece.old + head] == self.new[piece.new + head]:
            head += 1
        tail = 0
        while (
            tail < most - head
            and self.old[piece.old_end - tail - 1] == self.new[piece.new_end - tail - 1]
        ):
            tail += 1
        return head, tail

    def _anchors(self, piece: Stretch) -> list[tuple[int, int]]:
        """Pair what comes once on both sides, as many as stand in the same order."""
        left, right = self.old[piece.old : piece.old_end], self.new[piece.new : piece.new_end]
        if not self.budget.take(len(left) + len(right)):
            return []
        counts, others = Counter(left), Counter(right)
        places = {one: at for at, one in enumerate(right) if others[one] == 1}
        found = [(at, places[one]) for at, one in enumerate(left)
                 if counts[one] == 1 and one in places]  # fmt: skip
        return [(piece.old + at, piece.new + to) for at, to in _rising(found)]

    def _shortest(self, piece: Stretch) -> list[tuple[int, int]]:
        """Pair as much as Myers finds with half of the budget; nothing when that is too little."""
        share = Budget(self.budget.left // 2)
        left, right = self.old[piece.old : piece.old_end], self.new[piece.new : piece.new_end]
        found = _myers(left, right, share)
        self.budget.left -= self.budget.left // 2 - share.left
        self.budget.is_spent |= share.is_spent
        return [(piece.old + at, piece.new + to) for at, to in found]


def _between(piece: Stretch, pairs: list[tuple[int, int]]) -> Iterator[Stretch]:
    """Cut a piece at its pairs."""
    old, new = piece.old, piece.new
    for at, to in pairs:
        yield Stretch(False, old, at, new, to)
        yield Stretch(True, at, at + 1, to, to + 1)
        old, new = at + 1, to + 1
    yield Stretch(False, old, piece.old_end, new, piece.new_end)


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give the longest run of pairs (sorted by the first) whose second rises too."""
    ends: list[int] = []  # the smallest second with which a run of each length ends
    at: list[int] = []
    before: list[int] = []
    for place, (_, second) in enumerate(pairs):
        length = bisect_left(ends, second)
        ends[length : length + 1] = [second]
        at[length : length + 1] = [place]
        before.append(at[length - 1] if length else -1)
    run: list[tuple[int, int]] = []
    place = at[-1] if at else -1
    while place >= 0:
        run.append(pairs[place])
        place = before[place]
    return run[::-1]


def _myers(old: Sequence[int], new: Sequence[int], budget: Budget) -> list[tuple[int, int]]:
    """Pair the places of a longest common part; nothing when the budget is spent before."""
    reach = {1: 0}  # diagonal → how far along `old` its furthest path has come
    trail: list[list[int]] = []
    for edits in range(len(old) + len(new) + 1):
        if not budget.take(2 * edits + 1):
            return []
        trail.append([])
        for diagonal in range(-edits, edits + 1, 2):
            start = _entered(reach.get(diagonal + 1, -1), reach.get(diagonal - 1, -1))[0]
            end = _slide(old, new, start, start - diagonal)
            if not budget.take(end - start):
                return []
            reach[diagonal] = end
            trail[-1].append(end)
            if end == len(old) and end - diagonal == len(new):
                return _walk_back(trail, end, diagonal)
    return []


def _entered(above: int, left: int) -> tuple[int, bool]:
    """Give where a diagonal is entered by one edit, and whether it is by one downwards."""
    return (left + 1, False) if left >= above else (above, True)


def _slide(old: Sequence[int], new: Sequence[int], at: int, to: int) -> int:
    while to < len(new) and at < len(old) and old[at] == new[to]:
        at, to = at + 1, to + 1
    return at


def _walk_back(trail: list[list[int]], end: int, diagonal: int) -> list[tuple[int, int]]:
    """Follow the trail from its end to its beginning; gives the pairs that it went through."""
    pairs: list[tuple[int, int]] = []
    for edits in range(len(trail) - 1, -1, -1):
        start, is_down = 0, True
        if edits:
            before = dict(zip(range(1 - edits, edits, 2), trail[edits - 1], strict=True))
            above, left = before.get(diagonal + 1, -1), before.get(diagonal - 1, -1)
            start, is_down = _entered(above, left)
        pairs += [(at, at - diagonal) for at in range(end - 1, start - 1, -1)]
        end, diagonal = (start, diagonal + 1) if is_down else (start - 1, diagonal - 1)
    return pairs[::-1]


def pair_up(weights: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Pair rows with columns in order so that the weights add up to most; 0 is never paired."""
    rows, columns = len(weights), len(weights[0]) if weights else 0
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            weight = weights[row][column]
            paired = weight + best[row + 1][column + 1] if weight else 0.0
            best[row][column] = max(best[row + 1][column], best[row][column + 1], paired)
    pairs: list[tuple[int, int]] = []
    row = column = 0
    while row < rows and column < columns:
        weight = weights[row][column]
        if weight and best[row][column] == weight + best[row + 1][column + 1]:
            pairs.append((row, column))
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            row += 1
        else:
            column += 1
    return pairs


def mended(stretches: Sequence[Stretch], is_word: Callable[[int], bool]) -> Iterator[Stretch]:
    """Yield the stretches, without those that hold no word and stand between two changes.

    A blank that stayed between two new words tells nobody anything: all three are one change.
    """
    last = len(stretches) - 1
    told: list[Stretch] = []
    for place, one in enumerate(stretches):
        is_alone = one.is_same and 0 < place < last
        is_noise = is_alone and not any(map(is_word, range(one.old, one.old_end)))
        told.append(replace(one, is_same=False) if is_noise else one)
    yield from _joined(iter(told))
