"""Ids that an author has not written yet, written into the text and nothing else changed."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from lms.content.front_matter import read_front_matter
from lms.content.parse_item import settings_line
from lms.content.parse_module import is_quiz_title
from lms.content.settings import inside
from lms.content.source import Heading, Line, heading, scan
from lms.content.words import as_id, slug

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_CLOSING = re.compile(r"[ \t]+#+[ \t]*$|[ \t]+$")
_ID = re.compile(r"(?:^|,)\s*id\s*:\s*([^,]*)")
_SECTION, _ITEM = 2, 3


@dataclass(frozen=True, slots=True)
class _Named:
    """A section or a question: its heading, the settings under it, the id that it has."""

    line: Line
    heading: Heading
    settings: Line | None
    id: str | None  # None: still missing


@dataclass(slots=True)
class _Plan:
    """The sections and questions of a text, in order."""

    sections: list[_Named] = field(default_factory=list)
    items: list[_Named] = field(default_factory=list)


def missing_ids(text: str, like: str = "") -> str:
    """Return the text with an id for each section and question that has none.

    `like` is the same file in another language: where both have as many sections or questions,
    an id is taken from there, because an id is the same in every language.
    """
    mine, other = _plan(text), _plan(like)
    pieces = _LINE.findall(text)
    for named, name in _names(mine.sections, other.sections):
        _write_section(pieces, named, name)
    for named, name in _names(mine.items, other.items):
        _write_item(pieces, named, name)
    return "".join(pieces)


def _plan(text: str) -> _Plan:
    """Return the sections and questions of a text."""
    front = read_front_matter("", text)
    lines, _ = scan(front.body, front.first_line)
    plan = _Plan()
    asks = True  # a survey has questions before any section
    for at, line in enumerate(lines):
        head = heading(line)
        if head is None:
            continue
        if head.level == _SECTION:
            asks = is_quiz_title(head.text)
            if not asks:
                plan.sections.append(_Named(line, head, None, head.id if head.stated else None))
        elif head.level == _ITEM:
            found = settings_line(lines, at + 1)
            settings = lines[found] if found >= 0 else None
            if settings or asks:
                plan.items.append(_Named(line, head, settings, _stated(settings)))
    return plan


def _stated(settings: Line | None) -> str | None:
    match = _ID.search(inside(settings.text) or "") if settings else None
    return match[1].strip() if match else None


def _names(mine: list[_Named], other: list[_Named]) -> Iterable[tuple[_Named, str]]:
    """Yield what has no id yet, each with an id that nothing else has."""
    taken = {named.id for named in mine if named.id}
    numbers: dict[str, int] = defaultdict(lambda: 2)
    matched = other if len(other) == len(mine) else [None] * len(mine)
    for named, twin in zip(mine, matched, strict=True):
        if named.id is not None:
            continue
        name = twin.id if twin and twin.id and as_id(twin.id) else slug(named.heading.text)
        if name in taken:
            base = name[:50].strip("-")
            while f"{base}-{numbers[base]}" in taken:
                numbers[base] += 1
            name = f"{base}-{numbers[base]}"
        taken.add(name)
        yield named, name


def _write_section(pieces: list[str], named: _Named, name: str) -> None:
    at = named.line.number - 1
    body = pieces[at].rstrip("\r\n")
    closing = _CLOSING.search(body, len(body.rstrip(" \t#")))
    cut = closing.start() if closing else len(body)
    pieces[at] = f"{body[:cut]} {{#{name}}}{body[cut:]}{pieces[at][len(body) :]}"


def _write_item(pieces: list[str], named: _Named, name: str) -> None:
    if named.settings is None:
        at = named.line.number - 1
        end = pieces[at][len(pieces[at].rstrip("\r\n")) :]
        added = f"<!-- id: {name} -->"
        pieces[at] += f"{added}{end}" if end else f"\n{added}"
        return
    words = inside(named.settings.text)
    if words is None:
        return  # a comment that cannot be read: the check says so
    at = named.settings.number - 1
    before, mark, after = pieces[at].partition("<!--")
    pieces[at] = f"{before}{mark} id: {name}{',' if words.strip() else ''}{after}"
