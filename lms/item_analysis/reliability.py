"""How far a quiz would rank the same people alike with other questions of its kind, from sums.

Where everybody was asked the same: Cronbach's alpha (1951, Psychometrika 16, 297-334). Where each
attempt draws its own questions, how hard they happen to be is a part of chance as well, and alpha
does not hold: then formula 21 of Kuder and Richardson (1937, Psychometrika 2, 151-160), which Lord
shows to be the right one for that case (1955, Psychometrika 20, 1-22). It is written for questions
that are right or wrong and worth the same. Interval: Bonett and Wright (2015, Journal of
Organizational Behavior 36, 3-15).
"""

from dataclasses import dataclass
from enum import StrEnum
from math import exp, log, sqrt

from lms.item_analysis.intervals import Interval, Z
from lms.item_analysis.items import FEWEST, Estimate
from lms.item_analysis.sums import UNIT, Sums


class Method(StrEnum):
    """By which formula."""

    ALPHA = "alpha"
    KR21 = "kr21"


class Why(StrEnum):
    """Why no reliability can be told."""

    TOO_FEW = "too-few"
    ONE_QUESTION = "one-question"
    NOBODY_DIFFERS = "nobody-differs"
    SOME_LEFT_OUT = "some-left-out"  # in some attempts a question does not count
    DRAWN_UNEVEN = "drawn-uneven"  # drawn, and worth different points or given in part
    EDITIONS_DIFFER = "editions-differ"


@dataclass(frozen=True, slots=True)
class Reliability:
    """A reliability with its method, or why there is none."""

    method: Method | None = None
    estimate: Estimate | None = None
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a quiz: its points, and the sums of its answers."""

    points: int
    sums: Sums


@dataclass(frozen=True, slots=True)
class Totals:
    """Attempts and the sums of their totals, as shares of the maximum in units of 1/27720."""

    n: int
    t: int
    tt: int

    @property
    def variance(self) -> float:
        """The variance of the share, n in the denominator."""
        return (self.n * self.tt - self.t * self.t) / (self.n * self.n * UNIT * UNIT)


def reliability(questions: tuple[Question, ...], asked: int, totals: Totals) -> Reliability:
    """Tell the reliability of a quiz that asks `asked` of these questions in each attempt."""
    why = _why_not(questions, asked, totals)
    if why is not None:
        return Reliability(why=why)
    if _is_same_for_all(questions, totals):
        return _told(Method.ALPHA, alpha(questions, totals), asked, totals.n)
    return _told(Method.KR21, kr21(asked, totals), asked, totals.n)


def _why_not(questions: tuple[Question, ...], asked: int, totals: Totals) -> Why | None:
    if totals.n < FEWEST:
        return Why.TOO_FEW
    if asked < 2:  # noqa: PLR2004 - one question is consistent with nothing
        return Why.ONE_QUESTION
    if sum(one.sums.n for one in questions) != asked * totals.n:
        return Why.SOME_LEFT_OUT
    if not totals.variance:
        return Why.NOBODY_DIFFERS
    uneven = len({one.points for one in questions}) > 1
    uneven = uneven or any(not one.sums.is_right_or_wrong for one in questions)
    return Why.DRAWN_UNEVEN if uneven and not _is_same_for_all(questions, totals) else None


def _is_same_for_all(questions: tuple[Question, ...], totals: Totals) -> bool:
    return all(one.sums.n == totals.n for one in questions)


def alpha(questions: tuple[Question, ...], totals: Totals) -> float:
    """Give Cronbach's alpha of questions that all were asked."""
    count, worth = len(questions), sum(one.points for one in questions)
    apart = sum(_variance(one.sums) * one.points**2 for one in questions)
    return count / (count - 1) * (1 - apart / (totals.variance * worth * worth))


def kr21(asked: int, totals: Totals) -> float:
    """Give Kuder and Richardson's formula 21 of attempts that ask so many questions each."""
    mean = totals.t / (totals.n * UNIT)
    return asked / (asked - 1) * (1 - mean * (1 - mean) / (asked * totals.variance))


def reliability_interval(value: float, asked: int, n: int) -> Interval | None:
    """Give the interval of a reliability of so many questions and attempts; None for 1."""
    if value >= 1:
        return None
    middle = log(1 - value) - log(n / (n - 1))
    half = Z * sqrt(2 * asked / ((asked - 1) * (n - 2)))
    return Interval(1 - exp(middle + half), 1 - exp(middle - half))


def _told(method: Method, value: float, asked: int, n: int) -> Reliability:
    return Reliability(method, Estimate(value, reliability_interval(value, asked, n), n))


def _variance(sums: Sums) -> float:
    return (sums.n * sums.xx - sums.x * sums.x) / (sums.n * sums.n * UNIT * UNIT)
