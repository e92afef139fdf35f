"""Texts of other systems as Markdown, by the way in which they are written there."""

import re
from dataclasses import replace
from enum import StrEnum

from lms.content.files import MOST_BYTES
from lms.content.model import Item
from lms.content.plain import text_of
from lms.interchange.escape import clean, escape, one_line
from lms.interchange.html_to_markdown import (
    html_blocks,
    html_to_line,
    html_to_markdown,
    plain_to_markdown,
)
from lms.interchange.loss import RefusedError, Sheet

_LONGEST_TITLE = 200
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|&(?:#\d+|#x[0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]*);")
_DATA = re.compile(r"data:[\w/+.;=-]{0,100};base64,[A-Za-z0-9+/=\s]*")
_PICTURE = re.compile(r"!\[[^\[\]]*\]\(\s*<?([^\s()<>]+)")
# What begins a block that cannot be the line of a heading.
_NO_LINE = ("- ", "> ", "| ", "```", "***", "1. ", "#", "* ", "+ ", "    ")


def title_of(prompt: str) -> str:
    """Return the words that a question asks, without Markdown: its name elsewhere."""
    return one_line(text_of(prompt))[:_LONGEST_TITLE]


class Form(StrEnum):
    """How a text is written; `moodle` is plain text that may hold HTML."""

    HTML = "html"
    MARKDOWN = "markdown"
    PLAIN = "plain"
    MOODLE = "moodle"


def flow(text: str, form: Form, sheet: Sheet) -> str:
    """Return a text of one or more paragraphs as Markdown."""
    text = _sized(text)
    if form is Form.MARKDOWN:
        return _markdown(text, sheet)
    if _is_html(text, form):
        return html_to_markdown(text, sheet)
    return plain_to_markdown(text)


def line(text: str, form: Form, sheet: Sheet) -> str:
    """Return a text as Markdown on one line; Markdown itself stays as it is."""
    text = _sized(text)
    if form is Form.MARKDOWN:
        return _markdown(text, sheet)
    return html_to_line(text, sheet) if _is_html(text, form) else escape(text)


def put_prompt(item: Item, text: str, form: Form, sheet: Sheet, *, name: str = "") -> Item:
    """Return the item with what it asks: a first line, and what follows under it.

    Where the text begins with no line of words, the question's name takes its place.
    """
    text = _sized(text)
    if form is Form.MARKDOWN:
        prompt, body = _parted(_markdown(text, sheet))
    else:
        is_html = _is_html(text, form)
        blocks = html_blocks(text, sheet) if is_html else plain_to_markdown(text).split("\n\n")
        prompt, body = blocks[0] if blocks else "", "\n\n".join(blocks[1:])
        prompt = prompt.replace("\\\n", " ")
        if prompt.startswith(_NO_LINE) or "\n" in prompt:
            prompt, body = "", "\n\n".join(blocks)
    if not prompt.strip() and form is not Form.MARKDOWN:
        prompt = escape(name)
    elif name and one_line(name) != title_of(prompt):
        sheet.lose("name", "a question is named by its id here")
    if not (prompt.strip() or body.strip()):
        raise RefusedError("it asks nothing")
    sheet.title = one_line(name) or title_of(prompt)
    return replace(item, prompt=prompt, body=body)


def _sized(text: str) -> str:
    """Return a text without the pictures that are written into it; RefusedError if too long."""
    bare = _DATA.sub("data:", text)
    if len(bare) > MOST_BYTES:
        raise RefusedError(f"its text has more than {MOST_BYTES // 1000} kB")
    return bare


def _parted(text: str) -> tuple[str, str]:
    """Return the first line of Markdown, or of its first paragraph, and the rest."""
    first, _, rest = text.partition("\n")
    if not rest or rest.startswith("\n"):
        return first.strip(), rest.strip("\n")
    if text.startswith(_NO_LINE):
        return "", text
    paragraph, _, rest = text.partition("\n\n")
    return one_line(paragraph), rest.strip("\n")


def _markdown(text: str, sheet: Sheet) -> str:
    """Return Markdown as it is; its pictures stay behind, and that is noted."""
    for address in _PICTURE.findall(text):
        sheet.lose(f"picture {address}", "the file does not come along: it must stand in media/")
    return clean(text)


def _is_html(text: str, form: Form) -> bool:
    return form is Form.HTML or (form is Form.MOODLE and _TAG.search(text) is not None)
