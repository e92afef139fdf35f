"""HTML as other systems keep it, turned into Markdown; what has no place there is reported."""

import re

from lxml import etree

from lms.interchange.escape import at_start, clean, escape, one_line
from lms.interchange.html_elements import Converter, Node
from lms.interchange.loss import RefusedError, Sheet

DEEPEST = 60
_FORMULA = re.compile(r"\\\(|\\\[|\$\$")


def html_to_markdown(html: str, sheet: Sheet) -> str:
    """Return HTML as Markdown; what is lost is noted. RefusedError where it is too deep."""
    return "\n\n".join(html_blocks(html, sheet))


def html_to_line(html: str, sheet: Sheet) -> str:
    """Return HTML as Markdown on one line; what is lost is noted."""
    blocks = html_blocks(html, sheet)
    if len(blocks) > 1 or any("\n" in block for block in blocks):
        sheet.lose("paragraphs", "they stand on one line here")
    lines = " ".join(blocks).replace("\\\n", " ")
    return at_start(one_line(lines)) if "\n" in lines else lines


def plain_to_markdown(text: str) -> str:
    """Return a plain text as Markdown: empty lines part paragraphs, other line ends stay."""
    paragraphs = re.split(r"\n[ \t]*\n", clean(text).strip())
    return "\n\n".join(
        "\\\n".join(filter(None, map(escape, paragraph.split("\n")))) for paragraph in paragraphs
    )


def html_blocks(html: str, sheet: Sheet) -> list[str]:
    """Return HTML as blocks of Markdown: paragraphs, lists and so on."""
    if _FORMULA.search(html):
        sheet.lose("formula", "TeX is not drawn here: it is shown as it was typed")
    if "<" not in html and "&" not in html:
        return [words] if (words := escape(html)) else []
    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(f"<div>{clean(html)}</div>", parser)
    is_cut = any("depth" in entry.message for entry in parser.error_log)
    if is_cut or _depth(root) > DEEPEST:
        raise RefusedError(f"its HTML is nested more than {DEEPEST} elements deep")
    return Converter(sheet).blocks(root)


def _depth(root: Node) -> int:
    """Return how deep a tree is, without recursion."""
    deepest, level = 0, [root]
    while level:
        deepest += 1
        level = [child for element in level for child in element]
    return deepest
