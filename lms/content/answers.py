"""What stands under the heading of a question, cut into text, answers and notes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from lms.content.model import Place
from lms.content.source import Line, is_ruler


class Way(StrEnum):
    """The ways in which an answer is written, and the other things a question is made of."""

    ROUND = "( )"
    SQUARE = "[ ]"
    TYPED = "="
    PAIR = "->"
    STEP = "1."
    BLANK = "____"
    HINT = "hint"
    EXPLANATION = "explanation"
    TEXT = "text"


ANSWERS = frozenset({Way.ROUND, Way.SQUARE, Way.TYPED, Way.PAIR, Way.STEP, Way.BLANK})
NOTES = frozenset({Way.HINT, Way.EXPLANATION})
_BULLET = re.compile(r" {0,3}[-*+][ \t]+")
_STEP = re.compile(r" {0,3}\d{1,9}[.)][ \t]+")
_MARKS = {
    Way.ROUND: re.compile(r"\([ \t]?([xX]?)[ \t]?\)(?=\s|$)"),
    Way.SQUARE: re.compile(r"\[[ \t]?([xX]?)[ \t]?\](?=\s|$)"),
    Way.TYPED: re.compile(r"=(?=\s|$)()"),
}
_ARROW = re.compile(r"\s->\s|\s->$")
_BLANK = re.compile(r" {0,3}_{4,}[ \t]*$")
_QUOTE = re.compile(r" {0,3}> ?")
_LABEL = re.compile(
    r"\*{0,2}(?:(hint|indice)|explanation|explication)\*{0,2}[ \u00a0\u202f]?:\*{0,2}[ \t]*",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Part:
    """One answer, note or run of text, with its lines; `text` is without its marker."""

    way: Way
    line: int
    column: int
    right: bool = False
    texts: list[str] = field(default_factory=list)
    feedback: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)

    def place(self, path: str) -> Place:
        """Return where this part begins."""
        return Place(path, self.line, self.column)

    @property
    def text(self) -> str:
        """The Markdown of this part."""
        return trim(self.texts)

    @property
    def is_blank(self) -> bool:
        """Whether this part has no words."""
        return not any(text.strip() for text in self.texts)


def trim(lines: Iterable[str]) -> str:
    """Return the lines as one text, without empty lines at its ends."""
    text = "\n".join(line.rstrip() for line in lines)
    return text.strip("\n")


def answer(line: Line) -> Part | None:
    """Return the answer that this line begins, if it begins one."""
    if not line.plain:
        return None
    if _BLANK.match(line.text):
        return Part(Way.BLANK, line.number, 1)
    step = _STEP.match(line.text)
    if step:
        return Part(Way.STEP, line.number, 1, texts=[line.text[step.end() :].strip()])
    bullet = _BULLET.match(line.text)
    if bullet is None or is_ruler(line.text):
        return None
    return _bullet(line, bullet.end())


def _bullet(line: Line, start: int) -> Part | None:
    """Return the answer that a list item is, its text beginning here; None for ordinary ones."""
    for way, mark in _MARKS.items():
        match = mark.match(line.text, start)
        if match:
            words = line.text[match.end() :].strip()
            return Part(way, line.number, start + 1, right=bool(match[1]), texts=[words])
    if _ARROW.search(line.text, start):
        return Part(Way.PAIR, line.number, start + 1, texts=[line.text[start:].strip()])
    return None


def note(line: Line) -> Part | None:
    """Return the hint or explanation that this line begins, if it begins one."""
    quote = _QUOTE.match(line.text) if line.plain else None
    label = _LABEL.match(line.text, quote.end()) if quote else None
    if label is None:
        return None
    way = Way.HINT if label[1] else Way.EXPLANATION
    return Part(way, line.number, 1, texts=[line.text[label.end() :]])


@dataclass(slots=True)
class _Cutter:
    """The parts so far; the last of them may go on."""

    parts: list[Part] = field(default_factory=list)
    after_blank: bool = True
    in_quote: bool = False  # the last line of the open answer was feedback

    def take(self, line: Line) -> None:
        """Add one line to the part that it belongs to."""
        last = self.parts[-1] if self.parts else None
        begun = answer(line) or note(line)
        if begun is not None:
            self.parts.append(begun)
            self.in_quote = False
        elif last is None or not self._goes_on(last, line):
            self._text(line)
        if self.parts:
            self.parts[-1].raw.append(line.text)
        self.after_blank = line.blank and not line.opaque

    def _goes_on(self, last: Part, line: Line) -> bool:
        """Add the line to the last part where it continues it; return whether it did."""
        if last.way in ANSWERS and last.way is not Way.BLANK and (line.nested or self._lazy(line)):
            self._continue(last, line)
            return True
        if last.way in NOTES and not line.opaque and not self.after_blank:
            quote = _QUOTE.match(line.text)
            if quote or self._lazy(line):
                last.texts.append(line.text[quote.end() :] if quote else line.text.strip())
                return True
        return False

    def _lazy(self, line: Line) -> bool:
        """Whether Markdown reads the line as going on with the paragraph above it."""
        if self.after_blank or not line.plain or is_ruler(line.text):
            return False
        starts = (_BULLET, _STEP, _QUOTE, _BLANK)
        return not any(start.match(line.text) for start in starts) and not line.text.startswith("#")

    def _continue(self, last: Part, line: Line) -> None:
        """Add a line under an answer: quoted lines are its feedback, others its text."""
        bare = line.text.strip() if not line.opaque else line.text
        quote = None if line.opaque else _QUOTE.match(bare)
        if quote:
            last.feedback.append(bare[quote.end() :])
        elif self.in_quote and bare and not self.after_blank:
            last.feedback.append(bare)
        else:
            last.texts.append(bare)
        self.in_quote = bool(quote) or (self.in_quote and bool(bare) and not self.after_blank)

    def _text(self, line: Line) -> None:
        if not self.parts or self.parts[-1].way is not Way.TEXT:
            if line.blank and not line.opaque:
                return
            self.parts.append(Part(Way.TEXT, line.number, 1))
        self.parts[-1].texts.append(line.text)


def cut(lines: Iterable[Line], *, practice: bool = False) -> list[Part]:
    """Return the parts that the lines under a question's heading are made of, in order.

    A numbered list is the answer only where no other answer stands. Of several lists it is the
    last one in a quiz, where text comes before the answers, and the first one in a section.
    """
    cutter = _Cutter()
    for line in lines:
        cutter.take(line)
    parts = cutter.parts
    if any(part.way in ANSWERS - {Way.STEP} for part in parts):
        keep: set[int] = set()
    elif practice:
        keep = _run(parts, range(len(parts)))
    else:
        keep = _run(parts, range(len(parts) - 1, -1, -1))
    return [
        Part(Way.TEXT, part.line, part.column, texts=part.raw)
        if part.way is Way.STEP and at not in keep
        else part
        for at, part in enumerate(parts)
    ]


def _run(parts: list[Part], order: range) -> set[int]:
    """Return the positions of the first steps, in this order, that follow one another."""
    run: set[int] = set()
    for at in order:
        if parts[at].way is Way.STEP:
            run.add(at)
        elif run:
            break
    return run
