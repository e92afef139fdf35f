"""What grading and drawing work on: frozen values, read once from a published revision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lms.content.model import ItemKind, Partial

Answer = Sequence[str | int]
BLANK = -1  # in a match or an order that is half done: a line without an answer


@dataclass(frozen=True, slots=True)
class QuizItem:
    """What the draw and the grading know of an item; `size` counts its options, pairs or steps."""

    id: str
    kind: ItemKind
    points: int
    must: bool
    section: str
    pool: str
    shuffle: bool
    partial: Partial
    graded: bool
    min_words: int
    size: int
    correct: tuple[int, ...] = ()
    accepted: tuple[str, ...] = ()
    numbers: tuple[tuple[Fraction, Fraction], ...] = ()  # (value, tolerance)
    testimony: str = ""  # the one that its right answer rests on

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "QuizItem":
        """Read what `document` wrote."""
        given = dict(document)
        given["kind"] = ItemKind(given["kind"])
        given["partial"] = Partial(given["partial"])
        given["correct"] = tuple(given["correct"])
        given["accepted"] = tuple(given["accepted"])
        given["numbers"] = tuple((Fraction(v), Fraction(t)) for v, t in given["numbers"])
        return cls(**given)


@dataclass(frozen=True, slots=True)
class Quiz:
    """A published quiz: its rules with the course's defaults filled in, and its items in order."""

    passing_percent: int
    attempts: int | None  # None: no limit
    pause_seconds: int
    draw: Mapping[str, int]
    shuffle: bool
    items: tuple[QuizItem, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One item of an attempt, and the order in which its options were shown.

    `order[i]` is the published position of what stood at place i. For a match question it is the
    order of the right side.
    """

    item: str
    order: tuple[int, ...]

    def as_document(self) -> dict[str, Any]:
        """Give what the attempt keeps."""
        return {"item": self.item, "order": list(self.order)}


@dataclass(frozen=True, slots=True)
class Score:
    """Exact points: `raw` of `maximum`."""

    raw: Fraction
    maximum: int

    @property
    def percent_floor(self) -> int:
        """Whole percents, rounded down; for showing, never for a decision."""
        return int(self.raw * 100 / self.maximum) if self.maximum else 100
