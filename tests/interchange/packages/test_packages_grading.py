"""The player grades as the product does: the same scores, to the last fraction."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from lms.assessment.grading import grade_attempt, grade_item, is_finished, parse_number, plain
from lms.assessment.values import Answer, QuizItem
from tests.assessment.items import answers, items
from tests.assessment.test_grading_examples import EXAMPLES

pytestmark = pytest.mark.journey
_PLAYER = Path(__file__).parents[3] / "lms/interchange/packages/player"


@pytest.fixture(scope="module")
def grader(browser: Browser) -> Iterator[Page]:
    """Give a page that has the player's grading and nothing else."""
    page = browser.new_page()
    page.add_script_tag(path=_PLAYER / "grading.js")
    yield page
    page.close()


def _script_item(item: QuizItem) -> dict[str, Any]:
    """Give an item as a package carries it."""
    return {
        "kind": item.kind.value,
        "points": item.points,
        "must": item.must,
        "partial": item.partial.value,
        "graded": item.graded,
        "min_words": item.min_words,
        "size": item.size,
        "correct": list(item.correct),
        "accepted": list(item.accepted),
        "numbers": [[str(value), str(tolerance)] for value, tolerance in item.numbers],
    }


_GRADE = """([item, answer]) => {
  const score = VirageGrading.gradeItem(item, answer);
  return [`${score.raw.n}/${score.raw.d}`, score.max, VirageGrading.isFinished(item, answer)];
}"""


def _graded(grader: Page, item: QuizItem, answer: Answer) -> list[object]:
    found: list[object] = grader.evaluate(_GRADE, [_script_item(item), list(answer)])
    return found


def _expected(item: QuizItem, answer: Answer) -> list[object]:
    raw = grade_item(item, answer).raw
    return [f"{raw.numerator}/{raw.denominator}", item.points, is_finished(item, answer)]


def test_the_examples_that_participants_may_hold_against_us_are_graded_the_same(
    grader: Page,
) -> None:
    for example in EXAMPLES:
        item, answer = example.values[:2]
        assert isinstance(item, QuizItem)
        assert _graded(grader, item, answer) == _expected(item, answer), example.id  # type: ignore[arg-type]  # the answer of an example


@settings(max_examples=150)
@given(data=st.data(), item=items())
def test_any_answer_to_any_question_is_graded_the_same(
    grader: Page, data: st.DataObject, item: QuizItem
) -> None:
    answer = data.draw(answers(item))
    assert _graded(grader, item, answer) == _expected(item, answer)


_SIGNS = st.text("aàâÉéèêëÏîôÜùçŒœÆæßẞΣς’‘“”«»'\"-‐‑ \t\u00a0\u202f\u2009.,;:!?0123456789%−+ﬁ²")


@settings(max_examples=150)
@given(text=_SIGNS)
def test_what_does_not_count_in_a_typed_answer_is_folded_the_same(grader: Page, text: str) -> None:
    assert grader.evaluate("(text) => VirageGrading.plain(text)", text) == plain(text)
    number = grader.evaluate(
        "(text) => { const n = VirageGrading.parseNumber(text); return n && `${n.n}/${n.d}`; }",
        text,
    )
    read = parse_number(text)
    assert number == (None if read is None else f"{read.numerator}/{read.denominator}")


@settings(max_examples=60)
@given(data=st.data(), asked=st.lists(items(), max_size=5), percent=st.integers(0, 100))
def test_an_attempt_passes_where_ours_would(
    grader: Page, data: st.DataObject, asked: list[QuizItem], percent: int
) -> None:
    given_answers = [data.draw(answers(item)) for item in asked]
    ours = grade_attempt(
        [item.__class__(**{**_fields(item), "id": str(n)}) for n, item in enumerate(asked)],
        {str(n): answer for n, answer in enumerate(given_answers)},
        passing_percent=percent,
    )
    theirs = grader.evaluate(
        """([items, answers, passing]) => {
          const found = VirageGrading.gradeAttempt(items, answers, passing);
          return [found.passed, VirageGrading.floorOf(found.raw, found.max, 100)];
        }""",
        [[_script_item(item) for item in asked], [list(a) for a in given_answers], percent * 100],
    )
    assert theirs == [ours.passed, ours.score.percent_floor]


def _fields(item: QuizItem) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__slots__}
