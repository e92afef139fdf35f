"""Questions written as GIFT: for Moodle to read, and whole when they come back."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from lms.content.model import Choice, Item, ItemKind
from lms.interchange.loss import Sheet
from lms.interchange.words import TRUTH, tags_of
from lms.interchange.write_markdown import number_text
from lms.interchange.written import Written, each, lose_partial, report

_SIGNS = re.compile(r"[\\~=#{}:]")
_FORMAT = re.compile(r"\[(?:html|markdown|plain|moodle)\]")
_MARKDOWN = "[markdown]"


def write_gift(items: Sequence[Item], language: str) -> Written:
    """Return the questions as a GIFT file."""
    texts, fates = each(items, lambda item, sheet: _write(item, sheet, language))
    return Written("\n".join(texts).encode(), report("gift", fates))


def _write(item: Item, sheet: Sheet, language: str) -> str:
    _lose(item, sheet)
    tags = "".join(f" [tag:{_comment(tag)}]" for tag in tags_of(item))
    lines = [f"// [id:{_comment(item.id)}]{tags}"]
    if item.hint:
        lines.append(f"// [virage-hint:{_comment(item.hint)}]")
    asked = f"{item.prompt}\n\n{item.body}" if item.body else item.prompt
    key = "\n".join(_key(item, language))
    explanation = f"####{_text(item.explanation)}" if item.explanation else ""
    lines.append(f"::{_text(sheet.title)}::{_MARKDOWN}{_text(asked)} {{{key}{explanation}}}")
    return "\n".join(lines) + "\n"


def _lose(item: Item, sheet: Sheet) -> None:
    """Note what other readers of GIFT do not see."""
    if item.hint:
        sheet.lose("hint", "GIFT has none: it stands in a comment that only this product reads")
    if item.points > 1:
        sheet.lose("points", "GIFT has none: they stand in a tag that only this product reads")
    if not item.shuffle and item.kind is not ItemKind.TRUE_FALSE:
        sheet.lose("shuffle: no", "GIFT cannot say it: it stands in a tag")
    if item.min_words:
        sheet.lose("min_words", "GIFT cannot say it: it stands in a tag")
    if item.kind is ItemKind.ORDER:
        sheet.lose("order", "older Moodles need the plug-in for ordering questions")
    if item.kind is ItemKind.MATCH and any("->" in f"{one.left}{one.right}" for one in item.pairs):
        sheet.lose("->", "Moodle cuts a pair at its first arrow: look at this one")
    lose_partial(item, sheet, gives_parts=True)


def _key(item: Item, language: str) -> Iterator[str]:
    match item.kind:
        case ItemKind.TRUE_FALSE | ItemKind.SINGLE | ItemKind.MULTIPLE:
            yield from _choices(item, language)
        case ItemKind.TEXT:
            yield from ("", *(f"=%100%{_text(_star(text))}" for text in item.accepted), "")
        case ItemKind.NUMBER:
            yield "#"
            for key in item.numbers:
                yield f"={number_text(key.value)}:{number_text(key.tolerance)}"
            yield ""
        case ItemKind.MATCH:
            yield from ("", *(f"={_text(p.left)} -> {_text(p.right)}" for p in item.pairs), "")
        case ItemKind.ORDER:
            yield f">{len(item.steps)} ALL VERTICAL ABSOLUTE_POSITION SHOW"
            yield from (*map(_text, item.steps), "")
        case ItemKind.OPEN:
            return


def _choices(item: Item, language: str) -> Iterator[str]:
    words = tuple(one.text for one in item.choices)
    if item.kind is ItemKind.TRUE_FALSE and words == TRUTH.get(language):
        right, wrong = sorted(item.choices, key=lambda one: not one.correct)
        notes = f"#{_text(wrong.feedback)}#{_text(right.feedback)}"
        yield f"{'TRUE' if item.choices[0].correct else 'FALSE'}{notes.rstrip('#')}"
        return
    share = Fraction(1, max(sum(one.correct for one in item.choices), 1))
    yield ""
    for one in item.choices:
        feedback = f"#{_text(one.feedback)}" if one.feedback else ""
        yield f"{_weight(item, one, share)}{_answer(one.text)}{feedback}"
    yield ""


def _weight(item: Item, choice: Choice, share: Fraction) -> str:
    if item.kind is not ItemKind.MULTIPLE:
        return "=" if choice.correct else "~%0%"
    percent = f"{float(100 * share):.5f}".rstrip("0").rstrip(".")
    return f"~%{percent}%" if choice.correct else f"~%-{percent}%"


def _answer(text: str) -> str:
    """Return an answer; what only looks like a mark of its format is shown to be text."""
    return f"{_MARKDOWN if _FORMAT.match(text) else ''}{_text(text)}"


def _text(text: str) -> str:
    return _SIGNS.sub(lambda sign: f"\\{sign[0]}", text).replace("\n", "\\n")


def _star(text: str) -> str:
    return text.replace("*", "\\*")


def _comment(text: str) -> str:
    return re.sub(r"[\[\]\\]", lambda sign: f"\\{sign[0]}", text).replace("\n", "\\n")
