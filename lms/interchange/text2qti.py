"""The text format of text2qti, read; programs in it are never run."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from lms.content.front_matter import short
from lms.content.model import Choice, Item, ItemKind, NumberKey
from lms.interchange.decode import decode
from lms.interchange.escape import one_line
from lms.interchange.loss import Loss, RefusedError, Sheet
from lms.interchange.numbers import as_fraction
from lms.interchange.prompts import Form, flow, line, put_prompt
from lms.interchange.questions import (
    Found,
    Reading,
    choice_kind,
    found,
    refused,
    typed_item,
    with_settings,
)
from lms.interchange.words import read_points
from lms.interchange.write_markdown import NOWHERE

# What a line may begin with, in the order in which it is tried: name, and how it is written.
_STARTS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("quiz", r"[Qq]uiz (?:[Tt]itle|[Dd]escription):[ \t]+"),
        ("quiz", r"(?:[Ss]huffle answers|[Ss]how correct answers|[Oo]ne question at a time):"),
        ("quiz", r"(?:[Cc]an't go back|[Ff]eedback is solution|[Ss]olutions [a-z ]{1,30}):"),
        ("text", r"[Tt]ext(?: [Tt]itle)?:[ \t]+"),
        ("title", r"[Tt]itle:[ \t]+"),
        ("points", r"[Pp]oints:[ \t]+"),
        ("pick", r"[Pp]ick:[ \t]+"),
        ("each", r"[Pp]oints per question:[ \t]+"),
        ("solution", r"![ \t]+"),
        ("group", r"(?:GROUP|END_GROUP)[ \t]*$"),
        ("question", r"\d+\.[ \t]+(?=\S)"),
        ("right", r"\*[a-zA-Z]\)[ \t]+(?=\S)"),
        ("wrong", r"[a-zA-Z]\)[ \t]+(?=\S)"),
        ("several-right", r"\[\*\][ \t]+(?=\S)"),
        ("several-wrong", r"\[ ?\][ \t]+(?=\S)"),
        ("gap", r"(?:<>|\{[* ]?\})[ \t]+(?=\S)"),
        ("word", r"\*[ \t]+(?=\S)"),
        ("feedback", r"\.\.\.[ \t]+(?=\S)"),
        ("if-right", r"\+[ \t]+(?=\S)"),
        ("if-wrong", r"-[ \t]+(?=\S)"),
        ("number", r"=[ \t]+(?=\S)"),
        ("essay", r"___+[ \t]*$"),
        ("upload", r"\^\^\^+[ \t]*$"),
    )
)  # fmt: skip
_OF_FILE = frozenset({"pick", "quiz", "text"})
_OPTIONS = frozenset({"right", "wrong", "several-right", "several-wrong"})
_RANGE = re.compile(r"\[([^,\]]+),([^\]]+)\]")


@dataclass(slots=True)
class _Part:
    """One piece of a file: what it is, and its lines."""

    name: str
    lines: list[str]

    @property
    def text(self) -> str:
        """The Markdown of this piece, without the indent of its later lines."""
        return "\n".join([self.lines[0], *(one.strip() for one in self.lines[1:])]).strip()


@dataclass(slots=True)
class _Block:
    """The pieces of one question, and the group that it belongs to."""

    parts: list[_Part] = field(default_factory=list)
    title: str = ""
    points: str = ""
    pool: str = ""


@dataclass(slots=True)
class _File:
    """What has been read so far."""

    blocks: list[_Block] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    title: str = ""
    points: str = ""
    group: int = 0
    in_group: bool = False
    each: str = ""

    def lose(self, what: str, why: str) -> None:
        """Note what the file as a whole loses."""
        self.losses.append(Loss(what, why))

    def take(self, part: _Part) -> None:
        """Put a piece where it belongs."""
        match part.name:
            case "question":
                pool = f"group-{self.group}" if self.in_group else ""
                self.blocks.append(_Block([part], self.title, self.points or self.each, pool))
                self.title = self.points = ""
            case "title" | "points" | "each":
                setattr(self, part.name, part.text)
            case "group":
                self.in_group = part.lines[0].startswith("GROUP")
                self.group += self.in_group
                self.each = ""
            case _ if part.name in _OF_FILE:
                self._lose(part)
            case _:
                self._into_question(part)

    def _lose(self, part: _Part) -> None:
        """Note what a quiz says of itself: here a module's front matter does."""
        words = short(one_line(part.text))
        if part.name == "pick":
            draw = f"quiz: {{draw: {{group-{self.group}: {words}}}}}"
            self.lose(f"pick: {words}", f"write `{draw}` in the module's front matter")
        elif part.name == "quiz":
            self.lose(words or "quiz", "a module says this in its front matter")
        else:
            self.lose(f"text {words}", "a quiz has questions only")

    def _into_question(self, part: _Part) -> None:
        if self.blocks:
            self.blocks[-1].parts.append(part)
        else:
            self.lose(one_line(part.text)[:60], "it stands before the first question")


