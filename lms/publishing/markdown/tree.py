"""Blocks into the tree of elements that Python-Markdown writes out."""

import re
from xml.etree.ElementTree import Element, SubElement

from lms.publishing.markdown.block import Block, Kind
from lms.publishing.markdown.blocks import Document
from lms.publishing.markdown.inlines import read_inlines
from lms.publishing.markdown.raw import without_comments
from lms.publishing.markdown.request import Alert
from lms.publishing.markdown.tables import split_row
from lms.publishing.markdown.targets import plain
from lms.publishing.markdown.tokens import append_text

_TASK = re.compile(r"\[([ xX])\](?=[ \t])")
_ALERT = re.compile(rf"\[!({'|'.join(Alert)})\][ \t]*$", re.IGNORECASE)
_MOST_CELLS = 50_000  # in one table, counting those that a short row leaves empty


class TreeMaker:
    """Turns a document's blocks into elements; `facts` are footnotes from outside the text."""

    def __init__(self, document: Document, facts: frozenset[str]) -> None:
        self._references = document.references
        self._notes = frozenset(document.notes) | facts

    def fill(self, parent: Element, blocks: list[Block], *, tight: bool = False) -> None:
        """Put blocks into an element; in a tight list paragraphs are bare text."""
        for block in blocks:
            self._put(parent, block, tight=tight)

    def _put(self, parent: Element, block: Block, *, tight: bool) -> None:
        put = {
            Kind.HEADING: self._heading,
            Kind.QUOTE: self._quote,
            Kind.LIST: self._list,
            Kind.CODE: _code,
            Kind.HTML: _html,
            Kind.RULE: _rule,
            Kind.TABLE: self._table,
        }.get(block.kind)
        if put is not None:
            put(parent, block)
        elif block.kind is Kind.PARAGRAPH:
            self._paragraph(parent, block, tight=tight)

    def _heading(self, parent: Element, block: Block) -> None:
        self._inlines(SubElement(parent, f"h{block.number}"), "\n".join(block.lines))

    def _inlines(self, parent: Element, text: str) -> None:
        read_inlines(parent, text.strip(" \t\n"), self._references, self._notes)

    def _paragraph(self, parent: Element, block: Block, *, tight: bool) -> None:
        text = "\n".join(block.lines).strip(" \t\n")
        if not text:
            return
        if not tight:
            self._inlines(SubElement(parent, "p"), text)
            return
        if len(parent) and parent[-1].tag != "input":
            append_text(parent, "\n")
        self._inlines(parent, text)

    def _quote(self, parent: Element, block: Block) -> None:
        first = block.children[0] if block.children else None
        found = _ALERT.match(first.lines[0]) if first and first.lines else None
        is_alert = found and first and first.kind is Kind.PARAGRAPH and parent.tag == "div"
        if not (found and first and is_alert) or (len(first.lines) + len(block.children)) <= 2:  # noqa: PLR2004 - the sign itself alone
            self.fill(SubElement(parent, "blockquote"), block.children)
            return
        first.lines = first.lines[1:]
        alert = SubElement(parent, "alert", {"kind": found[1].upper()})
        self.fill(alert, block.children)

    def _list(self, parent: Element, block: Block) -> None:
        made = SubElement(parent, "ol" if block.info else "ul")
        if block.info and block.number != 1:
            made.set("start", str(block.number))
        for item in block.children:
            entry = SubElement(made, "li")
            self._task(entry, item)
            self.fill(entry, item.children, tight=block.tight)

    def _task(self, entry: Element, item: Block) -> None:
        first = item.children[0] if item.children else None
        if first is None or first.kind is not Kind.PARAGRAPH or first.start != item.start:
            return
        found = _TASK.match(first.lines[0]) if first.lines else None
        if found:
            first.lines[0] = first.lines[0][found.end() :]
            checked = {"checked": ""} if found[1] != " " else {}
            SubElement(entry, "input", {"type": "checkbox", **checked, "disabled": ""}).tail = " "

    def _table(self, parent: Element, block: Block) -> None:
        table = SubElement(parent, "table")
        body = SubElement(table, "thead")
        for number, line in enumerate(block.lines):
            if number == 1:
                body = SubElement(table, "tbody")
            if number * len(block.columns) > _MOST_CELLS:
                break
            row = SubElement(body, "tr")
            cells = split_row(line)
            for column, align in enumerate(block.columns):
                cell = SubElement(row, "td" if number else "th", {"align": align} if align else {})
                self._inlines(cell, cells[column] if column < len(cells) else "")


def _code(parent: Element, block: Block) -> None:
    code = SubElement(SubElement(parent, "pre"), "code")
    code.text = "".join(f"{line}\n" for line in block.lines)
    language = plain(block.info).split(maxsplit=1)
    if language:
        code.set("class", f"language-{language[0]}")


def _rule(parent: Element, block: Block) -> None:  # noqa: ARG001 - all are put in alike
    SubElement(parent, "hr")


def _html(parent: Element, block: Block) -> None:
    shown = without_comments("\n".join(block.lines))
    if shown:
        SubElement(parent, "p").text = shown
