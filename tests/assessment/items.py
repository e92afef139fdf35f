"""Questions and answers to grade: made by hand, or drawn by hypothesis."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from lms.assessment.values import Answer, Quiz, QuizItem
from lms.content.model import ItemKind, Partial

CHOICES = (ItemKind.TRUE_FALSE, ItemKind.SINGLE, ItemKind.MULTIPLE)
ARRANGED = (ItemKind.MATCH, ItemKind.ORDER)


def item(kind: ItemKind = ItemKind.SINGLE, **changes: Any) -> QuizItem:  # noqa: ANN401 - any field
    """Make a question of three options whose second one is right."""
    fields: dict[str, Any] = {
        "id": "one",
        "kind": kind,
        "points": 1,
        "must": False,
        "section": "",
        "pool": "",
        "shuffle": True,
        "partial": Partial.NONE,
        "graded": True,
        "min_words": 0,
        "size": 3,
        "correct": (1,),
    }
    return QuizItem(**fields | changes)


def quiz(*items: QuizItem, draw: Mapping[str, int] | None = None, shuffle: bool = True) -> Quiz:
    """Make a quiz that passes at 80 %."""
    return Quiz(
        passing_percent=80,
        attempts=None,
        pause_seconds=0,
        draw=draw or {},
        shuffle=shuffle,
        items=items,
    )


@st.composite
def items(draw: st.DrawFn, kinds: tuple[ItemKind, ...] = tuple(ItemKind)) -> QuizItem:
    """Draw a question of any of these kinds, as the content check lets it pass."""
    kind = draw(st.sampled_from(kinds))
    size = 2 if kind is ItemKind.TRUE_FALSE else draw(st.integers(2, 6))
    places = st.integers(0, size - 1)
    correct = draw(st.sets(places, min_size=1, max_size=size))
    return item(
        kind,
        points=draw(st.integers(1, 100)),
        partial=draw(st.sampled_from(Partial)),
        size=size if kind in CHOICES + ARRANGED else 0,
        correct=tuple(sorted(correct))[: None if kind is ItemKind.MULTIPLE else 1],
        accepted=("Écoute", "l’aide") if kind is ItemKind.TEXT else (),
        numbers=((Fraction(7), Fraction(1, 2)),) if kind is ItemKind.NUMBER else (),
        min_words=draw(st.integers(1, 4)),
        shuffle=kind is not ItemKind.TRUE_FALSE,
    )


def answers(one: QuizItem) -> st.SearchStrategy[Answer]:
    """Draw what a browser could send: fitting answers, and ones that do not fit."""
    words = st.sampled_from(["écoute", "L'AIDE", "7,5", "6", "a b c d", "", " ", "-7", "7%"])
    typed = st.tuples(words | st.text(max_size=12))
    places = st.lists(st.integers(-1, 7), max_size=8).map(tuple)
    arranged = st.permutations(range(one.size)).map(tuple)
    return st.one_of(typed, places, arranged)
