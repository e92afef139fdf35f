"""The lines of a Markdown file, and which of them are opaque: code and comments.

It follows CommonMark's block structure as far as headings and questions need it. The oracle in
tests is cmark-gfm.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

_BREAK = re.compile(r"\r\n|\n|\r")
_QUOTE = re.compile(r" {0,3}>(?: {0,3}>)* ?")
_MARKER = re.compile(r"([-*+]|\d{1,9}[.)])( {1,4}(?! )|(?= {5})|$)")
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
# HTML blocks that go on across blank lines: how each opens, and what closes it.
_BLOCKS = (
    (re.compile(r" {0,3}<!--"), re.compile(r"-->")),
    (
        re.compile(r" {0,3}<(?:script|pre|style|textarea)(?:[\s>]|$)", re.IGNORECASE),
        re.compile(r"</(?:script|pre|style|textarea)>", re.IGNORECASE),
    ),
)
_HEADING = re.compile(r" {0,3}(#{1,6})(?=[ \t]|$)")
_ATTRIBUTE = re.compile(r"\{#([^{}]*)\}$")
_BEGINS = re.compile(r" *[-*+>`~<_\d]")
# What begins something new right under a line of text, and what is not text to go on with.
_STARTS = re.compile(
    r" {0,3}(?:#{1,6}(?:\s|$)|>|(?:[-*+]|\d{1,9}[.)])(?:\s|$)|`{3}|~{3}|<|([-*_])(?:[ \t]*\1){2})"
)
_OTHER = re.compile(r"^[\s>]*(?:(?:[-*+]|\d{1,9}[.)])(?:\s+|$))?(?:#{1,6}\s|$)")
_RULER_LENGTH = 3
_CODE_INDENT = 4
_DEEPEST = 50  # lists within lists; no page has so many, and each costs a look at its line


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number in the file, and how it stands in the structure of the page."""

    number: int
    text: str
    opaque: bool = False  # inside a code fence or a comment that spans lines
    html: bool = False  # opaque, and not code
    nested: bool = False  # inside a list item that an earlier line began

    @property
    def blank(self) -> bool:
        """Whether nothing stands on this line."""
        return not self.text.strip()

    @property
    def plain(self) -> bool:
        """Whether this line is ordinary text at the outer level."""
        return not self.opaque and not self.nested and not self.blank


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading written with #: its level, its words, and the id written behind it."""

    level: int
    text: str
    id: str
    stated: bool  # whether {#…} stands behind it


@dataclass(slots=True)
class _Fence:
    """What is open: the regular expression or the run of marks that closes it."""

    line: int
    mark: str = ""
    closing: re.Pattern[str] | None = None
    container: int = 0
    quoted: bool = False


@dataclass(slots=True)
class _Scanner:
    """The state between two lines: open fence, and where the open list items' texts begin."""

    lists: list[int] = field(default_factory=list)
    fence: _Fence | None = None
    empty_item: bool = False  # the last line began a list item without any text
    in_paragraph: bool = False  # the last line was text at the outer level
    in_text: bool = False  # the last line was text, which the next may go on with

    def read(self, number: int, text: str) -> Line:
        """Return this line with its standing, and remember what it opens and closes."""
        flat = _detab(text)
        if self.fence is not None:
            html = self._html
            if self._stays_open(self.fence, flat):
                self.in_text = False
                return Line(number, text, opaque=True, html=html, nested=bool(self.lists))
        indent = len(flat) - len(flat.lstrip(" "))
        if flat.strip() and not (self.in_text and not _STARTS.match(flat)):
            while self.lists and indent < self.lists[-1]:
                self.lists.pop()
        elif not flat.strip() and self.empty_item:
            self.lists.pop()  # an item may begin with one empty line, not with two
        self.empty_item = False
        nested = bool(self.lists)
        self._open(number, flat, indent)
        opaque = self.fence is not None
        self.in_text = bool(flat.strip()) and not opaque and not _OTHER.search(flat)
        self.in_paragraph = self.in_text and not self.lists and not _QUOTE.match(flat)
        return Line(number, text, opaque=opaque, html=self._html, nested=nested)

    @property
    def _html(self) -> bool:
        return self.fence is not None and self.fence.closing is not None

    def _stays_open(self, fence: _Fence, flat: str) -> bool:
        """Whether this line belongs to what is open; the last line of it does."""
        if fence.closing is not None:
            if fence.closing.search(flat):
                self.fence = None
            return True
        body = flat
        if fence.quoted:
            match = _QUOTE.match(flat)
            body = flat[match.end() :] if match else ""
        bare = body.strip()
        indent = len(body) - len(body.lstrip(" "))
        if (fence.quoted and not _QUOTE.match(flat)) or (bare and indent < fence.container):
            self.fence = None
            return False
        closes = bare.startswith(fence.mark) and not bare.strip(fence.mark[0])
        if closes and indent - fence.container < _CODE_INDENT:
            self.fence = None
        return True

    def _open(self, number: int, flat: str, indent: int) -> None:
        """Open what this line begins: list items, a fence, a comment of several lines."""
        container = self.lists[-1] if self.lists else 0
        if not _BEGINS.match(flat):
            return  # most lines are words: nothing begins with them
        underlines = self.in_paragraph and not flat.strip().strip("-")
        if indent - container >= _CODE_INDENT or underlines or is_ruler(flat[container:]):
            return
        rest = flat[container:]
        quote = _QUOTE.match(rest)
        if quote:
            rest = rest[quote.end() :]
        else:
            rest = self._open_lists(rest, container)
            container = self.lists[-1] if self.lists else 0
        for opening, closing in _BLOCKS:
            match = opening.match(rest)
            if match and not quote and not closing.search(rest, match.end() - 1):
                self.fence = _Fence(number, closing=closing)
        fence = _FENCE.match(rest)
        if fence:
            at = 0 if quote else container
            self.fence = _Fence(number, fence[1], container=at, quoted=bool(quote))

    def _open_lists(self, rest: str, container: int) -> str:
        """Enter the list items that this line begins; return what stands behind the markers."""
        while len(self.lists) < _DEEPEST:
            bare = rest.lstrip(" ")
            match = _MARKER.match(bare)
            if match is None or len(rest) - len(bare) >= _CODE_INDENT or is_ruler(bare):
                return rest
            width = match.end() if match[2] else len(match[1]) + 1
            container += len(rest) - len(bare) + width
            self.lists.append(container)
            rest = bare[width:]
            self.empty_item = not rest.strip()
        return rest


