"""Gosset's t distribution: the quantile that an interval of a mean needs. Pure.

The distribution function is the regularised incomplete beta function, computed as a continued
fraction (Press et al., Numerical Recipes, 3rd edition, section 6.4), turned round by halving.
"""

from functools import cache
from math import exp, lgamma, log

_PRECISION = 1e-14
_TINY = 1e-300  # stands in for a denominator of nought
_MOST_TERMS = 500
_FARTHEST = 1e6


@cache
def t_quantile(share: float, freedom: float) -> float:
    """Give the t below which this share lies, for so many degrees of freedom; share > 0.5."""
    low, high = 0.0, 1.0
    while t_below(high, freedom) < share and high < _FARTHEST:
        low, high = high, high * 2
    while high - low > _PRECISION * max(high, 1.0):
        middle = (low + high) / 2
        if middle in {low, high}:
            break
        low, high = (middle, high) if t_below(middle, freedom) < share else (low, middle)
    return (low + high) / 2


def t_below(t: float, freedom: float) -> float:
    """Give the share of the distribution that lies below a t of nought or more."""
    return 1 - _beta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2


def _beta(x: float, a: float, b: float) -> float:
    """Give the regularised incomplete beta function."""
    if x <= 0 or x >= 1:
        return min(max(x, 0.0), 1.0)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    """Give the continued fraction, by Lentz's method."""
    upper, lower = 1.0, 1 / _safe(1 - (a + b) * x / (a + 1))
    found = lower
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            lower = 1 / _safe(1 + term * lower)
            upper = _safe(1 + term / upper)
            found *= lower * upper
        if abs(lower * upper - 1) < _PRECISION:
            break
    return found


def _safe(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
