"""An instructor trusts the figures: they are those that others have published for the same data."""

import pytest

from lms.item_analysis.intervals import fisher, wilson
from lms.item_analysis.items import alpha, analyse
from lms.item_analysis.matrix import read_matrix

# Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3.
NEWCOMBE = {
    (81, 263): (0.2553, 0.3662),
    (15, 148): (0.0624, 0.1605),
    (0, 20): (0.0000, 0.1611),
    (1, 29): (0.0061, 0.1718),
}
# Moodle's own test of its quiz statistics (mod/quiz/report/statistics): 22 attempts at the thirteen
# questions that count, the first worth 8 marks; expected values from its stats.xls, in percent.
MARKS = """
5.5 .3 .9 1 .3 1 0 0 1 1 0 0 1
1 .9 .9 .3 .3 1 0 0 1 0 1 0 1
2.5 1 .9 .3 1 0 0 1 1 1 1 1 1
4 .3 .9 1 .3 0 0 0 0 1 0 0 1
3 .9 .3 .9 1 0 1 0 0 1 1 1 0
4.5 .9 1 1 .9 0 1 1 1 0 0 0 0
3 .3 .3 .3 .3 1 0 1 1 1 1 1 1
6 .9 .9 1 .3 0 1 1 1 1 0 0 1
.5 .9 1 .9 .3 0 1 1 0 1 1 0 1
5.5 .9 1 .9 .3 1 1 0 0 1 0 0 0
2.5 .9 1 1 .9 0 1 0 0 1 0 0 1
4 .9 .3 .9 1 0 1 1 1 1 1 0 1
4 .9 .3 .3 1 1 1 1 0 0 1 1 0
3 1 1 .3 1 0 1 0 1 1 1 1 0
1 1 .9 .3 .3 1 0 1 0 0 0 0 0
1 .3 .3 .3 .9 0 0 0 1 0 0 0 1
1.5 1 .3 .9 1 1 1 0 1 1 0 0 0
4 .9 1 .9 1 0 1 1 1 0 1 0 0
2 .9 .9 .3 .9 0 1 0 0 0 0 0 0
1 1 .3 .3 .3 0 1 1 0 1 0 0 0
6 .9 1 1 .9 0 0 0 1 0 0 1 1
7 .9 .3 .3 .3 1 0 1 1 1 1 0 0
"""
POINTS = (8, *[1] * 12)
FACILITY = (41.19318182, 81.36363636, 71.36363636, 65.45454545, 65.90909091, 36.36363636,
            59.09090909, 50, 59.09090909, 63.63636364, 45.45454545, 27.27272727, 50)  # fmt: skip
DISCRIMINATION = (25.88327077, 1.170256965, -4.207816809, 28.16930644, -2.513606859, -12.99017581,
                  -8.900638238, 8.670004606, 29.63337745, 15.18945843, 16.21079629, 15.52451404,
                  -8.396734802)  # fmt: skip
# The survey `attitude` of R (Chatterjee and Price, Regression Analysis by Example): seven answers
# of 30 departments; psych::alpha gives a raw alpha of 0.84.
ATTITUDE = """
43 51 30 39 61 92 45, 63 64 51 54 63 73 47, 71 70 68 69 76 86 48, 61 63 45 47 54 84 35,
81 78 56 66 71 83 47, 43 55 49 44 54 49 34, 58 67 42 56 66 68 35, 71 75 50 55 70 66 41,
72 82 72 67 71 83 31, 67 61 45 47 62 80 41, 64 53 53 58 58 67 34, 67 60 47 39 59 74 41,
69 62 57 42 55 63 25, 68 83 83 45 59 77 35, 77 77 54 72 79 77 46, 81 90 50 72 60 54 36,
74 85 64 69 79 79 63, 65 60 65 75 55 80 60, 65 70 46 57 75 85 46, 50 58 68 54 64 78 52,
50 40 33 34 43 64 33, 64 61 52 62 66 80 41, 53 66 52 50 63 80 37, 40 37 42 58 50 57 49,
63 54 42 48 66 75 33, 66 77 66 63 88 76 72, 78 75 58 74 80 78 49, 48 57 44 45 51 83 38,
85 85 71 71 77 74 55, 82 82 39 59 64 78 39
"""


@pytest.mark.parametrize(("counted", "interval"), NEWCOMBE.items())
def test_the_interval_of_a_share_is_newcombes(
    counted: tuple[int, int], interval: tuple[float, float]
) -> None:
    found = wilson(*counted)
    assert (found.low, found.high) == pytest.approx(interval, abs=0.00005)


def test_facility_and_discrimination_are_moodles() -> None:
    marks = [[float(mark) for mark in line.split()] for line in MARKS.split("\n") if line]
    people = [[mark / most for mark, most in zip(row, POINTS, strict=True)] for row in marks]
    found = analyse([str(number) for number in range(8, 21)], POINTS, people).items
    assert [one.facility.value * 100 for one in found if one.facility] == pytest.approx(FACILITY)
    sorts = [one.discrimination.value * 100 for one in found if one.discrimination]
    assert sorts == pytest.approx(DISCRIMINATION)


def test_the_reliability_is_that_of_the_attitude_survey() -> None:
    people = [[int(cell) for cell in row.split()] for row in ATTITUDE.split(",")]
    assert len(people) == 30
    assert alpha([1] * 7, people) == pytest.approx(0.84, abs=0.005)


def test_a_correlation_has_fishers_interval() -> None:
    found = fisher(0.5, 103)  # atanh(0.5) ± 1.96 / 10
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.3393, 0.6324), abs=0.0001)
    assert fisher(0.5, 3) is None


def test_a_person_who_was_not_asked_counts_neither_for_nor_against_an_item() -> None:
    lines = ["a,b,c", *["1,0,1", "0,,0"] * 6]
    matrix = read_matrix(lines)
    figures = analyse(matrix.items, (1, 1, 1), matrix.people).items
    assert [one.n for one in figures] == [12, 6, 12]
    assert figures[1].is_too_few
    assert figures[1].facility is None
    assert figures[0].facility is not None
    assert figures[0].facility.value == pytest.approx(0.5)


def test_where_nobody_differs_there_is_no_discrimination_and_no_reliability() -> None:
    found = analyse(("a", "b"), (1, 1), [(1.0, 1.0)] * 12)
    assert [one.discrimination for one in found.items] == [None, None]
    assert found.reliability is None
