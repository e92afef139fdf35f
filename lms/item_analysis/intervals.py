"""Intervals of 95 percent: Wilson's for a share, Fisher's for a correlation, resampling else.

Sources: Wilson (1927) as in Newcombe (1998), Statistics in Medicine 17, 857-872, method 3;
Fisher (1921), Metron 1, 3-32; Efron and Tibshirani (1993), An Introduction to the Bootstrap,
chapter 13.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import atanh, sqrt, tanh
from statistics import NormalDist

Scores = Sequence[float | None]  # one person: a scaled score an item, None where it was not asked
LEVEL = 0.95
Z = NormalDist().inv_cdf(0.5 + LEVEL / 2)
_FEWEST_PAIRS = 4  # Fisher's standard error is 1/sqrt(n - 3)
_SAMPLES = 1000
_SEED = 20261121  # the same data give the same interval, whoever computes it


@dataclass(frozen=True, slots=True)
class Interval:
    """From where to where, both included."""

    low: float
    high: float


def wilson(successes: float, n: int) -> Interval:
    """Give the score interval of a share of `successes` in `n` > 0, without correction.

    Successes need not be whole: the mean of scores between 0 and 1 varies at most as a share of the
    same size does (Bhatia and Davis 2000, American Mathematical Monthly 107, 353-357), so that its
    interval is wide enough.
    """
    share, square = successes / n, Z * Z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = Z * sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return Interval(max(middle - half, 0.0), min(middle + half, 1.0))


def fisher(correlation: float, n: int) -> Interval | None:
    """Give the interval of a correlation of `n` pairs; None for fewer than four pairs."""
    if n < _FEWEST_PAIRS:
        return None
    if abs(correlation) >= 1:
        return Interval(correlation, correlation)
    half = Z / sqrt(n - 3)
    return Interval(tanh(atanh(correlation) - half), tanh(atanh(correlation) + half))


def bootstrap(
    people: Sequence[Scores], statistic: Callable[[Sequence[Scores]], float | None]
) -> Interval | None:
    """Give the percentile interval of a statistic by drawing people anew, 1,000 times.

    A sample that has no figure counts for nothing; None where fewer than half have one.
    """
    chance = random.Random(_SEED)  # noqa: S311 - nothing is secret here
    samples = (chance.choices(people, k=len(people)) for _ in range(_SAMPLES))
    found = sorted(value for sample in samples if (value := statistic(sample)) is not None)
    if len(found) * 2 < _SAMPLES:
        return None
    tail = (1 - LEVEL) / 2
    return Interval(found[int(tail * len(found))], found[int((1 - tail) * len(found)) - 1])
