"""How long people stay unknown to the agency: Kaplan and Meier's curve. Pure.

Intervals are of 95 percent: Greenwood's variance, on the scale of log(-log), so that they stay
between nought and one. Sources and a worked example: docs/OUTCOMES.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

from lms.item_analysis.intervals import Interval, Z

LEAST = 10  # at risk: beyond that the curve is not shown


@dataclass(frozen=True, slots=True)
class Span:
    """How long one person was looked at, in months, and whether the thing happened at its end."""

    months: float
    happened: bool


@dataclass(frozen=True, slots=True)
class Step:
    """The share left from this moment on; `interval` is None where nobody is left."""

    months: float
    at_risk: int  # just before
    happened: int
    share: float
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve that begins at one and falls at each step, drawn until `until`."""

    n: int
    steps: tuple[Step, ...]
    until: float


def kaplan_meier(spans: Sequence[Span]) -> Curve:
    """Give the curve of these people; whoever was lost at a moment was at risk at it."""
    share, variance = 1.0, 0.0
    steps = []
    for moment in sorted({one.months for one in spans if one.happened}):
        at_risk = sum(one.months >= moment for one in spans)
        happened = sum(one.happened and one.months == moment for one in spans)
        share *= 1 - happened / at_risk
        if at_risk > happened:
            variance += happened / (at_risk * (at_risk - happened))
        steps.append(Step(moment, at_risk, happened, share, _interval(share, variance)))
    return Curve(len(spans), tuple(steps), max((one.months for one in spans), default=0.0))


def shown_part(curve: Curve, spans: Sequence[Span], *, least: int = LEAST) -> Curve | None:
    """Give the curve as far as enough people are at risk; None where there never were."""
    if curve.n < least:
        return None
    moments = sorted({one.months for one in spans})
    enough = [at for at in moments if sum(one.months >= at for one in spans) >= least]
    until = enough[-1] if enough else 0.0
    steps = tuple(one for one in curve.steps if one.months <= until)
    return Curve(curve.n, steps, until) if until > 0 else None


def _interval(share: float, variance: float) -> Interval | None:
    if not 0 < share < 1:
        return None
    half = Z * sqrt(variance) / abs(log(share))
    return Interval(share ** exp(half), share ** exp(-half))
