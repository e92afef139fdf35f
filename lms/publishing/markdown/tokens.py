"""What a line of text is cut into, and how that becomes a tree."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from xml.etree.ElementTree import Element, SubElement

from lms.publishing.markdown.autolinks import split_mail
from lms.publishing.markdown.request import Refusal, RenderRefusedError

DEEPEST = 60  # emphasis and links within each other
FOOTNOTE = "footnote"  # stands in the tree until footnotes get their numbers


class Raw(str):
    """HTML as typed: shown as it is, with no links made in it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Open:
    """The beginning of an element."""

    tag: str
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Close:
    """The end of the element that was opened last."""


@dataclass(slots=True, eq=False)
class Run:
    """Some `*`, `_` or `~` in a row that may begin or end emphasis."""

    char: str
    count: int
    can_open: bool
    can_close: bool
    length: int = 0  # as typed
    opens: list[str] = field(default_factory=list)
    closes: int = 0
    before: "Run | None" = None
    after: "Run | None" = None

    def tokens(self) -> "list[Token]":
        """Give the ends of elements, the characters left over, and the beginnings."""
        left: list[Token] = [Close()] * self.closes
        return [*left, self.char * self.count, *(Open(tag) for tag in reversed(self.opens))]


Token: TypeAlias = str | Open | Close | Run | Element


def plain_text(tokens: Sequence[Token]) -> str:
    """Give the words alone: what a picture's description keeps of its Markdown."""
    parts: list[str] = []
    for token in tokens:
        if isinstance(token, str):
            parts.append(token)
        elif isinstance(token, Run):
            parts.append(token.char * token.count)
        elif isinstance(token, Element):
            parts.append(token.get("alt") or token.text or (" " if token.tag == "br" else ""))
    return "".join(parts).replace("\n", " ")


class Builder:
    """Puts tokens into an element, one after the other."""

    def __init__(self, parent: Element) -> None:
        self._stack = [parent]
        self._words: list[str] = []

    def add(self, token: Token) -> None:
        """Put one token in."""
        if isinstance(token, Run):
            for part in token.tokens():
                self.add(part)
        elif isinstance(token, Raw):
            self.flush()
            append_text(self._stack[-1], token)
        elif isinstance(token, str):
            self._words.append(token)
        else:
            self.flush()
            self._add_element(token)

    def _add_element(self, token: Open | Close | Element) -> None:
        if isinstance(token, Open):
            self._stack.append(SubElement(self._stack[-1], token.tag, dict(token.attributes)))
            if len(self._stack) > DEEPEST:
                raise RenderRefusedError(Refusal.TOO_DEEP)
        elif isinstance(token, Close):
            self._stack.pop()
        else:
            self._stack[-1].append(token)

    def flush(self) -> None:
        """Write the words gathered so far; mail addresses among them become links."""
        words, self._words = "".join(self._words), []
        parent = self._stack[-1]
        linked = any(element.tag == "a" for element in self._stack)
        for text, address in [(words, "")] if linked else split_mail(words):
            if address:
                SubElement(parent, "a", {"href": address}).text = text
            else:
                append_text(parent, text)


def append_text(parent: Element, text: str) -> None:
    """Put words after whatever an element holds."""
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text
