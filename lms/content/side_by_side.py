"""One module in two languages, section beside section and question beside question."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from lms.content.model import Item, Module, Section
from lms.content.same import Difference, item_differences, section_differences
from lms.content.twins import NO_CHANGES, Change, Changes, item_key, section_key

T = TypeVar("T", Section, Item)


@dataclass(frozen=True, slots=True)
class Pair(Generic[T]):
    """The same section or question in two languages; one side may be missing.

    `older` is the language whose side was not touched since the other changed, "" where nothing
    tells that one is; `changes` says when each side changed, where editions tell.
    """

    id: str
    sides: tuple[T | None, T | None]
    differences: tuple[Difference, ...]
    older: str
    changes: tuple[Change | None, Change | None]

    @property
    def is_complete(self) -> bool:
        """Whether both sides are there."""
        return None not in self.sides


@dataclass(frozen=True, slots=True)
class Twins:
    """A module in two languages: what each side has, and when it was reviewed.

    `has_history` says whether ages come from kept editions; else they come from `reviewed` alone.
    """

    languages: tuple[str, str]
    reviewed: tuple[date | None, date | None]
    sections: tuple[Pair[Section], ...]
    items: tuple[Pair[Item], ...]
    has_history: bool

    @property
    def missing(self) -> int:
        """How many sections and questions one side lacks."""
        return self._count(lambda pair: not pair.is_complete)

    @property
    def older(self) -> int:
        """How many sections and questions are older than their twin."""
        return self._count(lambda pair: bool(pair.older))

    @property
    def different(self) -> int:
        """How many sections and questions that both sides have differ in structure."""
        return self._count(lambda pair: pair.is_complete and bool(pair.differences))

    def _count(self, wanted: Callable[[Pair[Section] | Pair[Item]], bool]) -> int:
        return sum(map(wanted, self.sections)) + sum(map(wanted, self.items))


@dataclass(frozen=True, slots=True)
class _Age:
    """What is known about the age of both sides."""

    languages: tuple[str, str]
    reviewed: tuple[date | None, date | None]
    changes: tuple[Mapping[str, Change], Mapping[str, Change]]

    def of(self, key: str) -> tuple[Change | None, Change | None]:
        """Give when each side of a part changed."""
        return self.changes[0].get(key), self.changes[1].get(key)

    def older(self, key: str) -> str:
        """Give the language whose part was left behind; a side read since then was not."""
        both = self.of(key)
        for here, there in ((0, 1), (1, 0)):
            theirs, own, read = both[there], both[here], self.reviewed[here]
            if theirs is None or own is None or not theirs.is_exact:
                continue
            if theirs.on > max(own.on, read or own.on):
                return self.languages[here]
        return ""


def side_by_side(
    modules: tuple[Module | None, Module | None],
    languages: tuple[str, str],
    changes: Changes = NO_CHANGES,
) -> Twins:
    """Put a module in its first language beside another; a side that is None is missing whole."""
    known = [changes.get(module.place.path, {}) if module else {} for module in modules]
    reviewed = [module.reviewed if module else None for module in modules]
    age = _Age(languages, (reviewed[0], reviewed[1]), (known[0], known[1]))
    sections = [module.sections if module else () for module in modules]
    # Those of the quiz: questions for practice stand in their sections.
    items = [module.items if module else () for module in modules]
    return Twins(
        languages=languages,
        reviewed=age.reviewed,
        sections=tuple(_pairs(sections, _Judge(section_key, section_differences), age)),
        items=tuple(_pairs(items, _Judge(item_key, item_differences), age)),
        has_history=all(known),
    )


@dataclass(frozen=True, slots=True)
class _Judge(Generic[T]):
    """How two parts are named and compared."""

    key: Callable[[str], str]
    differences: Callable[[T, T], Iterator[Difference]]


def _pairs(sides: Sequence[Sequence[T]], judge: _Judge[T], age: _Age) -> Iterator[Pair[T]]:
    """Yield the parts in the order of the first side; what the other adds stands where it does."""
    first, other = ({part.id: part for part in side} for side in sides)
    swapped = _swapped(list(first), list(other))
    for name in _merged(list(first), list(other)):
        both = first.get(name), other.get(name)
        found = [Difference.MISSING]
        if both[0] is not None and both[1] is not None:
            found = list(judge.differences(both[0], both[1]))
            found += [Difference.ORDER] if name in swapped else []
        key = judge.key(name)
        yield Pair(name, both, tuple(found), age.older(key), age.of(key))


def _swapped(first: Sequence[str], other: Sequence[str]) -> frozenset[str]:
    """Give the ids that both have and that do not come in the same order."""
    ours = [name for name in first if name in other]
    theirs = [name for name in other if name in first]
    return frozenset(a for a, b in zip(ours, theirs, strict=True) if a != b)


def _merged(first: Sequence[str], other: Sequence[str]) -> Iterator[str]:
    """Yield all ids: those of the first in order, each other behind the one that it follows."""
    known = set(first)
    after: dict[str, list[str]] = {}
    last = ""
    for name in other:
        if name in known:
            last = name
        else:
            after.setdefault(last, []).append(name)
    yield from after.get("", ())
    for name in first:
        yield name
        yield from after.get(name, ())
