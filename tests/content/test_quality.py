"""What is measured of a module, and what the measures stand for."""

import json
from datetime import date

import pytest

from lms.content.check import check_files
from lms.content.files import Files
from lms.content.outside_links import outside_links, web_address
from lms.content.quality import LengthBias, ModuleQuality, PoolQuality, grade_range, quality
from lms.content.quality_report import quality_as_json, quality_as_text

TODAY = date(2026, 11, 21)
MODULE = """\
---
id: case
title: Case
language: en
minutes: 4
reviewed: 2026-11-21
review_by: 2027-11-21
quiz: {draw: {cases: 2}}
---

# Case

## First {#first}

%s

Go [there](#second), [out](https://example.org/a), [out](https://example.org/a), [nowhere](x.md)
or [call](tel:811). They are 12[^T01].

![](media/map.png) ![A map](media/map.png)

### Ready?
<!-- id: ready, practice: yes -->
- (x) Yes
- ( ) No

## Second {#second}

Few [words](y.md).

## Quiz

### One?
<!-- id: one, section: first, pool: cases -->
- ( ) Short
- (x) The longest of them all
- ( ) Short too

### Two?
<!-- id: two, section: first, pool: cases -->
- (x) Yes
- ( ) No, never

### Three?
<!-- id: three, section: second, pool: cases -->
- [x] Both
- [ ] None

### Four?
<!-- id: four, section: second -->
- = 12

> Explanation: see [this](https://example.org/b).
"""
FACTS = """\
- id: T01
  statement: {en: Twelve., fr: Douze.}
  source: Somebody, 2023
  address: example.org/fact
  checked: 2025-11-21
  review_by: 2026-11-20
"""
SENTENCE = "We walk to the shop to buy some bread. "


def measured(words: str = SENTENCE * 20) -> ModuleQuality:
    texts = {
        "content/modules/01-case/en.md": (MODULE % words).encode(),
        "content/facts.yml": FACTS.encode(),
    }
    paths = frozenset({*texts, "content/modules/01-case/media/map.png"})
    content, problems = check_files(Files("content", texts, paths), TODAY)
    (found,) = quality(content, problems, TODAY)
    return found


def test_minutes_are_counted_from_the_words_that_one_participant_reads() -> None:
    found = measured()
    first, second = found.sections
    assert second.words == 2
    assert first.words == 180 + 7 + 3 + 3
    assert first.word_minutes == pytest.approx(first.words / 130)
    # Of three questions in the pool two are asked.
    assert found.words == first.words + second.words + 9 + 4 + 3
    assert first.author_seconds + second.author_seconds < 4 * 60
    assert first.author_seconds > second.author_seconds


def test_a_page_of_few_words_has_no_grade_and_a_hard_one_a_high_grade() -> None:
    easy = measured().sections
    assert easy[1].grade is None
    assert easy[0].grade is not None
    hard = measured(
        "Organizational responsibilities necessitate interdepartmental deliberation " * 20
    )
    assert hard.hardest is not None
    assert easy[0].grade < 4
    assert hard.hardest > 12


def test_questions_are_counted_where_they_send_the_reader() -> None:
    first, second = measured().sections
    assert (first.practice, first.questions) == (1, 2)
    assert (second.practice, second.questions) == (0, 2)
    assert measured().questions == 4


def test_a_pool_stands_beside_what_is_drawn_from_it() -> None:
    (pool,) = measured().pools
    assert pool == PoolQuality("cases", 3, 2)
    assert not pool.is_enough_for_retake
    assert PoolQuality("cases", 4, 2).is_enough_for_retake


def test_the_longest_option_is_counted_beside_what_chance_gives() -> None:
    assert measured().bias == LengthBias(asked=2, longest=1, chance=1 / 3 + 1 / 2)


def test_links_are_told_apart_and_dead_ones_stand_at_their_page() -> None:
    found = measured()
    assert found.links.outside == ("https://example.org/a", "https://example.org/b")
    assert (found.links.inside, found.links.dead, found.links.contacts) == (3, 2, 1)
    assert [section.links.dead for section in found.sections] == [1, 1]
    assert found.sections[0].links.outside == ("https://example.org/a",)


def test_pictures_without_words_are_counted() -> None:
    found = measured()
    assert (found.pictures, found.bare_pictures) == (2, 1)
    assert [section.bare_pictures for section in found.sections] == [1, 0]


def test_facts_that_are_past_their_review_are_named() -> None:
    found = measured()
    assert (found.facts, found.facts_due) == (1, ("T01",))
    assert [section.facts_due for section in found.sections] == [("T01",), ()]


@pytest.mark.parametrize(
    ("grade", "language", "stands_for"),
    [
        (7.6, "en", (7, 9)),
        (0.2, "en", (1, 2)),
        (8.5, "fr", (8, 9)),
        (14.5, "fr", (13, 16)),
        (17.0, "fr", (17, 17)),
    ],
)
def test_a_grade_is_never_given_as_exact(
    grade: float, language: str, stands_for: tuple[int, int]
) -> None:
    assert grade_range(grade, language) == stands_for


def test_programs_and_people_are_told_the_same() -> None:
    (module,) = json.loads(quality_as_json([measured()]))
    assert module["language"] == "en"
    assert module["pools"] == [
        {"pool": "cases", "size": 3, "drawn": 2, "enough_for_a_retake": False}
    ]
    assert module["sections"][1]["grade"] is None
    assert set(module["sections"][0]["grade"]) == {"from", "to", "formula"}
    assert module["longest_option"] == {"asked": 2, "longest_is_right": 1, "by_chance": 0.83}
    text = quality_as_text([measured()])
    assert "longest option right in 1 of 2 (by chance 0.8)" in text
    assert "pool cases: 2 of 3" in text


def test_addresses_outside_are_those_of_texts_and_of_facts_each_once() -> None:
    texts = {
        "content/modules/01-case/en.md": (MODULE % "").encode(),
        "content/facts.yml": FACTS.encode(),
    }
    content, _ = check_files(Files("content", texts, frozenset(texts)), TODAY)
    assert list(outside_links(content)) == [
        "https://example.org/a",
        "https://example.org/b",
        "https://example.org/fact",
    ]


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("quebec.ca/page", "https://quebec.ca/page"),
        ("http://quebec.ca", "http://quebec.ca"),
        ("HTTPS://quebec.ca", "HTTPS://quebec.ca"),
        ("javascript:alert(1)//a.b", ""),
        ("mailto:a@b.ca", ""),
        ("data:text/html,a.b", ""),
        ("//a.b", ""),
        ("a book, vol. 2", ""),
        ("nowhere", ""),
        ("..", ""),
    ],
)
def test_an_address_is_a_link_only_where_a_browser_can_follow_it(typed: str, address: str) -> None:
    assert web_address(typed) == address
