"""The body of a file cut at its headings, and the text of a section cut into blocks."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lms.content.answers import Way, answer, trim
from lms.content.model import Block, Item, Place, Problem, Prose, TestimonyCall
from lms.content.parse_item import Mode, read_item, settings_line
from lms.content.rules import fault
from lms.content.source import Heading, Line, heading

_CALL = re.compile(r" {0,3}\[\[testimony:([^\[\]]*)\]\][ \t]*$")
_ITEM_LEVEL = 3


@dataclass(slots=True)
class Chunk:
    """A heading and the lines up to the next heading of its level or above."""

    line: Line
    heading: Heading
    lines: list[Line] = field(default_factory=list)


def chunks(lines: Sequence[Line], level: int) -> tuple[list[Line], list[Chunk]]:
    """Return the lines before the first heading of a level, and the chunks that follow."""
    before: list[Line] = []
    found: list[Chunk] = []
    for line in lines:
        head = heading(line)
        if head is not None and head.level <= level:
            found.append(Chunk(line, head))
        elif found:
            found[-1].lines.append(line)
        else:
            before.append(line)
    return before, found


def first_text(lines: Sequence[Line]) -> Line | None:
    """Return the first line that says something."""
    return next((line for line in lines if not line.blank), None)


def read_items(
    path: str, found: Sequence[Chunk], mode: Mode
) -> tuple[tuple[Item, ...], list[Problem]]:
    """Return the questions of a quiz or a survey, and what is wrong with them."""
    items: list[Item] = []
    problems: list[Problem] = []
    for chunk in found:
        reading = read_item(path, chunk.heading.text, chunk.line, chunk.lines, mode)
        problems += reading.problems
        if reading.item:
            items.append(reading.item)
    return tuple(items), problems


def read_blocks(path: str, lines: Sequence[Line]) -> tuple[tuple[Block, ...], list[Problem]]:
    """Return the text, testimonies and practice questions of a section, in order."""
    blocks: list[Block] = []
    problems: list[Problem] = []
    run: list[Line] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        call = _CALL.match(line.text) if line.plain else None
        head = heading(line)
        if call is not None:
            blocks += _prose(path, run)
            blocks.append(TestimonyCall(call[1].strip(), Place(path, line.number)))
        elif head is not None and head.level == _ITEM_LEVEL and _is_item(lines, at):
            blocks += _prose(path, run)
            under = _until_heading(lines, at)
            reading = read_item(path, head.text, line, under, Mode.PRACTICE)
            problems += reading.problems
            blocks += [reading.item] if reading.item else []
            at += reading.used
        else:
            run.append(line)
            continue
        run = []
    blocks += _prose(path, run)
    problems += _strays(path, blocks, lines)
    return tuple(blocks), problems


def _is_item(lines: Sequence[Line], at: int) -> bool:
    """Whether the heading before this position is a question's: settings stand under it."""
    return settings_line(lines, at) >= 0


def _until_heading(lines: Sequence[Line], at: int) -> list[Line]:
    """Return the lines up to the next heading that could begin another question."""
    found = []
    for line in lines[at:]:
        head = heading(line)
        if head is not None and head.level <= _ITEM_LEVEL:
            break
        found.append(line)
    return found


def _prose(path: str, run: Sequence[Line]) -> list[Block]:
    """Return the run of lines as one block of text, unless nothing stands in it."""
    first = first_text(run)
    if first is None:
        return []
    texts = [line.text for line in run if line.number >= first.number]
    return [Prose(trim(texts), Place(path, first.number))]


def _strays(path: str, blocks: Sequence[Block], lines: Sequence[Line]) -> Iterator[Problem]:
    """Find answers in ordinary text: a question whose settings were forgotten."""
    spans = [
        (block.place.line, block.place.line + block.markdown.count("\n"))
        for block in blocks
        if isinstance(block, Prose)
    ]
    numbers = {number for first, last in spans for number in range(first, last + 1)}
    was = False
    for line in lines:
        part = answer(line) if line.number in numbers else None
        stray = part is not None and part.way is Way.ROUND
        if stray and not was:
            message = "answers stand in the text of a section"
            cure = "give the question a ### heading and `<!-- id: …, practice: yes -->` under it"
            yield fault("practice-not-said", Place(path, line.number), message, cure)
        was = stray or (was and line.blank)
