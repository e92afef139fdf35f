"""One fact of the register rewritten in its text: every other byte stays as it was.

Only values that change are replaced, where they stand; what is typed around them (comments,
quotes, the order of the keys) stays too. The new text is read again before it is given: if it
does not say exactly what was wanted, nothing is changed.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

import yaml
from yaml.events import (
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from lms.content.model import Fact, Place
from lms.content.parse_facts import parse_facts

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what ends a line in YAML
_ENDS = ("\n", "\r", "\x85", "\u2028", "\u2029")
_PATH = "content/facts.yml"
_PLAIN = frozenset({"id", "checked", "review_by", "dialled"})  # values that need no quotes
_ENTRY_DEPTH = 2  # the list, then the entry


class RegisterRefusedError(ValueError):
    """The register cannot be rewritten here: it has faults, or is written in an unusual way."""


@dataclass(frozen=True, slots=True)
class _Value:
    """A key and its value by offsets; `inner` are the keys of a value that has its own."""

    key: int
    start: int
    end: int
    inner: "_Entry | None" = None


@dataclass(frozen=True, slots=True)
class _Entry:
    """A table by offsets: its keys, and whether it is written in braces."""

    values: Mapping[str, _Value]
    in_braces: bool


@dataclass(frozen=True, slots=True)
class _Edit:
    """A piece of text that is replaced."""

    start: int
    end: int
    text: str


def rewrite_fact(text: str, fact: Fact) -> str:
    """Return the register with this fact's entry as it is given; its id says which.

    Raises RegisterRefusedError where the register cannot be read or the entry cannot be written.
    """
    facts = _read(text)
    old = facts.get(fact.id)
    if old is None:
        raise RegisterRefusedError(f"`{fact.id}` does not stand in the register")
    entry = _entry(text, fact.id)
    edits = sorted(_edits(text, entry, _flat(old), _flat(fact)), key=lambda edit: edit.start)
    pieces, done = [], 0
    for edit in edits:
        pieces += [text[done : edit.start], edit.text]
        done = edit.end
    return _proved("".join([*pieces, text[done:]]), {**facts, fact.id: fact})


def add_fact(text: str, fact: Fact) -> str:
    """Return the register with this fact at its end; raises RegisterRefusedError as above."""
    typed = (line.strip("\ufeff \t") for line in _BREAK.split(text))
    says_something = any(line and not line.startswith("#") for line in typed)
    facts = _read(text) if says_something else {}
    if fact.id in facts:
        raise RegisterRefusedError(f"`{fact.id}` stands in the register already")
    marks = [event.start_mark for event in _events(text) if isinstance(event, SequenceStartEvent)]
    indent = " " * (marks[0].column if marks and marks[0] else 0)
    end = _ending(text)
    before = text if not text or text.endswith(_ENDS) else f"{text}{end}"
    lines = [f"- id: {fact.id}", "  statement:"]
    for key, value in _flat(fact).items():
        if key != ("id",):
            lines.append(f"{'  ' * len(key)}{key[-1]}: {_written(key, value)}")
    block = "".join(f"{indent}{line}{end}" for line in lines)
    return _proved(before + block, {**facts, fact.id: fact})


def _read(text: str) -> dict[str, Fact]:
    """Return the facts by id; a register with faults is mended by hand first."""
    found, problems = parse_facts(_PATH, text)
    if problems:
        raise RegisterRefusedError(f"line {problems[0].place.line}: {problems[0].message}")
    return {fact.id: fact for fact in found}


def _proved(text: str, wanted: Mapping[str, Fact]) -> str:
    """Return the text if it says what is wanted, fact by fact in that order, and nothing else."""
    found = [replace(fact, place=Place(_PATH)) for fact in _read(text).values()]
    if found != [replace(fact, place=Place(_PATH)) for fact in wanted.values()]:
        raise RegisterRefusedError("this entry is written in a way that cannot be changed here")
    return text


def _flat(fact: Fact) -> dict[tuple[str, ...], str]:
    """Return what an entry says, by key; the statement's languages have two."""
    given: dict[tuple[str, ...], str] = {
        ("id",): fact.id,
        **{("statement", language): words for language, words in fact.statement.items()},
        ("source",): fact.source,
        ("address",): fact.address,
        ("checked",): fact.checked.isoformat(),
        ("review_by",): fact.review_by.isoformat(),
        ("owner",): fact.owner,
        ("dialled",): fact.dialled.isoformat() if fact.dialled else "",
    }
    return {key: value for key, value in given.items() if value}


