"""What a page computes from sums is what the answers themselves give, and what others published."""

import random

import pytest

from lms.item_analysis.intervals import Scores
from lms.item_analysis.items import alpha as alpha_of_people
from lms.item_analysis.items import analyse
from lms.item_analysis.languages import Size, Stratum, difference
from lms.item_analysis.reliability import (
    Method,
    Question,
    Totals,
    Why,
    alpha,
    kr21,
    reliability,
    reliability_interval,
)
from lms.item_analysis.sums import UNIT, Sums, added, discrimination, facility, share
from tests.item_analysis.test_published import DISCRIMINATION, FACILITY, MARKS, POINTS

# UCBAdmissions of R (Bickel, Hammel and O'Connell 1975, Science 187, 398-403), departments A to F:
# men admitted and rejected, women admitted and rejected. R's mantelhaen.test prints a common odds
# ratio of 0.9046968 with a 95 % interval from 0.7719074 to 1.0603298.
BERKELEY = (
    (512, 313, 89, 19),
    (353, 207, 17, 8),
    (120, 205, 202, 391),
    (138, 279, 131, 244),
    (53, 138, 94, 299),
    (22, 351, 24, 317),
)


def sums_of(people: list[list[float]], points: tuple[int, ...], place: int) -> Sums:
    """Sum what people scored at one question, as the counters do."""
    found = []
    for row in people:
        marks = [one * most for one, most in zip(row, points, strict=True)]
        x = round(row[place] * UNIT)
        rest = (sum(marks) - marks[place]) / (sum(points) - points[place])
        r = round(rest * UNIT)
        found.append(Sums(1, int(x == UNIT), x, x * x, r, r * r, x * r))
    return added(found)


def totals_of(people: list[list[float]], points: tuple[int, ...]) -> Totals:
    """Sum the totals of people, as the counters do."""
    whole = sum(points)
    t = [
        round(sum(one * most for one, most in zip(row, points, strict=True)) / whole * UNIT)
        for row in people
    ]
    return Totals(len(t), sum(t), sum(one * one for one in t))


def matrix(seed: int, people: int, items: int, *, parts: int = 1) -> list[list[float]]:
    """Give random scores that hang together: some people know more."""
    chance = random.Random(seed)  # noqa: S311 - not a secret
    rows = []
    for _ in range(people):
        skill = chance.random()
        rows.append([round((skill + chance.random()) / 2 * parts) / parts for _ in range(items)])
    return rows


def test_facility_and_discrimination_from_sums_are_moodles() -> None:
    marks = [[float(mark) for mark in line.split()] for line in MARKS.split("\n") if line]
    people = [[mark / most for mark, most in zip(row, POINTS, strict=True)] for row in marks]
    found = [sums_of(people, POINTS, place) for place in range(len(POINTS))]
    easy = [one.value * 100 for one in map(facility, found) if one]
    sorts = [one.value * 100 for one in map(discrimination, found) if one]
    assert easy == pytest.approx(FACILITY, abs=0.005)
    assert sorts == pytest.approx(DISCRIMINATION, abs=0.02)


@pytest.mark.parametrize("seed", range(5))
def test_sums_say_the_same_as_the_answers(seed: int) -> None:
    people, points = matrix(seed, 40, 5), (1, 2, 1, 3, 1)
    rows: list[Scores] = list(people)
    told = analyse([str(one) for one in range(5)], points, rows).items
    for place, one in enumerate(told):
        sums = sums_of(people, points, place)
        assert sums.is_right_or_wrong
        assert sums.right * UNIT == sums.x
        assert facility(sums) == one.facility
        found = discrimination(sums)
        assert found is not None
        assert one.discrimination is not None
        assert found.value == pytest.approx(one.discrimination.value, abs=1e-4)


@pytest.mark.parametrize("parts", [1, 4])
def test_alpha_from_sums_is_that_of_the_people(parts: int) -> None:
    people, points = matrix(7, 60, 6, parts=parts), (1, 1, 2, 1, 1, 1)
    questions = tuple(Question(points[place], sums_of(people, points, place)) for place in range(6))
    told = reliability(questions, 6, totals_of(people, points))
    assert told.method is Method.ALPHA
    assert told.estimate is not None
    assert told.estimate.value == pytest.approx(alpha_of_people(points, people), abs=1e-4)
    assert alpha(questions, totals_of(people, points)) == told.estimate.value


def test_with_partial_credit_the_interval_is_no_narrower_than_that_of_right_and_wrong() -> None:
    people = matrix(3, 30, 4, parts=4)
    sums = sums_of(people, (1, 1, 1, 1), 0)
    assert not sums.is_right_or_wrong
    found = facility(sums)
    assert found is not None
    assert found.interval is not None
    drawn = analyse(("a",), (1,), [row[:1] for row in people]).items[0].facility
    assert drawn is not None
    assert drawn.interval is not None
    assert found.interval.high - found.interval.low >= drawn.interval.high - drawn.interval.low


