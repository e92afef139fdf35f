"""Two texts side by side as a page shows them: numbered lines, marked words, folded stretches."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from lms.authoring.word_diff import Line, Mark, Run, TextDiff, diff_texts
from lms.web.words import _

_BESIDE = 2  # unchanged lines that are shown before and after a change
_MOST_LINES = 2000  # changed lines on a page
_MOST_FOLDED = 1000  # unchanged lines in one fold
# Signs that are not seen, or that turn the order of what is read; only shown by their numbers.
_HIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    r"\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_BLANK = re.compile(r"[\r\u00a0\u202f\u2009]")  # told where they are what changed


@dataclass(frozen=True, slots=True)
class Bit:
    """Some signs of a line; `name` stands for one that is not seen."""

    text: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class ShownRun:
    """A piece of a line: same, deleted or inserted."""

    mark: str
    bits: tuple[Bit, ...]


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line: its kind, its number with what became of it in words, its pieces."""

    kind: str
    sign: str
    number: int
    said: str
    runs: tuple[ShownRun, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines one after the other; `folded` counts them where nothing changed in any of them.

    A fold of very many lines has none to open.
    """

    lines: tuple[ShownLine, ...]
    folded: int = 0


@dataclass(frozen=True, slots=True)
class Compared:
    """Two texts side by side; `left_out` changed lines are too many for one page."""

    stretches: tuple[Stretch, ...]
    inserted: int
    deleted: int
    changed: int
    is_coarse: bool
    left_out: int = 0

    @property
    def is_same(self) -> bool:
        """Whether nothing changed."""
        return not (self.inserted or self.deleted or self.changed)


def compare(old: str, new: str) -> Compared:
    """Compare two texts for a page."""
    diff = diff_texts(old, new)
    kinds = [_kind(line) for line in diff.lines]
    most = _cut_at(kinds)
    left_out = sum(kind != "same" for kind in kinds[most:])
    return Compared(
        stretches=tuple(_stretches(diff, kinds[:most])),
        inserted=kinds.count("inserted"),
        deleted=kinds.count("deleted"),
        changed=kinds.count("changed"),
        is_coarse=diff.is_coarse,
        left_out=left_out,
    )


def _cut_at(kinds: Sequence[str]) -> int:
    """Give how many lines a page takes."""
    changed = 0
    for place, kind in enumerate(kinds):
        changed += kind != "same"
        if changed > _MOST_LINES:
            return place
    return len(kinds)


def _kind(line: Line) -> str:
    if line.is_same:
        return "same"
    if not line.old:
        return "inserted"
    return "changed" if line.new else "deleted"


def _stretches(diff: TextDiff, kinds: Sequence[str]) -> Iterator[Stretch]:
    changed = [place for place, kind in enumerate(kinds) if kind != "same"]
    near = {place + step for place in changed for step in range(-_BESIDE, _BESIDE + 1)}
    places = range(len(kinds))
    for is_near, found in groupby(places, lambda place: place in near):
        run = list(found)
        is_folded = not is_near and len(run) > 1
        if is_folded and len(run) > _MOST_FOLDED:
            yield Stretch((), len(run))
            continue
        lines = tuple(_shown_line(diff.lines[place], kinds[place]) for place in run)
        yield Stretch(lines, len(run) if is_folded else 0)


def _shown_line(line: Line, kind: str) -> ShownLine:
    sign, said = {
        "same": ("", _("Line %(number)s:", number=line.new)),
        "changed": ("±", _("Changed line %(number)s:", number=line.new)),
        "inserted": ("+", _("New line %(number)s:", number=line.new)),
        "deleted": ("−", _("Deleted line, it was %(number)s:", number=line.old)),
    }[kind]
    return ShownLine(kind, sign, line.new or line.old, said, tuple(map(_shown_run, line.runs)))


def _shown_run(run: Run) -> ShownRun:
    pattern = (
        _HIDDEN if run.mark is Mark.SAME else re.compile(f"{_HIDDEN.pattern}|{_BLANK.pattern}")
    )
    # A carriage return that stayed is the end of a line as some systems write it.
    text = run.text.removesuffix("\r") if run.mark is Mark.SAME else run.text
    return ShownRun(run.mark.value, tuple(_bits(text, pattern)))


def _bits(text: str, pattern: re.Pattern[str]) -> Iterator[Bit]:
    start = 0
    for match in pattern.finditer(text):
        if match.start() > start:
            yield Bit(text[start : match.start()])
        yield Bit(match[0], _name(match[0]))
        start = match.end()
    if start < len(text):
        yield Bit(text[start:])


def _name(sign: str) -> str:
    """Name a sign that is not seen, by its number and, where it has one, its Unicode name."""
    name = unicodedata.name(sign, "").lower()
    return f"U+{ord(sign):04X} {name}".strip()
