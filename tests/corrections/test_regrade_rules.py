"""The arithmetic of a regrade, by table and by property: exact, bounded, fair to the rest."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessment.regrade import Mark, Marks
from lms.assessment.values import QuizItem, Score
from lms.content.model import ItemKind, Partial
from lms.corrections.regrade import (
    Choice,
    Effect,
    Moved,
    carry,
    effect_of,
    moved_between,
    new_score,
    places_of,
    score_by_key,
)

_ID = uuid.UUID(int=1)
_SAME = {0: 0, 1: 1, 2: 2}


def make_item(name: str = "a", kind: ItemKind = ItemKind.SINGLE, **changes: object) -> QuizItem:
    """Make an item of three options whose first is right."""
    base = QuizItem(
        id=name,
        kind=kind,
        points=1,
        must=False,
        section="",
        pool="",
        shuffle=True,
        partial=Partial.EACH,
        graded=True,
        min_words=0,
        size=3,
        correct=(0,),
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # fields of an item


def make_marks(marks: Sequence[Mark], percent: int = 80) -> Marks:
    """Make an attempt that got these, judged by the rule that judges all."""
    blank = Marks(_ID, _ID, _ID, "first", _ID, 0, percent, passed=False, marks=tuple(marks))
    first = blank.marks[0]
    return blank.with_score(first.item.id, first.score)


@st.composite
def attempts(draw: st.DrawFn) -> Marks:
    """Draw an attempt of one to six items with any points and any exact scores."""
    marks = []
    for number in range(draw(st.integers(1, 6))):
        points = draw(st.integers(1, 5))
        item = make_item(
            f"i{number}",
            points=points,
            must=draw(st.booleans()),
            graded=number == 0 or draw(st.booleans()),
        )
        share = draw(st.fractions(0, 1, max_denominator=12))
        marks.append(Mark(item, Score(share * points, points)))
    return make_marks(marks, draw(st.integers(1, 100)))


CHOICES = st.sampled_from([Choice.DROP, Choice.FULL_CREDIT])


def changed(before: Marks, choice: Choice) -> Marks:
    """Change the first item's score."""
    score = new_score(before.marks[0], choice, None)
    assert score is not None
    return before.with_score(before.marks[0].item.id, score)


@given(attempts(), CHOICES)
def test_a_changed_attempt_has_a_score_between_nothing_and_all(
    before: Marks, choice: Choice
) -> None:
    after = changed(before, choice)
    assert 0 <= after.score.raw <= after.score.maximum
    assert after.marks[1:] == before.marks[1:]


@given(attempts(), CHOICES)
def test_a_change_made_twice_is_the_change_made_once(before: Marks, choice: Choice) -> None:
    once = changed(before, choice)
    assert changed(once, choice) == once
    assert effect_of(once, changed(once, choice)) is Effect.NONE


@given(attempts())
def test_full_credit_takes_a_pass_from_nobody(before: Marks) -> None:
    after = changed(before, Choice.FULL_CREDIT)
    assert after.passed or not before.passed
    assert effect_of(before, after) is not Effect.LOSES


@given(attempts())
def test_dropping_a_question_that_earned_nothing_takes_a_pass_from_nobody(before: Marks) -> None:
    first = before.marks[0]
    missed = before.with_score(first.item.id, Score(Fraction(0), first.score.maximum))
    after = changed(missed, Choice.DROP)
    assert after.passed or not missed.passed


@given(attempts())
def test_a_dropped_questions_points_leave_what_was_got_and_what_could_be_had(
    before: Marks,
) -> None:
    first, after = before.marks[0], changed(before, Choice.DROP)
    assert after.score.raw == before.score.raw - first.score.raw
    assert after.score.maximum == before.score.maximum - first.score.maximum


@given(attempts(), st.fractions(0, 1, max_denominator=30))
def test_a_pass_is_enough_points_and_every_must_question_and_nothing_else(
    before: Marks, share: Fraction
) -> None:
    first = before.marks[0]
    after = before.with_score(first.item.id, Score(share * first.item.points, first.item.points))
    counted = [one for one in after.marks if one.item.graded]
    raw = sum(one.score.raw for one in counted)
    most = sum(one.item.points for one in counted)
    musts = all(one.score.raw == one.item.points for one in after.marks if one.item.must)
    assert after.passed == (raw / most >= Fraction(before.passing_percent, 100) and musts)


