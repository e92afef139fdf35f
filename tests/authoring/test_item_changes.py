"""What becomes of a question is told for what it is: another key weighs more than other words."""

import pytest

from lms.authoring.item_changes import ItemChange, changed_items
from lms.content.model import Module
from lms.content.parse_module import parse_module
from tests.sample_course import FILES

TEXT = FILES["modules/01-first/en.md"]
KEY, WORDS = ItemChange.KEY, ItemChange.WORDS


def module(text: str) -> Module:
    """Read the module that a text holds."""
    found, _problems = parse_module("content/modules/01-first/en.md", text)
    assert found is not None
    return found


def changes(*edits: tuple[str, str]) -> list[tuple[str, ItemChange]]:
    """Give what becomes of the questions when the first module's text is edited so."""
    text = TEXT
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return [(one.item.id, one.change) for one in changed_items(module(TEXT), module(text))]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("- ( ) A1\n- (x) B1", "- (x) A1\n- ( ) B1", [("single", KEY)]),
        ("- ( ) A1\n- (x) B1", "- ( ) B1\n- (x) A1", [("single", KEY)]),
        ("- (x) B1", "- (x) B one", [("single", WORDS)]),
        ("- [ ] C2", "- [x] C2", [("multiple", KEY)]),
        ("- = Listen", "- = Listen\n- = Hear", [("text", KEY)]),
        ("7 +- 0.5", "7 +- 1", [("number", KEY)]),
        ("- one -> 1\n- two -> 2", "- one -> 2\n- two -> 1", [("match", KEY)]),
        ("- one -> 1", "- one -> 1!", [("match", WORDS)]),
        ("1. A3\n2. B3", "1. B3\n2. A3", [("order", KEY)]),
        ("1. A3", "1. A3!", [("order", WORDS)]),
        ("id: multiple, points: 3", "id: multiple, points: 2", [("multiple", KEY)]),
        ("id: single, section", "id: single, must: yes, section", [("single", KEY)]),
        ("min_words: 3", "min_words: 4", [("open", KEY)]),
        ("### Is it clear?", "### Is it very clear?", [("try", WORDS)]),
        ("id: single, section", "id: other, section",
         [("other", ItemChange.ADDED), ("single", ItemChange.REMOVED)]),
        ("A *short* text.", "A *long* text.", []),
        ("## Quiz\n", "## Quiz\n\n", []),
    ],
)  # fmt: skip
def test_a_change_of_a_question_is_named(
    old: str, new: str, told: list[tuple[str, ItemChange]]
) -> None:
    assert changes((old, new)) == told


def test_a_module_that_is_new_has_new_questions_only_and_one_that_goes_none_left() -> None:
    there = module(TEXT)
    assert {one.change for one in changed_items(None, there)} == {ItemChange.ADDED}
    assert {one.change for one in changed_items(there, None)} == {ItemChange.REMOVED}
    assert changed_items(there, there) == changed_items(None, None) == ()
