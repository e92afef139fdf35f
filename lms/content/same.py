"""What must be the same in every language: which parts of two sections or two questions differ."""

from collections.abc import Callable, Iterator
from enum import StrEnum

from lms.content.inline import notes, paragraphs
from lms.content.model import Item, Prose, Section, TestimonyCall
from lms.content.source import scan, split_lines


class Difference(StrEnum):
    """One way in which a text differs from its twin."""

    MISSING = "missing"
    ORDER = "order"
    PRACTICE = "practice"
    TESTIMONIES = "testimonies"
    FACTS = "facts"
    KIND = "kind"
    OPTIONS = "options"
    RIGHT = "right"
    POINTS = "points"
    POOL = "pool"
    GATES = "gates"


def section_differences(main: Section, section: Section) -> Iterator[Difference]:
    """Yield how two languages of a section differ: practice questions, testimonies, facts."""
    if [item.id for item in main.practice] != [item.id for item in section.practice]:
        yield Difference.PRACTICE
    if _testimonies(main) != _testimonies(section):
        yield Difference.TESTIMONIES
    if facts_called(main) != facts_called(section):
        yield Difference.FACTS


def item_differences(main: Item, item: Item) -> Iterator[Difference]:
    """Yield how two languages of a question differ; of another kind, nothing else is compared."""
    if main.kind is not item.kind or main.practice != item.practice:
        yield Difference.KIND
        return
    if len(answers(item)) != len(answers(main)):
        yield Difference.OPTIONS
    elif right(item) != right(main):
        yield Difference.RIGHT
    for difference, same in COMPARED:
        if same(item) != same(main):
            yield difference


def answers(item: Item) -> tuple[object, ...]:
    """Give the options, pairs or steps of a question."""
    return item.choices + item.pairs + item.steps


def right(item: Item) -> tuple[object, ...]:
    """Give what is right without any words: positions and numbers."""
    return (tuple(choice.correct for choice in item.choices), frozenset(item.numbers))


def _gate(item: Item) -> tuple[object, ...]:
    return (item.must, item.graded, item.min_words, item.section)


COMPARED: tuple[tuple[Difference, Callable[[Item], object]], ...] = (
    (Difference.POINTS, lambda item: (item.points, item.partial)),
    (Difference.POOL, lambda item: item.pool),
    (Difference.GATES, _gate),
)


def _testimonies(section: Section) -> list[str]:
    return [block.testimony_id for block in section.blocks if isinstance(block, TestimonyCall)]


def facts_called(section: Section) -> frozenset[str]:
    """Give the ids of the notes that the text of a section calls."""
    prose = [block.markdown for block in section.blocks if isinstance(block, Prose)]
    return frozenset(
        mark.target
        for markdown in prose
        for paragraph in paragraphs(scan(split_lines(markdown))[0])
        for mark in notes(paragraph)
    )
