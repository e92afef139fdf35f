"""One section: rendered whole, then cut at the marks where what is not text stands."""

import hashlib
import re
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
from lms.content.source import scan, split_lines
from lms.publishing.markdown.request import FactNote, RenderRequest, Words
from lms.publishing.media import Film, Shown
from lms.publishing.media_uses import film_line

SOURCES = '<section class="sources"'  # how the renderer begins the notes at the foot
_FILM = re.compile(r"<p>(VIRAGEFILM[0-9A-Za-z]+)</p>")


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
    media: Shown

    def request(
        self, text: str, name: str, *, scope: str = "", heading_base: int = 2
    ) -> RenderRequest:
        """Give the request to render one text of this module."""
        return RenderRequest(
            text=text,
            name=f"{self.module.place.path}: {name}",
            facts=self.facts,
            links=self.links,
            media=self.media.pictures,
            words=self.words,
            scope=scope,
            heading_base=heading_base,
        )


def _mark(section: Section, number: int | str, kind: str) -> str:
    # A word that no author writes: the heading's digest stands in it.
    digest = hashlib.sha256(section.title.encode()).hexdigest()[:16]
    return f"VIRAGE{kind}{digest}X{number}X"


@dataclass(frozen=True, slots=True)
class FilmDraft:
    """A queued film or sound: its caption, and its transcript's place in the batch."""

    film: Film
    caption: str
    transcript: int


@dataclass(frozen=True, slots=True)
class SectionDraft:
    """A queued section: its place in the batch, and that of the text for after `until`."""

    language: str
    section: Section
    position: int
    whole: int
    films: Mapping[str, FilmDraft]
    until: date | None = None
    without: int = 0


def queue_section(
    around: Surroundings, section: Section, position: int, batch: Batch
) -> SectionDraft:
    """Queue a section as it is, and as it will be once the consent of an original has ended."""
    ends = [end for end in _consent_ends(around, section) if end is not None]
    name = f"## {section.title}"
    language = around.module.language
    films: dict[str, FilmDraft] = {}
    marking = _Marking(around, section, batch, films)
    whole = batch.add(around.request(marking.text(with_originals=True), name))
    if not ends:
        return SectionDraft(language, section, position, whole, films)
    without = batch.add(around.request(marking.text(with_originals=False), name))
    return SectionDraft(language, section, position, whole, films, min(ends), without)


def _consent_ends(around: Surroundings, section: Section) -> Iterable[date | None]:
    for block in section.blocks:
        if isinstance(block, TestimonyCall):
            testimony = around.content.testimonies[block.testimony_id, around.module.language]
            yield testimony.consent.until if testimony.consent else None


@dataclass(frozen=True, slots=True)
class _Marking:
    """Writes a section's text with marks; the films met on the way are queued, each once."""

    around: Surroundings
    section: Section
    batch: Batch
    films: dict[str, FilmDraft]

    def text(self, *, with_originals: bool) -> str:
        parts: list[str] = []
        for number, block in enumerate(self.section.blocks):
            match block:
                case Prose():
                    parts.append(self._films(block.markdown, number))
                case TestimonyCall():
                    key = block.testimony_id, self.around.module.language
                    testimony = self.around.content.testimonies[key]
                    shown = with_originals or testimony.kind is not TestimonyKind.ORIGINAL
                    inner = self._films(testimony.markdown, number) if shown else ""
                    parts += [self._mark(number, "OPEN"), inner, self._mark(number, "SHUT")]
                case Item():
                    parts.append(self._mark(number, "ITEM"))
        return "\n\n".join(parts)

    def _mark(self, number: int | str, kind: str) -> str:
        return _mark(self.section, number, kind)

    def _films(self, markdown: str, number: int) -> str:
        """Put a mark in the place of each line that is a film; without media it stays as it is."""
        if not self.around.media.films:
            return markdown
        texts: list[str] = []
        for line in scan(split_lines(markdown))[0]:
            caption, address = film_line(line) or ("", "")
            film = self.around.media.films.get(address)
            if film is None:
                texts.append(line.text)
                continue
            mark = self._mark(f"{number}Y{line.number}", "FILM")
            texts += ["", mark, ""]
            if mark not in self.films:
                place = self._transcript(film, caption, f"film-{number}-{line.number}")
                self.films[mark] = FilmDraft(film, caption, place)
        return "\n".join(texts)

    def _transcript(self, film: Film, caption: str, scope: str) -> int:
        name = f"transcript of {caption}"
        return self.batch.add(
            self.around.request(film.transcript, name, scope=scope, heading_base=3)
        )


def section_page(
    draft: SectionDraft,
    html: Sequence[str],
    content: Content,
    pages: Mapping[tuple[str, str], ItemPage],
) -> SectionPage:
    """Make the page of a queued section from the rendered batch."""
    films = {mark: _film_block(film, html[film.transcript]) for mark, film in draft.films.items()}
    cutting = _Cutting(draft.section, draft.language, content, pages, films)
    blocks = cutting.blocks(html[draft.whole])
    after = None if draft.until is None else cutting.blocks(html[draft.without])
    return SectionPage(draft.language, draft.position, draft.section.id, blocks, draft.until, after)


@dataclass(frozen=True, slots=True)
class _Cutting:
    """Cuts a rendered section at its marks."""

    section: Section
    language: str
    content: Content
    pages: Mapping[tuple[str, str], ItemPage]
    films: Mapping[str, dict[str, Any]]

    def blocks(self, html: str) -> list[dict[str, Any]]:
        blocks: list[dict[str, Any]] = []
        for number, block in enumerate(self.section.blocks):
            match block:
                case Item():
                    before, html = _cut(html, _mark(self.section, number, "ITEM"))
                    blocks += self._text(before)
                    shown = self.pages[block.id, self.language].shown
                    blocks.append({"kind": "practice", "item": block.id, "shown": shown})
                case TestimonyCall():
                    before, html = _cut(html, _mark(self.section, number, "OPEN"))
                    inner, html = _cut(html, _mark(self.section, number, "SHUT"))
                    testimony = self.content.testimonies[block.testimony_id, self.language]
                    blocks += [*self._text(before), self._testimony(testimony, inner)]
                case Prose():
                    pass
        text, mark, sources = html.partition(SOURCES)
        foot = [{"kind": "sources", "html": mark + sources}] if mark else []
        return blocks + self._text(text) + foot

    def _text(self, html: str) -> list[dict[str, Any]]:
        """Give a run of text, with the films in it as blocks of their own."""
        blocks: list[dict[str, Any]] = []
        # Every second part is what stands between the parentheses: a film's mark.
        for place, part in enumerate(_FILM.split(html)):
            if place % 2:
                blocks.append(self.films[part])
            elif part.strip():
                blocks.append({"kind": "html", "html": part.strip()})
        return blocks

    def _testimony(self, testimony: Testimony, html: str) -> dict[str, Any]:
        parts = {"html": "", "parts": self._text(html)} if _FILM.search(html) else {"html": html}
        return {
            "kind": "testimony",
            "label": testimony.kind.value if html else "withdrawn",
            "warning": testimony.warning if html else "",
            **parts,
        }


def _cut(html: str, mark: str) -> tuple[str, str]:
    before, _, after = html.partition(f"<p>{mark}</p>")
    return before.strip(), after.strip()


def _film_block(draft: FilmDraft, transcript: str) -> dict[str, Any]:
    return {
        "kind": draft.film.kind.value,
        "url": draft.film.url,
        "captions": draft.film.captions,
        "caption": draft.caption,
        "transcript": transcript,
        "megabytes": draft.film.megabytes,
    }
