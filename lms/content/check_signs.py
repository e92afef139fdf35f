"""Rules about signs that nobody sees or that nobody typed."""

import re
from collections.abc import Iterator

from lms.content.model import Place, Problem
from lms.content.read import Reading
from lms.content.rules import fault
from lms.content.source import split_lines

# Unicode's Bidi_Control: marks, embeddings, overrides and isolates.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LOST = "\ufffd"


def check_signs(reading: Reading) -> Iterator[Problem]:
    """Find marks that turn the direction of writing, and characters that were lost."""
    for path, text in reading.texts.items():
        has_lost, has_marks = _LOST in text, bool(_DIRECTION.search(text))
        if not (has_lost or has_marks):
            continue
        for number, line in enumerate(split_lines(text), start=1):
            yield from _check_line(path, number, line)


def _check_line(path: str, number: int, line: str) -> Iterator[Problem]:
    """Find the first of each sort on a line."""
    mark = _DIRECTION.search(line)
    if mark:
        message = f"an invisible mark turns the direction of the text: U+{ord(mark[0]):04X}"
        cure = "delete it: copied text sometimes brings it along"
        yield fault("direction-mark", Place(path, number, mark.start() + 1), message, cure)
    lost = line.find(_LOST)
    if lost >= 0:
        message = "a character was lost here on its way: U+FFFD stands in its place"
        yield fault("lost-character", Place(path, number, lost + 1), message, "type it again")
