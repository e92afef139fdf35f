"""The eight kinds of question, their settings and defaults, as an author types them."""

from fractions import Fraction

import pytest

from lms.content.model import Item, ItemKind, Module, NumberKey, Pair, Partial, Prose
from lms.content.parse_module import parse_module

HEAD = """---
id: law
title: The law
language: en
minutes: 5
reviewed: 2026-11-21
review_by: 2027-11-21
---

# The law

## Minors {#minors}

"""
EXAMPLE = """Words.

## Quiz

### Can anyone consent to being exploited?
<!-- id: consent, points: 2, must: yes, section: minors, facts: T04 T05 -->

> Hint: think of what the law calls exploitation.

- ( ) Yes, an adult who is paid
  > Being paid does not make a threat disappear.
  > Not ever.
- (x) No: consent is never a defence
  for the trafficker
- ( ) Only with a written agreement

> Explanation: Criminal Code, s. 279.01(2).

### Which of these can be a sign of control?
<!-- id: signs, points: 3 -->
- [x] Somebody else keeps her papers
- [ ] She smiles
- [x] She does not know which city she is in

### What is the number of the national hotline?
<!-- id: hotline, pool: numbers -->
- = 1-833-900-1010
- = 18339001010

### In percent, what did the chief quote?
<!-- id: quoted, pool: numbers -->
- = 7 +- 0.5

### Match each word with its meaning.
<!-- id: words, points: 3 -->
- Recruitment -> promising a job
- Control -> keeping the money

### Put these steps in their usual order.
<!-- id: steps -->
1. The meeting
2. The promise

### What will you do differently?
<!-- id: commitment, graded: no, min_words: 15 -->
____

### Does it need a border?
<!-- id: border -->
- ( ) Yes
- (x) No
"""


def module(text: str) -> Module:
    found, problems = parse_module("content/modules/04-law/en.md", HEAD + text)
    assert problems == ()
    assert found is not None
    return found


def items(text: str) -> dict[str, Item]:
    return {item.id: item for item in module(text).items}


def item(answers: str, settings: str = "", prompt: str = "Which?") -> Item:
    words = f"Words.\n\n## Quiz\n\n### {prompt}\n<!-- id: one{settings} -->\n{answers}\n"
    return items(words)["one"]


def test_an_author_writes_each_of_the_eight_kinds() -> None:
    kinds = {name: item.kind for name, item in items(EXAMPLE).items()}
    assert kinds == {
        "consent": ItemKind.SINGLE,
        "signs": ItemKind.MULTIPLE,
        "hotline": ItemKind.TEXT,
        "quoted": ItemKind.NUMBER,
        "words": ItemKind.MATCH,
        "steps": ItemKind.ORDER,
        "commitment": ItemKind.OPEN,
        "border": ItemKind.TRUE_FALSE,
    }


def test_a_question_keeps_all_that_its_author_wrote() -> None:
    consent = items(EXAMPLE)["consent"]
    assert consent.prompt == "Can anyone consent to being exploited?"
    assert (consent.points, consent.must, consent.section) == (2, True, "minors")
    assert consent.facts == ("T04", "T05")
    assert consent.hint == "think of what the law calls exploitation."
    assert consent.explanation == "Criminal Code, s. 279.01(2)."
    assert [choice.correct for choice in consent.choices] == [False, True, False]
    expected = "Being paid does not make a threat disappear.\nNot ever."
    assert consent.choices[0].feedback == expected
    assert consent.choices[1].text == "No: consent is never a defence\nfor the trafficker"
    assert consent.place.line == 18


def test_matches_steps_words_and_numbers_keep_their_order() -> None:
    found = items(EXAMPLE)
    assert found["words"].pairs[0] == Pair("Recruitment", "promising a job")
    assert found["steps"].steps == ("The meeting", "The promise")
    assert found["hotline"].accepted == ("1-833-900-1010", "18339001010")
    assert found["quoted"].numbers == (NumberKey(Fraction(7), Fraction(1, 2)),)


def test_a_setting_that_is_not_given_has_its_default() -> None:
    found = items(EXAMPLE)
    one, several, written = found["consent"], found["signs"], found["commitment"]
    assert (several.points, several.must, several.pool, several.section) == (3, False, "", "")
    assert [found[name].partial for name in ("signs", "words", "steps")] == [Partial.EACH] * 3
    assert (one.partial, found["hotline"].partial) == (Partial.NONE, Partial.NONE)
    assert (one.shuffle, found["border"].shuffle) == (True, False)
    assert (one.graded, written.graded, written.min_words) == (True, False, 15)


@pytest.mark.parametrize(
    "option",
    [
        "All of the above",
        "None of these",
        "Toutes ces réponses",
        "Aucune de ces réponses",
        "Toutes les réponses",
        "Neither of these",
    ],
)
def test_options_stay_in_order_where_one_is_about_the_others(option: str) -> None:
    assert not item(f"- (x) One\n- ( ) Two\n- ( ) {option}").shuffle


@pytest.mark.parametrize("option", ["Tout le monde", "Almost all women", "Aucune idée"])
def test_options_are_shuffled_where_none_is_about_the_others(option: str) -> None:
    assert item(f"- (x) One\n- ( ) Two\n- ( ) {option}").shuffle


