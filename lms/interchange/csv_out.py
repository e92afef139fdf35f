"""Questions as a table: to read, to count, to discuss; it is not brought in again."""

import csv
from collections.abc import Sequence
from dataclasses import fields
from io import StringIO

from lms.content.model import Item
from lms.interchange.loss import Fate, Loss
from lms.interchange.prompts import title_of
from lms.interchange.write_markdown import key_text, settings_of
from lms.interchange.written import Written, report

_MARK = "\ufeff"  # without it Excel takes UTF-8 for something else
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TEXTS = ("id", "kind", "prompt", "body", "answers", "right", "feedback", "hint", "explanation")
_ANSWERS = frozenset({"place", "choices", "accepted", "numbers", "pairs", "steps"})
_SETTINGS = tuple(
    one.name for one in fields(Item) if one.name not in _ANSWERS and one.name not in _TEXTS
)


def write_csv(items: Sequence[Item], _language: str) -> Written:
    """Return the questions as CSV that a spreadsheet opens as text and never as a formula."""
    buffer = StringIO(newline="")
    buffer.write(_MARK)
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow([*_TEXTS, *_SETTINGS])
    for item in items:
        writer.writerow([_safe(cell) for cell in _row(item)])
    fates = [
        Fate(number, title_of(item.prompt) or item.id, item.id)
        for number, item in enumerate(items, start=1)
    ]
    loss = Loss("csv", "a table is to be read: it cannot be brought in again")
    return Written(buffer.getvalue().encode(), report("csv", fates, (loss,)))


def _row(item: Item) -> list[str]:
    settings = settings_of(item)
    numbers = tuple(map(key_text, item.numbers))
    pairs = tuple(f"{pair.left} -> {pair.right}" for pair in item.pairs)
    choices = tuple(one.text for one in item.choices)
    right = tuple(one.text for one in item.choices if one.correct)
    typed = item.accepted or numbers or pairs or item.steps
    texts = {
        "id": item.id,
        "kind": item.kind.value,
        "prompt": item.prompt,
        "body": item.body,
        "answers": "\n".join(choices or typed),
        "right": "\n".join(right or typed),
        "feedback": "\n".join(
            f"{one.text}: {one.feedback}" for one in item.choices if one.feedback
        ),
        "hint": item.hint,
        "explanation": item.explanation,
    }
    return [*(texts[name] for name in _TEXTS), *(settings.get(name, "") for name in _SETTINGS)]


def _safe(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula, leading spaces or not."""
    risky = text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA)
    return f"'{text}" if risky else text
