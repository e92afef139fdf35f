"""What stands inside paragraphs: links, pictures, notes, HTML; code is looked over.

Everything here takes time in proportion to the length of the text, whatever it holds.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lms.content.settings import inside
from lms.content.source import Line, heading

_TICKS = re.compile(r"`+")
_ESCAPE = re.compile(r"\\[!-/:-@\[-`{-~]")
_BRACKET = re.compile(r"!?\[|\]\(|\]")
_TARGET = re.compile(r"\s*(?:<([^<>\n]*)>|((?:[^\s()]|\([^\s()]*\))*))")
_NOTE = re.compile(r"\[\^([^\[\]\s]{1,60})\](:?)")
_DEFINITION = re.compile(r" {0,3}\[(?!\^)[^\[\]]+\]:[ \t]*<?([^\s<>]+)")
_TAG = re.compile(r"(?<!\]\()<(?:/?[A-Za-z][A-Za-z0-9-]*(?=[\s/>])[^<>]*>|!--|[!?][A-Za-z])")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])(?=\s)")
_QUOTE = re.compile(r"(?:\s{0,3}>)+ ?")
_CODE_INDENT = "    "
_LONGEST_TITLE = 300


class Form(StrEnum):
    """What a paragraph is."""

    TEXT = "text"
    HEADING = "heading"
    ITEM = "item"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together: a paragraph, a list item's text, a row of a table."""

    form: Form
    line: int
    text: str  # as typed
    masked: str  # the same length, with code and escaped signs turned into spaces

    def position(self, offset: int) -> tuple[int, int]:
        """Return the line and column of an offset in the text."""
        line = self.text.count("\n", 0, offset)
        return self.line + line, offset - self.text.rfind("\n", 0, offset)


@dataclass(frozen=True, slots=True)
class Mark:
    """A link, a picture or a note: where it begins, its words and where it leads."""

    start: int
    end: int
    text: str
    target: str
    picture: bool = False


def paragraphs(lines: Sequence[Line]) -> Iterator[Paragraph]:
    """Yield what the lines say, cut where Markdown begins something new; code is left out."""
    run: list[Line] = []
    for line in lines:
        if line.blank or line.opaque or is_settings(line):
            yield from _close(run)
            run = []
            continue
        if run and (_begins(line) or _begins(run[-1], alone=True)):
            yield from _close(run)
            run = []
        run.append(line)
    yield from _close(run)


def is_settings(line: Line) -> bool:
    """Whether the line is a comment that gives a setting."""
    words = inside(line.text)
    return words is not None and ":" in words


def _begins(line: Line, *, alone: bool = False) -> bool:
    """Whether a paragraph begins with this line; `alone`: whether it also ends with it."""
    if heading(line):
        return True
    return not alone and _ITEM.match(_unquoted(line.text)) is not None


def _unquoted(text: str) -> str:
    quote = _QUOTE.match(text)
    return text[quote.end() :] if quote else text


def _close(run: Sequence[Line]) -> Iterator[Paragraph]:
    """Yield the paragraph that these lines make, or one a row where they are a table."""
    if not run or (run[0].text.startswith(_CODE_INDENT) and not run[0].nested):
        return
    if any(_is_rule(line.text) for line in run):
        for line in run:
            if not _is_rule(line.text):
                yield _paragraph(Form.ROW, [line])
        return
    form = Form.TEXT
    if heading(run[0]):
        form = Form.HEADING
    elif _ITEM.match(_unquoted(run[0].text)):
        form = Form.ITEM
    yield _paragraph(form, run)


def _is_rule(text: str) -> bool:
    """Whether the line is the one under the head of a table."""
    return "|" in text and "-" in text and not text.strip("|:- \t>")


def _paragraph(form: Form, lines: Sequence[Line]) -> Paragraph:
    text = "\n".join(line.text for line in lines)
    return Paragraph(form, lines[0].number, text, mask(text))


def mask(text: str) -> str:
    """Return the text with code spans and escaped signs turned into spaces."""
    runs = [match.span() for match in _TICKS.finditer(text)]
    if not runs:
        return _ESCAPE.sub("  ", text)
    by_length: dict[int, list[int]] = defaultdict(list)
    for start, end in runs:
        by_length[end - start].append(start)
    pieces: list[str] = []
    done = 0
    for start, end in runs:
        begin = start + (text[start - 1 : start] == "\\" and text[start - 2 : start - 1] != "\\")
        if start < done or begin == end:
            continue
        starts = by_length[end - begin]
        at = bisect_right(starts, begin)
        if at < len(starts):
            close = starts[at] + end - begin
            pieces.append(_ESCAPE.sub("  ", text[done:begin]))
            pieces.append(re.sub(r"[^\n]", " ", text[begin:close]))
            done = close
    pieces.append(_ESCAPE.sub("  ", text[done:]))
    return "".join(pieces)


def marks(paragraph: Paragraph) -> Iterator[Mark]:
    """Yield the links and pictures of a paragraph, and the definitions of links."""
    text = paragraph.masked
    definition = _DEFINITION.match(text)
    if definition:
        yield Mark(definition.start(), definition.end(), "", definition[1])
        return
    stack: list[tuple[int, int]] = []
    for match in _BRACKET.finditer(text):
        if match[0].endswith("["):
            stack.append(match.span())
            continue
        if not stack:
            continue
        start, opened = stack.pop()
        if match[0] == "](":
            target = _TARGET.match(text, match.end())
            if target is None:
                continue
            span = target.span(1) if target[1] is not None else target.span(2)
            words = paragraph.text[opened : match.start()]
            picture = text[start] == "!"
            end = text.find(")", target.end(), target.end() + _LONGEST_TITLE) + 1
            yield Mark(start, end or target.end(), words, paragraph.text[slice(*span)], picture)


def notes(paragraph: Paragraph) -> Iterator[Mark]:
    """Yield the notes that a paragraph calls: `[^T09]`."""
    for match in _NOTE.finditer(paragraph.masked):
        if not match[2] or paragraph.masked[: match.start()].strip():
            yield Mark(match.start(), match.end(), "", match[1])


def definition(paragraph: Paragraph) -> str:
    """Return the name of the note that a paragraph defines; empty for other paragraphs."""
    match = _NOTE.match(paragraph.masked.lstrip(" "))
    return match[1] if match and match[2] else ""


def tags(paragraph: Paragraph) -> Iterator[int]:
    """Yield where HTML stands in a paragraph, once a line."""
    last = 0
    for match in _TAG.finditer(paragraph.masked):
        line = paragraph.text.count("\n", 0, match.start()) + 1
        if line > last:
            yield match.start()
        last = line
