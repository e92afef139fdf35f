"""Front matter and YAML files as words with places; nothing is guessed from how a word looks.

PyYAML's events carry the same marks as its composed nodes. They are read here in a loop, with a
limit on depth, because composing recurses and deep nesting then ends the process.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from lms.content.model import Place, Problem
from lms.content.rules import fault
from lms.content.source import split_lines

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML without libyaml: slower, the same words
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]  # both read events alike

_MARK = "---"
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Scalar:
    """A word or a text, as typed."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Listing:
    """Values one after the other."""

    values: tuple["Node", ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Table:
    """Values by key; `keys` says where each key stands."""

    values: Mapping[str, "Node"]
    keys: Mapping[str, Place]
    place: Place


Node = Scalar | Listing | Table


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The head of a file and the lines of its body; `head` is None where it cannot be read."""

    head: Table | None
    body: list[str]
    first_line: int  # the number of the body's first line
    problems: tuple[Problem, ...]


class _Refused(Exception):  # noqa: N818  # it never leaves this module
    """Something that is YAML but that no author needs."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place = place
        self.message = message


@dataclass(slots=True)
class _Builder:
    """Turns events into nodes, without recursion on the way in."""

    path: str
    first: int
    problems: list[Problem]

    def place(self, event: Event) -> Place:
        """Return where an event stands in the file."""
        mark = event.start_mark
        if mark is None:
            return Place(self.path, self.first)
        return Place(self.path, self.first + mark.line, mark.column + 1)

    def build(self, events: Iterator[Event]) -> Node | None:
        """Return the one node that the events make; None where there is no document."""
        open_nodes: list[tuple[Event, list[Node]]] = []
        result: Node | None = None
        for event in events:
            node: Node | None = None
            self._refuse(event, len(open_nodes), done=result is not None)
            if isinstance(event, ScalarEvent):
                node = Scalar(event.value, self.place(event))
            elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
                open_nodes.append((event, []))
            elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
                node = self._close(*open_nodes.pop())
            if node is not None and open_nodes:
                open_nodes[-1][1].append(node)
            elif node is not None:
                result = node
        return result

    def _refuse(self, event: Event, depth: int, *, done: bool) -> None:
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise _Refused(self.place(event), "& and * have no meaning here; put it in quotes")
        if depth > _DEEPEST:
            raise _Refused(self.place(event), "this is nested too deeply")
        if done and isinstance(event, DocumentStartEvent):
            raise _Refused(self.place(event), "a second document begins here")

    def _close(self, start: Event, nodes: list[Node]) -> Node:
        """Return the finished listing or table; a key that comes again is a problem."""
        place = self.place(start)
        if isinstance(start, SequenceStartEvent):
            return Listing(tuple(nodes), place)
        values: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        for key, value in zip(nodes[::2], nodes[1::2], strict=True):
            if not isinstance(key, Scalar):
                raise _Refused(key.place, "a key must be a word")
            if key.text in values:
                first = keys[key.text].line
                message = f"`{short(key.text)}` is given twice, first on line {first}"
                self.problems.append(fault("repeated-key", key.place, message, "keep one"))
                continue
            values[key.text] = value
            keys[key.text] = key.place
        return Table(values, keys, place)


def short(text: str, most: int = 60) -> str:
    """Return the text cut to a length that a message can hold."""
    return text if len(text) <= most else text[: most - 1] + "…"


def read_yaml(path: str, lines: list[str], first: int) -> tuple[Node | None, tuple[Problem, ...]]:
    """Return what these lines of YAML say, as words with places, and what is wrong with them."""
    for at, line in enumerate(lines):
        bare = line.lstrip(" ")
        if bare.startswith("\t") and bare.strip():
            place = Place(path, first + at, len(line) - len(bare) + 1)
            return None, (_broken(place, "a tab stands before the text", "use spaces"),)
    problems: list[Problem] = []
    try:
        text = "\n".join(lines)
        node = _Builder(path, first, problems).build(yaml.parse(text, Loader=_Loader))
    except _Refused as refused:
        return None, (*problems, _broken(refused.place, refused.message))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # libyaml finds out at the end of the text; the line above is the nearest that exists.
        at = min(mark.line, len(lines) - 1) if mark else 0
        column = mark.column + 1 if mark and mark.line == at else 1
        place = Place(path, first + at, column)
        cure = "a text that holds : or # or begins with a sign goes in quotes"
        return None, (*problems, _broken(place, error.problem or "cannot be read", cure))
    except (yaml.YAMLError, UnicodeError):
        return None, (_broken(Place(path, first), "a character that cannot stand here"),)
    return node, tuple(problems)


def _broken(place: Place, message: str, cure: str = "") -> Problem:
    return fault("front-matter", place, message, cure)


def read_front_matter(path: str, text: str) -> FrontMatter:
    """Return the head of a file as words with places, and the lines of its body."""
    lines = split_lines(text.removeprefix("\ufeff"))
    if lines[0].rstrip() != _MARK:
        cure = "begin the file with a line --- , the keys, and another line ---"
        problem = _broken(Place(path), "the file does not begin with front matter", cure)
        return FrontMatter(None, lines, 1, (problem,))
    end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == _MARK), 0)
    if not end:
        cure = "put a line --- after the last key"
        problem = _broken(Place(path), "the front matter that begins here is not closed", cure)
        return FrontMatter(None, [], len(lines) + 1, (problem,))
    node, problems = read_yaml(path, lines[1:end], 2)
    if not isinstance(node, Table):
        if not problems:
            message = "the front matter says nothing" if node is None else "keys are expected"
            problems = (_broken(Place(path, 2), message, "write a line for each key: `id: …`"),)
        return FrontMatter(None, lines[end + 1 :], end + 2, problems)
    return FrontMatter(node, lines[end + 1 :], end + 2, problems)
