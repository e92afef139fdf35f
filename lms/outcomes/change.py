"""What changed from before to after: mean difference and effect size, each with its interval. Pure.

Formulas, sources and worked examples: docs/OUTCOMES.md. Intervals are of 95 percent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import correlation, fmean, stdev

from lms.item_analysis.intervals import LEVEL, Interval, Z
from lms.outcomes.t_distribution import t_quantile

LEAST = 10  # no figure about fewer sheets
_TAIL = 0.5 + LEVEL / 2


@dataclass(frozen=True, slots=True)
class Effect:
    """A standardised difference with Hedges' correction, and its interval."""

    g: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Change:
    """A difference, after less before. `effect` is None where nobody differs from anybody.

    Of pairs, `effect` is g_av (by the mean of both standard deviations) and `d_z` the difference
    by the standard deviation of the differences; of two groups, g by the pooled one, and no d_z.
    """

    n_before: int
    n_after: int
    before: float
    after: float
    difference: float
    interval: Interval
    effect: Effect | None
    d_z: float | None = None


def hedges(freedom: int) -> float:
    """Give the factor that takes the bias of few people out of a standardised difference."""
    return 1 - 3 / (4 * freedom - 1)


def paired_change(before: Sequence[float], after: Sequence[float]) -> Change:
    """Give the change of people whose two scores stand at the same place; two people at least."""
    n = len(before)
    differences = [late - early for early, late in zip(before, after, strict=True)]
    mean, spread = fmean(differences), stdev(differences)
    half = t_quantile(_TAIL, n - 1) * spread / sqrt(n)
    return Change(
        n_before=n,
        n_after=n,
        before=fmean(before),
        after=fmean(after),
        difference=mean,
        interval=Interval(mean - half, mean + half),
        effect=_paired_effect(before, after, mean),
        d_z=mean / spread if spread else None,
    )


def _paired_effect(before: Sequence[float], after: Sequence[float], mean: float) -> Effect | None:
    spreads = stdev(before), stdev(after)
    if not all(spreads):
        return None
    return paired_effect(mean / fmean(spreads), correlation(before, after), len(before))


def paired_effect(d_av: float, r: float, n: int) -> Effect:
    """Give g_av of n pairs whose scores correlate by r; the variance is that of Borenstein 4.28."""
    variance = (1 / n + d_av * d_av / (2 * n)) * 2 * (1 - r)
    return _corrected(d_av, variance, n - 1)


def group_change(before: Sequence[float], after: Sequence[float]) -> Change:
    """Give the difference of two groups that are not paired, with Welch's interval."""
    early, late = len(before), len(after)
    mean = fmean(after) - fmean(before)
    parts = stdev(before) ** 2 / early, stdev(after) ** 2 / late
    half = _welch(parts, (early, late))
    pooled = sqrt(
        ((early - 1) * stdev(before) ** 2 + (late - 1) * stdev(after) ** 2) / (early + late - 2)
    )
    return Change(
        n_before=early,
        n_after=late,
        before=fmean(before),
        after=fmean(after),
        difference=mean,
        interval=Interval(mean - half, mean + half),
        effect=group_effect(mean / pooled, early, late) if pooled else None,
    )


def _welch(parts: tuple[float, float], sizes: tuple[int, int]) -> float:
    """Give half the width of Welch's interval; nought where nobody differs from anybody."""
    whole = sum(parts)
    if not whole:
        return 0.0
    shares = [part * part / (size - 1) for part, size in zip(parts, sizes, strict=True)]
    return t_quantile(_TAIL, whole * whole / sum(shares)) * sqrt(whole)


def group_effect(d: float, early: int, late: int) -> Effect:
    """Give g of two groups; the variance is that of Borenstein 4.20."""
    variance = (early + late) / (early * late) + d * d / (2 * (early + late))
    return _corrected(d, variance, early + late - 2)


def _corrected(d: float, variance: float, freedom: int) -> Effect:
    factor = hedges(freedom)
    half = Z * factor * sqrt(max(variance, 0.0))
    return Effect(d * factor, Interval(d * factor - half, d * factor + half))


@dataclass(frozen=True, slots=True)
class WaveChange:
    """The change of a score: of those who can be paired, and of all sheets as two groups.

    Either is None where it would speak of fewer than ten sheets; `everybody` also where the sheets
    that it has beyond the pairs are fewer than ten, since a subtraction would give theirs away.
    """

    paired: Change | None
    everybody: Change | None


def wave_change(
    before: Mapping[str, float], after: Mapping[str, float], *, least: int = LEAST
) -> WaveChange:
    """Give what changed, from scores by token."""
    both = sorted(before.keys() & after.keys())
    paired = None
    if len(both) >= least:
        paired = paired_change([before[one] for one in both], [after[one] for one in both])
    rests = len(before) - len(both), len(after) - len(both)
    is_safe = all(rest == 0 or rest >= least for rest in rests) and any(rests)
    if min(len(before), len(after)) < least or not is_safe:
        return WaveChange(paired, None)
    values = [[scores[one] for one in sorted(scores)] for scores in (before, after)]
    return WaveChange(paired, group_change(*values))
