"""The head of a file: words are words, and its types come from its keys."""

from datetime import date, timedelta

import pytest

from lms.content.model import CourseKind, QuizRules
from lms.content.parse_course import parse_course
from lms.content.parse_facts import parse_facts
from lms.content.parse_module import parse_module
from lms.content.parse_survey import parse_survey
from lms.content.parse_testimony import parse_testimony
from lms.gates.gate import Sequence

HEAD = """---
id: law
title: {title}
language: en
minutes: 5
reviewed: 2026-11-21
review_by: 2027-11-21
{more}---

# {heading}

## A {{#a}}

Words.
"""
COURSE = """\
id: seminar
kind: diversion                     # diversion: by enrolment code
languages: [fr, en]                 # the first is the default
title: {fr: Séminaire de sensibilisation, en: Awareness seminar}
modules: [trafficking-realities, survivor-testimony, health, law, support]
sequence: in-order                  # in-order | free
quiz: {pass: 80, attempts: unlimited, pause: 10 min}     # defaults
deadline: 90 days
"""


@pytest.mark.parametrize("title", ["no", "on", "1.10", "2026-11-21", "null", "0x1F", "12:30:45"])
def test_a_title_stays_what_its_author_typed(title: str) -> None:
    text = HEAD.format(title=title, heading=title, more="")
    module, problems = parse_module("a/en.md", text)
    assert problems == ()
    assert module is not None
    assert module.title == title


def test_every_key_of_a_module_is_read() -> None:
    more = (
        "warning: Speaks of force.\nobjectives: [no, 1.10]\n"
        "quiz: {pass: 75 %, attempts: 3, pause: 2 h, draw: {numbers: 2}, shuffle: no}\n"
    )
    module, problems = parse_module("a/en.md", HEAD.format(title="T", heading="T", more=more))
    assert problems == ()
    assert module is not None
    assert (module.minutes, module.reviewed) == (5, date(2026, 11, 21))
    assert (module.warning, module.objectives) == ("Speaks of force.", ("no", "1.10"))
    assert module.quiz == QuizRules(
        75, attempts=3, pause=timedelta(hours=2), draw={"numbers": 2}, shuffle=False
    )


def test_the_course_of_the_format_is_read() -> None:
    course, problems = parse_course("content/courses/seminar.yml", COURSE)
    assert problems == ()
    assert course is not None
    assert (course.kind, course.sequence) == (CourseKind.DIVERSION, Sequence.IN_ORDER)
    assert course.languages == ("fr", "en")
    assert course.title["fr"] == "Séminaire de sensibilisation"
    assert len(course.modules) == 5
    assert course.quiz == QuizRules(80, unlimited=True, pause=timedelta(minutes=10))
    assert course.deadline == timedelta(days=90)


def test_a_course_that_states_no_attempts_allows_any_number() -> None:
    course, _ = parse_course("a.yml", COURSE.replace("attempts: unlimited, ", ""))
    assert course is not None
    assert course.quiz.unlimited


@pytest.mark.parametrize(
    ("change", "rule", "said"),
    [
        (("kind: diversion", "kind: school"), "value-type", "diversion or awareness"),
        (("deadline: 90 days", "deadline: soon"), "value-type", "90 days"),
        (("sequence: in-order", "sequence: any"), "value-type", "in-order or free"),
        (("en: Awareness seminar", "de: Seminar"), "required-key", "`title` has no `en`"),
        (("[fr, en]", "[fr, fr]"), "repeated-id", "twice"),
        (("[fr, en]", "[]"), "value-type", "at least one"),
        (("pass: 80", "pass: [80]"), "value-type", "percentage"),
        (("pass: 80", "draw: {a: 1}"), "unknown-key", "`draw`"),
        (("modules:", "moduls:"), "unknown-key", "did you mean `modules`?"),
    ],
)
def test_a_wrong_course_says_which_key_is_wrong(
    change: tuple[str, str], rule: str, said: str
) -> None:
    _, problems = parse_course("a.yml", COURSE.replace(*change))
    assert any(
        problem.rule == rule and said in f"{problem.message} {problem.help}" for problem in problems
    )


def test_the_nearest_known_key_is_offered() -> None:
    text = HEAD.format(title="T", heading="T", more="objektives: [a]\n")
    _, (problem,) = parse_module("a/en.md", text)
    assert (problem.place.line, problem.place.column) == (8, 1)
    assert problem.help == "did you mean `objectives`?"


def test_one_wrong_key_does_not_hide_the_others_or_the_body() -> None:
    text = HEAD.format(title="T", heading="T", more="x: 1\n").replace("minutes: 5", "minutes: a")
    _, problems = parse_module("a/en.md", text.replace("Words.", "##### Deep"))
    assert [problem.rule for problem in problems] == ["unknown-key", "value-type", "heading-jump"]


def test_a_testimony_keeps_its_consent() -> None:
    text = (
        "---\nid: lea\nlanguage: en\nkind: original\nwarning: W.\n"
        "consent: {given: 2026-05-01, until: 2028-05-01, scope: [seminar], contact: P-14}\n"
        "---\n\nI was there.\n"
    )
    testimony, problems = parse_testimony("a/en.md", text)
    assert problems == ()
    assert testimony is not None
    assert testimony.markdown == "I was there."
    assert testimony.consent is not None
    assert testimony.consent.covers("seminar", date(2026, 5, 1))
    assert not testimony.consent.covers("seminar", date(2028, 5, 2))


def test_an_unclear_withdrawal_is_no_consent() -> None:
    text = (
        "---\nid: lea\nlanguage: en\nkind: original\n"
        "consent: {given: 2026-05-01, until: 2028-05-01, scope: [s], contact: P, withdrawn: yes}\n"
        "---\n\nI was there.\n"
    )
    testimony, problems = parse_testimony("a/en.md", text)
    assert testimony is not None
    assert testimony.consent is None
    assert [problem.rule for problem in problems] == ["value-type"]


def test_a_fact_that_is_wrong_leaves_the_others() -> None:
    good = (
        "- id: T01\n  statement: {en: One}\n  source: S\n  address: a\n"
        "  checked: 2026-11-21\n  review_by: 2027-11-21\n"
    )
    facts, problems = parse_facts("facts.yml", good + "- id: T02\n- T03\n" + good)
    assert [fact.id for fact in facts] == ["T01"]
    assert {problem.rule for problem in problems} == {"required-key", "value-type", "repeated-id"}


def test_a_survey_has_words_before_its_questions() -> None:
    text = (
        "---\nid: attitudes\nlanguage: en\ntitle: Views\n---\n\n# Views\n\nNobody knows.\n\n"
        "### Is it harmful?\n<!-- id: harm -->\n- ( ) Yes\n- ( ) No\n- ( ) I do not know\n\n"
        "### Why?\n<!-- id: why -->\n____\n"
    )
    survey, problems = parse_survey("a/en.md", text)
    assert problems == ()
    assert survey is not None
    assert survey.intro == "Nobody knows."
    assert [item.id for item in survey.items] == ["harm", "why"]
