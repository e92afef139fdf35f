"""What is written as Markdown is read back as it was, and text that comes in stays text."""

import html
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.model import Choice, Item, ItemKind, NumberKey, Pair
from lms.content.parse_module import parse_module
from lms.interchange.escape import escape, one_line
from lms.interchange.loss import RefusedError, Sheet
from lms.interchange.prompts import Form, flow, line, put_prompt
from lms.interchange.questions import Found, Home, Reading, bring, with_settings
from lms.interchange.write_markdown import NOWHERE, read_back, write_item, write_markdown
from lms.publishing.markdown import RenderRequest, render_markdown
from tests.interchange.every_kind import HEAD, every_item, module_items

_MODULES = sorted(Path("content/modules").glob("*/*.md"))
# Pieces of which texts are made that would like to be something else.
_SLY = [
    *"\\`*_[]<>~|&#!{}()-+=.:^$\"'1aé ",
    "**", "__", "- ", "1. ", "# ", "> ", "```", "<b>", "&amp;", "![x](y)", "[x](y)", "[^T01]",
    "---", "****", "- ( ) x", "[x] ", "a_b_c", "<!-- id: x -->", "Hint: ", "Explication : ",
    "\u00a0", "{#x}", "    ", "\t", "____", " -> ", "= 7", "[[testimony: lea]]", "https://e.ca/?a=1&b=2_c",
    "www.e.ca", "%50%", "::", "\n", "\r\n", "\x00", "\u2028", "\x85",
]  # fmt: skip
_TEXTS = st.lists(st.sampled_from(_SLY), min_size=1, max_size=12).map("".join)
_WORDS = _TEXTS.filter(lambda text: re.search(r"\w", one_line(text)) is not None)


@pytest.mark.parametrize("path", _MODULES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_question_that_authors_have_written_is_written_back_as_it_was(path: Path) -> None:
    items = module_items(path)
    assert items
    for item in items:
        assert read_back(write_item(item, path.stem), practice=item.practice)[0] == item


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_question_of_every_kind_and_setting_is_written_back_as_it_was(language: str) -> None:
    items = tuple(item for item in every_item() if not item.practice)
    text = HEAD.format(language=language) + "## Quiz\n\n" + write_markdown(items, language)
    module, _ = parse_module("", text)
    assert module is not None
    assert tuple(replace(item, place=NOWHERE) for item in module.items) == items
    assert {item.kind for item in items} == set(ItemKind)
    word = {"fr": "> Indice :", "en": "> Hint:"}[language]
    assert word in text


def test_a_question_that_no_markdown_says_is_refused_and_not_written_as_another() -> None:
    item = replace(every_item()[3], body="- ( ) an answer in the text")
    with pytest.raises(RefusedError):
        write_item(item, "en")


@settings(max_examples=150, deadline=None)
@given(_WORDS, _WORDS, _WORDS, _WORDS)
def test_whatever_the_words_of_a_question_are_they_are_taken_as_words(
    asked: str, first: str, second: str, said: str
) -> None:
    sheet = Sheet(1)
    choices = (
        Choice(escape(f"a {first}"), correct=True, feedback=flow(said, Form.PLAIN, sheet)),
        Choice(escape(f"b {second}")),
    )
    item = Item("", ItemKind.TRUE_FALSE, "", NOWHERE, choices=choices, shuffle=False)
    item = put_prompt(item, asked, Form.PLAIN, sheet)
    item = replace(item, hint=flow(said, Form.PLAIN, sheet), body=flow(first, Form.PLAIN, sheet))
    brought = bring(Reading((Found(1, "", item),)), "gift", Home("fr"))
    assert brought.report.refused == ()
    assert [loss for loss in brought.report.fates[0].losses if loss.what == "Markdown"] == []
    (taken,) = brought.items
    assert (taken.prompt, taken.choices, taken.hint) == (item.prompt, item.choices, item.hint)
    module, _ = parse_module("", HEAD.format(language="fr") + "## Quiz\n\n" + brought.markdown)
    assert module is not None
    assert [replace(one, place=NOWHERE) for one in module.items] == [taken]


@settings(max_examples=80, deadline=None)
@given(_WORDS, _WORDS)
def test_the_sides_of_a_match_and_the_steps_of_an_order_stay_what_they_are(
    left: str, right: str
) -> None:
    sides = [line(f"{word} x", Form.PLAIN, Sheet(1)) for word in (left, right)]
    pairs = (Pair(sides[0], sides[1]), Pair("p", "q"))
    match = Item("m", ItemKind.MATCH, "Match.", NOWHERE, pairs=pairs)
    order = Item("o", ItemKind.ORDER, "Order.", NOWHERE, steps=(*sides, "last"))
    reading = Reading((Found(1, "", with_settings(match, {}, Sheet(1))), Found(2, "", order)))
    brought = bring(reading, "gift", Home("en"))
    assert [item.pairs or item.steps for item in brought.items] == [pairs, order.steps]


@settings(max_examples=5, deadline=None)
@given(st.lists(_WORDS, min_size=60, max_size=60))
def test_escaped_words_look_on_the_page_as_they_were_typed(texts: list[str]) -> None:
    pages = render_markdown([RenderRequest(escape(text)) for text in texts])
    for text, page in zip(texts, pages, strict=True):
        shown = html.unescape(re.sub(r"<[^>]+>", "", page))
        if not re.search(r"https?:|www\.", text):  # an address becomes a link, or shows its marks
            assert " ".join(shown.split()) == " ".join(one_line(text).split())
            assert page.startswith("<p>")


@pytest.mark.parametrize(
    ("value", "tolerance", "written"),
    [
        ("7", "1/2", "- = 7 +- 0.5"),
        ("-49/4", "0", "- = -12.25"),
        ("12345678", "0", "- = 12345678 +- 0"),  # without it these would be words
        ("1/1000", "0", "- = 0.001"),
    ],
)
def test_a_number_is_written_in_digits_and_read_back_exactly(
    value: str, tolerance: str, written: str
) -> None:
    key = NumberKey(Fraction(value), Fraction(tolerance))
    item = Item("n", ItemKind.NUMBER, "How many?", NOWHERE, numbers=(key,))
    assert written in write_item(item, "en").split("\n")


def test_a_number_that_has_no_end_is_refused() -> None:
    item = Item("n", ItemKind.NUMBER, "How many?", NOWHERE, numbers=(NumberKey(Fraction(1, 3)),))
    with pytest.raises(RefusedError, match="too many digits"):
        write_item(item, "en")
