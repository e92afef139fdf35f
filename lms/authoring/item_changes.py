"""What becomes of the questions of a module between two texts of its file."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from lms.content.model import Item, Module, Place

_NOWHERE = Place("")


class ItemChange(StrEnum):
    """What became of a question; a new key weighs more than new words."""

    ADDED = "added"
    REMOVED = "removed"
    KEY = "key"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class ChangedItem:
    """A question that is not what it was; `item` is the new one, or the old where it is gone."""

    change: ItemChange
    item: Item


def changed_items(old: Module | None, new: Module | None) -> tuple[ChangedItem, ...]:
    """Give the questions that changed, those that are gone last; practice questions too."""
    before, after = _items(old), _items(new)
    found: list[ChangedItem] = []
    for name, item in after.items():
        change = _change(before.get(name), item)
        if change is not None:
            found.append(ChangedItem(change, item))
    gone = [item for name, item in before.items() if name not in after]
    return (*found, *(ChangedItem(ItemChange.REMOVED, item) for item in gone))


def _items(module: Module | None) -> dict[str, Item]:
    """Give the questions of a module by their ids, in order."""
    return {item.id: item for item in _asked(module)}


def _asked(module: Module | None) -> Iterable[Item]:
    if module is not None:
        for section in module.sections:
            yield from section.practice
        yield from module.items


def _change(old: Item | None, new: Item) -> ItemChange | None:
    if old is None:
        return ItemChange.ADDED
    if _key(old) != _key(new) or _is_turned(old, new):
        return ItemChange.KEY
    return ItemChange.WORDS if _placeless(old) != _placeless(new) else None


def _key(item: Item) -> tuple[object, ...]:
    """Give what decides how an answer is marked."""
    return (
        item.kind,
        tuple(choice.correct for choice in item.choices),
        item.accepted,
        item.numbers,
        len(item.pairs),
        len(item.steps),
        (item.points, item.must, item.partial, item.graded, item.min_words),
    )


def _is_turned(old: Item, new: Item) -> bool:
    """Whether something that was said before now earns otherwise: the words changed places."""
    marked = {choice.text: choice.correct for choice in old.choices}
    if any(marked.get(choice.text, choice.correct) != choice.correct for choice in new.choices):
        return True
    rights = {pair.left: pair.right for pair in old.pairs}
    known = set(rights.values())
    if any(rights.get(p.left, p.right) != p.right and p.right in known for p in new.pairs):
        return True
    places = [old.steps.index(step) for step in new.steps if step in old.steps]
    return places != sorted(places)


def _placeless(item: Item) -> Item:
    return replace(item, place=_NOWHERE)
