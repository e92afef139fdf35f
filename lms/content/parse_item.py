"""From a heading and the lines under it to a question."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from lms.content.answers import ANSWERS, NOTES, Part, Way, cut, trim
from lms.content.kinds import Key, read_key
from lms.content.model import Item, ItemKind, Partial, Place, Problem
from lms.content.rules import fault
from lms.content.settings import Settings, read_settings
from lms.content.source import Line

_CHOICES = frozenset({ItemKind.TRUE_FALSE, ItemKind.SINGLE, ItemKind.MULTIPLE})
_SCALES = frozenset({ItemKind.TRUE_FALSE, ItemKind.SINGLE})
_SHARED = frozenset({ItemKind.MULTIPLE, ItemKind.MATCH, ItemKind.ORDER})


class Mode(StrEnum):
    """Where a question stands: counted, answered on the spot, or asked without a right answer."""

    QUIZ = "quiz"
    PRACTICE = "practice"
    SURVEY = "survey"


@dataclass(frozen=True, slots=True)
class ItemReading:
    """A question, what is wrong with it, and how many of the lines belong to it."""

    item: Item | None
    problems: tuple[Problem, ...]
    used: int


@dataclass(frozen=True, slots=True)
class _Cut:
    """The parts of one question."""

    body: str
    answers: list[Part]
    notes: list[Part]
    lost: list[Part]
    end: int  # the number of the line after the question


def settings_line(lines: Sequence[Line], start: int = 0) -> int:
    """Return the position of the settings under a heading; -1 without any.

    `start` is the position of the line after the heading.
    """
    for at in range(start, len(lines)):
        line = lines[at]
        if not line.blank:
            return at if line.text.lstrip(" ").startswith("<!--") and not line.nested else -1
    return -1


def read_item(path: str, prompt: str, head: Line, lines: Sequence[Line], mode: Mode) -> ItemReading:
    """Return the question under this heading, and what is wrong with it."""
    place = Place(path, head.number)
    at = settings_line(lines)
    settings, problems = Settings(place), list[Problem]()
    if at >= 0:
        settings, found_wrong = read_settings(lines[at].text, Place(path, lines[at].number))
        problems += found_wrong
    rest = lines[at + 1 :]
    end = lines[-1].number + 1 if lines else head.number + 1
    found = _cut(rest, end, mode)
    used = found.end - head.number - 1
    problems += _check_place(settings, place, mode)
    problems += _check_parts(found, path, mode)
    if not found.answers:
        cure = "write them as - ( ) or - [ ] or - = or - word -> meaning or 1. or ____"
        problems.append(fault("no-answers", place, "this question has no answers", cure))
        return ItemReading(None, tuple(problems), used)
    way = found.answers[0].way
    same = [part for part in found.answers if part.way is way]
    key, faults = _read_same(found.answers, same, path, survey=mode is Mode.SURVEY)
    problems += faults
    item = _build(settings, key, found, place, prompt)
    if mode is Mode.SURVEY and item.kind in _SCALES:
        item = replace(item, reverse=bool(settings.reverse))
    problems += _check_settings(settings, item)
    return ItemReading(item, tuple(problems), used)


def _read_same(
    answers: list[Part], same: list[Part], path: str, *, survey: bool
) -> tuple[Key, list[Problem]]:
    """Return the key of the answers, or the one problem that they are written in two ways."""
    key, problems = read_key(same, path, survey=survey)
    other = next((part for part in answers if part.way is not same[0].way), None)
    if other is None:
        return key, problems
    message = f"answers are written in two ways: {same[0].way} and {other.way}"
    cure = "( ) where one is right, [ ] where several are; not both"
    return key, [fault("mixed-answers", other.place(path), message, cure)]


def _cut(lines: Sequence[Line], end: int, mode: Mode) -> _Cut:
    """Return the parts of a question; in a section it ends where text follows its answers."""
    parts = cut(lines, practice=mode is Mode.PRACTICE)
    first = next((at for at, part in enumerate(parts) if part.way in ANSWERS), len(parts))
    after = [part for part in parts[first:] if part.way is Way.TEXT and not part.is_blank]
    if mode is Mode.PRACTICE and after:
        end = after[0].line
        parts = [part for part in parts if part.line < end]
        after = []
    body = [text for part in parts[:first] if part.way is Way.TEXT for text in part.texts]
    return _Cut(
        body=trim(body),
        answers=[part for part in parts if part.way in ANSWERS],
        notes=[part for part in parts if part.way in NOTES],
        lost=after,
        end=end,
    )


def _check_place(settings: Settings, place: Place, mode: Mode) -> Iterator[Problem]:
    """Find a question without an id, and practice where it does not belong or is not said."""
    if "id" not in settings.given:
        cure = "write `<!-- id: … -->` under it; `lms content ids` writes the missing ones"
        yield fault("item-id", place, "this question has no id", cure)
    if mode is Mode.PRACTICE and not settings.practice:
        cure = "add `practice: yes`, or move the question under ## Quiz"
        yield fault("practice-not-said", place, "a question stands inside a section", cure)
    if mode is not Mode.PRACTICE and settings.practice:
        cure = "move it into a section, or take `practice` away"
        yield fault(
            "practice-in-quiz", settings.place, "a practice question is never counted", cure
        )


def _check_parts(found: _Cut, path: str, mode: Mode) -> Iterator[Problem]:
    """Find text after the answers, and hints or explanations that come twice."""
    where = "the survey" if mode is Mode.SURVEY else "the question"
    for part in found.lost[:1]:
        quoted = part.texts[0].lstrip().startswith(">")
        cure = "put it before the answers"
        if quoted:
            cure = "begin it with `> Explanation:`, or indent it under the option it answers"
        message = f"text after the answers of {where} is shown nowhere"
        yield fault("lost-text", part.place(path), message, cure)
    for way in sorted(NOTES):
        for part in [part for part in found.notes if part.way is way][1:]:
            yield fault("note-twice", part.place(path), f"a second {way}", "keep one")


def _check_settings(settings: Settings, item: Item) -> Iterator[Problem]:
    """Find settings that ask for what this kind of question does not do."""
    asked = {
        "shuffle": (settings.shuffle, item.shuffle),
        "partial": (settings.partial, item.partial),
        "graded": (settings.graded, item.graded),
        "min_words": (settings.min_words, item.min_words),
        "reverse": (settings.reverse, item.reverse),
    }
    for name, (wanted, done) in asked.items():
        if wanted is not None and wanted != done:
            message = f"`{name}` does nothing for this {item.kind} question"
            yield fault("setting-idle", settings.place, message, "take it away")


def _build(settings: Settings, key: Key, found: _Cut, place: Place, prompt: str) -> Item:
    """Return the question with every default filled in."""
    notes = {part.way: part.text.strip() for part in reversed(found.notes)}
    partial = settings.partial or Partial.EACH
    shuffle = settings.shuffle is not False and not key.stays_in_order
    is_open = key.kind is ItemKind.OPEN
    return Item(
        id=settings.id,
        kind=key.kind,
        prompt=prompt,
        place=place,
        body=found.body,
        hint=notes.get(Way.HINT, ""),
        explanation=notes.get(Way.EXPLANATION, ""),
        points=settings.points or 1,
        must=bool(settings.must),
        section=settings.section,
        facts=settings.facts,
        testimony=settings.testimony,
        pool=settings.pool,
        shuffle=shuffle if key.kind in _CHOICES else True,
        partial=partial if key.kind in _SHARED else Partial.NONE,
        graded=bool(settings.graded) if is_open else True,
        min_words=(settings.min_words or 0) if is_open else 0,
        practice=bool(settings.practice),
        choices=key.choices,
        accepted=key.accepted,
        numbers=key.numbers,
        pairs=key.pairs,
        steps=key.steps,
    )
