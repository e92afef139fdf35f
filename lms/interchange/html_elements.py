"""Each element of HTML as Markdown: blocks, words, links, and what is left behind."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lxml import etree

from lms.interchange.escape import at_start, clean, escape_inside, one_line
from lms.interchange.loss import Sheet

Node = etree._Element  # noqa: SLF001 - the type that lxml gives its elements
_BREAK = "\x00"  # `clean` leaves none in a text
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "ul",
    ]
)
_PLAIN = frozenset(
    [
        "abbr",
        "acronym",
        "bdi",
        "bdo",
        "big",
        "body",
        "br",
        "cite",
        "data",
        "dfn",
        "font",
        "html",
        "kbd",
        "label",
        "mark",
        "nobr",
        "output",
        "q",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
_DROPPED = {
    "script": "programs are not taken",
    "style": "a page has one look here",
    "iframe": "nothing from another site is shown",
    "object": "nothing from another site is shown",
    "embed": "nothing from another site is shown",
    "video": "put the film in media/, with captions and a transcript",
    "audio": "put the sound in media/, with captions and a transcript",
    "svg": "put a picture in media/",
    "math": "formulas are not drawn: say it in words",
    "canvas": "nothing is drawn here",
    "form": "a question has one form here",
    "input": "a question has one form here",
    "button": "a question has one form here",
    "select": "a question has one form here",
    "textarea": "a question has one form here",
}
_SILENT = frozenset({"head", "title", "meta", "link", "base", "colgroup", "col", "template"})
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "del": "~~", "strike": "~~"}
_LOOKS = {"u": "underlining", "ins": "underlining", "sub": "lowered text", "sup": "raised text",
          "mark": "highlighting", "font": "fonts and colours"}  # fmt: skip
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_TICKS = re.compile(r"`+")


@dataclass(slots=True)
class Converter:
    """Turns elements into Markdown; `open` are the marks that the words stand between."""

    sheet: Sheet
    open: list[str] = field(default_factory=list)

    def blocks(self, element: Node) -> list[str]:
        """Return what an element holds as blocks of Markdown."""
        found: list[str] = []
        run = [self._words(element.text)]
        for child in element:
            name = _name(child)
            holds_blocks = any(_name(one) in _BLOCKS for one in child.iter())
            if name in _BLOCKS or (holds_blocks and name not in _DROPPED):
                found += _paragraph(run)
                run = []
                self._style(child)
                found += self._block(child, name)
            else:
                run.append(self._inline(child, name))
            run.append(self._words(child.tail))
        return found + _paragraph(run)

    def _block(self, element: Node, name: str) -> list[str]:
        """Return what a block makes of Markdown."""
        if name in _HEADINGS:
            self.sheet.lose("heading", "inside a question it is a line in bold")
            words = " ".join(self.blocks(element)).replace("\\\n", " ").replace("\n", " ")
            return [f"**{words.strip('*')}**"] if words else []
        makers: dict[str, Callable[[Node], list[str]]] = {
            "ul": self._list,
            "ol": self._list,
            "blockquote": self._quote,
            "pre": lambda one: _fenced(clean("".join(one.itertext()))),
            "hr": lambda _: ["***"],
            "table": self._table,
        }
        return makers.get(name, self.blocks)(element)

    def _quote(self, element: Node) -> list[str]:
        text = "\n\n".join(self.blocks(element))
        return ["\n".join(f"> {line}".rstrip() for line in text.split("\n"))] if text else []

    def _list(self, element: Node) -> list[str]:
        entries = []
        for at, child in enumerate(element, start=1):
            mark = f"{at}. " if _name(element) == "ol" else "- "
            lines = "\n".join(self.blocks(child)).split("\n")
            more = [f"{' ' * len(mark)}{line}" if line else "" for line in lines[1:]]
            entries.append("\n".join([f"{mark}{lines[0]}".rstrip(), *more]))
        return ["\n".join(entries)] if entries else []

    def _table(self, element: Node) -> list[str]:
        rows = [
            [" ".join(self.blocks(cell)).replace("\\\n", " ").replace("\n", " ") for cell in row]
            for row in element.iter("tr")
        ]
        if any(cell.get("colspan") or cell.get("rowspan") for cell in element.iter("td", "th")):
            self.sheet.lose("table", "cells over several columns or rows stand in one")
        width = max(map(len, rows), default=0)
        if not width:
            return []
        full = [[*row, *[""] * (width - len(row))] for row in rows]
        lines = [f"| {' | '.join(row)} |" for row in full]
        return ["\n".join([lines[0], f"|{' --- |' * width}", *lines[1:]])]

    def _inline(self, element: Node, name: str) -> str:
        """Return what an element makes of Markdown inside a line."""
        self._style(element)
        makers: dict[str, Callable[[Node], str]] = {
            "br": lambda _: _BREAK,
            "img": self._picture,
            "a": self._link,
            "code": lambda one: _code("".join(one.itertext())),
            **dict.fromkeys(_SILENT, lambda _: ""),
            **dict.fromkeys(_DROPPED, self._dropped),
        }
        return makers.get(name, self._words_of)(element)

    def _dropped(self, element: Node) -> str:
        name = _name(element)
        source = element.get("src") or element.get("data") or ""
        self.sheet.lose(f"<{name}> {source}".strip(), _DROPPED[name])
        return ""

    def _words_of(self, element: Node) -> str:
        """Return the words of an element; what Markdown cannot say of them is noted."""
        name = _name(element)
        if name in _LOOKS:
            self.sheet.lose(_LOOKS[name], "Markdown has none: the words are kept")
        elif name not in _PLAIN and name not in _MARKS:
            self.sheet.lose(f"<{name}>", "not known here: the words are kept")
        return self._marked(element, _MARKS.get(name, ""))

    def _inside(self, element: Node) -> str:
        """Return what stands inside an element on a line."""
        pieces = [self._words(element.text)]
        for child in element:
            pieces += [self._inline(child, _name(child)), self._words(child.tail)]
        return "".join(pieces)

    def _marked(self, element: Node, mark: str) -> str:
        """Return words between marks; spaces at the ends stand outside of them."""
        if not mark or mark in self.open:
            return self._inside(element)
        self.open.append(mark)
        inside = self._inside(element)
        self.open.pop()
        bare = inside.strip(f" {_BREAK}")
        if not bare:
            return inside
        before, _, after = inside.partition(bare)
        return f"{before}{mark}{bare}{mark}{after}"

    def _link(self, element: Node) -> str:
        words = self._inside(element)
        address = one_line(element.get("href") or "")
        if not address or not words.strip():
            return words
        if _scheme(address) not in _SCHEMES:
            self.sheet.lose(f"link {address}", "it leads to nothing here: the words are kept")
            return words
        for sign in "<>\\ ":
            address = address.replace(sign, f"%{ord(sign):02X}")
        return f"[{words}](<{address}>)" if set(address) & set("()") else f"[{words}]({address})"

    def _picture(self, element: Node) -> str:
        name = one_line(element.get("src") or "")
        shown = "inside the text" if name.startswith("data:") else name
        self.sheet.lose(
            f"picture {shown}", "put the file in media/ and write ![what it shows](media/…)"
        )
        words = escape_inside(one_line(element.get("alt") or ""))
        return f"\\[{words}\\]" if words else ""

    def _style(self, element: Node) -> None:
        if element.get("style") or element.get("color") or element.get("align"):
            self.sheet.lose("style", "colours, sizes and places are not kept")

    def _words(self, text: str | None) -> str:
        return re.sub(r"[ \t\n]+", " ", escape_inside(text or ""))


def _name(element: Node) -> str:
    return element.tag.lower() if isinstance(element.tag, str) else ""


def _scheme(address: str) -> str:
    try:
        return urlsplit(address).scheme.lower()
    except ValueError:
        return ""


def _paragraph(run: list[str]) -> list[str]:
    """Return the paragraph that these words make, if they say anything."""
    lines = [re.sub(r" +", " ", line).strip(" ") for line in "".join(run).split(_BREAK)]
    said = [at_start(line) for line in lines if line]
    return ["\\\n".join(said)] if said else []


def _code(text: str) -> str:
    bare = one_line(text)
    if not bare:
        return ""
    ticks = "`" * (max(map(len, _TICKS.findall(bare)), default=0) + 1)
    edge = " " if bare.startswith("`") or bare.endswith("`") else ""
    return f"{ticks}{edge}{bare}{edge}{ticks}"


def _fenced(text: str) -> list[str]:
    bare = text.strip("\n")
    if not bare.strip():
        return []
    ticks = "`" * max(3, max(map(len, _TICKS.findall(bare)), default=0) + 1)
    return [f"{ticks}\n{bare}\n{ticks}"]
