"""The register of facts: where each is used, which are due, which numbers are to be dialled."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from lms.content.inline import Paragraph, definition, mask, notes, paragraphs
from lms.content.model import (
    Content,
    Fact,
    Item,
    Module,
    Place,
    Prose,
    Section,
    Survey,
    Testimony,
    TestimonyCall,
    TestimonyKind,
)
from lms.content.plain import plain, split_sentences
from lms.content.source import scan, split_lines

DIAL_AGAIN = timedelta(days=180)
# How numbers are written here: 1 866 277-3553, 514-527-2626, 9-8-8, 1 866 APPELLE, 811. Never 911:
# a call there to try the number takes the line from somebody in danger.
_PHONE = re.compile(
    r"(?<![\w-])(?:(?:\+?1[\s\u00a0\u202f.-])?\(?[2-9]\d\d\)?[\s\u00a0\u202f.-]"
    r"(?:\d{3}[\s\u00a0\u202f.-]\d{4}|[A-Z]{6,8})|(?!9-1-1)[2-9]-\d-\d|[2-8]11)(?![\w-])"
)
# A mark on its way through plain text: between two signs that no author types.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}]*){_CLOSE}")
# Begins at the first stop of a run alone, so that a line of stops takes no time.
_AFTER_STOP = re.compile(f"(?<![.!?…])([.!?…]+)((?:{_OPEN}[^{_OPEN}{_CLOSE}]*{_CLOSE})+)")


class UseKind(StrEnum):
    """What rests on a fact."""

    SENTENCE = "sentence"
    QUESTION = "question"
    TESTIMONY = "testimony"


@dataclass(frozen=True, slots=True)
class Use:
    """One place that rests on a fact.

    `text` is the sentence with its mark, or the question, or empty for a testimony that names the
    fact as a source. `page` counts the sections from 1; 0 stands for the quiz or no page.
    """

    kind: UseKind
    fact_id: str
    owner_id: str  # the module's, the testimony's or the survey's
    language: str
    place: Place
    text: str = ""
    section: str = ""
    page: int = 0


def uses(content: Content) -> Mapping[str, tuple[Use, ...]]:
    """Give all that rests on each fact, by the fact's id, in the order of the files."""
    found: dict[str, list[Use]] = {}
    for use in (*_module_uses(content), *_testimony_uses(content), *_survey_uses(content)):
        found.setdefault(use.fact_id, []).append(use)
    return {
        fact_id: tuple(sorted(some, key=lambda use: (use.place, use.text)))
        for fact_id, some in found.items()
    }


def _module_uses(content: Content) -> Iterator[Use]:
    for module in content.modules.values():
        for page, section in enumerate(module.sections, start=1):
            for use in _section_uses(module, section):
                yield replace(use, section=section.title, page=page)
        for item in module.items:
            yield from _item_uses(item, module.id, module.language)


def _section_uses(module: Module, section: Section) -> Iterator[Use]:
    for block in section.blocks:
        if isinstance(block, Prose):
            yield from _sentence_uses(block.markdown, block.place, (module.id, module.language))
        elif isinstance(block, Item):
            yield from _item_uses(block, module.id, module.language)


def _item_uses(item: Item, owner_id: str, language: str) -> Iterator[Use]:
    """Yield a question's use of each fact once."""
    for fact_id in _rests_on(item):
        yield Use(UseKind.QUESTION, fact_id, owner_id, language, item.place, item.prompt)


def _rests_on(item: Item) -> Iterable[str]:
    """Give the facts that a question names, in its settings or by a mark in its texts."""
    texts = [item.prompt, item.body, item.hint, item.explanation]
    texts += [part for choice in item.choices for part in (choice.text, choice.feedback)]
    called = [name for text in texts if "[^" in text for name in _called(text)]
    return dict.fromkeys((*item.facts, *called))


def _testimony_uses(content: Content) -> Iterator[Use]:
    """Yield what testimonies rest on; the words of an original are not handed out here."""
    for testimony in content.testimonies.values():
        here = (testimony.id, testimony.language, testimony.place)
        for fact_id in dict.fromkeys(testimony.sources):
            yield Use(UseKind.TESTIMONY, fact_id, *here)
        if testimony.kind is TestimonyKind.ORIGINAL:
            called = dict.fromkeys(_called(testimony.markdown))
            yield from (Use(UseKind.TESTIMONY, fact_id, *here) for fact_id in called)
        else:
            yield from _sentence_uses(testimony.markdown, testimony.place, _names(testimony))


