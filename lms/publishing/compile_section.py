"""One section: rendered whole, then cut at the marks where what is not text stands."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lms.content.model import (
    Content,
    Item,
    Module,
    Prose,
    Section,
    Testimony,
    TestimonyCall,
)
from lms.content.source import scan, split_lines
from lms.publishing.instead import replaced, told, withdrawn, withheld
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
    blocks_instead: list[dict[str, Any]] | None = None
    testimonies: frozenset[str] = frozenset()  # shown here, or what a practice question rests on


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One compiled item in one language."""

    item_id: str
    language: str
    shown: dict[str, Any]
    key: dict[str, Any]
    testimony: str = ""  # the one that its right answer rests on


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
    """A queued section: its place in the batch, and that of its text without testimonies."""

    language: str
    section: Section
    position: int
    whole: int
    films: Mapping[str, FilmDraft]
    instead: int | None = None


def queue_section(
    around: Surroundings, section: Section, position: int, batch: Batch
) -> SectionDraft:
    """Queue a section as it is, and with what takes the place of its testimonies."""
    name = f"## {section.title}"
    language = around.module.language
    films: dict[str, FilmDraft] = {}
    marking = _Marking(around, section, batch, films)
    whole = batch.add(around.request(marking.text(), name))
    if not replaced(around.content, section, language):
        return SectionDraft(language, section, position, whole, films)
    instead = batch.add(around.request(marking.text(instead=True), name))
    return SectionDraft(language, section, position, whole, films, instead)


@dataclass(frozen=True, slots=True)
class _Marking:
    """Writes a section's text with marks; the films met on the way are queued, each once."""

    around: Surroundings
    section: Section
    batch: Batch
    films: dict[str, FilmDraft]

    def text(self, *, instead: bool = False) -> str:
        parts: list[str] = []
        for number, block in enumerate(self.section.blocks):
            match block:
                case Prose():
                    parts.append(self._films(block.markdown, number))
                case TestimonyCall():
                    key = block.testimony_id, self.around.module.language
                    called = self.around.content.testimonies[key]
                    testimony = told(self.around.content, called, instead=instead)
                    place = f"{number}E" if testimony and testimony is not called else number
                    inner = self._films(testimony.markdown, place) if testimony else ""
                    parts += [self._mark(number, "OPEN"), inner, self._mark(number, "SHUT")]
                case Item():
                    parts.append(self._mark(number, "ITEM"))
        return "\n\n".join(parts)

    def _mark(self, number: int | str, kind: str) -> str:
        return _mark(self.section, number, kind)

    def _films(self, markdown: str, number: int | str) -> str:
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
    instead = None
    if draft.instead is not None:
        instead = replace(cutting, instead=True).blocks(html[draft.instead])
    calls = {one.testimony_id for one in draft.section.blocks if isinstance(one, TestimonyCall)}
    calls |= {one.testimony for one in draft.section.practice if one.testimony}
    return SectionPage(
        draft.language, draft.position, draft.section.id, blocks, instead, frozenset(calls)
    )


@dataclass(frozen=True, slots=True)
class _Cutting:
    """Cuts a rendered section at its marks."""

    section: Section
    language: str
    content: Content
    pages: Mapping[tuple[str, str], ItemPage]
    films: Mapping[str, dict[str, Any]]
    instead: bool = False

    def blocks(self, html: str) -> list[dict[str, Any]]:
        blocks: list[dict[str, Any]] = []
        gone = replaced(self.content, self.section, self.language) if self.instead else frozenset()
        for number, block in enumerate(self.section.blocks):
            match block:
                case Item():
                    before, html = _cut(html, _mark(self.section, number, "ITEM"))
                    blocks += self._text(before)
                    blocks.append(
                        withheld(block.id, block.testimony)
                        if block.testimony in gone
                        else self._practice(block)
                    )
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

    def _practice(self, item: Item) -> dict[str, Any]:
        shown = self.pages[item.id, self.language].shown
        named = {"testimony": item.testimony} if item.testimony else {}
        return {"kind": "practice", "item": item.id, "shown": shown, **named}

    def _testimony(self, called: Testimony, html: str) -> dict[str, Any]:
        """Give a testimony's block; `testimony` in it names whose text it is."""
        testimony = told(self.content, called, instead=self.instead)
        if testimony is None or not html:
            return withdrawn(called.id)
        parts = {"html": "", "parts": self._text(html)} if _FILM.search(html) else {"html": html}
        return {
            "kind": "testimony",
            "testimony": testimony.id,
            "label": testimony.kind.value,
            "warning": testimony.warning,
            "replaceable": called.equivalent != "" and not self.instead,
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