def _edits(
    text: str, entry: _Entry, old: Mapping[tuple[str, ...], str], new: Mapping[tuple[str, ...], str]
) -> Iterator[_Edit]:
    """Yield what turns an entry into another."""
    for key in sorted({*old, *new}):
        if old.get(key) == new.get(key):
            continue
        home = entry
        if len(key) > 1:
            inner = entry.values[key[0]].inner
            if inner is None:
                raise RegisterRefusedError("the statement has no languages")
            home = inner
        name = key[-1]
        if key not in new:
            yield _removed(text, home, name)
        elif key in old:
            value = home.values[name]
            # A value written on lines of its own (`>-`) ends with the last of them.
            after = _ending(text) if text[value.start : value.end].endswith(_ENDS) else ""
            yield _Edit(value.start, value.end, _written(key, new[key]) + after)
        else:
            yield _inserted(text, home, f"{name}: {_written(key, new[key])}")


def _written(key: tuple[str, ...], value: str) -> str:
    return value if key[0] in _PLAIN else _quoted(value)


def _quoted(value: str) -> str:
    """Return a text as YAML's double quotes hold it."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _inserted(text: str, entry: _Entry, written: str) -> _Edit:
    """Return what adds a key and its value behind the last one."""
    last = max(entry.values.values(), key=lambda one: one.end)
    if entry.in_braces:
        return _Edit(last.end, last.end, f", {written}")
    first = min(one.key for one in entry.values.values())
    starts = _line_starts(text)
    indent = " " * (first - starts[bisect_right(starts, first) - 1])
    end = next((at for at in [*starts, len(text)] if at >= last.end and at > first), len(text))
    is_closed = end == 0 or text[:end].endswith(_ENDS)
    ending = _ending(text)
    return _Edit(end, end, f"{'' if is_closed else ending}{indent}{written}{ending}")


def _removed(text: str, entry: _Entry, key: str) -> _Edit:
    """Return what takes a key away: its own lines, or its place in braces."""
    value = entry.values[key]
    others = sorted(one.end for name, one in entry.values.items() if name != key)
    before = [end for end in others if end <= value.key]
    if not before:
        raise RegisterRefusedError(f"`{key}` comes first in its entry and cannot be taken away")
    if entry.in_braces:
        return _Edit(before[-1], value.end, "")
    starts = [*_line_starts(text), len(text)]
    first = starts[bisect_right(starts, value.key) - 1]
    return _Edit(first, next(at for at in starts if at >= value.end and at > first), "")


def _ending(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _line_starts(text: str) -> list[int]:
    """Return where the lines begin, as the parser counts them: behind the mark of a file."""
    first = len(text) - len(text.removeprefix("\ufeff"))
    return [first, *(match.end() for match in _BREAK.finditer(text))]


def _events(text: str) -> Iterator[Event]:
    try:
        yield from yaml.parse(text.removeprefix("\ufeff"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise RegisterRefusedError("the register cannot be read") from error


def _entry(text: str, fact_id: str) -> _Entry:
    """Return the entry of a fact by offsets."""
    starts = _line_starts(text)
    events = list(_events(text))
    depth, begun = 0, 0
    for at, event in enumerate(events):
        if isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            depth += 1
            begun = at if depth == _ENTRY_DEPTH else begun
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            if depth == _ENTRY_DEPTH and _names(events[begun : at + 1], fact_id):
                return _table(events[begun : at + 1], starts)
            depth -= 1
    raise RegisterRefusedError(f"`{fact_id}` does not stand in the register")


def _names(events: list[Event], fact_id: str) -> bool:
    words = [event.value if isinstance(event, ScalarEvent) else None for event in events]
    return ("id", fact_id) in pairwise(words)


def _table(events: list[Event], starts: list[int]) -> _Entry:
    """Return a table of scalars and of tables of scalars."""
    values: dict[str, _Value] = {}
    at = 1
    while at < len(events) - 1:
        key, value = events[at], events[at + 1]
        if not isinstance(key, ScalarEvent):
            raise RegisterRefusedError("a key must be a word")
        begin = _offset(key.start_mark, starts)
        if isinstance(value, ScalarEvent):
            span = _offset(value.start_mark, starts), _offset(value.end_mark, starts)
            values[key.value] = _Value(begin, *span)
            at += 2
            continue
        size = next(
            (
                size
                for size, event in enumerate(events[at + 1 :])
                if isinstance(event, MappingEndEvent)
            ),
            0,
        )
        if not isinstance(value, MappingStartEvent) or not size:
            raise RegisterRefusedError("an entry holds words and languages alone")
        inner = _table(events[at + 1 : at + 2 + size], starts)
        ends = [one.end for one in inner.values.values()]
        last = _offset(events[at + 1 + size].end_mark, starts)
        end = last if inner.in_braces else max(ends, default=last)
        values[key.value] = _Value(begin, _offset(value.start_mark, starts), end, inner)
        at += 2 + size
    start = events[0]
    return _Entry(values, bool(isinstance(start, MappingStartEvent) and start.flow_style))


class _Spot(Protocol):
    """What the parser's marks, of which there are two kinds, have in common."""

    line: int
    column: int


def _offset(mark: _Spot | None, starts: list[int]) -> int:
    """Return where a mark of the parser stands in the text."""
    if mark is None or mark.line >= len(starts):
        return starts[-1]
    return starts[mark.line] + mark.column