def _survey_uses(content: Content) -> Iterator[Use]:
    for survey in content.surveys.values():
        yield from _sentence_uses(survey.intro, survey.place, _names(survey))
        for item in survey.items:
            yield from _item_uses(item, survey.id, survey.language)


def _names(one: Testimony | Survey) -> tuple[str, str]:
    return one.id, one.language


def _sentence_uses(markdown: str, place: Place, names: tuple[str, str]) -> Iterator[Use]:
    """Yield the sentences of a text that carry the mark of a fact."""
    for paragraph in _paragraphs(markdown, place.line):
        if definition(paragraph):
            continue
        for sentence in split_sentences(_AFTER_STOP.sub(r"\2\1", plain(_marked(paragraph)))):
            text = " ".join(_MARK.sub(r"[^\1]", sentence).replace("|", " ").split())
            for fact_id in dict.fromkeys(_MARK.findall(sentence)):
                at = Place(place.path, paragraph.line)
                yield Use(UseKind.SENTENCE, fact_id, *names, at, text)


def _marked(paragraph: Paragraph) -> Paragraph:
    """Give the paragraph with its notes as marks that survive being made plain."""
    pieces, done = [], 0
    for note in notes(paragraph):
        pieces += [paragraph.text[done : note.start], f"{_OPEN}{note.target}{_CLOSE}"]
        done = note.end
    text = "".join([*pieces, paragraph.text[done:]])
    return replace(paragraph, text=text, masked=mask(text))


def _called(markdown: str) -> Iterator[str]:
    for paragraph in _paragraphs(markdown):
        yield from (note.target for note in notes(paragraph))


def _paragraphs(markdown: str, first: int = 1) -> Iterator[Paragraph]:
    return paragraphs(scan(split_lines(markdown), first)[0])


def facts_of(content: Content, module: Module, page: int | None = None) -> frozenset[str]:
    """Give the facts that a module rests on; those of one page, or of its quiz with page 0.

    A testimony's sources belong to the page that shows it.
    """
    found = set()
    for number, section in enumerate(module.sections, start=1):
        if page in {None, number}:
            found |= set(_stated(section))
            found |= set(_told(content, section, module.language))
    if page in {None, 0}:
        found |= {name for item in module.items for name in _rests_on(item)}
    return frozenset(found)


def _stated(section: Section) -> Iterator[str]:
    """Yield the facts that a section's own texts and questions name."""
    for block in section.blocks:
        if isinstance(block, Prose):
            yield from _called(block.markdown)
        elif isinstance(block, Item):
            yield from _rests_on(block)


def _told(content: Content, section: Section, language: str) -> Iterator[str]:
    """Yield the facts of the testimonies that a section shows."""
    for block in section.blocks:
        if isinstance(block, TestimonyCall):
            testimony = content.testimonies.get((block.testimony_id, language))
            yield from testimony.sources if testimony else ()
            yield from _called(testimony.markdown) if testimony else ()


def due_facts(
    content: Content, today: date, owner: str | None = None, days: int = 0
) -> tuple[Fact, ...]:
    """Give the facts to check again by that many days from now, the longest due first.

    With an owner: his own, and those that nobody owns.
    """
    last = today + timedelta(days=days)
    found = [fact for fact in _kept_by(content, owner) if fact.review_by <= last]
    return tuple(sorted(found, key=lambda fact: (fact.review_by, fact.id)))


def to_dial(content: Content, today: date, owner: str | None = None) -> tuple[Fact, ...]:
    """Give the facts whose phone number was never dialled, or not for half a year."""
    found = [fact for fact in _kept_by(content, owner) if phones_of(fact)]
    return tuple(fact for fact in found if dial_by(fact, today) <= today)


def dial_by(fact: Fact, today: date) -> date:
    """Give the day by which a number is to be dialled: today where nobody ever did."""
    return today if fact.dialled is None else fact.dialled + DIAL_AGAIN


def phones_of(fact: Fact) -> tuple[str, ...]:
    """Give the phone numbers that a fact states, each once, in the order of its languages."""
    texts: Sequence[str] = [text for _, text in sorted(fact.statement.items())]
    return tuple(dict.fromkeys(match[0] for text in texts for match in _PHONE.finditer(text)))


def _kept_by(content: Content, owner: str | None) -> Iterable[Fact]:
    return (fact for fact in content.facts.values() if owner is None or fact.owner in {"", owner})
