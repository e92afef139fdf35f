"""A text by its lines: numbered, with one marked; or two texts, and what differs between them."""

from collections.abc import Iterable
from dataclasses import dataclass

from lms.authoring.word_diff import Mark, diff_texts
from lms.web.author.editor_forms import file_text
from lms.web.author.editor_pages import visible

WINDOW = 400  # lines on one page of the numbered listing
_CONTEXT = 3  # lines that did not change, around those that did


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of two texts laid beside each other; `mark` is same, deleted, inserted or gap."""

    mark: str
    text: str


def diff_lines(old: str, new: str) -> tuple[DiffLine, ...]:
    """Give what differs between two texts, line by line, with a little of what is around it."""
    lines: list[DiffLine] = []
    for line in diff_texts(old, new).lines:
        runs = line.runs
        if line.is_same:
            lines.append(DiffLine("same", visible("".join(run.text for run in runs))))
            continue
        for mark in (Mark.DELETED, Mark.INSERTED):
            other = Mark.INSERTED if mark is Mark.DELETED else Mark.DELETED
            there = line.old if mark is Mark.DELETED else line.new
            if there:
                text = "".join(run.text for run in runs if run.mark is not other)
                lines.append(DiffLine(mark.value, visible(text)))
    return tuple(_near_changes(lines))


def _near_changes(lines: list[DiffLine]) -> Iterable[DiffLine]:
    changed = [at for at, line in enumerate(lines) if line.mark != "same"]
    near = {
        at + step
        for at in changed
        for step in range(-_CONTEXT, _CONTEXT + 1)
    }  # fmt: skip
    before = -1
    for at in sorted(near & set(range(len(lines)))):
        if at != before + 1:
            yield DiffLine("gap", "")
        yield lines[at]
        before = at


@dataclass(frozen=True, slots=True)
class Listing:
    """A stretch of a text with the numbers of its lines; `line` is the one that is marked."""

    lines: tuple[tuple[int, str], ...]
    line: int
    total: int
    before: int  # the line that leads to the stretch before; 0: there is none
    after: int


def listing_of(text: str, line: int) -> Listing:
    """Give the stretch of a text in which a line stands."""
    lines = file_text(text).split("\n")
    line = min(max(line, 1), len(lines))
    first = (line - 1) // WINDOW * WINDOW
    rows = tuple(
        (first + at, visible(one))
        for at, one in enumerate(lines[first : first + WINDOW], start=1)
    )  # fmt: skip
    after = first + WINDOW + 1
    return Listing(rows, line, len(lines), first, after if after <= len(lines) else 0)
