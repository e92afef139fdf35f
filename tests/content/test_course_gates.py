"""What an author is told of a course's gates: each fault once, where its cause stands."""

from datetime import date

from lms.content.check import check_files
from lms.content.files import Files
from lms.content.model import Problem

TODAY = date(2026, 11, 21)
COURSE = """\
id: seminar
kind: diversion
languages: [fr, en]
title: {{fr: Séminaire, en: Seminar}}
modules: [law, health]
quiz: {{pass: 80, attempts: {attempts}, pause: 10 min}}
deadline: {deadline}
seat_time: {share}
"""
MODULE = """\
---
id: {name}
title: Case
language: {language}
minutes: 1
reviewed: 2026-11-21
review_by: 2027-11-21
---

# Case

## First {{#first}}

{words}

## Second {{#second}}

{more}

## Quiz

### Ready?
<!-- id: ready, section: first -->
- (x) Yes
- ( ) No
"""
WORDS = "Words of a page."


def course_files(
    *, attempts: str = "unlimited", deadline: str = "90 days", share: str = "70%", **pages: str
) -> dict[str, str]:
    """Write a course of two modules; `law_fr="…"` is the second page of that file."""
    texts = {
        f"content/modules/{place:02}-{name}/{language}.md": MODULE.format(
            name=name,
            language=language,
            words=WORDS,
            more=pages.get(f"{name}_{language}", WORDS),
        )
        for place, name in enumerate(("law", "health"), start=1)
        for language in ("fr", "en")
    }
    rules = {"attempts": attempts, "deadline": deadline, "share": share}
    return texts | {"content/courses/seminar.yml": COURSE.format(**rules)}


def check_texts(texts: dict[str, str]) -> list[Problem]:
    data = {path: text.encode() for path, text in texts.items()}
    return list(check_files(Files("content", data, frozenset(data)), TODAY)[1])


def check(**changes: str) -> list[Problem]:
    return check_texts(course_files(**changes))


def test_an_ordinary_course_has_no_problem() -> None:
    assert check() == []


def test_a_limit_that_the_course_sets_is_told_once_with_the_first_way_that_it_ends() -> None:
    (problem,) = check(attempts="2")
    assert problem.rule == "course-stuck"
    assert problem.message == (
        "module 1 `law`: page 1 → page 2 → quiz, attempts 1 to 2 not passed → no attempt left"
    )
    assert (problem.place.path, problem.place.line) == ("content/courses/seminar.yml", 6)


def test_a_deadline_that_is_too_short_is_told_once_with_the_way_that_is_too_long() -> None:
    stuck, late = check(attempts="200", deadline="1 day")
    assert (stuck.rule, late.rule) == ("course-stuck", "attempts-fit-deadline")
    assert late.message == (
        "module 1 `law`: quiz, attempts 1 to 131 not passed → attempt 132, after 1 day, 0:02:00; "
        "the deadline ends day 1"
    )


def test_a_page_without_words_is_told_in_the_language_whose_times_count() -> None:
    picture = "[^T01]"  # a mark is no word
    told = [one for one in check(law_fr=picture, law_en=picture) if "fact" not in one.rule]
    assert [(one.rule, one.place.path[-5:], one.place.line) for one in told] == [
        ("page-without-time", "fr.md", 16)
    ]
    assert [one for one in check(health_en=picture) if "fact" not in one.rule] == []


def test_a_page_without_words_is_no_fault_where_no_time_is_asked() -> None:
    told = check(law_fr="[^T01]", law_en="[^T01]", share="0%")
    assert [one.rule for one in told if "fact" not in one.rule] == []


def test_what_cannot_be_read_is_not_told_again_as_a_way_around_it() -> None:
    text = MODULE.format(name="law", language="fr", words=WORDS, more=WORDS)
    for heading in ("## First {#first}", "## Second {#second}"):
        text = text.replace(heading, heading.removeprefix("## ") + "\n---")
    files = course_files() | {"content/modules/01-law/fr.md": text}
    rules = {one.rule for one in check_texts(files)}
    assert "underlined-heading" in rules
    assert not rules & {"course-skipped", "course-unfinishable", "course-stuck"}
