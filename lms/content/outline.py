"""What the headings of a file must obey."""

import re
from collections.abc import Iterator, Sequence

from lms.content.front_matter import short
from lms.content.model import Place, Problem
from lms.content.rules import fault
from lms.content.source import Line, heading, underlined

_NO_SPACE = re.compile(r" {0,3}#{2,6}(?=[^#\s])")
_TO_WRITE = re.compile(r"TO WRITE|À ÉCRIRE")


def check_outline(
    path: str, lines: Sequence[Line], unclosed: int, above: int = 1
) -> Iterator[Problem]:
    """Find headings that jump or are not written as headings, and blocks left open.

    `above` is the level that the first heading may follow.
    """
    if unclosed:
        message = "the code fence or comment that begins here is not closed"
        cure = "all that follows it is swallowed; close it with ``` or -->"
        yield fault("unclosed-block", Place(path, unclosed), message, cure)
    for line in underlined(tuple(lines)):
        place = Place(path, line.number)
        message = "an underlined heading does not begin a section"
        cure = "write `## ` before it; for a line across the page leave a blank line above ---"
        yield fault("underlined-heading", place, message, cure)
    level = above
    for line in lines:
        match = _NO_SPACE.match(line.text) if line.plain else None
        if match:
            place = Place(path, line.number, match.end() + 1)
            yield fault("heading-space", place, "a space is missing after #", "write `## Title`")
        head = heading(line)
        if head is None:
            continue
        if head.level > level + 1:
            message = f"the heading jumps from level {level} to level {head.level}"
            cure = f"write it with {'#' * (level + 1)}"
            yield fault("heading-jump", Place(path, line.number), message, cure)
        level = max(head.level, above)
    yield from check_written(path, ((line.number, line.text) for line in lines))


def check_written(path: str, lines: Iterator[tuple[int, str]]) -> Iterator[Problem]:
    """Find what a template left to be written."""
    for number, text in lines:
        match = _TO_WRITE.search(text)
        if match:
            place = Place(path, number, match.start() + 1)
            yield fault("to-write", place, "this is still to be written")


def check_title(
    path: str, lines: Sequence[Line], first: int, title: str, *, intro: bool = False
) -> Iterator[Problem]:
    """Find a title that is missing, comes again or late, or that is not the front matter's.

    Text between the title and the next heading is lost, except where there is an `intro`.
    """
    heads = [(line, head) for line in lines if (head := heading(line))]
    titles = [(line, head) for line, head in heads if head.level == 1]
    if not titles:
        cure = f"write `# {short(title) or 'Title'}` under the front matter"
        yield fault("one-title", Place(path, first), "the title is missing", cure)
        return
    for line, _ in titles[1:]:
        cure = "sections begin with ## and headings inside them with ###"
        yield fault("one-title", Place(path, line.number), "a second title", cure)
    line, head = titles[0]
    place = Place(path, line.number)
    if heads[0][0] is not line:
        yield fault("one-title", place, "the title comes after a section", "move it to the top")
    if title and " ".join(head.text.split()) != title:
        message = f"the title is `{short(head.text)}` here and `{short(title)}` in front matter"
        yield fault("title-agrees", place, message, "make them the same")
    if not intro:
        yield from _lost_around(path, lines, line)


def _lost_around(path: str, lines: Sequence[Line], title: Line) -> Iterator[Problem]:
    """Find text before the title, and between it and the first section."""
    for line in lines:
        if line.blank or line is title:
            continue
        head = heading(line)
        if head is None:
            message = "text before the first section is shown nowhere"
            yield fault(
                "lost-text", Place(path, line.number), message, "move it under a ## heading"
            )
        break_here = head is None or head.level > 1
        if break_here:
            return
