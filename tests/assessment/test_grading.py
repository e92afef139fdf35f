"""A grade is fair: exact, the same however the options stood, and never worse for knowing more."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lms.assessment.draw import draw_items
from lms.assessment.grading import grade_attempt, grade_item, is_finished, parse_number, plain
from lms.assessment.values import Answer, QuizItem, Score
from lms.content.model import ItemKind, Partial
from tests.assessment.items import CHOICES, answers, item, items, quiz
from tests.factories import right_answer, wrong_answer


@given(st.data())
def test_any_answer_earns_between_nothing_and_the_points(data: st.DataObject) -> None:
    one = data.draw(items())
    score = grade_item(one, data.draw(answers(one)))
    assert 0 <= score.raw <= score.maximum == one.points


@given(items())
def test_the_right_answer_earns_all_the_points_and_may_be_handed_in(one: QuizItem) -> None:
    answer = right_answer(one)
    assert grade_item(one, answer).raw == one.points
    assert is_finished(one, answer)


@given(items(tuple(kind for kind in ItemKind if kind is not ItemKind.OPEN)))
def test_no_answer_earns_nothing_and_cannot_be_handed_in(one: QuizItem) -> None:
    assert grade_item(one, ()).raw == 0
    assert not is_finished(one, ())


@given(items(CHOICES), st.integers(0, 1 << 31), st.data())
def test_the_order_in_which_options_were_shown_changes_nothing(
    one: QuizItem, seed: int, data: st.DataObject
) -> None:
    (asked,) = draw_items(quiz(one), seed, last_seen={})
    assert sorted(asked.order) == list(range(one.size))
    chosen = data.draw(st.sets(st.sampled_from(range(one.size))))
    ticked = tuple(place for place in asked.order if place in chosen)
    assert grade_item(one, ticked) == grade_item(one, tuple(sorted(chosen)))


@given(items((ItemKind.MULTIPLE,)), st.data())
def test_one_more_right_tick_never_scores_less(one: QuizItem, data: st.DataObject) -> None:
    ticked = data.draw(st.sets(st.integers(0, one.size - 1)))
    more = ticked | {data.draw(st.sampled_from(one.correct))}
    assert grade_item(one, tuple(more)).raw >= grade_item(one, tuple(ticked)).raw


@given(items((ItemKind.MULTIPLE,)), st.data())
def test_one_more_wrong_tick_never_scores_more(one: QuizItem, data: st.DataObject) -> None:
    ticked = data.draw(st.sets(st.integers(0, one.size - 1)))
    wrong = sorted(set(range(one.size)) - set(one.correct))
    assume(wrong)
    more = ticked | {data.draw(st.sampled_from(wrong))}
    assert grade_item(one, tuple(more)).raw <= grade_item(one, tuple(ticked)).raw


@given(items((ItemKind.MATCH,)), st.data())
def test_one_more_right_pair_never_scores_less(one: QuizItem, data: st.DataObject) -> None:
    given_ = data.draw(st.lists(st.integers(0, one.size - 1), min_size=one.size, max_size=one.size))
    left = data.draw(st.integers(0, one.size - 1))
    mended = [left if at == left else right for at, right in enumerate(given_)]
    assert grade_item(one, mended).raw >= grade_item(one, given_).raw


@given(items((ItemKind.ORDER,)), st.data())
def test_two_neighbours_put_right_never_score_less(one: QuizItem, data: st.DataObject) -> None:
    steps = data.draw(st.permutations(range(one.size)))
    at = data.draw(st.integers(0, one.size - 2))
    mended = [*steps[:at], *sorted(steps[at : at + 2]), *steps[at + 2 :]]
    assert grade_item(one, mended).raw >= grade_item(one, steps).raw


@given(items(), st.data())
def test_all_or_nothing_is_never_something_between(one: QuizItem, data: st.DataObject) -> None:
    strict = item(
        one.kind,
        points=one.points,
        size=one.size,
        correct=one.correct,
        accepted=one.accepted,
        numbers=one.numbers,
        partial=Partial.NONE,
    )
    assert grade_item(strict, data.draw(answers(strict))).raw in {0, strict.points}


@given(st.lists(st.tuples(items(), st.booleans()), min_size=1, max_size=8), st.data())
def test_one_more_right_answer_never_turns_a_pass_into_a_fail(
    drawn: list[tuple[QuizItem, bool]], data: st.DataObject
) -> None:
    asked = [_named(one, at) for at, (one, _) in enumerate(drawn)]
    given_: dict[str, Answer] = {
        one.id: right_answer(one) if right else wrong_answer(one)
        for one, (_, right) in zip(asked, drawn, strict=True)
    }
    mended = data.draw(st.sampled_from(asked))
    before = grade_attempt(asked, given_, passing_percent=80)
    after = grade_attempt(asked, given_ | {mended.id: right_answer(mended)}, passing_percent=80)
    assert after.score.raw >= before.score.raw
    assert after.passed or not before.passed


def _named(one: QuizItem, at: int) -> QuizItem:
    document = {name: getattr(one, name) for name in QuizItem.__slots__}
    return QuizItem(**document | {"id": f"item-{at}"})


@pytest.mark.parametrize(
    ("right", "of", "percent", "passed"),
    [
        (8, 10, 80, True),
        (7, 10, 80, False),
        (4, 5, 80, True),
        (2, 3, 67, False),
        (2, 3, 66, True),
        (10, 10, 100, True),
        (9, 10, 100, False),
        (0, 10, 0, True),
    ],
)
def test_passing_is_exact(right: int, of: int, percent: int, passed: bool) -> None:
    asked = [_named(item(), at) for at in range(of)]
    answered = {one.id: (1,) for one in asked[:right]}
    graded = grade_attempt(asked, answered, passing_percent=percent)
    assert graded.score == Score(Fraction(right), of)
    assert graded.passed is passed


def test_thirds_add_up_to_a_whole_and_a_hair_less_does_not_pass() -> None:
    thirds = [_named(item(ItemKind.MATCH, partial=Partial.EACH), at) for at in range(3)]
    answered = {one.id: (0, 2, 1) for one in thirds}  # a third each
    graded = grade_attempt(thirds, answered, passing_percent=33)
    assert graded.score.raw == 1
    assert graded.passed
    assert not grade_attempt(thirds, answered, passing_percent=34).passed


def test_a_required_question_missed_fails_the_best_of_scores() -> None:
    asked = [item(must=True), *(_named(item(), at) for at in range(9))]
    answered = {one.id: (1,) for one in asked[1:]}
    graded = grade_attempt(asked, answered, passing_percent=80)
    assert graded.score == Score(Fraction(9), 10)
    assert not graded.passed


def test_a_question_that_is_not_graded_weighs_nothing() -> None:
    asked = [item(), _named(item(ItemKind.OPEN, graded=False, points=50, min_words=3), 1)]
    graded = grade_attempt(asked, {"one": (1,)}, passing_percent=100)
    assert (graded.score.maximum, graded.passed) == (1, True)


@pytest.mark.parametrize(
    ("raw", "percent"), [(Fraction(799, 100), 79), (Fraction(8), 80), (Fraction(0), 0)]
)
def test_percents_are_shown_rounded_down(raw: Fraction, percent: int) -> None:
    assert Score(raw, 10).percent_floor == percent


@pytest.mark.parametrize(
    ("kind", "answer", "finished"),
    [
        (ItemKind.OPEN, ("un deux",), False),
        (ItemKind.OPEN, ("un  deux\ntrois",), True),
        (ItemKind.TEXT, ("  ",), False),
        (ItemKind.TEXT, ("?",), True),
        (ItemKind.NUMBER, ("x",), True),
        (ItemKind.MATCH, (0, 1), False),
        (ItemKind.MATCH, (0, 0, 0), True),
        (ItemKind.ORDER, (2, 1), False),
        (ItemKind.ORDER, (2, 1, 0), True),
        (ItemKind.MULTIPLE, (0,), True),
    ],
)
def test_what_may_be_handed_in(kind: ItemKind, answer: Answer, finished: bool) -> None:
    assert is_finished(item(kind, min_words=3), answer) is finished


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("7", Fraction(7)),
        ("+7,25", Fraction(29, 4)),
        ("−3", Fraction(-3)),
        ("1\u202f000\u00a0%", Fraction(1000)),
        ("0.1", Fraction(1, 10)),
        ("", None),
        (",5", None),
        ("1e5", None),
        ("1_000", None),
        ("٧", None),
        ("1.2.3", None),
        ("nan", None),
        ("9" * 13, None),
    ],
)
def test_a_number_is_read_as_people_write_it(typed: str, number: Fraction | None) -> None:
    assert parse_number(typed) == number


@given(st.text())
def test_folding_a_text_again_changes_nothing(typed: str) -> None:
    assert plain(plain(typed)) == plain(typed)
