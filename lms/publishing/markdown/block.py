"""A text's blocks, and a line that is being read into them; the terms are CommonMark's."""

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

TAB = 4
CODE_INDENT = 4  # columns of white space that make code of a line


class Kind(StrEnum):
    """What a block is; the first five hold blocks, the others hold lines."""

    DOCUMENT = "document"
    QUOTE = "quote"
    LIST = "list"
    ITEM = "item"
    NOTE = "note"  # a footnote's text, where the author typed it
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    CODE = "code"
    HTML = "html"
    RULE = "rule"
    TABLE = "table"


HOLDERS = frozenset({Kind.DOCUMENT, Kind.QUOTE, Kind.LIST, Kind.ITEM, Kind.NOTE})
VERBATIM = frozenset({Kind.CODE, Kind.HTML})


@dataclass(slots=True, eq=False)
class Block:
    """One block while it is being read; what a field means depends on the kind."""

    kind: Kind
    start: int = 0  # first line
    end: int = 0  # last line that is not blank
    lines: list[str] = field(default_factory=list)
    children: list["Block"] = field(default_factory=list)
    marker: str = ""  # list: its bullet or delimiter · code: its fence · note: its label
    number: int = 0  # ordered list: its first number · heading: its level
    indent: int = 0  # item: columns to its text · code: columns before its fence
    info: str = ""  # code: the words after the fence · HTML: what ends it
    tight: bool = True  # list: no blank line between its items
    columns: list[str] = field(default_factory=list)  # table: how each is aligned
    open: bool = True

    def may_hold(self, other: "Block") -> bool:
        """Tell whether the other may stand directly in this one."""
        if self.kind is Kind.LIST:
            return other.kind is Kind.ITEM
        return self.kind in HOLDERS and other.kind is not Kind.ITEM

    def close(self) -> None:
        """Settle what only the whole block can tell."""
        self.open = False
        if self.kind is Kind.LIST:
            *others, last = self.children
            inner = [item.children for item in others] + [last.shown_children()]
            self.tight = not any(map(_apart, [self.children, *inner]))
        elif self.kind is Kind.CODE and not self.marker:
            while self.lines and not self.lines[-1].strip(" \t"):
                self.lines.pop()

    def shown_children(self) -> list["Block"]:
        """Give the blocks within, without definitions of links at their end."""
        shown = list(self.children)
        while shown and shown[-1].kind is Kind.PARAGRAPH and not shown[-1].lines:
            shown.pop()
        return shown

    def ends_in_rule(self) -> bool:
        """Tell whether a thematic break ends this block; a blank line after one does not count."""
        last = self.children[-1] if self.kind is Kind.ITEM and self.children else self
        return last.kind is Kind.RULE


def _apart(blocks: list[Block]) -> bool:
    """Tell whether a blank line stands between any two neighbours."""
    return any(
        after.start > before.end + 1 and not before.ends_in_rule()
        for before, after in pairwise(blocks)
    )


@dataclass(slots=True)
class Line:
    """What is left of one line, and the column where that begins, so that tabs stay tab stops."""

    rest: str
    number: int
    column: int = 0

    def indent(self) -> int:
        """Count the columns of white space ahead."""
        column = self.column
        for char in self.rest:
            if char == " ":
                column += 1
            elif char == "\t":
                column += TAB - column % TAB
            else:
                break
        return column - self.column

    def is_blank(self) -> bool:
        """Tell whether nothing but white space is left."""
        return not self.rest.strip(" \t")

    def skip(self, columns: int) -> None:
        """Pass up to that many columns of white space; a tab may be split."""
        while columns > 0 and self.rest[:1] in (" ", "\t"):
            width = TAB - self.column % TAB if self.rest[0] == "\t" else 1
            taken = min(width, columns)
            self.rest = " " * (width - taken) + self.rest[1:]
            self.column += taken
            columns -= taken

    def eat(self, count: int) -> None:
        """Pass that many characters that are not tabs."""
        self.rest = self.rest[count:]
        self.column += count

    def text(self) -> str:
        """Give what is left without the white space before it."""
        return self.rest.lstrip(" \t")
