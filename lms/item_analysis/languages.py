"""Whether a question is harder in one language for people who know as much in all.

Mantel and Haenszel (1959, Journal of the National Cancer Institute 22, 719-748): the common odds
ratio over strata of equal totals; its interval by Robins, Breslow and Greenland (1986, Biometrics
42, 311-323). Strata are whole percents of the total, the question itself included, as Holland and
Thayer advise (1988, in Wainer and Braun, Test Validity, 129-145). The classes are those of the
Educational Testing Service (Dorans and Holland 1993, in Holland and Wainer, Differential Item
Functioning, 41-42).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import exp, log, sqrt
from statistics import NormalDist

from lms.item_analysis.intervals import Interval, Z

_DELTA = -2.35  # of the ETS scale: 4 / 1.7
_ONE_SIDED = NormalDist().inv_cdf(0.95)
_SMALL, _LARGE = 1.0, 1.5


class Size(StrEnum):
    """How large a difference is, in the classes of ETS."""

    NEGLIGIBLE = "A"
    MODERATE = "B"
    LARGE = "C"


@dataclass(frozen=True, slots=True)
class Stratum:
    """Right and wrong answers of two groups with the same total."""

    right: int
    wrong: int
    other_right: int
    other_wrong: int

    @property
    def n(self) -> int:
        """How many people it holds."""
        return self.right + self.wrong + self.other_right + self.other_wrong


@dataclass(frozen=True, slots=True)
class Difference:
    """The common odds ratio of the first group to the other: above 1, the first has it easier."""

    ratio: float
    interval: Interval
    log_error: float

    @property
    def delta(self) -> float:
        """The difference on the delta scale of ETS: below 0, the other group has it harder."""
        return _DELTA * log(self.ratio)

    @property
    def size(self) -> Size:
        """C: 1.5 or more, and surely more than 1; A: less than 1, or not surely any; else B."""
        size, error = abs(self.delta), abs(_DELTA) * self.log_error
        if size < _SMALL or size <= Z * error:
            return Size.NEGLIGIBLE
        if size >= _LARGE and size - _ONE_SIDED * error > _SMALL:
            return Size.LARGE
        return Size.MODERATE


def difference(strata: Iterable[Stratum]) -> Difference | None:
    """Compare two groups; None where the answers are too much alike for any ratio."""
    held = [one for one in strata if one.n]
    for_first = [one.right * one.other_wrong / one.n for one in held]
    for_other = [one.wrong * one.other_right / one.n for one in held]
    first, other = sum(for_first), sum(for_other)
    if not first or not other:
        return None
    alike = [(one.right + one.other_wrong) / one.n for one in held]
    unlike = [(one.wrong + one.other_right) / one.n for one in held]
    error = sqrt(
        sum(p * r for p, r in zip(alike, for_first, strict=True)) / (2 * first * first)
        + sum(p * s + q * r for p, q, r, s in zip(alike, unlike, for_first, for_other, strict=True))
        / (2 * first * other)
        + sum(q * s for q, s in zip(unlike, for_other, strict=True)) / (2 * other * other)
    )
    ratio = first / other
    return Difference(ratio, Interval(ratio * exp(-Z * error), ratio * exp(Z * error)), error)
