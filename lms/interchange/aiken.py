"""Aiken, the plainest format: a question on a line, options A. B. C., and ANSWER: B."""

import re
from dataclasses import dataclass, field

from lms.content.model import Choice, Item
from lms.interchange.decode import decode
from lms.interchange.escape import escape
from lms.interchange.loss import RefusedError, Sheet
from lms.interchange.prompts import Form, put_prompt
from lms.interchange.questions import (
    Found,
    Reading,
    choice_kind,
    found,
    refused,
    with_settings,
)
from lms.interchange.write_markdown import NOWHERE

_OPTION = re.compile(r"([A-Z])[.)][ \t]+(\S.*)")
_ANSWER = re.compile(r"ANSWER[ \t]*:[ \t]*(.*)")


@dataclass(slots=True)
class _Block:
    """One question as it stands: its lines, its options by letter, its right answer."""

    asked: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    answer: str | None = None


def read_aiken(data: bytes, _language: str) -> Reading:
    """Return the questions of an Aiken file."""
    text, losses = decode(data)
    blocks = [_Block()]
    for raw in text.split("\n"):
        line = raw.strip()
        option, answer = _OPTION.fullmatch(line), _ANSWER.fullmatch(line)
        block = blocks[-1]
        if answer:
            block.answer = answer[1].strip()
            blocks.append(_Block())
        elif option and block.asked:
            block.options.append((option[1], option[2].strip()))
        elif line and block.options:  # no answer came: another question begins
            blocks.append(_Block([line]))
        elif line:
            block.asked.append(line)
    asked = [block for block in blocks if block != _Block()]
    questions = [_question(block, number) for number, block in enumerate(asked, start=1)]
    return Reading(tuple(questions), losses)


def _question(block: _Block, number: int) -> Found:
    sheet = Sheet(number, " ".join(block.asked))
    try:
        choices = _choices(block)
        item = Item("", choice_kind(choices, several=False), "", NOWHERE, choices=choices)
        item = put_prompt(item, " ".join(block.asked), Form.PLAIN, sheet)
        return found(sheet, with_settings(item, {}, sheet))
    except RefusedError as error:
        return refused(sheet, str(error))


def _choices(block: _Block) -> tuple[Choice, ...]:
    if not block.options:
        raise RefusedError("it has no options like `A. …`")
    if block.answer is None:
        raise RefusedError("the line `ANSWER: …` is missing")
    letters = [letter for letter, _ in block.options]
    if letters.count(block.answer) != 1:
        raise RefusedError(f"`ANSWER: {block.answer}` names no option, or two")
    return tuple(
        Choice(escape(text), correct=letter == block.answer) for letter, text in block.options
    )
