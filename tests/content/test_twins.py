"""Two languages of one module: which stays behind, since when, and how they differ."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from lms.content.check import check_files
from lms.content.files import Files
from lms.content.model import Content
from lms.content.read import read
from lms.content.same import Difference
from lms.content.side_by_side import Twins, side_by_side
from lms.content.twins import Change, Changes, item_key, lagging, section_key

TODAY = date(2026, 11, 21)
COURSE = """\
id: seminar
kind: diversion
languages: [fr, en]
title: {fr: Séminaire, en: Seminar}
modules: [case]
quiz: {pass: 80, attempts: unlimited, pause: 10 min}
deadline: 90 days
"""
MODULE = """\
---
id: case
title: Case
language: en
minutes: 1
reviewed: 2026-11-01
review_by: 2027-11-21
---

# Case

## First {#first}

Words of the first page.

## Second {#second}

Words of the second page.

## Quiz

### Ready?
<!-- id: ready, section: first -->
- (x) Yes
- ( ) No

### Steady?
<!-- id: steady, section: second -->
- (x) Yes
- ( ) No
- ( ) Neither
"""
FRENCH, ENGLISH = "content/modules/01-case/fr.md", "content/modules/01-case/en.md"


def files(french: str = "", english: str = MODULE, course: str = COURSE) -> Files:
    french = french or MODULE.replace("language: en", "language: fr")
    texts = {FRENCH: french, ENGLISH: english, "content/courses/seminar.yml": course}
    data = {path: text.encode() for path, text in texts.items() if text}
    return Files("content", data, frozenset(data))


def content(**changed: str) -> Content:
    return read(files(**changed)).content


def at(day: date, *, exact: bool = True) -> Change:
    return Change(day, is_exact=exact)


def _changed(path: str, **days: date) -> Changes:
    """Say that these sections of a file changed; the other file stands since May."""
    may = at(date(2026, 5, 1), exact=False)
    parts = {section_key(name): may for name in ("first", "second")}
    own = {section_key(name): at(day) for name, day in days.items()}
    return {FRENCH: parts, ENGLISH: parts, path: {**parts, **own}}


def _rules(changes: Changes | None = None, **changed: str) -> list[tuple[str, str]]:
    _, problems = check_files(files(**changed), TODAY, changes=changes or {})
    return [(problem.rule, problem.place.path) for problem in problems]


def test_languages_that_were_reviewed_on_one_day_are_together() -> None:
    assert lagging(content(), TODAY) == {}


def test_the_side_that_was_reviewed_earlier_stays_behind_since_the_other_was_reviewed() -> None:
    older = MODULE.replace("reviewed: 2026-11-01", "reviewed: 2026-03-01")
    (key, lag), *rest = lagging(content(english=older), TODAY).items()
    assert (key, rest) == (("case", "en"), [])
    assert (lag.twin, lag.since, lag.days) == ("fr", date(2026, 11, 1), 20)
    assert lag.term == timedelta(days=30)
    assert not lag.is_late


def test_a_section_that_changed_in_french_alone_leaves_english_behind_and_is_named() -> None:
    changes = _changed(FRENCH, second=date(2026, 11, 10))
    lag = lagging(content(), TODAY, changes)["case", "en"]
    assert (lag.sections, lag.since) == (("second",), date(2026, 11, 10))
    assert ("case", "fr") not in lagging(content(), TODAY, changes)
    assert _rules(changes) == [("older-side", ENGLISH)]


def test_whoever_reads_his_side_again_and_says_so_is_no_longer_behind() -> None:
    read_again = MODULE.replace("reviewed: 2026-11-01", "reviewed: 2026-11-10")
    changes = _changed(FRENCH, second=date(2026, 11, 10))
    assert ("case", "en") not in lagging(content(english=read_again), TODAY, changes)


def test_a_change_before_the_last_review_leaves_nobody_behind() -> None:
    assert lagging(content(), TODAY, _changed(FRENCH, first=date(2026, 10, 30))) == {}


def test_a_text_whose_beginnings_nobody_knows_is_not_called_newer() -> None:
    changes = {
        FRENCH: {section_key("first"): at(date(2026, 11, 20), exact=False)},
        ENGLISH: {section_key("first"): at(date(2026, 5, 1), exact=False)},
    }
    assert lagging(content(), TODAY, changes) == {}


def test_past_the_term_of_the_course_staying_behind_refuses_publication() -> None:
    old = MODULE.replace("reviewed: 2026-11-01", "reviewed: 2026-03-01")
    changes = _changed(FRENCH, first=date(2026, 10, 21))
    assert _rules(changes, english=old) == [("translation-late", ENGLISH)]
    changes = _changed(FRENCH, first=date(2026, 10, 22))
    assert _rules(changes, english=old) == [("older-side", ENGLISH)]


def test_a_course_may_give_another_term() -> None:
    old = MODULE.replace("reviewed: 2026-11-01", "reviewed: 2026-03-01")
    short = f"{COURSE}translation_term: 2 weeks\n"
    assert _rules(english=old) == [("older-side", ENGLISH)]
    assert _rules(english=old, course=short) == [("translation-late", ENGLISH)]


def test_of_two_courses_the_shorter_term_counts_and_without_a_course_there_is_none() -> None:
    old = MODULE.replace("reviewed: 2026-11-01", "reviewed: 2026-03-01")
    found = content(english=old)
    other = replace(found.courses["seminar"], id="other", translation_term=timedelta(days=5))
    both = replace(found, courses={**found.courses, "other": other})
    assert lagging(both, TODAY)["case", "en"].term == timedelta(days=5)
    assert lagging(replace(found, courses={}), TODAY)["case", "en"].term is None


def test_a_module_that_is_not_written_yet_stays_behind_since_the_other_was_written() -> None:
    lag = lagging(content(english=""), TODAY)["case", "en"]
    assert lag.is_missing
    assert lag.since == date(2026, 11, 1)
    early = {FRENCH: {section_key("first"): at(date(2026, 10, 1), exact=False)}}
    assert lagging(content(english=""), TODAY, early)["case", "en"].is_late
    assert _rules(english="") == [("translation-missing", "content/courses/seminar.yml")]
    assert _rules(early, english="") == [("translation-late", "content/courses/seminar.yml")]


def test_french_must_be_there_before_english_whatever_the_term() -> None:
    french = MODULE.replace("## Second {#second}\n\nWords of the second page.\n\n", "")
    french = french.replace("language: en", "language: fr").replace(
        "section: second", "section: first"
    )
    assert ("same-sections", ENGLISH) in _rules(french=french)
    alone = files(english=MODULE)
    data = {path: text for path, text in alone.texts.items() if path != FRENCH}
    _, problems = check_files(Files("content", data, frozenset(data)), TODAY)
    assert [problem.rule for problem in problems] == ["language-missing"]


def _twins(changes: Changes | None = None, **changed: str) -> Twins:
    found = content(**changed)
    both = found.modules.get(("case", "fr")), found.modules.get(("case", "en"))
    return side_by_side(both, ("fr", "en"), changes or {})


def _differences(twins: Twins) -> Mapping[str, tuple[Difference, ...]]:
    pages = {pair.id: pair.differences for pair in twins.sections}
    questions = {pair.id: pair.differences for pair in twins.items}
    return {name: found for name, found in {**pages, **questions}.items() if found}


def test_side_by_side_a_twin_differs_in_nothing() -> None:
    twins = _twins()
    assert [pair.id for pair in twins.sections] == ["first", "second"]
    assert [pair.id for pair in twins.items] == ["ready", "steady"]
    assert _differences(twins) == {}
    assert (twins.missing, twins.older, twins.different, twins.has_history) == (0, 0, 0, False)


def test_what_is_missing_on_one_side_stands_where_the_other_has_it() -> None:
    english = MODULE.replace("## First {#first}", "## More {#more}\n\nMore.\n\n## First {#first}")
    english = english.replace("## Second {#second}\n\nWords of the second page.\n\n", "")
    twins = _twins(english=english)
    assert [pair.id for pair in twins.sections] == ["more", "first", "second"]
    assert [tuple(side is None for side in pair.sides) for pair in twins.sections] == [
        (True, False),
        (False, False),
        (False, True),
    ]
    assert twins.missing == 2


def test_what_differs_in_structure_is_named() -> None:
    english = (
        MODULE.replace("Words of the first page.", "Words[^T01].")
        .replace("id: ready,", "id: ready, points: 2, pool: a, must: yes,")
        .replace("- (x) Yes\n- ( ) No\n- ( ) Neither", "- ( ) Yes\n- (x) No\n- ( ) Neither")
    )
    assert _differences(_twins(english=english)) == {
        "first": (Difference.FACTS,),
        "ready": (Difference.POINTS, Difference.POOL, Difference.GATES),
        "steady": (Difference.RIGHT,),
    }


def test_other_kinds_counts_orders_and_practice_are_named() -> None:
    english = (
        MODULE.replace("- (x) Yes\n- ( ) No\n\n", "____\n\n")
        .replace("- ( ) Neither\n", "")
        .replace("{#first}", "{#tmp}")
        .replace("{#second}", "{#first}")
        .replace("{#tmp}", "{#second}")
        .replace(
            "Words of the first",
            "[[testimony: rose]]\n\n### Q?\n<!-- id: q, practice: yes -->\n____\n\nA",
        )
    )
    found = _differences(_twins(english=english))
    assert found["ready"] == (Difference.KIND,)
    assert Difference.OPTIONS in found["steady"] or Difference.KIND in found["steady"]
    assert found["second"] == (Difference.PRACTICE, Difference.TESTIMONIES, Difference.ORDER)
    assert found["first"] == (Difference.ORDER,)


def test_a_question_that_changed_in_one_language_alone_is_older_in_the_other() -> None:
    may = at(date(2026, 5, 1), exact=False)
    changes = {
        FRENCH: {item_key("ready"): at(date(2026, 11, 20)), item_key("steady"): may},
        ENGLISH: {item_key("ready"): may, item_key("steady"): may},
    }
    twins = _twins(changes)
    assert {pair.id: pair.older for pair in twins.items} == {"ready": "en", "steady": ""}
    assert twins.has_history


def test_a_question_whose_beginnings_nobody_knows_is_not_called_newer() -> None:
    changes = {
        FRENCH: {item_key("ready"): at(date(2026, 11, 20), exact=False)},
        ENGLISH: {item_key("ready"): at(date(2026, 5, 1), exact=False)},
    }
    assert _twins(changes).older == 0


def test_a_module_without_a_twin_is_shown_beside_nothing() -> None:
    twins = _twins(english="")
    assert twins.missing == 4
    assert {pair.differences for pair in twins.sections} == {(Difference.MISSING,)}
