"""A module of the folder as a participant would see it: compiled for this page, never saved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import url_for

from lms.content.model import (
    Block,
    Content,
    Module,
    Section,
    Testimony,
    TestimonyCall,
    TestimonyKind,
)
from lms.publishing.compile import CompiledModule, Render, compile_module
from lms.publishing.links import section_reference
from lms.publishing.markdown import RenderRequest, render_markdown
from lms.publishing.media_uses import find_media
from lms.web.author.folder import Folder
from lms.web.request import LANGUAGES, language
from lms.web.words import content_words

Texts = tuple[Mapping[str, Any], Mapping[str, Any]]  # what an item shows, and its key


@dataclass(frozen=True, slots=True)
class Preview:
    """One page of a preview: its blocks, and the texts of every question by id.

    Media are kept when they are published; before that a page has no address to show them from.
    """

    blocks: Sequence[Mapping[str, Any]]
    texts: Mapping[str, Texts]
    has_media: bool = False


def section_preview(folder: Folder, module: Module, page: int) -> Preview:
    """Compile one section; raises RenderRefusedError for a text that cannot be shown."""
    sections = tuple(
        section if position == page else replace(section, blocks=())
        for position, section in enumerate(module.sections, start=1)
    )
    shown = replace(module, sections=sections, items=())
    compiled = _compile(folder, shown)
    found = compiled.sections[page - 1]
    over = found.shown_until is not None and folder.today > found.shown_until
    blocks = found.blocks_after if over else found.blocks
    return Preview(blocks or [], _texts(compiled), bool(find_media(folder.content, shown)))


def quiz_preview(folder: Folder, module: Module) -> Preview:
    """Compile the questions of the quiz; raises RenderRefusedError as `section_preview` does."""
    sections = tuple(replace(section, blocks=()) for section in module.sections)
    return Preview([], _texts(_compile(folder, replace(module, sections=sections))))


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
