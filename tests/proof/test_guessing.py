"""Whoever answers by chance passes as rarely as chance says, and the seminar hardly ever."""

from fractions import Fraction

import pytest

from lms.assessment.values import Quiz, QuizItem
from lms.content.model import ItemKind, Partial
from tests.proof.guessing import (
    BLIND,
    RUNS,
    SEMINAR,
    SMALL,
    TYPIST,
    Outcome,
    chance_to_pass,
    outcomes,
    quizzes,
    read_all,
    table,
)

ITEM = QuizItem(
    id="one",
    kind=ItemKind.SINGLE,
    points=1,
    must=False,
    section="",
    pool="",
    shuffle=True,
    partial=Partial.NONE,
    graded=True,
    min_words=0,
    size=4,
    correct=(2,),
)


@pytest.fixture(scope="module")
def found() -> list[Outcome]:
    """Guess 10,000 times at every quiz of the seminar and, in two ways, of the small course."""
    everybody = ((SEMINAR, BLIND), (SMALL, BLIND), (SMALL, TYPIST))
    return [one for who in everybody for one in outcomes(*who)]


def test_guessing_passes_no_oftener_than_chance_says(
    found: list[Outcome], capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print(f"\n{table(found)}")  # noqa: T201 - the figures are the point
    assert len(found) == 9
    assert {one.runs for one in found} == {RUNS}
    assert [one for one in found if not one.fewest <= one.passes <= one.most] == []


def test_the_one_who_guesses_does_pass_where_chance_lets_him(found: list[Outcome]) -> None:
    """Else the figures would say nothing: an easy quiz is passed as often as it may be."""
    easy = next(one for one in found if one.module == "second")
    assert easy.chance == Fraction(1, 27)  # three questions, three options each, all to be right
    assert easy.passes > RUNS // 50


def test_no_quiz_of_the_seminar_is_passed_by_guessing_once_in_a_thousand_times() -> None:
    for _module, quiz in quizzes(read_all()[SEMINAR]):
        assert chance_to_pass(quiz, BLIND) < Fraction(1, 10_000)
        assert chance_to_pass(quiz, TYPIST) < Fraction(1, 1_000)


def test_the_chance_is_the_one_that_can_be_counted_by_hand() -> None:
    def quiz(*items: QuizItem, percent: int = 50, **draw: int) -> Quiz:
        return Quiz(percent, None, 0, draw, shuffle=True, items=items)

    def item(**changes: object) -> QuizItem:
        fields = {name: getattr(ITEM, name) for name in QuizItem.__slots__}
        return QuizItem(**(fields | changes))

    two = (item(id="a"), item(id="b"))
    assert chance_to_pass(quiz(*two), BLIND) == 1 - Fraction(3, 4) ** 2
    assert chance_to_pass(quiz(item(id="a", must=True), two[1]), BLIND) == Fraction(1, 4)
    halves = (item(id="a", pool="p"), item(id="b", pool="p", size=2, correct=(0,)))
    assert chance_to_pass(quiz(*halves, p=1), BLIND) == Fraction(3, 8)
    ticks = item(kind=ItemKind.MULTIPLE, size=3, correct=(0, 1), partial=Partial.EACH)
    assert chance_to_pass(quiz(ticks), BLIND) == Fraction(4, 7)  # one or both, or both and a wrong
    typed = item(kind=ItemKind.TEXT, size=0, correct=(), accepted=("mot",))
    assert chance_to_pass(quiz(typed), BLIND) == 0
    assert chance_to_pass(quiz(typed), TYPIST) == 1
