"""Rendered pages as frozen trees: boxes in boxes, and in the innermost ones pieces of text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import html as lxml_html

from lms.publishing.safe_html import SafeHtml

Tag = tuple[str, tuple[tuple[str, str], ...]]  # a name and its attributes
DEEPEST = 60  # boxes in boxes; the renderer refuses more than that long before
_PIECE = re.compile(r"\w+|\s+|[^\w\s]")
_INLINE = frozenset({"a", "b", "br", "code", "del", "em", "i", "img", "input", "s", "span"}) | {
    "strong",
    "sub",
    "sup",
}
_EMPTY = frozenset({"br", "img", "input"})
_UNWRAPPED = frozenset({"table-scroll"})  # a box that scrolls: here its table is narrow enough
# Two texts on one page would say ids twice; roles and labels are of the page, not of the text.
_DROPPED = frozenset({"id", "role", "tabindex", "aria-label"})
_LOWERED = {"h2": "h3"}  # the page's own headings stand above
_STRUCK = {"del": "s"}  # what an author struck out is no change


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, a blank or a sign, with the elements that it stands in, outermost first.

    `empty` is the element that it is instead: a line break, a picture, a tick box.
    """

    text: str
    within: tuple[Tag, ...] = ()
    empty: Tag | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """A run of text that no box interrupts."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The text alone."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Box:
    """A paragraph, a list, an item of it, a table, a cell: whatever holds boxes or words."""

    tag: Tag
    kids: tuple["Node", ...]

    @property
    def text(self) -> str:
        """The text of everything in it."""
        return " ".join(kid.text for kid in self.kids)


Node = Box | Words


def read_html(html: SafeHtml | str) -> tuple[Node, ...]:
    """Give rendered HTML as a tree."""
    if not html.strip():
        return ()
    return tuple(_nodes(lxml_html.fragment_fromstring(html, create_parent="div"), 0))


def _nodes(element: lxml_html.HtmlElement, depth: int) -> Iterator[Node]:
    """Yield the boxes and the runs of words in an element."""
    run = [*_pieces(element.text, ())]
    for child in element:
        if _is_inline(child):
            run += _inline(child, ())
        else:
            yield from _words(run)
            yield from _boxes(child, depth + 1)
            run = []
        run += _pieces(child.tail, ())
    yield from _words(run)


def _words(run: list[Piece]) -> Iterator[Words]:
    if any(piece.empty or piece.text.strip() for piece in run):
        yield Words(tuple(run))


def _boxes(element: lxml_html.HtmlElement, depth: int) -> Iterator[Node]:
    if element.get("class") in _UNWRAPPED:
        yield from _nodes(element, depth)
    elif element.tag == "hr":
        yield Box(("p", ()), (Words((Piece("* * *"),)),))
    elif depth > DEEPEST:
        yield Box(("p", ()), tuple(_words(_pieces(element.text_content(), ()))))
    else:
        yield Box(_tag(element), tuple(_nodes(element, depth)))


def _is_inline(element: lxml_html.HtmlElement) -> bool:
    return element.tag in _INLINE


def _inline(element: lxml_html.HtmlElement, within: tuple[Tag, ...]) -> Iterator[Piece]:
    """Yield the pieces of an element of a line, each with what it stands in."""
    tag = _tag(element)
    if element.tag in _EMPTY:
        yield Piece("", within, tag)
        return
    inner = (*within, tag) if len(within) < DEEPEST else within
    yield from _pieces(element.text, inner)
    for child in element:
        yield from _inline(child, inner)
        yield from _pieces(child.tail, inner)


def _pieces(text: str | None, within: tuple[Tag, ...]) -> list[Piece]:
    return [Piece(found, within) for found in _PIECE.findall(text or "")]


def _tag(element: lxml_html.HtmlElement) -> Tag:
    name = str(element.tag)
    attributes = {str(key): str(value) for key, value in element.attrib.items()}
    kept = {key: value for key, value in attributes.items() if key not in _DROPPED}
    if kept.get("href", "").startswith("#"):
        del kept["href"]
    if name == "input" and "aria-label" in attributes:
        kept["aria-label"] = attributes["aria-label"]
    return _STRUCK.get(name, _LOWERED.get(name, name)), tuple(sorted(kept.items()))