def test_four_of_five_is_eighty_percent_and_a_thousandth_less_is_not() -> None:
    def with_raw(raw: Fraction) -> Marks:
        return make_marks([Mark(make_item(points=5), Score(raw, 5))])

    assert with_raw(Fraction(4)).passed
    assert not with_raw(Fraction(3999, 1000)).passed


def test_a_must_question_that_is_dropped_is_asked_of_nobody() -> None:
    must = Mark(make_item("must", must=True), Score(Fraction(0), 1))
    rest = Mark(make_item("rest", points=4), Score(Fraction(4), 4))
    before = make_marks([must, rest])
    assert not before.passed
    assert changed(before, Choice.DROP).passed


@pytest.mark.parametrize("raw", [0, 1])
def test_where_nothing_that_counts_is_left_the_verdict_stays(raw: int) -> None:
    before = make_marks([Mark(make_item(), Score(Fraction(raw), 1))])
    after = changed(before, Choice.DROP)
    assert after.score == Score(Fraction(0), 0)
    assert after.passed == before.passed == bool(raw)


def test_an_option_is_found_again_wherever_it_stands_and_a_reworded_one_at_its_place() -> None:
    assert places_of(["a", "b", "c"], ["c", "a", "b"]) == {0: 1, 1: 2, 2: 0}
    assert places_of(["a", "b", "c"], ["a", "B", "c"]) == _SAME
    assert places_of(["a", "b", "c"], ["c", "a"]) == {0: 1, 2: 0}  # b is gone
    assert places_of(["a", "b"], ["b", "x"]) == {1: 0}  # a is gone: its place was taken


ALL = Moved(options=_SAME, lefts=_SAME, rights=_SAME)


@pytest.mark.parametrize(
    ("kind", "answer", "moved", "carried"),
    [
        (ItemKind.SINGLE, (1,), Moved({0: 1, 1: 0}, {}, {}), (0,)),
        (ItemKind.SINGLE, (2,), Moved({0: 1, 1: 0}, {}, {}), None),
        (ItemKind.MULTIPLE, (0, 1), Moved({0: 2, 1: 1}, {}, {}), (2, 1)),
        (ItemKind.MULTIPLE, (), ALL, ()),
        (ItemKind.TEXT, ("mot",), Moved({}, {}, {}), ("mot",)),
        (ItemKind.ORDER, (2, 0, 1), Moved({0: 1, 1: 0, 2: 2}, {}, {}), (2, 1, 0)),
        (ItemKind.ORDER, (1, 0), Moved({0: 0, 1: 1}, {}, {}), None),  # a step came in
        (ItemKind.MATCH, (0, 2, 1), Moved({}, {0: 1, 1: 0, 2: 2}, _SAME), (2, 0, 1)),
        (ItemKind.MATCH, (0, 2, 1), Moved({}, {0: 1, 1: 0}, _SAME), None),
        (ItemKind.MATCH, (), ALL, ()),
        (ItemKind.OPEN, ("mot",), ALL, None),
    ],
)
def test_an_answer_is_carried_over_to_the_newer_edition_or_not_at_all(
    kind: ItemKind,
    answer: tuple[str | int, ...],
    moved: Moved,
    carried: tuple[str | int, ...] | None,
) -> None:
    assert carry(kind, answer, moved, 3) == carried


def test_the_newer_key_grades_and_the_points_stay_those_of_the_attempt() -> None:
    asked = make_item(points=3, correct=(0,))
    newer = make_item(points=7, correct=(1,))
    assert score_by_key(asked, newer, (1,), ALL) == Score(Fraction(3), 3)
    assert score_by_key(asked, newer, (0,), ALL) == Score(Fraction(0), 3)
    assert score_by_key(asked, newer, (), ALL) == Score(Fraction(0), 3)


@given(st.permutations(range(3)), st.permutations(range(3)), st.integers(0, 2))
def test_the_same_key_over_options_that_moved_gives_the_same_score(
    old: list[int], new: list[int], chosen: int
) -> None:
    """Option 2 of the old order is the right one in both editions, by its text."""

    def shown(order: list[int]) -> dict[str, list[str]]:
        return {"choices": [f"option {one}" for one in order], "lefts": [], "rights": []}

    moved = moved_between(shown(old), shown(new))
    key = make_item(correct=(new.index(2),))
    score = score_by_key(make_item(), key, (chosen,), moved)
    assert score == Score(Fraction(old[chosen] == 2), 1)
