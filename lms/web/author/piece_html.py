"""The pieces of a file as HTML: texts to be rendered, and between them what a page says of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape

from lms.content.model import (
    Block,
    Choice,
    Content,
    Fact,
    Item,
    ItemKind,
    Module,
    NumberKey,
    Prose,
    Section,
    TestimonyCall,
)
from lms.publishing.links import module_links
from lms.publishing.markdown import FactNote, RenderRequest
from lms.publishing.markdown.request import Words
from lms.web.author.pieces import Head, Piece
from lms.web.words import _, content_words, day_text, plural

Part = str | int  # HTML of ours, or the place of a text among those that are rendered
_Text = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Desk:
    """Gathers what is to be rendered, so that one process renders all of it."""

    content: Content
    path: str
    words: Words
    facts: Mapping[str, FactNote]
    requests: list[RenderRequest] = field(default_factory=list)

    def parts(self, piece: Piece | None, module: Module | None) -> tuple[Part, ...]:
        """Give a piece of a file as HTML and places of rendered texts; nothing for none."""
        if piece is None:
            return ()
        links = module_links(self.content, module) if module else {}

        def text(markdown: str) -> int:
            return self._add(markdown, links)

        match piece.shape:
            case Head():
                return tuple(_head(piece.shape))
            case Section():
                return tuple(part for block in piece.shape.blocks for part in _block(block, text))
            case Item():
                return tuple(_item(piece.shape, text))
            case Fact():
                return tuple(_fact(piece.shape))
            case str():
                return (text(piece.shape),)

    def _add(self, text: str, links: Mapping[str, str]) -> int:
        request = RenderRequest(
            text=text,
            name=self.path,
            facts=self.facts,
            links=links,
            words=self.words,
            scope=f"c{len(self.requests)}",
            heading_base=4,
        )
        self.requests.append(request)
        return len(self.requests) - 1


def make_desk(content: Content, path: str, language: str) -> Desk:
    """Give an empty desk for a file in this language; `content` has the facts that it cites."""
    facts = {
        one.id: FactNote(one.statement[language], one.source, one.address)
        for one in content.facts.values()
        if language in one.statement
    }
    return Desk(content, path, content_words()[language], facts)


def _line(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _list(name: str, rows: Iterable[Iterable[Part]]) -> Iterator[Part]:
    rows = list(rows)
    if rows:
        yield f"<{name}>"
        for row in rows:
            yield "<li>"
            yield from row
            yield "</li>"
        yield f"</{name}>"


def _head(head: Head) -> Iterator[Part]:
    yield f"<h4>{escape(head.title)}</h4>"
    if head.warning:
        yield _line(head.warning)
    yield from _list("ul", ([escape(line)] for line in head.objectives))
    yield _line(plural("%(num)s minute", "%(num)s minutes", head.minutes))


def _block(block: Block, text: _Text) -> Iterator[Part]:
    match block:
        case Prose():
            yield text(block.markdown)
        case TestimonyCall():
            yield _line(_("Testimony: %(id)s", id=block.testimony_id))
        case Item():
            yield f"<h4>{escape(_('Practice question %(id)s', id=block.id))}</h4>"
            yield from _item(block, text)


def _fact(fact: Fact) -> Iterator[Part]:
    yield from map(_line, fact.statement.values())
    dates = _("Checked on %(day)s; review by %(until)s.",
              day=day_text(fact.checked), until=day_text(fact.review_by))  # fmt: skip
    yield from (_line(line) for line in (fact.source, fact.address, dates) if line)


def _item(item: Item, text: _Text) -> Iterator[Part]:
    yield text(item.prompt)
    yield from (text(one) for one in (item.body, item.hint) if one)
    yield from _list("ul", (_choice(one, text) for one in item.choices))
    yield from _list("ul", ([escape(word)] for word in (*item.accepted, *_numbers(item.numbers))))
    yield from _list("ul", ([text(p.left), " → ", text(p.right)] for p in item.pairs))
    yield from _list("ol", ([text(step)] for step in item.steps))
    if item.explanation:
        yield text(item.explanation)
    yield _line(" ".join(_settings(item)))


def _choice(choice: Choice, text: _Text) -> Iterator[Part]:
    if choice.correct:
        yield f"<strong>{escape(_('Right answer'))}</strong>"
    yield text(choice.text)
    if choice.feedback:
        yield text(choice.feedback)


def _numbers(numbers: Iterable[NumberKey]) -> Iterator[str]:
    for one in numbers:
        tolerance = f" ± {float(one.tolerance):g}" if one.tolerance else ""
        yield f"{float(one.value):g}{tolerance}"


def _settings(item: Item) -> Iterator[str]:
    yield plural("%(num)s point.", "%(num)s points.", item.points)
    if item.must:
        yield _("This answer has to be right to pass.")
    if item.pool:
        yield _("Drawn from the pool “%(pool)s”.", pool=item.pool)
    if item.kind is ItemKind.OPEN:
        yield plural("At least %(num)s word.", "At least %(num)s words.", item.min_words)