def test_formula_21_is_the_analysis_of_variance_of_questions_within_people() -> None:
    people = matrix(11, 50, 8)
    means = [sum(row) / 8 for row in people]
    whole = sum(means) / 50
    between = 8 * sum((one - whole) ** 2 for one in means) / 50  # n, as the formula has it
    within = sum(8 * one * (1 - one) / 7 for one in means) / 50
    assert kr21(8, totals_of(people, (1,) * 8)) == pytest.approx(1 - within / between, abs=1e-4)


def drawn(people: list[list[float]], pick: int) -> tuple[tuple[Question, ...], Totals]:
    """Ask each person some questions of many by chance."""
    chance = random.Random(5)  # noqa: S311 - not a secret
    sums = [Sums() for _ in people[0]]
    totals = []
    for row in people:
        asked = chance.sample(range(len(row)), pick)
        mine = [row[place] for place in asked]
        totals.append(round(sum(mine) / pick * UNIT))
        for place in asked:
            x = round(row[place] * UNIT)
            sums[place] = added([sums[place], Sums(1, int(x == UNIT), x, x * x)])
    told = Totals(len(totals), sum(totals), sum(one * one for one in totals))
    return tuple(Question(1, one) for one in sums), told


def test_where_questions_are_drawn_formula_21_is_taken_and_where_it_cannot_be_the_reason() -> None:
    questions, totals = drawn(matrix(2, 80, 12), 6)
    told = reliability(questions, 6, totals)
    assert told.method is Method.KR21
    assert told.estimate is not None
    assert told.estimate.value == pytest.approx(kr21(6, totals))
    uneven = (Question(3, questions[0].sums), *questions[1:])
    assert reliability(uneven, 6, totals).why is Why.DRAWN_UNEVEN
    partly, partly_totals = drawn(matrix(2, 80, 12, parts=4), 6)
    assert reliability(partly, 6, partly_totals).why is Why.DRAWN_UNEVEN
    assert reliability(questions, 7, totals).why is Why.SOME_LEFT_OUT
    assert reliability(questions, 1, totals).why is Why.ONE_QUESTION
    assert reliability(questions, 6, Totals(9, 0, 0)).why is Why.TOO_FEW
    same = tuple(Question(1, Sums(20, 20, 20 * UNIT, 20 * UNIT**2)) for _ in range(3))
    alike = Totals(20, 20 * UNIT, 20 * UNIT**2)
    assert reliability(same, 3, alike).why is Why.NOBODY_DIFFERS


def test_the_interval_of_a_reliability_is_near_the_exact_one_that_statpsych_prints() -> None:
    found = reliability_interval(0.85, 7, 89)  # ci.cronbach(.05, .85, 7, 89) of R's statpsych
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.7971254, 0.8931436), abs=0.002)
    assert reliability_interval(1.0, 7, 89) is None


def test_the_common_odds_ratio_is_that_of_berkeley_in_1973() -> None:
    found = difference(Stratum(*row) for row in BERKELEY)
    assert found is not None
    assert found.ratio == pytest.approx(0.9046968, abs=1e-7)
    bounds = (found.interval.low, found.interval.high)
    assert bounds == pytest.approx((0.7719074, 1.0603298), abs=1e-6)
    assert found.size is Size.NEGLIGIBLE


@pytest.mark.parametrize(
    ("row", "size"),
    [
        ((500, 500, 400, 600), Size.NEGLIGIBLE),  # ratio 1.5: less than 1 on the delta scale
        ((500, 500, 375, 625), Size.MODERATE),  # ratio 1.67
        ((500, 500, 300, 700), Size.LARGE),  # ratio 2.33
        ((300, 700, 500, 500), Size.LARGE),  # the other way round
        ((5, 5, 3, 7), Size.NEGLIGIBLE),  # as large, but of so few that it may be nothing
        ((30, 30, 18, 42), Size.MODERATE),  # surely some, not surely more than 1
    ],
)
def test_a_difference_has_the_class_of_ets(row: tuple[int, int, int, int], size: Size) -> None:
    found = difference([Stratum(*row)])
    assert found is not None
    assert found.size is size
    assert (found.delta < 0) == (found.ratio > 1)


@pytest.mark.parametrize("row", [(10, 0, 10, 0), (0, 10, 0, 10), (10, 0, 0, 10), (0, 0, 0, 0)])
def test_answers_that_are_all_alike_give_no_ratio(row: tuple[int, int, int, int]) -> None:
    assert difference([Stratum(*row)]) is None


def test_below_ten_nothing_is_told() -> None:
    assert share(3, 9) is None
    assert facility(Sums(9, 9, 9 * UNIT, 9 * UNIT**2)) is None
    assert discrimination(sums_of(matrix(1, 9, 3), (1, 1, 1), 0)) is None
    assert discrimination(sums_of(matrix(1, 10, 3), (1, 1, 1), 0)) is not None
