"""One section: rendered whole, then cut at the marks where questions and testimonies stand."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lms.content.model import (
    Content,
    Item,
    Module,
    Prose,
    Section,
    Testimony,
    TestimonyCall,
    TestimonyKind,
)
from lms.publishing.markdown.request import FactNote, RenderRequest, Words


@dataclass(frozen=True, slots=True)
class SectionPage:
    """One compiled section in one language."""

    language: str
    position: int
    section_id: str
    blocks: list[dict[str, Any]]
    shown_until: date | None = None
    blocks_after: list[dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One compiled item in one language."""

    item_id: str
    language: str
    shown: dict[str, Any]
    key: dict[str, Any]


@dataclass(slots=True)
class Batch:
    """Texts to render, gathered first, so that one process renders them all."""

    requests: list[RenderRequest] = field(default_factory=list)

    def add(self, request: RenderRequest) -> int:
        """Queue a text; gives its place in what comes back."""
        self.requests.append(request)
        return len(self.requests) - 1


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the texts of one module in one language can refer to."""

    content: Content
    module: Module
    words: Words
    facts: Mapping[str, FactNote]
    links: Mapping[str, str]

    def request(self, text: str, name: str, *, scope: str = "") -> RenderRequest:
        """Give the request to render one text of this module."""
        return RenderRequest(
            text=text,
            name=f"{self.module.place.path}: {name}",
            facts=self.facts,
            links=self.links,
            words=self.words,
            scope=scope,
        )


def _mark(section: Section, number: int, kind: str) -> str:
    # A word that no author writes: the heading's digest stands in it.
    digest = hashlib.sha256(section.title.encode()).hexdigest()[:16]
    return f"VIRAGE{kind}{digest}X{number}X"


@dataclass(frozen=True, slots=True)
class SectionDraft:
    """A queued section: its place in the batch, and that of the text for after `until`."""

    language: str
    section: Section
    position: int
    whole: int
    until: date | None = None
    without: int = 0


def queue_section(
    around: Surroundings, section: Section, position: int, batch: Batch
) -> SectionDraft:
    """Queue a section as it is, and as it will be once the consent of an original has ended."""
    ends = [end for end in _consent_ends(around, section) if end is not None]
    name = f"## {section.title}"
    language = around.module.language
    whole = batch.add(around.request(_section_text(around, section, with_originals=True), name))
    if not ends:
        return SectionDraft(language, section, position, whole)
    text = _section_text(around, section, with_originals=False)
    without = batch.add(around.request(text, name))
    return SectionDraft(language, section, position, whole, min(ends), without)


def _consent_ends(around: Surroundings, section: Section) -> Iterable[date | None]:
    for block in section.blocks:
        if isinstance(block, TestimonyCall):
            testimony = around.content.testimonies[block.testimony_id, around.module.language]
            yield testimony.consent.until if testimony.consent else None


def _section_text(around: Surroundings, section: Section, *, with_originals: bool) -> str:
    parts: list[str] = []
    for number, block in enumerate(section.blocks):
        match block:
            case Prose():
                parts.append(block.markdown)
            case TestimonyCall():
                testimony = around.content.testimonies[block.testimony_id, around.module.language]
                shown = with_originals or testimony.kind is not TestimonyKind.ORIGINAL
                inner = testimony.markdown if shown else ""
                parts += [_mark(section, number, "OPEN"), inner, _mark(section, number, "SHUT")]
            case Item():
                parts.append(_mark(section, number, "ITEM"))
    return "\n\n".join(parts)


def section_page(
    draft: SectionDraft,
    html: Sequence[str],
    content: Content,
    pages: Mapping[tuple[str, str], ItemPage],
) -> SectionPage:
    """Make the page of a queued section from the rendered batch."""
    section, language = draft.section, draft.language
    blocks = _blocks(section, language, html[draft.whole], content, pages)
    after = None
    if draft.until is not None:
        after = _blocks(section, language, html[draft.without], content, pages)
    return SectionPage(language, draft.position, section.id, blocks, draft.until, after)


def _blocks(
    section: Section,
    language: str,
    html: str,
    content: Content,
    pages: Mapping[tuple[str, str], ItemPage],
) -> list[dict[str, Any]]:
    """Cut a rendered section at its marks."""
    blocks: list[dict[str, Any]] = []
    for number, block in enumerate(section.blocks):
        match block:
            case Item():
                before, html = _cut(html, _mark(section, number, "ITEM"))
                blocks += _html_block(before)
                shown = pages[block.id, language].shown
                blocks.append({"kind": "practice", "item": block.id, "shown": shown})
            case TestimonyCall():
                before, html = _cut(html, _mark(section, number, "OPEN"))
                inner, html = _cut(html, _mark(section, number, "SHUT"))
                blocks += _html_block(before)
                testimony = content.testimonies[block.testimony_id, language]
                blocks.append(_testimony_block(testimony, inner))
            case Prose():
                pass
    return blocks + _html_block(html)


def _cut(html: str, mark: str) -> tuple[str, str]:
    before, _, after = html.partition(f"<p>{mark}</p>")
    return before.strip(), after.strip()


def _html_block(html: str) -> list[dict[str, Any]]:
    return [{"kind": "html", "html": html}] if html.strip() else []


def _testimony_block(testimony: Testimony, html: str) -> dict[str, Any]:
    return {
        "kind": "testimony",
        "label": testimony.kind.value if html else "withdrawn",
        "warning": testimony.warning if html else "",
        "html": html,
    }
