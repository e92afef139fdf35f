"""From answers as written to the kind of question they make, and what is wrong with them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lms.content.answers import Part, Way, trim
from lms.content.front_matter import short
from lms.content.model import Choice, ItemKind, NumberKey, Pair, Place, Problem
from lms.content.rules import fault

_DIGITS = r"\d{1,18}(?:[.,]\d{1,18})?"
_NUMBER = re.compile(rf"([+\-−]?)({_DIGITS})(?:[ \t]*(?:\+-|±|\+/-)[ \t]*({_DIGITS}))?", re.ASCII)
_TOLERANCE = re.compile(r"\+-|±|\+/-")
_MOST_DIGITS = 6
_TWO = 2
# An option about all the others must stay where the author put it: last.
_ABOUT_OTHERS = re.compile(
    r"\b(?:all|none|neither|both|any) (?:of )?(?:the )?(?:above|these|those|them|others?|answers)\b"
    r"|\b(?:toutes?|tous|tout|aucune?) (?:de |des )?(?:ces |ce |les )?"
    r"(?:réponses?|options|choix|énoncés?|celles|ceux|autres?|qui précède)\b"
    r"|\bles deux réponses\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Key:
    """The answers of one question: its kind, and what each kind holds."""

    kind: ItemKind
    choices: tuple[Choice, ...] = ()
    accepted: tuple[str, ...] = ()
    numbers: tuple[NumberKey, ...] = ()
    pairs: tuple[Pair, ...] = ()
    steps: tuple[str, ...] = ()

    @property
    def stays_in_order(self) -> bool:
        """Whether the options must be shown as written."""
        if self.kind is ItemKind.TRUE_FALSE:
            return True
        return any(_ABOUT_OTHERS.search(choice.text) for choice in self.choices)


def _exact(number: str) -> Fraction:
    return Fraction(number.replace(",", "."))


def as_number(text: str) -> NumberKey | None:
    """Return the number and tolerance that an answer states; None where it is a text.

    A number without tolerance has at most six digits: longer ones are telephone numbers, codes.
    """
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return None
    sign, value, tolerance = match.groups()
    if tolerance is None and sum(map(str.isdigit, value)) > _MOST_DIGITS:
        return None
    exact = _exact(value)
    return NumberKey(-exact if sign in {"-", "−"} else exact, _exact(tolerance or "0"))


def read_key(parts: Sequence[Part], path: str, *, survey: bool) -> tuple[Key, list[Problem]]:
    """Return the key that these answers make, and what is wrong with them.

    The parts are answers, at least one, all written in the same way.
    """
    way = parts[0].way
    places = [part.place(path) for part in parts]
    problems: list[Problem] = []
    if way in {Way.ROUND, Way.SQUARE}:
        key = _choices(parts)
        problems += _check_right(parts, places, survey=survey)
    elif way is Way.TYPED:
        key = _typed(parts)
        problems += _check_typed(key, parts, places)
    elif way is Way.PAIR:
        key = Key(ItemKind.MATCH, pairs=tuple(map(_pair, parts)))
        problems += _check_pairs(key.pairs, places)
    elif way is Way.STEP:
        key = Key(ItemKind.ORDER, steps=tuple(part.text.strip() for part in parts))
    else:
        key = Key(ItemKind.OPEN)
    problems += _check_texts(parts, places)
    return key, problems


def _choices(parts: Sequence[Part]) -> Key:
    choices = tuple(
        Choice(part.text.strip(), correct=part.right, feedback=trim(part.feedback))
        for part in parts
    )
    if parts[0].way is Way.SQUARE:
        return Key(ItemKind.MULTIPLE, choices=choices)
    kind = ItemKind.TRUE_FALSE if len(choices) == _TWO else ItemKind.SINGLE
    return Key(kind, choices=choices)


def _typed(parts: Sequence[Part]) -> Key:
    texts = tuple(part.text.strip() for part in parts)
    numbers = tuple(number for text in texts if (number := as_number(text)) is not None)
    if len(numbers) == len(texts):
        return Key(ItemKind.NUMBER, numbers=numbers)
    return Key(ItemKind.TEXT, accepted=texts)


def _pair(part: Part) -> Pair:
    left, _, right = f" {part.text} ".partition(" -> ")
    return Pair(left.strip(), right.strip())


def _check_right(
    parts: Sequence[Part], places: Sequence[Place], *, survey: bool
) -> Iterator[Problem]:
    """Find right answers that are missing, too many, or out of place in a survey."""
    right = [place for part, place in zip(parts, places, strict=True) if part.right]
    if survey:
        for place in right:
            message = "a survey has no right answers"
            yield fault("survey-right-answer", place, message, "take the x away")
    elif parts[0].way is Way.SQUARE:
        if not right:
            message = "a [ ] question needs at least one [x], found none"
            yield fault("no-right-answer", places[0], message, "put an x in the right ones")
    elif len(right) != 1:
        found = len(right) or "none"
        message = f"a ( ) question needs exactly one (x), found {found}"
        cure = "use [ ] if several answers are right" if right else "put an x in the right one"
        yield fault("one-right-answer", right[1] if right else places[0], message, cure)


def _check_typed(key: Key, parts: Sequence[Part], places: Sequence[Place]) -> Iterator[Problem]:
    """Find numbers with a tolerance that stand among words."""
    if key.kind is ItemKind.NUMBER:
        return
    for part, place in zip(parts, places, strict=True):
        if as_number(part.text) and _TOLERANCE.search(part.text):
            message = "a number with a tolerance stands among words"
            cure = "a question asks either for a number or for words"
            yield fault("mixed-answers", place, message, cure)


def _check_pairs(pairs: Sequence[Pair], places: Sequence[Place]) -> Iterator[Problem]:
    """Find pairs with an empty side, and sides that come again."""
    for pair, place in zip(pairs, places, strict=True):
        if not pair.left or not pair.right:
            yield fault("empty-answer", place, "one side is empty", "write `word -> meaning`")
    for side in ([pair.left for pair in pairs], [pair.right for pair in pairs]):
        for text, place in _repeats(side, places):
            message = f"`{short(text)}` stands twice on this side of the match"
            cure = "nobody could tell which of the two belongs where"
            yield fault("match-repeated", place, message, cure)


def _check_texts(parts: Sequence[Part], places: Sequence[Place]) -> Iterator[Problem]:
    """Find answers that are empty, that come again, or that stand alone."""
    way = parts[0].way
    if way is Way.BLANK:
        if len(parts) > 1:
            yield fault("option-twice", places[1], "a second ____", "one is enough")
        return
    texts = [part.text for part in parts]
    for text, place in zip(texts, places, strict=True):
        if not text.strip():
            yield fault("empty-answer", place, "this answer is empty", "write it, or take it away")
    if way is not Way.PAIR:
        for text, place in _repeats(texts, places):
            message = f"`{short(text)}` is given twice"
            yield fault("option-twice", place, message, "keep one")
    if way is not Way.TYPED and len(parts) < _TWO:
        yield fault("too-few-answers", places[0], "one answer alone", "give two or more")


def _repeats(texts: Sequence[str], places: Sequence[Place]) -> Iterator[tuple[str, Place]]:
    """Yield the texts that came before, whatever their case and spaces."""
    seen: set[str] = set()
    for text, place in zip(texts, places, strict=True):
        same = " ".join(text.casefold().split())
        if same in seen:
            yield text, place
        if same:
            seen.add(same)
