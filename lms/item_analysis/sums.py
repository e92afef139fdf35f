"""Figures of one question from sums alone, so that no page reads what people answered.

`x` is the score of a question and `r` that of the others in the same attempt, both as shares of
their maximum in units of 1/27720: 27720 is the least common multiple of 1 to 12, so that nearly
every share is a whole number, and sums are exact in whatever order they are taken.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from lms.item_analysis.intervals import fisher, wilson
from lms.item_analysis.items import FEWEST, Estimate

UNIT = 27720


@dataclass(frozen=True, slots=True)
class Sums:
    """What is summed over the answers to one question; `right` counts full scores."""

    n: int = 0
    right: int = 0
    x: int = 0
    xx: int = 0
    r: int = 0
    rr: int = 0
    xr: int = 0

    @property
    def is_right_or_wrong(self) -> bool:
        """Whether nobody got a part of the points: then each x is 0 or 1."""
        return self.xx == self.x * UNIT


def added(many: Iterable[Sums]) -> Sums:
    """Add sums."""
    n = right = x = xx = r = rr = xr = 0
    for one in many:
        n += one.n
        right += one.right
        x += one.x
        xx += one.xx
        r += one.r
        rr += one.rr
        xr += one.xr
    return Sums(n, right, x, xx, r, rr, xr)


def share(count: float, n: int) -> Estimate | None:
    """Give a share with Wilson's interval; None where too few are counted."""
    return Estimate(count / n, wilson(count, n), n) if n >= FEWEST else None


def facility(sums: Sums) -> Estimate | None:
    """Give the mean score; with partial credit the interval is wide enough, not the narrowest."""
    return share(sums.x / UNIT, sums.n)


def discrimination(sums: Sums) -> Estimate | None:
    """Correlate the question with the others; None where too few, or where nobody differs."""
    own = sums.n * sums.xx - sums.x * sums.x
    rest = sums.n * sums.rr - sums.r * sums.r
    if sums.n < FEWEST or not own or not rest:
        return None
    both = sums.n * sums.xr - sums.x * sums.r
    value = max(-1.0, min(1.0, both / (sqrt(own) * sqrt(rest))))
    return Estimate(value, fisher(value, sums.n), sums.n)
