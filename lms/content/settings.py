"""The settings of a question: `<!-- id: consent, points: 2 -->` on the line after its heading."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lms.content.front_matter import short
from lms.content.model import Partial, Place, Problem
from lms.content.rules import fault
from lms.content.words import as_fact_id, as_id, as_whole, as_yes, nearest

_COMMENT = re.compile(r" {0,3}<!--(.*)-->[ \t]*$")
_CURE = "write `<!-- key: value, key: value -->` on one line"
MOST_POINTS = 100
MOST_WORDS = 1000


@dataclass(frozen=True, slots=True)
class Settings:
    """What the settings of a question say; None where they do not."""

    place: Place
    given: frozenset[str] = frozenset()
    id: str = ""
    points: int | None = None
    must: bool | None = None
    section: str = ""
    facts: tuple[str, ...] = ()
    testimony: str = ""
    pool: str = ""
    shuffle: bool | None = None
    partial: Partial | None = None
    graded: bool | None = None
    min_words: int | None = None
    practice: bool | None = None
    reverse: bool | None = None


def _as_partial(word: str) -> Partial | None:
    return Partial(word) if word in set(Partial) else None


def _as_facts(text: str) -> tuple[str, ...] | None:
    words = tuple(text.split())
    return words if words and all(map(as_fact_id, words)) else None


_KEYS: dict[str, tuple[Callable[[str], Any], str]] = {
    "id": (as_id, "an id of small letters, digits and hyphens"),
    "points": (as_whole, "a whole number"),
    "must": (as_yes, "yes or no"),
    "section": (as_id, "the id of a section"),
    "facts": (_as_facts, "ids of facts with spaces between them"),
    "testimony": (as_id, "the id of a testimony"),
    "pool": (as_id, "a name of small letters, digits and hyphens"),
    "shuffle": (as_yes, "yes or no"),
    "partial": (_as_partial, "none or each"),
    "graded": (as_yes, "yes or no"),
    "min_words": (as_whole, "a whole number"),
    "practice": (as_yes, "yes or no"),
    "reverse": (as_yes, "yes or no"),
}
_BOUNDS = {"points": (1, MOST_POINTS), "min_words": (0, MOST_WORDS)}


def inside(text: str) -> str | None:
    """Return what stands inside a comment that fills the line; None where there is none."""
    match = _COMMENT.match(text)
    return match[1] if match and "-->" not in match[1] else None


def read_settings(text: str, place: Place) -> tuple[Settings, tuple[Problem, ...]]:
    """Return the settings that this line gives, and what is wrong with them."""
    words = inside(text)
    if words is None:
        return Settings(place), (fault("settings-shape", place, "cannot be read", _CURE),)
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    column = text.index("<!--") + len("<!--") + 1
    for part in words.split(","):
        at = Place(place.path, place.line, column + len(part) - len(part.lstrip()))
        column += len(part) + 1
        problems += _read_part(part.strip(), at, found)
    given = frozenset(found)
    values = {key: value for key, value in found.items() if value is not None}
    return Settings(place, given, **values), tuple(problems)


def _read_part(part: str, place: Place, found: dict[str, Any]) -> list[Problem]:
    """Add one `key: value` to what was found; return what is wrong with it."""
    key, colon, word = (side.strip() for side in part.partition(":"))
    if not colon:
        cure = "several facts have spaces between them" if as_fact_id(part) else _CURE
        message = f"`{short(part)}` is not a `key: value`" if part else "a setting is empty"
        return [fault("settings-shape", place, message, cure)]
    if key not in _KEYS:
        message = f"`{short(key)}` is not a known setting"
        return [fault("unknown-setting", place, message, nearest(key, _KEYS))]
    if key in found:
        return [fault("repeated-setting", place, f"`{key}` is given twice", "keep one")]
    read, kind = _KEYS[key]
    value = read(word)
    found[key] = value
    if value is None:
        rule = "id-shape" if read is as_id else "value-type"
        return [fault(rule, place, f"`{key}` must be {kind}, not `{short(word)}`")]
    low, high = _BOUNDS.get(key, (0, 0))
    if key in _BOUNDS and not low <= value <= high:
        found[key] = None
        message = f"`{key}` is {value}; it must be from {low} to {high}"
        return [fault("out-of-range", place, message)]
    return []
