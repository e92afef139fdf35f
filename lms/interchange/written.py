"""What the writers of all formats share: the questions out, and the report of each."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lms.content.model import Item, ItemKind, Partial
from lms.interchange.loss import Fate, Loss, RefusedError, Report, Sheet, Way
from lms.interchange.prompts import title_of

_PICTURE = re.compile(r"!\[[^\[\]]*\]\(\s*<?([^\s()<>]+)")
_FACT = re.compile(r"\[\^([^\[\]\s]{1,60})\]")


@dataclass(frozen=True, slots=True)
class Written:
    """A file of questions in another format: its bytes, and what became of each question."""

    data: bytes
    report: Report


def each(
    items: Sequence[Item], write: Callable[[Item, Sheet], str]
) -> tuple[tuple[str, ...], tuple[Fate, ...]]:
    """Return every question written by this function, and its fate."""
    texts, fates = [], []
    for number, item in enumerate(items, start=1):
        sheet = Sheet(number, title_of(item.prompt) or item.id)
        why = ""
        try:
            lose_inside(item, sheet)
            texts.append(write(item, sheet))
        except RefusedError as error:
            why = str(error)
        fates.append(Fate(number, sheet.title, item.id, why, sheet.losses))
    return tuple(texts), tuple(fates)


def report(form: str, fates: Sequence[Fate], losses: Sequence[Loss] = ()) -> Report:
    """Return the report of what was written."""
    return Report(form, Way.OUT, tuple(fates), tuple(losses))


def lose_inside(item: Item, sheet: Sheet) -> None:
    """Note what every other system lacks: our pictures, our facts, our gates."""
    texts = [item.prompt, item.body, item.hint, item.explanation, *item.steps]
    texts += [text for one in item.choices for text in (one.text, one.feedback)]
    texts += [text for pair in item.pairs for text in (pair.left, pair.right)]
    whole = "\n".join(texts)
    for address in _PICTURE.findall(whole):
        sheet.lose(f"picture {address}", "the file is not taken along: send it by hand")
    for fact in dict.fromkeys(_FACT.findall(whole)):
        sheet.lose(f"note [^{fact}]", "facts are not taken along: elsewhere it is only a mark")
    for name, why in _GATES.items():
        if getattr(item, name):
            sheet.lose(name, f"{why} here alone: elsewhere it is only kept")


_GATES = {
    "must": "a question decides a pass",
    "section": "a miss sends the reader to a section",
    "facts": "an answer rests on facts",
    "testimony": "an answer rests on a testimony",
    "pool": "questions are drawn from a pool by the module's rules",
    "practice": "a question is answered on the spot",
}


def lose_partial(item: Item, sheet: Sheet, *, gives_parts: bool) -> None:
    """Note where another system shares out points otherwise than this question does."""
    if item.kind not in {ItemKind.MULTIPLE, ItemKind.MATCH, ItemKind.ORDER}:
        return
    if item.partial is Partial.NONE and gives_parts:
        sheet.lose("partial: none", "elsewhere each right part earns a share")
    if item.partial is Partial.EACH and not gives_parts:
        sheet.lose("partial: each", "elsewhere it is all or nothing")


def percent(share: Fraction) -> str:
    """Return a share of one as Moodle writes percents: five places, no zeros at the end."""
    return f"{float(share * 100):.5f}".rstrip("0").rstrip(".")
