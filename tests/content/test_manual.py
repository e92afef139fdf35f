"""The author's manual says what the check does: a section for each rule, examples that hold."""

import re
from datetime import date
from pathlib import Path

import pytest

from lms.content.check import check_files
from lms.content.files import Files
from lms.content.model import ItemKind
from lms.content.parse_module import parse_module
from lms.content.rules import RULES, Rule
from lms.content.sections import chunks
from lms.content.source import scan, split_lines

MANUAL = Path(__file__).parents[2] / "docs" / "AUTHORING.md"
TEXT = MANUAL.read_text("utf-8")
_, CHUNKS = chunks(scan(split_lines(TEXT))[0], 3)
SECTIONS = {
    chunk.heading.text: "\n".join(line.text for line in chunk.lines)
    for chunk in CHUNKS
    if chunk.heading.level == 3
}
EXAMPLES = re.findall(r"^```(markdown|yaml)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_an_author_finds_each_rule_wrong_and_right(rule: Rule) -> None:
    section = SECTIONS[rule.name]
    assert section.strip().startswith(f"*{rule.severity.capitalize()}.* ")
    wrong, right = re.findall(r"(?:Wrong|Right):\n\n```text\n(.+?)\n```", section, re.DOTALL)
    assert wrong != right


def test_the_manual_names_no_rule_that_does_not_exist() -> None:
    assert set(SECTIONS) == {rule.name for rule in RULES}


def test_the_module_of_the_manual_passes_the_check() -> None:
    (module, testimony), (facts, course) = (
        [text for kind, text in EXAMPLES if kind == wanted] for wanted in ("markdown", "yaml")
    )
    found = {
        "content/modules/04-law/en.md": module,
        "content/modules/05-support/en.md": module.replace("id: law", "id: support"),
        "content/testimonies/lea/en.md": testimony.replace("S05, S07", "T09"),
        "content/facts.yml": facts + facts.replace("T09", "T01"),
        "content/courses/seminar.yml": course.replace("[fr, en] ", "[en] "),
    }
    texts = {path: text.encode() for path, text in found.items()}
    _, problems = check_files(Files("content", texts, frozenset(texts)), date(2026, 11, 21))
    assert problems == ()


def test_the_module_of_the_manual_shows_what_it_explains() -> None:
    module, _ = parse_module("content/modules/04-law/en.md", EXAMPLES[0][1])
    assert module is not None
    assert [item.kind for item in module.items] == [
        ItemKind.SINGLE,
        ItemKind.NUMBER,
        ItemKind.TEXT,
    ]
    assert [item.id for item in module.sections[0].practice] == ["practice-place"]
