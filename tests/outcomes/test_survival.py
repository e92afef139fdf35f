"""The curve is the one that others have drawn from the same data, and stops where few are left."""

import pytest

from lms.outcomes.survival import Span, kaplan_meier, shown_part

# Freireich and others (1963), Blood 21, 699-716: weeks of remission under 6-MP; + is censored.
# The shares are in every textbook since; the intervals (log-log) are those that Stata prints.
SIX_MP = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
SPANS = tuple(Span(float(one.rstrip("+")), not one.endswith("+")) for one in SIX_MP.split())


def test_the_curve_of_freireich() -> None:
    steps = kaplan_meier(SPANS).steps
    assert [one.months for one in steps] == [6, 7, 10, 13, 16, 22, 23]
    assert [one.at_risk for one in steps] == [21, 17, 15, 12, 11, 7, 6]
    assert [round(one.share, 3) for one in steps] == [
        *(0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "low", "high"),
    [
        (0, 0.6197, 0.9516),
        (1, 0.5631, 0.9228),
        (2, 0.5032, 0.8894),
        (3, 0.4316, 0.8491),
        (4, 0.3675, 0.8049),
        (5, 0.2678, 0.7468),
        (6, 0.1881, 0.6801),
    ],
)
def test_its_intervals_are_greenwoods_on_the_scale_of_log_log(
    place: int, low: float, high: float
) -> None:
    interval = kaplan_meier(SPANS).steps[place].interval
    assert interval is not None
    assert interval.low == pytest.approx(low, abs=0.0002)
    assert interval.high == pytest.approx(high, abs=0.0002)


def test_the_curve_is_shown_as_long_as_ten_are_at_risk() -> None:
    found = shown_part(kaplan_meier(SPANS), SPANS)
    assert found is not None
    assert [one.months for one in found.steps] == [6, 7, 10, 13, 16]
    assert found.until == 17  # ten are at risk on that day, nine on the next
    assert shown_part(kaplan_meier(SPANS[:9]), SPANS[:9]) is None


def test_when_nothing_happened_the_curve_stays_at_one() -> None:
    spans = [Span(12, happened=False)] * 10
    found = shown_part(kaplan_meier(spans), spans)
    assert found is not None
    assert (found.steps, found.until) == ((), 12)


def test_when_it_happened_to_all_the_curve_ends_at_nought_without_an_interval() -> None:
    found = kaplan_meier([Span(3, happened=True)] * 12)
    assert [(one.share, one.interval) for one in found.steps] == [(0, None)]
