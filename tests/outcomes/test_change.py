"""What changed is told as others have told it for the same data, and never about fewer than ten."""

from dataclasses import replace

import pytest

from lms.outcomes.change import (
    group_change,
    group_effect,
    hedges,
    paired_change,
    paired_effect,
    wave_change,
)
from lms.outcomes.t_distribution import t_quantile

# "Student" (1908), Biometrika 6, 1-25: hours of sleep gained; the figures are those that R's manual
# prints for t.test on its data set `sleep` (two groups, and paired).
FIRST = (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)
SECOND = (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)
# Lakens (2013), Frontiers in Psychology 4, 863, table 1: ratings of two films by ten people.
FILM_ONE = (9, 7, 8, 9, 8, 9, 9, 10, 9, 9)
FILM_TWO = (9, 6, 7, 8, 7, 9, 8, 8, 8, 7)


@pytest.mark.parametrize(
    ("freedom", "expected"),
    [(1, 12.706), (2, 4.303), (9, 2.262), (30, 2.042), (120, 1.980)],
)
def test_the_quantiles_are_those_of_the_printed_tables(freedom: int, expected: float) -> None:
    assert t_quantile(0.975, freedom) == pytest.approx(expected, abs=0.0005)


def test_two_groups_differ_by_welch_as_r_prints_it() -> None:
    found = group_change(FIRST, SECOND)
    assert found.difference == pytest.approx(1.58)
    assert found.interval.low == pytest.approx(-0.2054832, abs=1e-6)
    assert found.interval.high == pytest.approx(3.3654832, abs=1e-6)


def test_pairs_change_as_r_prints_it() -> None:
    found = paired_change(FIRST, SECOND)
    assert found.interval.low == pytest.approx(0.7001142, abs=1e-6)
    assert found.interval.high == pytest.approx(2.4598858, abs=1e-6)


def test_the_effect_of_pairs_is_that_of_lakens() -> None:
    found = paired_change(FILM_TWO, FILM_ONE)
    assert found.before == pytest.approx(7.7)
    assert found.after == pytest.approx(8.7)
    assert (round(found.interval.low, 2), round(found.interval.high, 2)) == (0.52, 1.48)
    assert found.d_z == pytest.approx(1.50, abs=0.005)
    assert found.effect is not None
    assert found.effect.g / hedges(9) == pytest.approx(1.13, abs=0.005)


def test_the_effect_of_pairs_and_its_interval_are_those_of_borenstein() -> None:
    """Borenstein and others (2009), Introduction to Meta-Analysis, chapter 4, matched groups."""
    found = paired_effect(0.4225, 0.7, 50)
    assert found.g == pytest.approx(0.4160, abs=0.0001)
    assert found.interval.high - found.g == pytest.approx(1.96 * 0.1126, abs=0.0005)


def test_the_effect_of_two_groups_and_its_interval_are_those_of_borenstein() -> None:
    """The same chapter, independent groups."""
    found = group_effect(0.5970, 50, 50)
    assert found.g == pytest.approx(0.5924, abs=0.0002)
    assert found.g - found.interval.low == pytest.approx(1.96 * 0.2028, abs=0.0005)


def scores(count: int, first: int = 0, step: float = 0.1) -> dict[str, float]:
    return {f"token-{one}": one % 5 * step for one in range(first, first + count)}


def test_nine_people_have_no_figure_and_ten_have_one() -> None:
    assert wave_change(scores(9), scores(9)).paired is None
    found = wave_change(scores(10), scores(10)).paired
    assert found is not None
    assert (found.n_before, found.difference) == (10, 0)


def test_all_sheets_are_told_only_where_no_subtraction_gives_a_few_away() -> None:
    """Ten pairs and twelve sheets: the difference would be the scores of two people."""
    found = wave_change(scores(12), scores(10))
    assert found.paired is not None
    assert found.everybody is None
    apart = wave_change(scores(20), scores(20, first=10)).everybody
    assert apart is not None
    assert (apart.n_before, apart.n_after) == (20, 20)


def test_sheets_that_cannot_be_paired_are_told_as_two_groups() -> None:
    found = wave_change(scores(10), scores(10, first=100))
    assert found.paired is None
    assert found.everybody is not None
    assert found.everybody.d_z is None


def test_where_everybody_gives_the_same_answer_there_is_no_effect_and_no_error() -> None:
    same = [2.0] * 10
    found = paired_change(same, same)
    assert (found.difference, found.effect, found.d_z) == (0, None, None)
    assert replace(group_change(same, same), effect=None) == group_change(same, same)
