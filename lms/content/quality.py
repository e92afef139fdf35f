"""What can be measured of a module in one language, without judging it: docs/QUALITY.md says how.

Everything here is computed from the texts; nothing is asked of the network.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lms.content.check_minutes import WORDS_A_MINUTE, count_words, section_seconds, section_words
from lms.content.check_reading import betrays, one_of_several, section_grade
from lms.content.facts_register import facts_of
from lms.content.inline import Mark, marks, paragraphs
from lms.content.model import Content, Item, Module, Problem, Prose, Section
from lms.content.plain import GRADE_BANDS
from lms.content.source import scan, split_lines

_OUTSIDE = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_CONTACT = re.compile(r"(?:mailto|tel|sms):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Links:
    """Where the links of a text lead: within the content, to a person or out to other sites."""

    inside: int
    dead: int
    contacts: int
    outside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SectionQuality:
    """The measures of one section. `grade` is None where it has too few words to say.

    `author_seconds` is its share of the author's minutes; `words` are those that are read,
    testimonies and practice questions with them.
    """

    id: str
    title: str
    page: int
    words: int
    grade: float | None
    author_seconds: int
    practice: int
    questions: int
    facts: int
    facts_due: tuple[str, ...]
    pictures: int
    bare_pictures: int
    links: Links

    @property
    def word_minutes(self) -> float:
        """How long its words take to read."""
        return self.words / WORDS_A_MINUTE


@dataclass(frozen=True, slots=True)
class PoolQuality:
    """A pool: how many questions it has, and how many of them one attempt asks."""

    name: str
    size: int
    drawn: int

    @property
    def is_enough_for_retake(self) -> bool:
        """Whether a second attempt can ask questions that the first did not."""
        return self.size >= 2 * self.drawn


@dataclass(frozen=True, slots=True)
class LengthBias:
    """In how many questions with one right option that option is the longest.

    `chance` is how many there would be if length had nothing to do with it.
    """

    asked: int
    longest: int
    chance: float


@dataclass(frozen=True, slots=True)
class ModuleQuality:
    """The measures of one module in one language."""

    id: str
    language: str
    title: str
    path: str
    minutes: int
    words: int
    questions: int
    sections: tuple[SectionQuality, ...]
    pools: tuple[PoolQuality, ...]
    bias: LengthBias
    facts: int
    facts_due: tuple[str, ...]
    pictures: int
    bare_pictures: int
    links: Links

    @property
    def word_minutes(self) -> float:
        """How long its words, and those of the questions of one attempt, take to read."""
        return self.words / WORDS_A_MINUTE

    @property
    def hardest(self) -> float | None:
        """The grade of the section that asks for most."""
        return max((one.grade for one in self.sections if one.grade is not None), default=None)


def quality(
    content: Content, problems: Iterable[Problem], today: date
) -> tuple[ModuleQuality, ...]:
    """Measure every module in every language, in the order of the files."""
    told = tuple(problems)
    modules = sorted(content.modules.values(), key=lambda module: module.place.path)
    return tuple(module_quality(content, module, told, today) for module in modules)


def module_quality(
    content: Content, module: Module, problems: Sequence[Problem], today: date
) -> ModuleQuality:
    """Measure one module; `problems` are those of the check, which knows the dead links."""
    own = [one for one in problems if one.place.path == module.place.path]
    due = frozenset(name for name, fact in content.facts.items() if fact.review_by < today)
    whole = _Measured(content, module, own, due)
    pages = tuple(_measured_pages(whole))
    found = [mark for _, marks_ in pages for mark in marks_]
    found += _marks(text for item in module.items for text in _texts(item))
    facts = facts_of(content, module)
    return ModuleQuality(
        id=module.id,
        language=module.language,
        title=module.title,
        path=module.place.path,
        minutes=module.minutes,
        words=count_words(content, module),
        questions=len(module.items),
        sections=tuple(section for section, _ in pages),
        pools=tuple(_pools(module)),
        bias=_bias(module),
        facts=len(facts),
        facts_due=tuple(sorted(facts & due)),
        pictures=sum(mark.picture for mark in found),
        bare_pictures=_count(own, "picture-alt"),
        links=_links(found, _count(own, "dead-link")),
    )


@dataclass(frozen=True, slots=True)
class _Measured:
    """A module with what its measures need."""

    content: Content
    module: Module
    problems: Sequence[Problem]
    due: frozenset[str]

    def problems_of(self, page: int) -> list[Problem]:
        """Give the problems that stand in a section."""
        sections = self.module.sections
        first = sections[page - 1].place.line
        ends = [one.place.line for one in sections[page:]]
        ends += [one.place.line for one in self.module.items]
        last = min((line for line in ends if line > first), default=first + 10**9)
        return [one for one in self.problems if first <= one.place.line < last]


def _measured_pages(measured: _Measured) -> Iterator[tuple[SectionQuality, Sequence[Mark]]]:
    """Yield the measures of each section, and the links and pictures that it holds."""
    content, module = measured.content, measured.module
    words = section_words(content, module)
    seconds: Mapping[str, int] = section_seconds(content, module)
    for page, section in enumerate(module.sections, start=1):
        found = list(_marks(_section_texts(section)))
        facts = facts_of(content, module, page)
        problems = measured.problems_of(page)
        measures = SectionQuality(
            id=section.id,
            title=section.title,
            page=page,
            words=words[page - 1],
            grade=section_grade(section, module.language),
            author_seconds=seconds.get(section.id, 0),
            practice=len(section.practice),
            questions=sum(item.section == section.id for item in module.items),
            facts=len(facts),
            facts_due=tuple(sorted(facts & measured.due)),
            pictures=sum(mark.picture for mark in found),
            bare_pictures=_count(problems, "picture-alt"),
            links=_links(found, _count(problems, "dead-link")),
        )
        yield measures, found


def _pools(module: Module) -> Iterator[PoolQuality]:
    names = dict.fromkeys([*module.quiz.draw, *(item.pool for item in module.items if item.pool)])
    for name in names:
        size = sum(item.pool == name for item in module.items)
        yield PoolQuality(name, size, module.quiz.draw.get(name, 0))


def _bias(module: Module) -> LengthBias:
    asked = one_of_several(module)
    chance = sum(1 / len(item.choices) for item in asked if item.choices)
    return LengthBias(len(asked), sum(map(betrays, asked)), chance)


def _count(problems: Iterable[Problem], rule: str) -> int:
    return sum(problem.rule == rule for problem in problems)


def _links(found: Iterable[Mark], dead: int) -> Links:
    targets = [mark.target for mark in found if not mark.picture and mark.target]
    outside = [target for target in targets if _OUTSIDE.match(target)]
    contacts = sum(_CONTACT.match(target) is not None for target in targets)
    inside = len(targets) - len(outside) - contacts
    return Links(inside, dead, contacts, tuple(dict.fromkeys(outside)))


def _section_texts(section: Section) -> Iterator[str]:
    for block in section.blocks:
        if isinstance(block, Prose):
            yield block.markdown
        elif isinstance(block, Item):
            yield from _texts(block)


def _texts(item: Item) -> Iterator[str]:
    yield from (item.body, item.hint, item.explanation)
    for choice in item.choices:
        yield from (choice.text, choice.feedback)


def _marks(texts: Iterable[str]) -> Iterator[Mark]:
    for text in texts:
        if "](" not in text and "]:" not in text:
            continue  # most texts have neither link nor picture
        for paragraph in paragraphs(scan(split_lines(text))[0]):
            yield from marks(paragraph)


def grade_range(grade: float, language: str) -> tuple[int, int]:
    """Give the grades that a measured one stands for: no formula tells one from the next.

    French: the band of Flesch's table that it fell in. English: one grade below to one above.
    """
    if language == "fr":
        return GRADE_BANDS.get(grade, (round(grade), round(grade)))
    middle = max(round(grade), 1)
    return max(middle - 1, 1), middle + 1
