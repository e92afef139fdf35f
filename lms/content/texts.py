"""The Markdown of all files that readers see, cut into paragraphs, without the front matter."""

from collections.abc import Iterator
from dataclasses import dataclass

from lms.content.front_matter import read_front_matter
from lms.content.inline import Paragraph, paragraphs
from lms.content.read import Reading
from lms.content.source import Line, scan

_DEPTH = 4  # content/modules/01-first/fr.md
_FOLDERS = ("modules", "testimonies", "surveys")


@dataclass(frozen=True, slots=True)
class Body:
    """The body of one module, testimony or survey: its lines and its paragraphs."""

    path: str
    lines: tuple[Line, ...]
    paragraphs: tuple[Paragraph, ...]


def bodies(reading: Reading) -> Iterator[Body]:
    """Yield the body of each module, testimony and survey."""
    for path, text in reading.texts.items():
        parts = path.split("/")
        if len(parts) == _DEPTH and parts[1] in _FOLDERS and path.endswith(".md"):
            front = read_front_matter(path, text)
            lines, _ = scan(front.body, front.first_line)
            yield Body(path, lines, tuple(paragraphs(lines)))
