"""Two languages of one module: which of them stays behind, since when, and by how much.

Two things are known of a text's age: the day on which its author says that he read it against its
sources (`reviewed`), and, where editions are kept, the day on which each section changed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from lms.content.model import Content, Course, Module


@dataclass(frozen=True, slots=True)
class Change:
    """When a section or a question last changed.

    `is_exact`: an edition before it said something else; otherwise it has not changed since then,
    which is as far back as editions go.
    """

    on: date
    is_exact: bool


Changes = Mapping[str, Mapping[str, Change]]  # path -> what part_key() names -> change
NO_CHANGES: Changes = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Lag:
    """How far one language of a module is behind another.

    `sections` names those that changed in the other alone, where editions tell; `is_missing`:
    this language has no file at all. `is_late`: the term that the course gives is over.
    """

    language: str
    twin: str
    since: date
    days: int
    term: timedelta | None
    is_missing: bool = False
    sections: tuple[str, ...] = field(default=())

    @property
    def is_late(self) -> bool:
        """Whether the term that the course gives is over."""
        return self.term is not None and timedelta(days=self.days) > self.term


def section_key(section_id: str) -> str:
    """Name a section among the parts of a file."""
    return f"section:{section_id}"


def item_key(item_id: str) -> str:
    """Name a question among the parts of a file."""
    return f"item:{item_id}"


def lagging(
    content: Content, today: date, changes: Changes = NO_CHANGES
) -> Mapping[tuple[str, str], Lag]:
    """Give the lag of every module and language that is behind another."""
    found = {}
    for module_id, language in _wanted(content):
        lag = lag_of(content, (module_id, language), today, changes)
        if lag is not None:
            found[module_id, language] = lag
    return found


def _wanted(content: Content) -> tuple[tuple[str, str], ...]:
    """Give every module in every language that it has or that a course promises."""
    promised = [
        (module_id, language)
        for course in content.courses.values()
        for module_id in course.modules
        for language in course.languages
    ]
    return tuple(dict.fromkeys((*content.modules, *promised)))


def lag_of(
    content: Content, key: tuple[str, str], today: date, changes: Changes = NO_CHANGES
) -> Lag | None:
    """Give how far one language of a module is behind whichever is furthest ahead of it."""
    lags = [
        lag
        for (name, language), twin in content.modules.items()
        if name == key[0] and language != key[1]
        if (lag := _behind(content, key, twin, today, changes)) is not None
    ]
    return min(lags, key=lambda lag: lag.since, default=None)


def _behind(
    content: Content, key: tuple[str, str], twin: Module, today: date, changes: Changes
) -> Lag | None:
    module = content.modules.get(key)
    if module is None:
        since = _first_known(twin, changes)
        sections: tuple[str, ...] = ()
    else:
        ahead = dict(_changed_alone(module, twin, changes))
        days = [*ahead.values(), *([twin.reviewed] if twin.reviewed > module.reviewed else [])]
        if not days:
            return None
        since, sections = min(days), tuple(ahead)
    return Lag(
        language=key[1],
        twin=twin.language,
        since=since,
        days=max((today - since).days, 0),
        term=_term(content, twin.id, {key[1], twin.language}),
        is_missing=module is None,
        sections=sections,
    )


def _first_known(module: Module, changes: Changes) -> date:
    """Give the first day on which a module is known to have stood."""
    days = [change.on for change in changes.get(module.place.path, {}).values()]
    return min([module.reviewed, *days])


def _changed_alone(module: Module, twin: Module, changes: Changes) -> Iterator[tuple[str, date]]:
    """Yield the sections that changed in the twin after this side last changed or was reviewed."""
    own, theirs = (changes.get(one.place.path, {}) for one in (module, twin))
    for section in twin.sections:
        change = theirs.get(section_key(section.id))
        if change is None or not change.is_exact:
            continue
        here = own.get(section_key(section.id))
        last = module.reviewed if here is None else max(here.on, module.reviewed)
        if change.on > last:
            yield section.id, change.on


def _term(content: Content, module_id: str, languages: set[str]) -> timedelta | None:
    """Give the shortest term of the courses that show this module in these languages."""
    terms = [course.translation_term for course in _courses(content, module_id, languages)]
    return min(terms, default=None)


def _courses(content: Content, module_id: str, languages: set[str]) -> Iterator[Course]:
    for course in content.courses.values():
        if module_id in course.modules and languages <= set(course.languages):
            yield course
