"""How each block begins: one function a kind, tried in CommonMark's order."""

import re
from collections.abc import Callable

from lms.publishing.markdown.block import CODE_INDENT, Block, Kind, Line

_ATX = re.compile(r"(#{1,6})(?:[ \t]+|$)")
_ATX_END = re.compile(r"(?:^|[ \t]+)#+[ \t]*$")
_FENCE = re.compile(r"(`{3,})([^`]*)$|(~{3,})(.*)$")
_RULE = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|(?:-[ \t]*){3,})$")
_NOTE = re.compile(r"\[\^([^\]\s]+)\]:[ \t]*")
_MARKER = re.compile(r"(?:([-+*])|([0-9]{1,9})([.)]))(?=[ \t]|$)")
_WIDEST = 4  # columns after a list marker that still belong to it

_TAG_NAMES = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details"
    "|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head"
    "|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p"
    "|param|section|source|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul"
)
ATTRIBUTE = r"\s+[a-zA-Z_:][\w.:-]*(?:\s*=\s*(?:[^\s\"'=<>`]+|'[^']*'|\"[^\"]*\"))?"
OPEN_TAG = rf"<[a-zA-Z][a-zA-Z0-9-]*(?:{ATTRIBUTE})*\s*/?>"
CLOSE_TAG = r"</[a-zA-Z][a-zA-Z0-9-]*\s*>"

# What begins a block of raw HTML, and what its last line holds; "" stands for a blank line after.
_HTML = tuple(
    (re.compile(start, re.IGNORECASE | re.ASCII), end)
    for start, end in (
        (r"<(?:script|pre|style)(?:\s|>|$)", "</script>|</pre>|</style>"),
        (r"<!--", "-->"),
        (r"<\?", r"\?>"),
        (r"<![a-z]", ">"),
        (r"<!\[cdata\[", r"\]\]>"),
        (rf"</?(?:{_TAG_NAMES})(?:\s|/?>|$)", ""),
    )
)
_LONE_TAG = re.compile(rf"(?:{OPEN_TAG}|{CLOSE_TAG})[ \t]*$", re.ASCII)


def _quote(holder: Block, line: Line) -> Block | None:  # noqa: ARG001 - all starts are called alike
    return Block(Kind.QUOTE) if enter_quote(line) else None


def enter_quote(line: Line) -> bool:
    """Pass a quotation's sign and the space after it, if they are there."""
    indent = line.indent()
    if indent >= CODE_INDENT or not line.text().startswith(">"):
        return False
    line.skip(indent)
    line.eat(1)
    line.skip(1)
    return True


def _heading(holder: Block, line: Line) -> Block | None:  # noqa: ARG001 - as above
    found = _ATX.match(line.text())
    if not found:
        return None
    text = _ATX_END.sub("", line.text()[found.end() :])
    return Block(Kind.HEADING, number=len(found[1]), lines=[text.strip(" \t")])


def _fence(holder: Block, line: Line) -> Block | None:  # noqa: ARG001 - as above
    found = _FENCE.match(line.text())
    if not found:
        return None
    marker, info = (found[1], found[2]) if found[1] else (found[3], found[4])
    return Block(Kind.CODE, marker=marker, info=info.strip(" \t"), indent=line.indent())


def _html(holder: Block, line: Line) -> Block | None:
    text = line.text()
    if not text.startswith("<"):
        return None
    for start, end in _HTML:
        if start.match(text):
            return Block(Kind.HTML, info=end)
    if holder.kind is not Kind.PARAGRAPH and _LONE_TAG.match(text):
        return Block(Kind.HTML)
    return None


def _rule(holder: Block, line: Line) -> Block | None:  # noqa: ARG001 - as above
    return Block(Kind.RULE) if _RULE.match(line.text()) else None


def _note(holder: Block, line: Line) -> Block | None:  # noqa: ARG001 - as above
    found = _NOTE.match(line.text())
    if not found:
        return None
    line.skip(line.indent())
    line.eat(found.end())
    return Block(Kind.NOTE, marker=found[1])


def _item(holder: Block, line: Line) -> Block | None:
    text = line.text()
    found = _MARKER.match(text)
    if not found or (holder.kind is Kind.PARAGRAPH and not _may_interrupt(found, text)):
        return None
    indent = line.indent()
    line.skip(indent)
    line.eat(found.end())
    spaces = line.indent()
    padding = 1 if line.is_blank() or spaces > _WIDEST else spaces
    line.skip(padding)
    item = Block(Kind.ITEM, marker=found[1] or found[3], indent=indent + found.end() + padding)
    item.number = int(found[2] or 0)
    item.info = "ordered" if found[2] else ""
    return item


def _may_interrupt(marker: re.Match[str], text: str) -> bool:
    """Tell whether this item may follow a paragraph: it has text, and counts from 1."""
    return bool(text[marker.end() :].strip(" \t")) and (marker[2] is None or int(marker[2]) == 1)


Start = Callable[[Block, Line], Block | None]
_BEFORE_SETEXT: tuple[Start, ...] = (_quote, _heading, _fence, _html)
_AFTER_SETEXT: tuple[Start, ...] = (_rule, _note, _item)


def start_early(holder: Block, line: Line) -> Block | None:
    """Give the block that begins here and goes before an underlined heading, or None."""
    return _first(_BEFORE_SETEXT, holder, line)


def start_late(holder: Block, line: Line) -> Block | None:
    """Give the block that begins here where no underlined heading does, or None."""
    return _first(_AFTER_SETEXT, holder, line)


def _first(starts: tuple[Start, ...], holder: Block, line: Line) -> Block | None:
    for start in starts:
        block = start(holder, line)
        if block is not None:
            return block
    return None
