"""From one module in all its languages to what a revision holds: safe HTML, questions, key.

Pure but for the rendering, which runs in a process of its own. Each section is rendered whole, so
that its sources are numbered through; practice questions, testimonies, films and sounds stand in it
as marks and are cut out afterwards.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from babel.dates import format_date

from lms.content.check_equivalents import called, originals
from lms.content.check_minutes import section_seconds
from lms.content.model import (
    Content,
    Fact,
    Item,
    ItemKind,
    Module,
    Testimony,
)
from lms.publishing.compile_section import (
    Batch,
    ItemPage,
    SectionDraft,
    SectionPage,
    Surroundings,
    queue_section,
    section_page,
)
from lms.publishing.item_document import item_document, key_texts, shown_texts
from lms.publishing.links import module_links
from lms.publishing.markdown.request import FactNote, RenderRequest, Words
from lms.publishing.media import Shown

COMPILER = 3  # raise it when the same source compiles to something else
Render = Callable[[Sequence[RenderRequest]], Sequence[str]]
NO_MEDIA: Mapping[str, Shown] = {}


@dataclass(frozen=True, slots=True)
class CompiledModule:
    """All that a module revision holds."""

    outline: dict[str, Any]
    quiz: dict[str, Any]
    sections: tuple[SectionPage, ...]
    items: tuple[ItemPage, ...]
    originals: frozenset[str] = frozenset()  # the testimonies that somebody can take back


def module_digest(
    content: Content, module_id: str, languages: Sequence[str], media: Sequence[Sequence[str]]
) -> str:
    """Give the SHA-256, in hex, of everything that the compiled module depends on.

    `media` is what `media_prints` gives for the module's files.
    """
    modules = [content.modules[module_id, language] for language in languages]
    calls = sorted({call for module in modules for call in called(module)})
    testimonies = [
        asdict(one)
        for call in calls
        for language in languages
        for one in _told(content, call, language)
    ]
    text = "\n".join([m.source for m in modules] + [json.dumps(testimonies, default=str)])
    facts = [asdict(content.facts[fact]) for fact in sorted(content.facts) if fact in text]
    whole = json.dumps([COMPILER, text, facts, media], default=str, sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def compile_module(
    content: Content,
    module_id: str,
    languages: Sequence[str],
    words: Mapping[str, Words],
    render: Render,
    media: Mapping[str, Shown] = NO_MEDIA,
) -> CompiledModule:
    """Compile one module in all the languages of its course; `media` are shown by language."""
    batch = Batch()
    drafts: list[SectionDraft] = []
    items: list[tuple[Item, str, dict[str, list[int]]]] = []
    for language in languages:
        module = content.modules[module_id, language]
        around = _surroundings(content, module, words[language], media.get(language, Shown()))
        drafts += [
            queue_section(around, section, position, batch)
            for position, section in enumerate(around.module.sections, start=1)
        ]
        items += [
            (item, language, _queue_item(around, item, batch)) for item in _all_items(around.module)
        ]
    html = render(batch.requests)
    pages = {
        (item.id, language): _item_page(item, language, places, html)
        for item, language, places in items
    }
    # One language's times for all: who reads in the other is asked for no more and no less.
    seconds = section_seconds(content, content.modules[module_id, languages[0]])
    return CompiledModule(
        outline={lang: _outline(content.modules[module_id, lang], seconds) for lang in languages},
        quiz=_quiz([content.modules[module_id, language] for language in languages]),
        sections=tuple(section_page(draft, html, content, pages) for draft in drafts),
        items=tuple(pages.values()),
        originals=originals(content),
    )


def _surroundings(content: Content, module: Module, words: Words, media: Shown) -> Surroundings:
    facts = {fact.id: _note(fact, module.language) for fact in content.facts.values()}
    return Surroundings(content, module, words, facts, module_links(content, module), media)


def _note(fact: Fact, language: str) -> FactNote:
    return FactNote(
        text=fact.statement[language],
        source=fact.source,
        address=fact.address,
        date=format_date(fact.checked, format="long", locale=f"{language}_CA"),
    )


def _told(content: Content, call: str, language: str) -> Iterable[Testimony]:
    """Give the testimony that is called, and what stands in its place."""
    found = content.testimonies.get((call, language))
    if found is not None:
        instead = content.testimonies.get((found.equivalent, language))
        yield from (found, instead) if instead else (found,)


def _all_items(module: Module) -> Iterable[Item]:
    for section in module.sections:
        yield from section.practice
    yield from module.items


def _queue_item(around: Surroundings, item: Item, batch: Batch) -> dict[str, list[int]]:
    texts = {**shown_texts(item), **key_texts(item)}
    return {
        name: [
            batch.add(around.request(text, f"question {item.id}", scope=f"{item.id}-{name}"))
            for text in group
        ]
        for name, group in texts.items()
    }


def _item_page(
    item: Item, language: str, places: Mapping[str, list[int]], html: Sequence[str]
) -> ItemPage:
    def rendered(names: Iterable[str]) -> dict[str, Any]:
        return {name: [_inline(html[place]) for place in places[name]] for name in names}

    shown = rendered(shown_texts(item)) | {
        "kind": item.kind.value,
        "points": item.points,
        "min_words": item.min_words,
        "size": item_document([item])["size"],
        "shuffle": item.shuffle,
        "inputmode": "decimal" if item.kind is ItemKind.NUMBER else "text",
    }
    key = rendered(key_texts(item)) | {"accepted": list(item.accepted) + _numbers(item, language)}
    key["item"] = item_document([item])
    return ItemPage(item.id, language, shown, key, item.testimony)


def _numbers(item: Item, language: str) -> list[str]:
    """Write the right numbers as this language does: 7 ± 0.5, and in French 7 ± 0,5."""

    def written(value: object) -> str:
        text = str(float(value)).removesuffix(".0")  # type: ignore[arg-type]  # a Fraction
        return text.replace(".", ",") if language == "fr" else text

    return [
        written(n.value) + (f" ± {written(n.tolerance)}" if n.tolerance else "")
        for n in item.numbers
    ]


def _inline(html: str) -> str:
    """Take a lone paragraph out of its `<p>`: it will stand in a label or a heading."""
    text = html.strip()
    if text.startswith("<p>") and text.endswith("</p>") and text.count("<p>") == 1:
        return text.removeprefix("<p>").removesuffix("</p>")
    return text


def _outline(module: Module, seconds: Mapping[str, int]) -> dict[str, Any]:
    return {
        "title": module.title,
        "minutes": module.minutes,
        "warning": module.warning,
        "objectives": list(module.objectives),
        "sections": [
            {"id": section.id, "title": section.title, "seconds": seconds.get(section.id, 0)}
            for section in module.sections
        ],
    }


def _quiz(modules: Sequence[Module]) -> dict[str, Any]:
    """Give the rules and the items without their text; accepted words of all languages count."""
    rules = modules[0].quiz
    items = [
        item_document([_twin(module, item.id) for module in modules]) for item in modules[0].items
    ]
    return {
        "pass": rules.pass_percent,
        "attempts": rules.attempts,
        "unlimited": rules.unlimited,
        "pause_seconds": None if rules.pause is None else int(rules.pause.total_seconds()),
        "draw": dict(rules.draw),
        "shuffle": rules.shuffle,
        "items": items,
    }


def _twin(module: Module, item_id: str) -> Item:
    return next(item for item in module.items if item.id == item_id)
