"""An instructor with little time is sent to the questions that are odd, and told why in a word."""

from dataclasses import replace

import pytest

from lms.item_analysis.intervals import Interval
from lms.item_analysis.items import Estimate
from lms.item_analysis.languages import Stratum, difference
from lms.item_analysis.oddities import Observed, Odd, look_first, oddity
from lms.item_analysis.sums import share
from lms.item_analysis.thirds import OptionFigures, Thirds, option_figures, thirds


def option(position: int, n: int, passed: int = 0, *, right: bool = False) -> OptionFigures:
    """Give an option that so many chose."""
    return OptionFigures(position, right, n, passed, None, None, None)


SOUND = Observed(
    item="sound",
    n=100,
    passed=60,
    one_of=3,
    facility=share(70, 100),
    discrimination=Estimate(0.4, Interval(0.2, 0.6), 100),
    options=(option(0, 70, 50, right=True), option(1, 20, 7), option(2, 10, 3)),
    difference=difference([Stratum(50, 50, 49, 51)]),
)
WRONG_KEY = replace(
    SOUND, item="key", options=(option(0, 20, 10, right=True), option(1, 75, 45), option(2, 5, 5))
)
HARDLY_ANYBODY = replace(SOUND, item="chance", facility=share(10, 100))
BEST_MISSED = replace(
    SOUND, item="missed", discrimination=Estimate(-0.4, Interval(-0.6, -0.1), 100)
)
LANGUAGES = replace(SOUND, item="languages", difference=difference([Stratum(500, 500, 300, 700)]))
LESS = replace(SOUND, item="less", difference=difference([Stratum(500, 500, 375, 625)]))
NOBODY = replace(
    SOUND, item="idle", options=(option(0, 70, 50, right=True), option(1, 30, 10), option(2, 0, 0))
)


@pytest.mark.parametrize(
    ("question", "odd", "position"),
    [
        (SOUND, None, None),
        (WRONG_KEY, Odd.PASSED_CHOSE_WRONG, 1),
        (HARDLY_ANYBODY, Odd.BELOW_CHANCE, None),
        (BEST_MISSED, Odd.BEST_MISSED, None),
        (LANGUAGES, Odd.LANGUAGES_DIFFER, None),
        (LESS, Odd.LANGUAGES_DIFFER, None),
        (NOBODY, Odd.NOBODY_CHOSE, 2),
        # Half is not most, and of nine who passed nothing is told.
        (
            replace(WRONG_KEY, options=(option(0, 30, 30, right=True), option(1, 30, 30))),
            None,
            None,
        ),
        (replace(WRONG_KEY, passed=9), None, None),
        # An interval that holds what is expected is no finding.
        (replace(SOUND, facility=share(28, 100)), None, None),
        (replace(SOUND, discrimination=Estimate(-0.1, Interval(-0.3, 0.1), 100)), None, None),
        (replace(HARDLY_ANYBODY, one_of=0), None, None),
        # Nobody of twenty-nine is no news; nobody of thirty is.
        (replace(NOBODY, n=29), None, None),
        (replace(NOBODY, n=30), Odd.NOBODY_CHOSE, 2),
        # Where nearly everybody is right, an option that nobody chose is not idle.
        (
            replace(SOUND, options=(option(0, 91, 60, right=True), option(1, 9), option(2, 0))),
            None,
            None,
        ),
        # A right option that nobody takes is not idle: it is told by the others.
        (replace(SOUND, options=(option(0, 0, 0, right=True), option(1, 50, 30))), None, None),
        (replace(WRONG_KEY, n=9), None, None),
        (replace(SOUND, facility=None, discrimination=None, difference=None), None, None),
    ],
)
def test_each_question_tells_its_oddest_thing(
    question: Observed, odd: Odd | None, position: int | None
) -> None:
    found = oddity(question)
    assert (found.odd if found else None) == odd
    assert (found.position if found else None) == position


def test_at_most_three_are_told_and_the_oddest_comes_first() -> None:
    many = (NOBODY, SOUND, LESS, LANGUAGES, BEST_MISSED, HARDLY_ANYBODY, WRONG_KEY)
    for questions in (many, many[::-1]):
        assert [one.item for one in look_first(questions)] == ["key", "chance", "missed"]
    last = [one.item for one in look_first([NOBODY, LESS, LANGUAGES])]
    assert last == ["languages", "less", "idle"]
    assert look_first([SOUND, SOUND]) == ()


def test_within_a_kind_the_stronger_comes_first() -> None:
    worse = replace(
        BEST_MISSED, item="worse", discrimination=Estimate(-0.7, Interval(-0.8, -0.5), 100)
    )
    assert [one.item for one in look_first([BEST_MISSED, worse])] == ["worse", "missed"]


def test_a_question_with_two_faults_shows_the_greater() -> None:
    both = replace(WRONG_KEY, discrimination=BEST_MISSED.discrimination)
    found = oddity(both)
    assert found is not None
    assert found.odd is Odd.PASSED_CHOSE_WRONG


@pytest.mark.parametrize(
    ("counts", "lower", "upper"),
    [
        ({10: 10, 50: 10, 90: 10}, {10}, {90}),
        # The percent that crosses the border goes to the middle.
        ({10: 5, 20: 6, 50: 10, 90: 4, 100: 5}, {10}, {90, 100}),
        ({0: 2, 10: 2, 50: 8}, {0, 10}, {50}),
        # A last percent that holds more than a third is the group, whole.
        ({40: 2, 80: 3, 100: 25}, {40, 80}, {100}),
        ({0: 20, 100: 20}, {0}, {100}),
        ({100: 40}, set(), set()),
        ({}, set(), set()),
        ({20: 0, 100: 40}, set(), set()),
    ],
)
def test_thirds_are_made_of_whole_percents(
    counts: dict[int, int], lower: set[int], upper: set[int]
) -> None:
    assert thirds(counts) == Thirds(frozenset(lower), frozenset(upper))


def test_an_option_is_counted_among_all_and_in_each_third() -> None:
    asked = {10: 12, 50: 12, 90: 12}
    found = option_figures((1, False), {10: 6, 50: 3, 90: 0}, asked, frozenset({90}))
    assert (found.n, found.passed, found.is_right) == (9, 0, False)
    assert found.everybody == share(9, 36)
    assert found.lower == share(6, 12)
    assert found.upper == share(0, 12)
    few = option_figures((1, False), {10: 3}, {10: 9, 50: 9, 90: 9}, frozenset())
    assert few.everybody is not None
    assert (few.lower, few.upper) == (None, None)
