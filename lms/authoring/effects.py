"""What a publication does to each module, and to the people in it: shown before it is done.

An attempt keeps the edition that it began with, and a pass stays: nobody loses anything by it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt, Result, Standing
from lms.authoring.publication import Publication
from lms.content.model import Content, Item, ItemKind, Module, Section
from lms.corrections.regrade import places_of
from lms.publishing.queries import published_content
from lms.publishing.service import Change, Step


@dataclass(frozen=True, slots=True)
class ModuleEffect:
    """What changes in one module, in all its languages together; sections and items by their ids.

    `rekeyed` are items whose right answer is another one: what has been graded is not graded
    again, unless staff correct it. `open_attempts` are people who notice nothing.
    """

    step: Step
    sections_added: tuple[str, ...] = ()
    sections_removed: tuple[str, ...] = ()
    sections_changed: tuple[str, ...] = ()
    items_added: tuple[str, ...] = ()
    items_removed: tuple[str, ...] = ()
    items_changed: tuple[str, ...] = ()
    rekeyed: tuple[str, ...] = ()
    open_attempts: int = 0
    passes: int = 0


@dataclass(frozen=True, slots=True)
class _Parts:
    """What was added, removed and changed of some things that have ids."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


def effects_of(db: Session, plan: Publication) -> tuple[ModuleEffect, ...]:
    """Give what a plan does to each module of its courses, in the order of the plan."""
    steps = [step for step in plan.steps if step.kind == "module"]
    touched = [step.id for step in steps if step.change is Change.CHANGED]
    if not touched:
        return tuple(map(ModuleEffect, steps))
    old, people = published_content(db), _people(db, touched)
    return tuple(
        _effect(step, old, plan.content, people.get(step.id, (0, 0)))
        if step.change is Change.CHANGED
        else ModuleEffect(step)
        for step in steps
    )


def _effect(step: Step, old: Content, new: Content, people: tuple[int, int]) -> ModuleEffect:
    before, after = _editions(old, step.id), _editions(new, step.id)
    sections = _compared(_sections(before), _sections(after))
    items = _compared(_items(before), _items(after))
    return ModuleEffect(
        step,
        sections_added=sections.added,
        sections_removed=sections.removed,
        sections_changed=sections.changed,
        items_added=items.added,
        items_removed=items.removed,
        items_changed=items.changed,
        rekeyed=tuple(one for one in items.changed if _is_rekeyed(before, after, one)),
        open_attempts=people[0],
        passes=people[1],
    )


def _people(db: Session, modules: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    """Give for each module how many attempts are open and how many people have passed."""
    is_open = ~select(Result.attempt_id).where(Result.attempt_id == Attempt.id).exists()
    attempts = db.execute(
        select(Attempt.module_id, func.count())
        .where(Attempt.module_id.in_(modules), is_open)
        .group_by(Attempt.module_id)
    )
    passes = db.execute(
        select(Standing.module_id, func.count())
        .where(Standing.module_id.in_(modules), Standing.passed_at.is_not(None))
        .group_by(Standing.module_id)
    )
    opened = {row[0]: row[1] for row in attempts}
    passed = {row[0]: row[1] for row in passes}
    return {one: (opened.get(one, 0), passed.get(one, 0)) for one in modules}


def _editions(content: Content, module_id: str) -> dict[str, Module]:
    return {lang: one for (name, lang), one in content.modules.items() if name == module_id}


def _sections(modules: Mapping[str, Module]) -> dict[str, dict[str, Any]]:
    """Give each section's text in each language, by the section's id."""
    return _by_id((lang, one) for lang, module in modules.items() for one in module.sections)


def _items(modules: Mapping[str, Module]) -> dict[str, dict[str, Any]]:
    """Give each question of the quiz in each language, by its id."""
    return _by_id((lang, one) for lang, module in modules.items() for one in module.items)


def _by_id(found: Iterable[tuple[str, Section | Item]]) -> dict[str, dict[str, Any]]:
    things: dict[str, dict[str, Any]] = {}
    for lang, one in found:
        things.setdefault(one.id, {})[lang] = _without_places(asdict(one))
    return things


def _without_places(value: Any) -> Any:  # noqa: ANN401 - any part of a document
    """Give a document without lines and columns: to move down the page is no change."""
    if isinstance(value, dict):
        return {key: _without_places(one) for key, one in value.items() if key != "place"}
    return [_without_places(one) for one in value] if isinstance(value, list | tuple) else value


def _compared(old: Mapping[str, Any], new: Mapping[str, Any]) -> _Parts:
    return _Parts(
        added=tuple(one for one in new if one not in old),
        removed=tuple(one for one in old if one not in new),
        changed=tuple(one for one in new if one in old and old[one] != new[one]),
    )


def _is_rekeyed(old: Mapping[str, Module], new: Mapping[str, Module], item_id: str) -> bool:
    """Whether another answer is right, in any language that both editions have."""
    return any(
        _key_differs(before, after)
        for lang in old.keys() & new.keys()
        for before in _named(old[lang], item_id)
        for after in _named(new[lang], item_id)
    )


def _named(module: Module, item_id: str) -> Iterator[Item]:
    return (one for one in module.items if one.id == item_id)


def _key_differs(old: Item, new: Item) -> bool:
    match new.kind:
        case ItemKind.TRUE_FALSE | ItemKind.SINGLE | ItemKind.MULTIPLE:
            return _choices_differ(old, new)
        case ItemKind.TEXT:
            return set(old.accepted) != set(new.accepted)
        case ItemKind.NUMBER:
            return set(old.numbers) != set(new.numbers)
        case ItemKind.MATCH:
            return _pairs_differ(old, new)
        case ItemKind.ORDER:
            stay = {place: place for place in range(len(old.steps))}
            return places_of(old.steps, new.steps) != stay or len(old.steps) != len(new.steps)
        case ItemKind.OPEN:
            return False


def _pairs_differ(old: Item, new: Item) -> bool:
    lefts = places_of([one.left for one in old.pairs], [one.left for one in new.pairs])
    rights = places_of([one.right for one in old.pairs], [one.right for one in new.pairs])
    return lefts != rights or len(old.pairs) != len(new.pairs)


def _choices_differ(old: Item, new: Item) -> bool:
    """Whether an option that stayed is right now and was not, or an added or lost one was right.

    An option is known by its text, and one that was reworded by its place.
    """
    places = places_of([one.text for one in old.choices], [one.text for one in new.choices])
    stayed = any(
        old.choices[was].correct != new.choices[now].correct for was, now in places.items()
    )
    lost = [one for place, one in enumerate(old.choices) if place not in places]
    added = [one for place, one in enumerate(new.choices) if place not in places.values()]
    return stayed or any(one.correct for one in (*lost, *added))
