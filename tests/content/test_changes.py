"""What depends on the day, and on what was published before."""

from datetime import date

import pytest

from lms.content.check_languages import first_language
from lms.content.check_reviews import check_changes, check_reviews
from lms.content.model import Content, Module
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


def test_french_is_compared_with_where_no_course_says_otherwise() -> None:
    assert first_language(content()) == "fr"
