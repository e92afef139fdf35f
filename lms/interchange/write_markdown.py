"""Questions as the Markdown that an author types: what is written is read back as it was."""

from collections.abc import Iterator, Sequence
from dataclasses import Field, fields, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any

from lms.content.model import Item, ItemKind, NumberKey, Partial, Place, Problem
from lms.content.parse_item import Mode, read_item
from lms.content.sections import chunks
from lms.content.source import scan
from lms.interchange.loss import RefusedError

NOWHERE = Place("")
WORDS = {"fr": ("Indice :", "Explication :"), "en": ("Hint:", "Explanation:")}
_PARTS = frozenset(
    {"id", "kind", "prompt", "place", "body", "hint", "explanation"}
    | {"choices", "accepted", "numbers", "pairs", "steps"}
)
_SHARED = frozenset({ItemKind.MULTIPLE, ItemKind.MATCH, ItemKind.ORDER})
_MOST_DIGITS = 6  # a longer number without tolerance is taken for words
_LEVEL = 3


def write_markdown(items: Sequence[Item], language: str) -> str:
    """Return the questions as Markdown, an empty line between two.

    RefusedError for one that no Markdown says: it did not come from this product.
    """
    return "\n".join(write_item(item, language) for item in items)


def write_item(item: Item, language: str) -> str:
    """Return one question as Markdown that is read back as this very question."""
    for variant in _variants(item, language):
        again, _ = read_back(variant, practice=item.practice)
        if again is not None and _said(again) == _said(item):
            return variant
    raise RefusedError("its text would be read as something else here")


def read_back(markdown: str, *, practice: bool = False) -> tuple[Item | None, tuple[Problem, ...]]:
    """Return the one question that the Markdown says, without a place, and what is wrong."""
    mode = Mode.PRACTICE if practice else Mode.QUIZ
    lines, unclosed = scan(markdown.split("\n"))
    before, found = chunks(lines, _LEVEL)
    is_one = len(found) == 1 and found[0].heading.level == _LEVEL and not unclosed
    if not is_one or any(not line.blank for line in before):
        return None, ()
    chunk = found[0]
    reading = read_item("", chunk.heading.text, chunk.line, chunk.lines, mode)
    whole = reading.used >= len([line for line in chunk.lines if not line.blank])
    is_lost = any(problem.rule == "lost-text" for problem in reading.problems)
    if reading.item is None or is_lost or not whole:
        return None, reading.problems
    return replace(reading.item, place=NOWHERE), reading.problems


def _said(item: Item) -> tuple[object, ...]:
    """Return what a question says; its settings are read word by word."""
    return tuple(getattr(item, name) for name in sorted(_PARTS - {"id", "place"}))


def settings_of(item: Item) -> dict[str, str]:
    """Return the settings that differ from what is taken without them, as an author types them."""
    return {
        one.name: _word(getattr(item, one.name))
        for one in fields(Item)
        if one.name not in _PARTS and getattr(item, one.name) != _default(item, one)
    }


def _default(item: Item, one: Field[Any]) -> object:
    if one.name == "graded":
        return item.kind is not ItemKind.OPEN
    if one.name == "partial" and item.kind in _SHARED:
        return Partial.EACH
    if one.name == "shuffle" and item.kind is ItemKind.TRUE_FALSE:
        return item.shuffle  # never shuffled, and said by the kind
    return one.default


def _word(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case tuple():
            return " ".join(map(str, value))
        case StrEnum():
            return value.value
        case _:
            return str(value)


def number_text(number: Fraction) -> str:
    """Return an exact decimal number in digits; RefusedError for what digits cannot say."""
    whole, places = abs(number), 0
    while whole.denominator != 1 and places <= 18:  # noqa: PLR2004 - as many as are read
        whole, places = whole * 10, places + 1
    if whole.denominator != 1 or len(str(whole.numerator)) - places > 18:  # noqa: PLR2004
        raise RefusedError(f"the number {number} has too many digits")
    digits = str(whole.numerator).rjust(places + 1, "0")
    sign = "-" if number < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def key_text(key: NumberKey) -> str:
    """Return a number and its tolerance as an author types them."""
    value = number_text(key.value)
    if key.tolerance or sum(map(str.isdigit, value)) > _MOST_DIGITS:
        return f"{value} +- {number_text(key.tolerance)}"
    return value


def _variants(item: Item, language: str) -> Iterator[str]:
    """Yield the ways to write a question, the usual one first."""
    head = f"### {item.prompt}".rstrip()
    settings = {"id": item.id} if item.id else {}
    settings |= settings_of(item)
    comment = ", ".join(f"{key}: {word}" for key, word in settings.items())
    lines = [head, *([f"<!-- {comment} -->"] if comment else [])]
    hint_word, explanation_word = WORDS.get(language, WORDS["en"])
    body = item.body.split("\n") if item.body else []
    hint = _note(hint_word, item.hint)
    explanation = _note(explanation_word, item.explanation)
    answers = list(_answers(item))
    yield _text([*lines, *_block(body), *_block(hint), *_block(answers), *_block(explanation)])
    # A list at the end of the text would be taken for the answer: a note parts the two.
    yield _text([*lines, *_block(body), *_block(explanation), *_block(hint), *_block(answers)])


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"


def _block(lines: Sequence[str]) -> list[str]:
    return ["", *lines] if lines else []


def _note(word: str, text: str) -> list[str]:
    if not text:
        return []
    first, *more = text.split("\n")
    return [f"> {word} {first}".rstrip(), *(f"> {line}".rstrip() for line in more)]


def _answers(item: Item) -> Iterator[str]:
    """Yield the lines of the answers: of each kind of them only one is there."""
    yield from _choices(item)
    for text in item.accepted:
        yield from _entry("- = ", "  ", text)
    yield from (f"- = {key_text(key)}" for key in item.numbers)
    for pair in item.pairs:
        yield from _entry("- ", "  ", f"{pair.left} -> {pair.right}")
    for number, step in enumerate(item.steps, start=1):
        yield from _entry(f"{number}. ", " " * len(f"{number}. "), step)
    if item.kind is ItemKind.OPEN:
        yield "____"


def _choices(item: Item) -> Iterator[str]:
    opening, closing = "[]" if item.kind is ItemKind.MULTIPLE else "()"
    for choice in item.choices:
        sign = "x" if choice.correct else " "
        yield from _entry(f"- {opening}{sign}{closing} ", "  ", choice.text)
        for line in choice.feedback.split("\n") if choice.feedback else []:
            # Code in a quotation is kept with its marks.
            yield line if line.startswith("  >") else f"  > {line}".rstrip()


def _entry(mark: str, indent: str, text: str) -> Iterator[str]:
    """Yield an answer; lines of code in it stand where they stood."""
    first, *more = text.split("\n")
    yield f"{mark}{first}".rstrip()
    for line in more:
        yield line if not line or line.startswith("  ") else f"{indent}{line}"
