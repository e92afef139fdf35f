"""Lines into blocks: CommonMark's algorithm, with GitHub's tables and footnotes."""

import re
from dataclasses import dataclass, field

from lms.publishing.markdown.block import CODE_INDENT, VERBATIM, Block, Kind, Line
from lms.publishing.markdown.request import Refusal, RenderRefusedError
from lms.publishing.markdown.starts import enter_quote, start_early, start_late
from lms.publishing.markdown.tables import split_header
from lms.publishing.markdown.targets import Target, label_key, read_definition

DEEPEST = 60  # blocks within blocks; a list in a list counts two
_SETEXT = re.compile(r"(=+|-+)[ \t]*$")
_LIST_STARTS = frozenset({Kind.ITEM, Kind.QUOTE, Kind.NOTE})


@dataclass(slots=True)
class Document:
    """A text's blocks, its link definitions and its footnotes by label."""

    root: Block
    references: dict[str, Target] = field(default_factory=dict)
    notes: dict[str, Block] = field(default_factory=dict)


def read_blocks(lines: list[str]) -> Document:
    """Read lines into blocks; refuse what is nested too deeply."""
    reader = _Reader()
    for number, text in enumerate(lines, 1):
        reader.read(Line(text, number))
    reader.close(0)
    return reader.document


class _Reader:
    """The blocks that are open, outermost first, and what has been read."""

    def __init__(self) -> None:
        self.document = Document(Block(Kind.DOCUMENT))
        self.stack = [self.document.root]

    def read(self, line: Line) -> None:
        """Take one line in."""
        depth = self._matching(line)
        if depth is None:
            return
        matched = self.stack[depth - 1]
        holder, opened = self._open(line, depth)
        tip = self.stack[-1]
        if not opened and depth < len(self.stack) and _is_lazy(tip, line):
            tip.lines.append(line.text())
        else:
            self.close(depth if holder is matched and not opened else len(self.stack))
            self._add(line, self.stack[-1])
        self._mark_end(line, opened)

    def _matching(self, line: Line) -> int | None:
        """Count the open blocks that this line continues; None if it only ends one."""
        for depth, block in enumerate(self.stack):
            if block.kind is Kind.CODE and _is_closing_fence(block, line):
                self.close(depth)
                for holder in [*self.stack, block]:
                    holder.end = line.number
                return None
            if not _continues(block, line):
                return depth
        return len(self.stack)

    def _open(self, line: Line, depth: int) -> tuple[Block, bool]:
        """Open every block that begins on this line; give the innermost and whether any did."""
        holder, opened = self.stack[depth - 1], False
        lazy = self.stack[-1].kind is Kind.PARAGRAPH
        while holder.kind not in VERBATIM:
            block = self._start(holder, line, lazy=lazy)
            if block is None:
                break
            if block is not holder:
                self.close(len(self.stack) if opened else depth)
                self._push(block, line)
            holder, opened, lazy = block, True, False
            if block.kind not in _LIST_STARTS:
                break
        return holder, opened

    def _start(self, holder: Block, line: Line, *, lazy: bool) -> Block | None:
        if line.indent() >= CODE_INDENT:
            if lazy or line.is_blank():
                return None
            line.skip(CODE_INDENT)
            return Block(Kind.CODE)
        block = start_early(holder, line)
        if block is None and holder.kind is Kind.PARAGRAPH and self._underline(holder, line):
            return holder
        block = block or start_late(holder, line)
        if block is None and holder.kind is Kind.PARAGRAPH and self._to_table(holder, line):
            return holder
        return block

    def _underline(self, paragraph: Block, line: Line) -> bool:
        """Make a heading of a paragraph that this line underlines; tell whether it does.

        Where the paragraph was nothing but definitions of links, the line is its text.
        """
        found = _SETEXT.match(line.text())
        if not found:
            return False
        self._take_definitions(paragraph)
        if paragraph.lines:
            paragraph.kind = Kind.HEADING
            paragraph.number = 1 if found[1][0] == "=" else 2
            line.rest = ""
        return True

    def _to_table(self, paragraph: Block, line: Line) -> bool:
        """Make a table of a paragraph whose last line this line rules off."""
        header = split_header(paragraph.lines[-1], line.text()) if paragraph.lines else None
        if header is None:
            return False
        if len(paragraph.lines) > 1:
            before = Block(Kind.PARAGRAPH, paragraph.start, line.number - 2)
            before.lines = paragraph.lines[:-1]
            self._take_definitions(before)
            self.stack[-2].children.insert(-1, before)
            paragraph.start = line.number - 1
        paragraph.kind = Kind.TABLE
        paragraph.columns, paragraph.lines = header, paragraph.lines[-1:]
        line.rest = ""
        return True

    def _push(self, block: Block, line: Line) -> None:
        if block.kind is Kind.ITEM and not self._in_list_of(block):
            numbered = Block(Kind.LIST, marker=block.marker, number=block.number, info=block.info)
            self._push(numbered, line)
        while not self.stack[-1].may_hold(block):
            self.close(len(self.stack) - 1)
        block.start = block.end = line.number
        if block.kind is Kind.NOTE:
            self.document.notes.setdefault(label_key(block.marker), block)
        self.stack[-1].children.append(block)
        self.stack.append(block)
        if len(self.stack) > DEEPEST:
            raise RenderRefusedError(Refusal.TOO_DEEP)

    def _in_list_of(self, item: Block) -> bool:
        top = self.stack[-1]
        return top.kind is Kind.LIST and (top.marker, top.info) == (item.marker, item.info)

    def _add(self, line: Line, block: Block) -> None:
        """Put what is left of the line where it belongs."""
        if block.kind in VERBATIM:
            self._add_verbatim(line, block)
        elif line.is_blank():
            return
        elif block.kind in (Kind.PARAGRAPH, Kind.TABLE):
            block.lines.append(line.text())
        elif block.kind not in (Kind.HEADING, Kind.RULE):
            self._push(Block(Kind.PARAGRAPH, lines=[line.text()]), line)

    def _add_verbatim(self, line: Line, block: Block) -> None:
        if block.kind is Kind.CODE and block.marker:
            if block.start == line.number:
                return
            line.skip(min(block.indent, line.indent()))
        block.lines.append(line.rest)
        if (
            block.kind is Kind.HTML
            and block.info
            and re.search(block.info, line.rest, re.IGNORECASE)
        ):
            self.close(len(self.stack) - 1)

    def _mark_end(self, line: Line, opened: bool) -> None:
        """Note this line as the last of the blocks that it belongs to."""
        depth = len(self.stack)
        if not opened and line.is_blank():
            while depth and not _counts_blank(self.stack[depth - 1]):
                depth -= 1
        for block in self.stack[:depth]:
            block.end = line.number

    def close(self, depth: int) -> None:
        """Close the open blocks from that depth on, innermost first."""
        while len(self.stack) > depth:
            block = self.stack.pop()
            if block.kind is Kind.PARAGRAPH:
                self._take_definitions(block)
            block.close()

    def _take_definitions(self, paragraph: Block) -> None:
        """Take the link definitions off a paragraph's start."""
        text = "\n".join(paragraph.lines)
        while text.startswith("["):
            found = read_definition(text)
            if found is None:
                break
            key, target, end = found
            self.document.references.setdefault(key, target)
            text = text[end:]
        paragraph.lines = text.split("\n") if text else []


