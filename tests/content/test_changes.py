"""What depends on the day, and on what was published before."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from lms.content.check_gates import longest_wait
from lms.content.check_languages import first_language, reviewed_earlier
from lms.content.check_reviews import check_changes, check_reviews
from lms.content.model import Content, Module, QuizRules
from lms.content.parse_module import parse_module

TEXT = (
    "---\nid: law\ntitle: T\nlanguage: en\nminutes: 1\nreviewed: 2026-01-01\n"
    "review_by: 2026-06-01\n---\n\n# T\n\n## A {#a}\n\nWords.\n\n## Quiz\n\n### Q?\n"
    "<!-- id: q -->\n- (x) One\n- ( ) Two\n- ( ) Three\n"
)


def module(text: str = TEXT) -> Module:
    found, _ = parse_module("content/modules/01-law/en.md", text)
    assert found is not None
    return found


def content(text: str = TEXT) -> Content:
    return Content({}, {("law", "en"): module(text)}, {}, {}, {})


def test_a_question_that_was_published_may_not_change_its_kind() -> None:
    squares = TEXT.replace("(x)", "[x]").replace("( )", "[ ]")
    (problem,) = check_changes(content(squares), content())
    assert (problem.rule, problem.place.line) == ("kind-changed", 18)
    assert "single" in problem.message
    assert "multiple" in problem.message


def test_a_question_may_change_its_words_and_new_ones_may_come() -> None:
    changed = TEXT.replace("One", "Uno") + "\n### New?\n<!-- id: new -->\n____\n"
    assert list(check_changes(content(changed), content())) == []
    assert list(check_changes(content(changed), None)) == []


@pytest.mark.parametrize(
    ("day", "rules"),
    [
        (date(2026, 6, 1), []),
        (date(2026, 6, 2), ["review-due"]),
        (date(2026, 8, 30), ["review-due"]),
        (date(2026, 8, 31), ["review-overdue"]),
    ],
)
def test_a_review_is_due_and_then_overdue_after_90_days(day: date, rules: list[str]) -> None:
    assert [problem.rule for problem in check_reviews(content(), day)] == rules


def test_the_side_that_was_reviewed_earlier_is_the_older_one() -> None:
    older = module()
    newer = replace(older, reviewed=date(2026, 1, 2))
    assert reviewed_earlier(older, newer)
    assert not reviewed_earlier(newer, older)
    assert not reviewed_earlier(older, older)


def test_french_is_compared_with_where_no_course_says_otherwise() -> None:
    assert first_language(content()) == "fr"


@pytest.mark.parametrize(
    ("course", "own", "days"),
    [
        (QuizRules(unlimited=True, pause=timedelta(days=1)), QuizRules(), 1),
        (QuizRules(attempts=3, pause=timedelta(days=1)), QuizRules(), 3),
        (QuizRules(attempts=3, pause=timedelta(days=1)), QuizRules(attempts=5), 5),
        (QuizRules(attempts=3, pause=timedelta(days=1)), QuizRules(unlimited=True), 1),
        (QuizRules(attempts=3, pause=timedelta(days=1)), QuizRules(pause=timedelta(0)), 0),
        (QuizRules(attempts=3), QuizRules(), 0),
    ],
)
def test_the_wait_is_the_attempts_times_the_pause(
    course: QuizRules, own: QuizRules, days: int
) -> None:
    assert longest_wait(course, own) == timedelta(days=days)
