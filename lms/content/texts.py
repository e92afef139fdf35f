"""The Markdown of all files that readers see, line by line, without the front matter."""

from collections.abc import Iterator

from lms.content.front_matter import read_front_matter
from lms.content.read import Reading
from lms.content.source import Line, scan

_DEPTH = 4  # content/modules/01-first/fr.md
_FOLDERS = ("modules", "testimonies", "surveys")


def bodies(reading: Reading) -> Iterator[tuple[str, tuple[Line, ...]]]:
    """Yield the path and the lines of each module, testimony and survey."""
    for path, text in reading.texts.items():
        parts = path.split("/")
        if len(parts) == _DEPTH and parts[1] in _FOLDERS and path.endswith(".md"):
            front = read_front_matter(path, text)
            lines, _ = scan(front.body, front.first_line)
            yield path, lines