def test_an_author_may_stop_the_shuffling_and_the_shares() -> None:
    assert not item("- (x) One\n- ( ) Two\n- ( ) Three", ", shuffle: no").shuffle
    assert item("1. One\n2. Two", ", partial: none").partial is Partial.NONE


@pytest.mark.parametrize(
    ("typed", "value", "tolerance"),
    [
        ("7", Fraction(7), Fraction(0)),
        ("7,5", Fraction(15, 2), Fraction(0)),
        ("7.50 ± 0,25", Fraction(15, 2), Fraction(1, 4)),
        ("-3 +- 1", Fraction(-3), Fraction(1)),
        ("−3 +/- 1", Fraction(-3), Fraction(1)),
        ("18339001010 +- 5", Fraction(18339001010), Fraction(5)),
        ("999999", Fraction(999999), Fraction(0)),
    ],
)
def test_a_number_is_exact(typed: str, value: Fraction, tolerance: Fraction) -> None:
    found = item(f"- = {typed}")
    assert (found.kind, found.numbers) == (ItemKind.NUMBER, (NumberKey(value, tolerance),))


@pytest.mark.parametrize(
    "typed", ["1-833-900-1010", "1234567", "9-1-1", "7 %", "seven", "9" * 5000, "٧"]
)
def test_a_telephone_number_or_a_word_is_compared_as_text(typed: str) -> None:
    found = item(f"- = {typed}")
    assert (found.kind, found.accepted) == (ItemKind.TEXT, (typed,))


def test_a_number_among_words_is_a_word() -> None:
    found = item("- = 7\n- = seven")
    assert (found.kind, found.accepted) == (ItemKind.TEXT, ("7", "seven"))


@pytest.mark.parametrize(
    "label",
    ["Hint:", "hint :", "Indice :", "Indice\u00a0:", "Indice\u202f:", "**Indice :**"],
)
def test_a_hint_may_be_called_so_in_both_languages(label: str) -> None:
    assert item(f"\n> {label} think.\n> Think twice.\n\n- (x) Yes\n- ( ) No").hint == (
        "think.\nThink twice."
    )


@pytest.mark.parametrize("label", ["Explanation:", "Explication :", "Explication\u202f:"])
def test_an_explanation_may_be_called_so_in_both_languages(label: str) -> None:
    assert item(f"- (x) Yes\n- ( ) No\n\n> {label} because.").explanation == "because."


def test_text_pictures_and_lists_may_stand_before_the_answers() -> None:
    body = "Look.\n\n1. first\n2. second\n\n- item\n\n```\n- (x) code\n```\n\n> A quotation."
    found = item(f"{body}\n\n- (x) Yes\n- ( ) No")
    assert found.body == body
    assert [choice.text for choice in found.choices] == ["Yes", "No"]


def test_of_two_numbered_lists_the_last_one_is_the_answer() -> None:
    found = item("1. context\n\nNow:\n\n1. One\n2. Two")
    assert (found.body, found.steps) == ("1. context\n\nNow:", ("One", "Two"))


def test_options_may_stand_apart_and_hold_several_paragraphs() -> None:
    found = item("- (x) Yes\n\n  Really.\n\n- ( ) No\n\n  > Why not?\n")
    assert [choice.text for choice in found.choices] == ["Yes\n\nReally.", "No"]
    assert found.choices[1].feedback == "Why not?"


def test_feedback_may_go_on_without_its_sign() -> None:
    found = item("- (x) Yes\n  > Because\n  it is so.\n\n  More of the option.\n- ( ) No")
    assert found.choices[0].feedback == "Because\nit is so."
    assert found.choices[0].text == "Yes\n\nMore of the option."


def test_a_practice_question_ends_where_the_text_goes_on() -> None:
    found = module(
        "Before.\n\n### Ready?\n<!-- id: ready, practice: yes -->\n- (x) Yes\n- ( ) No\n\n"
        "> Explanation: so.\n\nAfter.\n\n1. one\n2. two\n\n## Quiz\n\n### Sure?\n"
        "<!-- id: sure -->\n- (x) Yes\n- ( ) No\n"
    )
    before, practice, after = found.sections[0].blocks
    assert isinstance(before, Prose)
    assert isinstance(practice, Item)
    assert isinstance(after, Prose)
    assert (practice.practice, practice.explanation, practice.kind) == (
        True,
        "so.",
        ItemKind.TRUE_FALSE,
    )
    assert (after.markdown, after.place.line) == ("After.\n\n1. one\n2. two", 23)
    assert [item.id for item in found.items] == ["sure"]


def test_a_practice_question_about_order_is_not_mixed_with_a_list_after_it() -> None:
    found = module(
        "### Order?\n<!-- id: order, practice: yes -->\n1. One\n2. Two\n\nAfter.\n\n1. a\n2. b\n"
    )
    order, after = found.sections[0].blocks
    assert isinstance(order, Item)
    assert isinstance(after, Prose)
    assert order.steps == ("One", "Two")
    assert after.markdown == "After.\n\n1. a\n2. b"


def test_a_question_among_headings_leaves_the_headings_to_the_text() -> None:
    found = module("### A heading\n\nWords.\n\n#### Below it\n\n- [ ] a task\n")
    (prose,) = found.sections[0].blocks
    assert isinstance(prose, Prose)
    assert prose.markdown.startswith("### A heading")