def read_text2qti(data: bytes, _language: str) -> Reading:
    """Return the questions of a text2qti file."""
    text, losses = decode(data)
    file = _File(losses=list(losses))
    for part in _parts(text, file):
        file.take(part)
    questions = [_question(block, number) for number, block in enumerate(file.blocks, start=1)]
    return Reading(tuple(questions), tuple(file.losses))


def _parts(text: str, file: _File) -> Iterator[_Part]:
    """Yield the pieces; comments are left out, programs are named."""
    part: _Part | None = None
    for raw in _visible(text, file):
        name, start = next(
            ((name, found) for name, pattern in _STARTS if (found := pattern.match(raw))),
            ("", None),
        )
        if start is not None:
            if part is not None:
                yield part
            rest = raw[start.end() :] if name not in {"quiz", "group"} else raw
            part = _Part(name, [rest])
        elif part is not None:
            part.lines.append(raw)
        elif raw.strip():
            file.lose(one_line(raw)[:60], "it stands before the first question")
    if part is not None:
        yield part


def _visible(text: str, file: _File) -> Iterator[str]:
    """Yield the lines that are neither comment nor program."""
    closing = ""
    for raw in text.expandtabs(4).split("\n"):
        if closing:
            if raw.startswith(closing):
                closing = ""
        elif raw.startswith("COMMENT"):
            closing = "END_COMMENT"
        elif raw.startswith("```"):
            file.lose("program", "programs in a file are never run here")
            closing = "```"
        elif not raw.startswith("%"):
            yield raw


def _question(block: _Block, number: int) -> Found:
    sheet = Sheet(number, one_line(block.title or block.parts[0].text))
    try:
        item = Item("", ItemKind.OPEN, "", NOWHERE)
        item = put_prompt(item, block.parts[0].text, Form.MARKDOWN, sheet, name=block.title)
        settings = read_points(block.points, sheet) if block.points else {}
        settings |= {"pool": block.pool} if block.pool else {}
        item = _notes(item, block.parts[1:], sheet)
        item = _answered(item, block.parts[1:], sheet)
        return found(sheet, with_settings(item, settings, sheet))
    except RefusedError as error:
        return refused(sheet, str(error))


def _notes(item: Item, parts: list[_Part], sheet: Sheet) -> Item:
    """Return the item with its explanation; note the feedback that has no place."""
    explanation = []
    is_before = True
    for part in parts:
        is_before = is_before and part.name not in _OPTIONS
        if part.name == "solution" or (part.name == "feedback" and is_before):
            explanation.append(flow(part.text, Form.MARKDOWN, sheet))
        elif part.name in {"if-right", "if-wrong"}:
            when = "right" if part.name == "if-right" else "wrong"
            sheet.lose(f"feedback if {when}", f"not kept: {one_line(part.text)}")
    return replace(item, explanation="\n\n".join(explanation))


def _answered(item: Item, parts: list[_Part], sheet: Sheet) -> Item:
    """Return the item with its kind and its answers."""
    names = {part.name for part in parts}
    readers: tuple[tuple[frozenset[str], Callable[[Item, list[_Part], Sheet], Item]], ...] = (
        (_OPTIONS, _choices),
        (frozenset({"word"}), _words),
        (frozenset({"number"}), _number),
    )
    if "gap" in names:
        raise RefusedError("several gaps in one question: one question asks one thing here")
    if "upload" in names:
        raise RefusedError("it asks for a file: no files are sent here")
    for wanted, reader in readers:
        if names & wanted:
            return reader(item, parts, sheet)
    if "essay" in names:
        return replace(item, kind=ItemKind.OPEN)
    raise RefusedError("it has no answers")


def _choices(item: Item, parts: list[_Part], sheet: Sheet) -> Item:
    choices: list[Choice] = []
    for part in parts:
        if part.name in _OPTIONS:
            text = line(part.text, Form.MARKDOWN, sheet)
            choices.append(Choice(text, correct=part.name.endswith("right")))
        elif part.name == "feedback" and choices:
            choices[-1] = replace(choices[-1], feedback=flow(part.text, Form.MARKDOWN, sheet))
    several = any(part.name.startswith("several") for part in parts)
    return replace(item, kind=choice_kind(choices, several=several), choices=tuple(choices))


def _words(item: Item, parts: list[_Part], sheet: Sheet) -> Item:
    return typed_item(item, [one_line(one.text) for one in parts if one.name == "word"], sheet)


def _number(item: Item, parts: list[_Part], _sheet: Sheet) -> Item:
    keys = [_key(part.text) for part in parts if part.name == "number"]
    return replace(item, kind=ItemKind.NUMBER, numbers=tuple(keys))


def _key(text: str) -> NumberKey:
    bounds = _RANGE.fullmatch(text)
    if bounds:
        least, most = as_fraction(bounds[1]), as_fraction(bounds[2])
        return NumberKey((least + most) / 2, abs(most - least) / 2)
    value, _, margin = text.partition("+-")
    number = as_fraction(value)
    if margin.strip().endswith("%"):
        return NumberKey(number, abs(number * as_fraction(margin.strip().rstrip("%")) / 100))
    return NumberKey(number, abs(as_fraction(margin or "0")))
