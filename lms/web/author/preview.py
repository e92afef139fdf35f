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
from lms.publishing.consent_register import closed_for
from lms.publishing.instead import without
from lms.publishing.links import section_reference
from lms.publishing.markdown import RenderRequest, render_markdown
from lms.publishing.media_uses import find_media
from lms.publishing.withheld import withheld_key, withheld_shown
from lms.web.author.folder import Folder
from lms.web.author.media_shown import preview_media
from lms.web.db import reader
from lms.web.request import LANGUAGES, language
from lms.web.words import content_words

Texts = tuple[Mapping[str, Any], Mapping[str, Any]]  # what an item shows, and its key


@dataclass(frozen=True, slots=True)
class Preview:
    """One page of a preview: its blocks, and the texts of every question by id.

    `has_media` says that it has media which cannot be shown: the problems say why.
    """

    blocks: Sequence[Mapping[str, Any]]
    texts: Mapping[str, Texts]
    has_media: bool = False


def section_preview(
    folder: Folder, module: Module, page: int, also_on: date | None = None
) -> Preview:
    """Compile one section; raises RenderRefusedError for a text that cannot be shown.

    An original is shown where its consent holds today, and on the other day too if one is given.
    """
    sections = tuple(
        section if position == page else replace(section, blocks=())
        for position, section in enumerate(module.sections, start=1)
    )
    shown = replace(module, sections=sections, items=())
    compiled = _compile(folder, shown)
    found = compiled.sections[page - 1]
    closed = closed_originals(folder, module, also_on)
    blocks = found.blocks
    if found.testimonies & closed:
        blocks = without(found.blocks_instead or found.blocks, closed)
    has_media = _lacks_media(folder, shown)
    return Preview(blocks, _texts(compiled, closed), has_media)


def _lacks_media(folder: Folder, module: Module) -> bool:
    uses = find_media(folder.content, module)
    media = preview_media(uses)
    return any(use.typed not in {**media.pictures, **media.films} for use in uses)


def quiz_preview(folder: Folder, module: Module, also_on: date | None = None) -> Preview:
    """Compile the questions of the quiz; raises RenderRefusedError as `section_preview` does."""
    sections = tuple(replace(section, blocks=()) for section in module.sections)
    compiled = _compile(folder, replace(module, sections=sections))
    return Preview([], _texts(compiled, closed_originals(folder, module, also_on)))


def _texts(compiled: CompiledModule, closed: frozenset[str]) -> dict[str, Texts]:
    return {
        item.item_id: (
            (withheld_shown(item.shown), withheld_key(item.key))
            if item.testimony in closed
            else (item.shown, item.key)
        )
        for item in compiled.items
    }


def closed_originals(folder: Folder, module: Module, also_on: date | None = None) -> frozenset[str]:
    """Give the originals that may not be shown: by the register, or by what their files say."""
    days = {folder.today, also_on or folder.today}
    return frozenset().union(*(_closed_on(folder, module, day) for day in days))


def _closed_on(folder: Folder, module: Module, day: date) -> frozenset[str]:
    courses = [one.id for one in folder.content.courses.values() if module.id in one.modules]
    refused = {
        one.id
        for one in folder.content.testimonies.values()
        if not _may_be_shown(one, courses, language(), day)
    }
    return closed_for(reader(), courses, language(), day) | refused


def _compile(folder: Folder, module: Module) -> CompiledModule:
    # The file counts for the language in its name, whatever its front matter says.
    module = replace(module, language=language())
    content = _presentable(folder.content, module)
    words = {module.language: content_words()[module.language]}
    media = {module.language: preview_media(find_media(content, module))}
    render = _render_for(folder)
    return compile_module(content, module.id, [module.language], words, render, media)


def _presentable(content: Content, module: Module) -> Content:
    """Leave out what the check would refuse: a draft is shown as far as it goes."""
    testimonies = content.testimonies
    sections = tuple(_without_unknown(one, module.language, testimonies) for one in module.sections)
    facts = {
        name: fact for name, fact in content.facts.items() if module.language in fact.statement
    }
    modules = {**content.modules, (module.id, module.language): replace(module, sections=sections)}
    return replace(content, modules=modules, facts=facts)


def _may_be_shown(testimony: Testimony, courses: Sequence[str], lang: str, today: date) -> bool:
    if testimony.kind is not TestimonyKind.ORIGINAL:
        return True
    consent = testimony.consent
    if consent is None or not consent.is_in(lang):
        return False
    return bool(courses) and all(consent.covers(course, today) for course in courses)


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
