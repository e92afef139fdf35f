"""What rests on a fact, which facts are due, which numbers are to be dialled."""

from dataclasses import replace
from datetime import date

import pytest

from lms.content.facts_register import (
    UseKind,
    due_facts,
    facts_of,
    phones_of,
    to_dial,
    uses,
)
from lms.content.files import Files
from lms.content.model import Content, Fact, Place
from lms.content.read import read

TODAY = date(2026, 11, 21)
FACT = Fact(
    id="T01",
    statement={"en": "One."},
    source="Somebody",
    address="example.org",
    checked=date(2026, 11, 1),
    review_by=date(2027, 11, 1),
    place=Place("content/facts.yml"),
)
MODULE = """\
---
id: case
title: Case
language: en
minutes: 1
reviewed: 2026-11-21
review_by: 2027-11-21
---

# Case

## First {#first}

Dr. Roy counted 12.[^T01] Nobody else did. They were 13[^T02][^T01]!

| Who | How many |
|---|---|
| Men | 14[^T03] |

### Ready?
<!-- id: ready, practice: yes, facts: T04 -->
- (x) Yes
- ( ) No

[[testimony: rose]]

## Second {#second}

Words.

## Quiz

### How many?
<!-- id: many, section: first, facts: T01 T05 -->
- = 12

> Explanation: see[^T06].
"""
ROSE = "---\nid: rose\nlanguage: en\nkind: composite\nsources: [S05]\n---\n\nI was 15[^S06].\n"


def content(testimony: str = ROSE) -> Content:
    texts = {
        "content/modules/01-case/en.md": MODULE.encode(),
        "content/testimonies/rose/en.md": testimony.encode(),
    }
    return read(Files("content", texts, frozenset(texts))).content


def said(fact_id: str) -> list[tuple[str, str]]:
    return [(str(use.kind), use.text) for use in uses(content()).get(fact_id, ())]


def test_a_sentence_that_rests_on_a_fact_is_given_whole_and_alone() -> None:
    assert said("T01") == [
        ("sentence", "Dr. Roy counted 12[^T01]."),
        ("sentence", "They were 13[^T02][^T01]!"),
        ("question", "How many?"),
    ]


def test_a_row_of_a_table_a_question_and_a_testimony_are_uses_too() -> None:
    assert said("T03") == [("sentence", "Men 14[^T03]")]
    assert said("T04") == [("question", "Ready?")]
    assert said("T06") == [("question", "How many?")]
    assert said("S05") == [("testimony", "")]
    assert said("S06") == [("sentence", "I was 15[^S06].")]


def test_the_words_of_an_original_are_not_handed_out() -> None:
    original = ROSE.replace("composite", "original")
    found = uses(content(original))["S06"]
    assert [(use.kind, use.text) for use in found] == [(UseKind.TESTIMONY, "")]


def test_a_use_says_on_which_page_of_which_module_it_stands() -> None:
    sentence, *_, question = uses(content())["T01"]
    assert (sentence.owner_id, sentence.language, sentence.section, sentence.page) == (
        "case",
        "en",
        "First",
        1,
    )
    assert sentence.place.line == 14
    assert question.page == 0


def test_a_page_rests_on_its_own_facts_and_those_of_the_testimony_that_it_shows() -> None:
    found = content()
    module = found.modules["case", "en"]
    assert facts_of(found, module, 1) == {"T01", "T02", "T03", "T04", "S05", "S06"}
    assert facts_of(found, module, 2) == frozenset()
    assert facts_of(found, module, 0) == {"T01", "T05", "T06"}
    assert facts_of(found, module) == facts_of(found, module, 1) | facts_of(found, module, 0)


def _with(*facts: Fact) -> Content:
    return replace(content(), facts={fact.id: fact for fact in facts})


def test_a_fact_is_due_on_its_day_and_so_many_days_before_where_asked() -> None:
    fact = replace(FACT, review_by=date(2026, 11, 21))
    later = replace(FACT, id="T02", review_by=date(2026, 11, 22))
    assert due_facts(_with(later, fact), TODAY) == (fact,)
    assert due_facts(_with(later, fact), TODAY, days=1) == (fact, later)


def test_a_fact_that_is_due_is_on_its_keepers_list_and_without_one_on_everybodys() -> None:
    kept = replace(FACT, owner="ana", review_by=TODAY)
    free = replace(FACT, id="T02", review_by=TODAY)
    assert due_facts(_with(kept, free), TODAY, "ana") == (kept, free)
    assert due_facts(_with(kept, free), TODAY, "bob") == (free,)
    assert due_facts(_with(kept, free), TODAY) == (kept, free)


@pytest.mark.parametrize(
    ("statement", "phones"),
    [
        ("Call 1 866 277-3553 or 514-527-2626.", ("1 866 277-3553", "514-527-2626")),
        ("Appelez le 1\u00a0866\u00a0277-3553.", ("1\u00a0866\u00a0277-3553",)),
        ("1-833-900-1010: day and night", ("1-833-900-1010",)),
        ("1 866 APPELLE", ("1 866 APPELLE",)),
        ("Write to 9-8-8; Info-Santé 811; 2-1-1", ("9-8-8", "811", "2-1-1")),
        ("In danger: 911 or 9-1-1.", ()),
        ("From 2011 to 2021, 3 500 of 2,688 in s. 279.01(2), 1958-2023", ()),
        ("Text 535353, page 1811, ISBN 978-0-306-40615-7", ()),
    ],
)
def test_a_phone_number_is_told_from_other_numbers(statement: str, phones: tuple[str, ...]) -> None:
    assert phones_of(replace(FACT, statement={"en": statement})) == phones


def test_a_number_is_to_be_dialled_where_nobody_did_or_half_a_year_ago() -> None:
    never = replace(FACT, statement={"en": "Call 811."})
    long_ago = replace(never, id="T02", dialled=date(2026, 5, 25))
    lately = replace(never, id="T03", dialled=date(2026, 5, 26))
    assert to_dial(_with(FACT, never, long_ago, lately), TODAY) == (never, long_ago)