def _detab(text: str) -> str:
    """Return the text with the tabs at its beginning turned into spaces."""
    bare = text.lstrip(" \t")
    return text[: len(text) - len(bare)].expandtabs(4) + bare


def is_ruler(text: str) -> bool:
    """Whether the text is a ruler across the page: three or more of - * _ and nothing else."""
    bare = text.replace(" ", "").replace("\t", "").strip()
    return len(bare) >= _RULER_LENGTH and bare[0] in "-*_" and not bare.strip(bare[0])


def split_lines(text: str) -> list[str]:
    """Return the lines of a text whatever ends them, without the ends."""
    return _BREAK.split(text)


def scan(lines: list[str], first: int = 1) -> tuple[tuple[Line, ...], int]:
    """Return the lines with their standing, and where an unclosed block began (0: none)."""
    scanner = _Scanner()
    found = tuple(scanner.read(first + at, text) for at, text in enumerate(lines))
    return found, scanner.fence.line if scanner.fence else 0


def heading(line: Line) -> Heading | None:
    """Return the heading on this line, if it is one at the outer level."""
    match = _HEADING.match(line.text) if line.plain else None
    if match is None:
        return None
    text = line.text[match.end() :].strip()
    bare = text.rstrip("#")
    if not bare or bare[-1] in " \t":
        text = bare.rstrip()
    attribute = _ATTRIBUTE.search(text, max(text.rfind("{"), 0))
    if attribute is None:
        return Heading(len(match[1]), text, "", stated=False)
    return Heading(len(match[1]), text[: attribute.start()].rstrip(), attribute[1], stated=True)


def underlined(lines: tuple[Line, ...]) -> Iterator[Line]:
    """Yield the lines of text that are headings because the next line underlines them."""
    paragraph = lazy = False
    for line, following in pairwise(lines):
        quote_or_item = line.nested or _begins_container(line)
        # Text right under a quotation or a list item goes on with it: Markdown calls it lazy.
        lazy = not line.blank and (quote_or_item or (lazy and _is_text(line)))
        paragraph = not lazy and _is_text(line) and (paragraph or not _is_indented(line))
        mark = following.text.strip()
        is_line = bool(mark) and not mark.strip(mark[0]) and mark[0] in "-="
        if paragraph and is_line and following.plain and not _is_indented(following):
            yield line


def _is_text(line: Line) -> bool:
    """Whether the line is ordinary text at the outer level, not a heading or a ruler."""
    is_other = heading(line) or is_ruler(line.text) or line.text.lstrip(" ").startswith("<!--")
    return line.plain and not is_other


def _begins_container(line: Line) -> bool:
    """Whether a quotation or a list item begins here."""
    bare = line.text.lstrip(" ")
    if not line.plain or is_ruler(line.text):
        return False
    return bool(_QUOTE.match(line.text) or _MARKER.match(bare))


def _is_indented(line: Line) -> bool:
    return line.text.startswith((" " * _CODE_INDENT, "\t"))