def _is_lazy(tip: Block, line: Line) -> bool:
    return tip.kind is Kind.PARAGRAPH and not line.is_blank()


def _counts_blank(block: Block) -> bool:
    """Tell whether a blank line within this block belongs to it."""
    return block.kind is Kind.QUOTE or (block.kind is Kind.CODE and bool(block.marker))


def _is_closing_fence(block: Block, line: Line) -> bool:
    if not block.marker or line.indent() >= CODE_INDENT:
        return False
    text = line.text().rstrip(" \t")
    return len(text) >= len(block.marker) and set(text) == {block.marker[0]}


def _continues(block: Block, line: Line) -> bool:
    """Tell whether a line goes on with an open block, and pass what marks that it does."""
    if block.kind is Kind.QUOTE:
        return enter_quote(line)
    if block.kind in (Kind.ITEM, Kind.NOTE) or (block.kind is Kind.CODE and not block.marker):
        return _continues_indented(block, line)
    if block.kind in (Kind.PARAGRAPH, Kind.TABLE):
        return not line.is_blank()
    if block.kind is Kind.HTML:
        return bool(block.info) or not line.is_blank()
    return block.kind not in (Kind.HEADING, Kind.RULE)


def _continues_indented(block: Block, line: Line) -> bool:
    width = block.indent if block.kind is Kind.ITEM else CODE_INDENT
    if line.indent() >= width:
        line.skip(width)
        return True
    if line.is_blank() and (block.children or block.lines):
        line.rest = ""
        return True
    return False
