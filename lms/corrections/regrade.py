"""Regrading, pure: what one item is worth when its key was wrong, and what follows from that.

Nothing is rounded. Points, `must`, `partial` and the passing percentage stay those of the attempt;
of a newer edition only the key counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any, assert_never

from lms.assessment.grading import grade_item
from lms.assessment.regrade import Mark, Marks
from lms.assessment.values import Answer, QuizItem, Score
from lms.content.model import ItemKind

Places = Mapping[int, int]  # from a position in an older edition to the one now


class Choice(StrEnum):
    """What is done about a question whose key was wrong."""

    DROP = "drop"
    FULL_CREDIT = "full-credit"
    PUBLISHED = "published"


class Effect(StrEnum):
    """What a change would do to one attempt."""

    NONE = "none"
    SCORE = "score"  # another score, the same verdict
    PASSES = "passes"  # not passed becomes passed: two people
    LOSES = "loses"  # passed becomes not passed: never applied, a person decides
    UNCLEAR = "unclear"  # his answer cannot be carried over to the key published now


@dataclass(frozen=True, slots=True)
class Moved:
    """Where the parts of a question went between two editions; a part that is gone is not in it."""

    options: Places
    lefts: Places
    rights: Places


def new_score(mark: Mark, choice: Choice, by_key: Score | None) -> Score | None:
    """Give what an item is worth under a choice; `by_key` is its score by the published key."""
    match choice:
        case Choice.DROP:
            return Score(Fraction(0), 0)
        case Choice.FULL_CREDIT:
            return Score(Fraction(mark.item.points), mark.item.points)
        case Choice.PUBLISHED:
            return by_key
        case _:
            assert_never(choice)


def effect_of(before: Marks, after: Marks | None) -> Effect:
    """Judge a change of one attempt."""
    if after is None:
        return Effect.UNCLEAR
    if after.marks == before.marks:
        return Effect.NONE
    if after.passed == before.passed:
        return Effect.SCORE
    return Effect.PASSES if after.passed else Effect.LOSES


def score_by_key(item: QuizItem, key: QuizItem, answer: Answer, moved: Moved) -> Score | None:
    """Grade an answer to an item by a newer key; None when it cannot be carried over."""
    carried = carry(item.kind, answer, moved, key.size)
    if carried is None:
        return None
    asked = replace(
        item, correct=key.correct, accepted=key.accepted, numbers=key.numbers, size=key.size
    )
    return grade_item(asked, carried)


def carry(kind: ItemKind, answer: Answer, moved: Moved, size: int) -> Answer | None:
    """Give an answer in the positions of the newer edition; None when a part of it is gone."""
    match kind:
        case ItemKind.TEXT | ItemKind.NUMBER:
            return answer
        case ItemKind.TRUE_FALSE | ItemKind.SINGLE | ItemKind.MULTIPLE:
            return _through(answer, moved.options)
        case ItemKind.ORDER:
            steps = _through(answer, moved.options)
            return steps if steps is None or len(steps) in {0, size} else None
        case ItemKind.MATCH:
            return _carry_match(answer, moved, size)
        case ItemKind.OPEN:
            return None  # nobody judges it: it has no key
        case _:
            assert_never(kind)


def _through(answer: Answer, places: Places) -> tuple[int, ...] | None:
    given = [int(one) for one in answer]
    return tuple(places[one] for one in given) if all(one in places for one in given) else None


def _carry_match(answer: Answer, moved: Moved, size: int) -> tuple[int, ...] | None:
    rights = _through(answer, moved.rights)
    if not rights:
        return rights
    lefts = _through(range(len(rights)), moved.lefts)
    if lefts is None or sorted(lefts) != list(range(size)):
        return None
    return tuple(right for _, right in sorted(zip(lefts, rights, strict=True)))


def moved_between(old: Mapping[str, Any], new: Mapping[str, Any]) -> Moved:
    """Find where the parts of a question went, from what two editions show in one language."""
    return Moved(
        options=places_of(old["choices"], new["choices"]),
        lefts=places_of(old["lefts"], new["lefts"]),
        rights=places_of(old["rights"], new["rights"]),
    )


def places_of(old: Sequence[str], new: Sequence[str]) -> Places:
    """Find each old text among the new ones.

    The same text is the same option wherever it stands; one that was reworded is known by its
    place, if that place holds a text that is new as well. What is found neither way is gone.
    """
    places = {
        place: new.index(text)
        for place, text in enumerate(old)
        if old.count(text) == 1 and new.count(text) == 1
    }
    taken = set(places.values())
    for place in range(min(len(old), len(new))):
        if place not in places and place not in taken:
            places[place] = place
    return places
