"""The examples of docs/GRADING.md, which a participant may hold against us, are true."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

from lms.assessment.grading import grade_item
from lms.assessment.values import Answer, QuizItem
from lms.content.model import ItemKind
from lms.content.parse_module import parse_module
from lms.publishing.item_document import item_document

_PAGE = (Path(__file__).parents[2] / "docs" / "GRADING.md").read_text(encoding="utf-8")
_EXAMPLE = re.compile(
    r"```markdown\n(.*?)```\n\n\| answer \| earns \|\n\|---\|---\|\n(.*?)\n\n", re.DOTALL
)
_ROW = re.compile(r"\| (.*) \| (\S+) of (\d+) \|")
_HEAD = """\
---
id: sample
title: Sample
language: en
minutes: 1
reviewed: 2026-11-01
review_by: 2027-11-01
---

# Sample

## Text {#text}

Text.

## Quiz

"""


def _item(markdown: str) -> QuizItem:
    module, problems = parse_module("content/modules/sample/en.md", _HEAD + markdown)
    assert module is not None
    assert not problems
    return QuizItem.from_document(item_document(module.items[:1]))


def _answer(written: str) -> Answer:
    if written == "*nothing*":
        return ()
    if written.startswith("`"):
        return (written.strip("`"),)
    return tuple(int(place) - 1 for place in written.split(", "))


EXAMPLES = [
    pytest.param(_item(markdown), _answer(row[1]), Fraction(row[2]), int(row[3]), id=row[0])
    for markdown, rows in _EXAMPLE.findall(_PAGE)
    for row in _ROW.finditer(rows)
]


@pytest.mark.parametrize(("item", "answer", "raw", "maximum"), EXAMPLES)
def test_an_answer_earns_what_the_page_says(
    item: QuizItem, answer: Answer, raw: Fraction, maximum: int
) -> None:
    score = grade_item(item, answer)
    assert (score.raw, score.maximum) == (raw, maximum)


def test_the_page_has_examples_of_every_kind() -> None:
    assert {example.values[0].kind for example in EXAMPLES} == set(ItemKind)  # type: ignore[union-attr]
    assert len(EXAMPLES) == sum(
        line.startswith("| ") and not line.startswith("| answer") for line in _PAGE.splitlines()
    )
