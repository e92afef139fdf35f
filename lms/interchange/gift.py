"""GIFT, Moodle's text format, read: every question of it, or why not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lms.content.model import Item, ItemKind
from lms.interchange.decode import decode
from lms.interchange.escape import one_line
from lms.interchange.gift_key import ESCAPED, HIDE, SHOW, GiftKey, form_of, shown
from lms.interchange.loss import Loss, RefusedError, Sheet
from lms.interchange.prompts import flow, put_prompt
from lms.interchange.questions import Found, Reading, found, refused, with_settings
from lms.interchange.words import read_tags
from lms.interchange.write_markdown import NOWHERE

_TAGS = re.compile(r"(?<!\\)\[(id|tag|virage-hint):((?:\\.|[^\]\\])+)\]")


@dataclass(slots=True)
class _Block:
    """The lines of one question, and what its comments say."""

    lines: list[str] = field(default_factory=list)
    id: str = ""
    tags: list[str] = field(default_factory=list)
    hint: str = ""


def read_gift(data: bytes, language: str) -> Reading:
    """Return the questions of a GIFT file."""
    text, losses = decode(data)
    general: list[Loss] = list(losses)
    questions: list[Found] = []
    for block in _blocks(text):
        whole = "\n".join(block.lines).strip()
        if whole.startswith("$CATEGORY:"):
            name = one_line(whole.removeprefix("$CATEGORY:"))
            general.append(Loss(f"category {name}", "a quiz has none: write `pool:` by hand"))
        elif whole:
            questions.append(_question(block, len(questions) + 1, language))
    return Reading(tuple(questions), tuple(general))


def _blocks(text: str) -> Iterator[_Block]:
    """Yield the questions: empty lines part them, unless an answer follows inside the braces."""
    block, depth, was_blank = _Block(), 0, False
    for raw in text.translate(dict.fromkeys(map(ord, SHOW))).split("\n"):
        bare = raw.strip()
        if not bare:
            was_blank = True
            continue
        goes_on = not was_blank or (depth > 0 and bare.startswith(("=", "~", "}", "#")))
        if block.lines and not goes_on:
            yield block
            block, depth = _Block(), 0
        was_blank = False
        if bare.startswith("//"):
            _comment(block, bare)
            continue
        block.lines.append(raw)
        visible = ESCAPED.sub("", raw)
        depth += visible.count("{") - visible.count("}")
    if block.lines:
        yield block


def _comment(block: _Block, text: str) -> None:
    """Take what a comment says of the question under it."""
    for kind, raw in _TAGS.findall(text):
        word = re.sub(r"\\(.)", lambda one: "\n" if one[1] == "n" else one[1], raw)
        if kind == "id":
            block.id = word
        elif kind == "tag":
            block.tags.append(word)
        else:
            block.hint = word


def _question(block: _Block, number: int, language: str) -> Found:
    sheet = Sheet(number)
    text = ESCAPED.sub(lambda one: HIDE[one[1]], "\n".join(block.lines).strip())
    try:
        name, text = _name(text)
        sheet.title = one_line(shown(name or text))
        settings = read_tags(block.tags, sheet)
        before, key, after = _cut(text)
        sheet.title = sheet.title if name else one_line(shown(before))
        item = Item(block.id, ItemKind.OPEN, "", NOWHERE, hint=block.hint)
        form, before = form_of(before)
        stem = f"{before.rstrip()} _____ {after.lstrip()}" if after.strip() else before.rstrip(" ")
        if after.strip():
            sheet.lose("missing word", "the gap stands in the question as a line")
        key, _, general = _general(key)
        item = put_prompt(item, shown(stem), form, sheet, name=shown(name))
        general_form, general = form_of(general.strip(), form)
        item = replace(item, explanation=flow(shown(general).strip(), general_form, sheet))
        item = GiftKey(key.strip(), form, sheet, language).read(item)
        return found(sheet, with_settings(item, settings, sheet))
    except RefusedError as error:
        return refused(sheet, str(error))


def _name(text: str) -> tuple[str, str]:
    if text.startswith("::"):
        name, colons, rest = text[2:].partition("::")
        if colons:
            return name.strip(), rest.strip()
    return "", text


def _cut(text: str) -> tuple[str, str, str]:
    """Return what stands before, inside and after the braces of a question."""
    before, opened, rest = text.partition("{")
    key, closed, after = rest.rpartition("}")
    if not opened and "}" not in text:
        raise RefusedError("it has no answers: a description asks nothing")
    if not opened or not closed:
        raise RefusedError("its braces are not closed")
    if "{" in key or "}" in key:
        raise RefusedError("it has several pairs of braces: one question asks one thing here")
    return before, key, after


def _general(key: str) -> tuple[str, str, str]:
    before, mark, after = key.rpartition("####")
    return (before, mark, after) if mark else (key, "", "")
