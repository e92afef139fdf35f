"""A module of the folder as a participant would see it: compiled for this page, never saved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import url_for

from lms.assessment.draw import practice_order
from lms.assessment.grading import grade_item
from lms.assessment.queries import ItemOutcome
from lms.assessment.values import Answer, Asked, QuizItem
from lms.content.model import (
    Block,
    Content,
    Item,
    ItemKind,
    Module,
    Section,
    Testimony,
    TestimonyCall,
    TestimonyKind,
)
from lms.publishing.compile import CompiledModule, Render, compile_module
from lms.publishing.links import section_reference
from lms.publishing.markdown import RenderRequest, render_markdown
from lms.web.author.folder import Folder
from lms.web.item_form import Question
from lms.web.item_result import ResultRow, result_row
from lms.web.request import LANGUAGES, language
from lms.web.words import content_words

Texts = tuple[Mapping[str, Any], Mapping[str, Any]]  # what an item shows, and its key


@dataclass(frozen=True, slots=True)
class Preview:
    """One page of a preview: its blocks, and the texts of every question by id."""

    blocks: Sequence[Mapping[str, Any]]
    texts: Mapping[str, Texts]


def preview_section(folder: Folder, module: Module, page: int) -> Preview:
    """Compile one section; raises RenderRefusedError for a text that cannot be shown."""
    sections = tuple(
        section if position == page else replace(section, blocks=())
        for position, section in enumerate(module.sections, start=1)
    )
    compiled = _compile(folder, replace(module, sections=sections, items=()))
    found = compiled.sections[page - 1]
    over = found.shown_until is not None and folder.today > found.shown_until
    blocks = found.blocks_after if over else found.blocks
    return Preview(blocks or [], _texts(compiled))


def preview_quiz(folder: Folder, module: Module) -> Preview:
    """Compile the questions of the quiz; raises RenderRefusedError as `preview_section` does."""
    sections = tuple(replace(section, blocks=()) for section in module.sections)
    return Preview([], _texts(_compile(folder, replace(module, sections=sections))))


def question(shown: Mapping[str, Any], name: str) -> Question:
    """Give a question; its options stand in the same order each time the page is opened."""
    kind = ItemKind(shown["kind"])
    order = practice_order(kind, shown["size"], f"preview:{name}", shuffle=shown["shuffle"])
    return Question.from_shown(shown, order)


def outcome(asked: Question, answer: Answer, texts: Texts) -> ItemOutcome:
    """Grade an answer; nothing is recorded."""
    item = QuizItem.from_document(texts[1]["item"])
    return ItemOutcome(Asked(item.id, asked.order), item, answer, grade_item(item, answer))


def result(place: int, graded: ItemOutcome, texts: Texts) -> ResultRow:
    """Give score, key and feedback of a graded answer."""
    return result_row(place, graded, texts, reveal=True)


def _texts(compiled: CompiledModule) -> dict[str, Texts]:
    return {item.item_id: (item.shown, item.key) for item in compiled.items}


def _compile(folder: Folder, module: Module) -> CompiledModule:
    # The file counts for the language in its name, whatever its front matter says.
    module = replace(module, language=language())
    content = _presentable(folder.content, module, folder.today)
    words = {module.language: content_words()[module.language]}
    return compile_module(content, module.id, [module.language], words, _render_for(folder))


def _presentable(content: Content, module: Module, today: date) -> Content:
    """Leave out what the check would refuse: a draft is shown as far as it goes.

    The text of an original whose consent is not in force for every course goes, as everywhere.
    """
    courses = [one.id for one in content.courses.values() if module.id in one.modules]
    testimonies = {
        key: testimony if _may_be_shown(testimony, courses, today) else _emptied(testimony)
        for key, testimony in content.testimonies.items()
    }
    sections = tuple(_without_unknown(one, module.language, testimonies) for one in module.sections)
    facts = {
        name: fact for name, fact in content.facts.items() if module.language in fact.statement
    }
    modules = {**content.modules, (module.id, module.language): replace(module, sections=sections)}
    return replace(content, modules=modules, testimonies=testimonies, facts=facts)


def _may_be_shown(testimony: Testimony, courses: Sequence[str], today: date) -> bool:
    if testimony.kind is not TestimonyKind.ORIGINAL:
        return True
    consent = testimony.consent
    return bool(courses) and consent is not None and all(consent.covers(c, today) for c in courses)


def _emptied(testimony: Testimony) -> Testimony:
    return replace(testimony, markdown="", warning="")


def _without_unknown(
    section: Section, lang: str, testimonies: Mapping[tuple[str, str], Testimony]
) -> Section:
    def is_known(block: Block) -> bool:
        return not isinstance(block, TestimonyCall) or (block.testimony_id, lang) in testimonies

    return replace(section, blocks=tuple(filter(is_known, section.blocks)))


def _render_for(folder: Folder) -> Render:
    """Render with links from module to module that stay within the preview."""
    here = dict(_addresses(folder))

    def render(texts: Sequence[RenderRequest]) -> Sequence[str]:
        return render_markdown([_relinked(text, here) for text in texts])

    return render


def _relinked(text: RenderRequest, here: Mapping[str, str]) -> RenderRequest:
    links = {typed: here.get(address, address) for typed, address in text.links.items()}
    return replace(text, links=links)


def _addresses(folder: Folder) -> Iterable[tuple[str, str]]:
    """Pair each address that a link would have in the product with that of its preview."""
    for path, number in folder.numbers.items():
        lang = path[-len("fr.md") :].removesuffix(".md")
        module = folder.module(number, lang)
        if lang in LANGUAGES and module is not None:
            start = url_for("author.preview", lang=lang, number=number)
            yield f"/{lang}/to/{section_reference(module.id)}", start
            for page, section in enumerate(module.sections, start=1):
                url = url_for("author.preview_section", lang=lang, number=number, page=page)
                yield f"/{lang}/to/{section_reference(module.id, section.id)}", url


def asked_items(module: Module) -> tuple[Item, ...]:
    """Give the questions of the quiz, each id once, in the author's order."""
    return tuple({item.id: item for item in module.items}.values())


