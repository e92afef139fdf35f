"""Three texts of one file, line by line: what one side changed, what the other did, where both did.

Two sides began from one base. Where only one of them changed a line, its line is taken; where both
did, and differently, a person decides. Lines keep their ends, so that nothing else is changed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
# Texts of many equal lines take the comparison a time that grows with the square of their number.
_MOST_PAIRS = 1_000_000


class Changed(StrEnum):
    """Which side changed the lines of a hunk."""

    NEITHER = "neither"
    OURS = "ours"
    THEIRS = "theirs"
    ALIKE = "alike"  # both, to the same
    BOTH = "both"  # both, and differently


class Keep(StrEnum):
    """Whose lines are kept where both sides changed them."""

    OURS = "ours"
    THEIRS = "theirs"
    BOTH = "both"  # one after the other, ours first


@dataclass(frozen=True, slots=True)
class Span:
    """Some lines of a text; `first` is the number of the first, from 1, or where one would be."""

    first: int
    lines: tuple[str, ...]

    @property
    def last(self) -> int:
        """The number of the last line; the one before `first` where there is none."""
        return self.first + len(self.lines) - 1


@dataclass(frozen=True, slots=True)
class Hunk:
    """The same place in all three texts."""

    changed: Changed
    base: Span
    ours: Span
    theirs: Span


def three_way(base: str, ours: str, theirs: str) -> tuple[Hunk, ...]:
    """Compare two sides with the text that both began from; the hunks cover all three, in order."""
    texts = split(base), split(ours), split(theirs)
    hunks: list[Hunk] = []
    at = (0, 0, 0)
    for same, length in _anchors(*texts):
        if same != at:
            hunks.append(_hunk(texts, at, same))
        at = (same[0] + length, same[1] + length, same[2] + length)
        if length:
            hunks.append(_hunk(texts, same, at))
    return tuple(hunks)


def merge(
    hunks: Sequence[Hunk], keep: Mapping[int, Keep] | None = None, *, other: Keep | None = None
) -> str | None:
    """Put the text together; None where both sides changed lines and nobody has said what stays.

    `keep` decides by the place of a hunk, from 0, and `other` for the rest.
    """
    given = keep or {}
    parts: list[str] = []
    for place, hunk in enumerate(hunks):
        lines = _kept(hunk, given.get(place, other))
        if lines is None:
            return None
        parts += lines
    return "".join(parts)


def split(text: str) -> tuple[str, ...]:
    """Give the lines of a text with their ends, whatever ends them."""
    return tuple(_LINE.findall(text))


def _kept(hunk: Hunk, keep: Keep | None) -> tuple[str, ...] | None:
    match hunk.changed:
        case Changed.NEITHER | Changed.OURS | Changed.ALIKE:
            return hunk.ours.lines
        case Changed.THEIRS:
            return hunk.theirs.lines
        case Changed.BOTH:
            return _decided(hunk, keep)


def _decided(hunk: Hunk, keep: Keep | None) -> tuple[str, ...] | None:
    match keep:
        case None:
            return None
        case Keep.OURS:
            return hunk.ours.lines
        case Keep.THEIRS:
            return hunk.theirs.lines
        case Keep.BOTH:
            return (*_ended(hunk.ours.lines), *hunk.theirs.lines)


def _ended(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Give lines that others can follow: the last one of a file may have no end."""
    if not lines or lines[-1].endswith(("\n", "\r")):
        return lines
    return (*lines[:-1], f"{lines[-1]}\n")


_Lines = tuple[str, ...]
_At = tuple[int, int, int]


def _hunk(texts: tuple[_Lines, _Lines, _Lines], start: _At, end: _At) -> Hunk:
    base, ours, theirs = (
        Span(first + 1, text[first:last])
        for text, first, last in zip(texts, start, end, strict=True)
    )
    return Hunk(_changed(base.lines, ours.lines, theirs.lines), base, ours, theirs)


def _changed(base: _Lines, ours: _Lines, theirs: _Lines) -> Changed:
    if ours == theirs:
        return Changed.NEITHER if ours == base else Changed.ALIKE
    if ours == base:
        return Changed.THEIRS
    return Changed.OURS if theirs == base else Changed.BOTH


def _anchors(base: _Lines, ours: _Lines, theirs: _Lines) -> Iterator[tuple[_At, int]]:
    """Give the runs of lines that all three have, in order; the last, of none, is the end."""
    first, second = _matches(base, ours), _matches(base, theirs)
    one = two = 0
    while one < len(first) and two < len(second):
        start = max(first[one][0], second[two][0])
        end = min(first[one][0] + first[one][2], second[two][0] + second[two][2])
        if start < end:
            yield (start, _across(first[one], start), _across(second[two], start)), end - start
        if first[one][0] + first[one][2] < second[two][0] + second[two][2]:
            one += 1
        else:
            two += 1
    yield (len(base), len(ours), len(theirs)), 0


def _across(block: _At, at: int) -> int:
    """Give the place in a side of a line of the base that lies in a block."""
    return block[1] + at - block[0]


def _matches(base: _Lines, side: _Lines) -> list[_At]:
    """Give runs of equal lines as (place in the base, place in the side, length)."""
    head = _common(base, side)
    tail = _common(base[head:][::-1], side[head:][::-1])
    inner_base, inner_side = base[head : len(base) - tail], side[head : len(side) - tail]
    found = [(0, 0, head), (len(base) - tail, len(side) - tail, tail)]
    if _pairs(inner_base, inner_side) <= _MOST_PAIRS:
        matcher = SequenceMatcher(None, inner_base, inner_side)
        found += [(head + a, head + b, size) for a, b, size in matcher.get_matching_blocks()]
    return sorted(block for block in found if block[2])


def _common(one: _Lines, two: _Lines) -> int:
    """Count the lines that two texts begin with alike."""
    count = 0
    for here, there in zip(one, two, strict=False):
        if here != there:
            break
        count += 1
    return count


def _pairs(base: _Lines, side: _Lines) -> int:
    """Count how often a line of one text stands in the other."""
    counts: dict[str, int] = {}
    for line in base:
        counts[line] = counts.get(line, 0) + 1
    return sum(counts.get(line, 0) for line in side)
