"""Known again to the agency, or not: the rate at each term, and the curve. Pure.

Counted is who has a report at 12 months, so that rates and curve are about the same people.
A rate is told of ten people or more, however few of them are known again: a rate that hid itself
until ten were known again would never be told (docs/adr/0031-outcomes.md).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms.item_analysis.intervals import wilson
from lms.outcomes.figures import (
    CurveFigures,
    CurveStep,
    Figures,
    Group,
    Share,
    TermRate,
)
from lms.outcomes.follow_up import TERMS
from lms.outcomes.months import months_between
from lms.outcomes.queries import Report
from lms.outcomes.snapshots import may_tell
from lms.outcomes.survival import Span, kaplan_meier, shown_part

CURVE = "follow-up-curve"


@dataclass(frozen=True, slots=True)
class FollowUpOutcome:
    """The rates, the curve, and the groups of people that they are about."""

    rates: tuple[TermRate, ...]
    curve: CurveFigures | None
    groups: Mapping[str, Group]


def share_of(successes: int, n: int) -> Share:
    """Give a share with Wilson's interval."""
    interval = wilson(successes, n)
    return Share(n, successes / n, interval.low, interval.high)


def follow_up_outcome(reports: Sequence[Report], earlier: Sequence[Figures]) -> FollowUpOutcome:
    """Give what is known of those who completed, where it may be told after `earlier`."""
    groups: dict[str, Group] = {}
    rates = []
    begun = {one.mark for one in reports if one.months == TERMS[0]}
    reports = [one for one in reports if one.mark in begun]
    for months in TERMS:
        about = [one for one in reports if one.months == months]
        name, group = f"follow-up-{months}", _group(about)
        if not may_tell(name, group, earlier):
            rates.append(TermRate(months, None))
            continue
        groups[name] = group
        years = [one.outcome_on.year for one in about]
        rate = share_of(sum(one.known_again for one in about), len(about))
        rates.append(TermRate(months, rate, min(years), max(years)))
    whole = _group(reports)
    curve = _curve(reports) if may_tell(CURVE, whole, earlier) else None
    if curve is not None:
        groups[CURVE] = whole
    return FollowUpOutcome(tuple(rates), curve, groups)


def spans_of(reports: Sequence[Report]) -> tuple[Span, ...]:
    """Give how long each person was looked at: until he is known, or until his last report.

    Of somebody who is known and nobody says since when, the end of the term is taken.
    """
    people: dict[str, list[Report]] = {}
    for one in reports:
        people.setdefault(one.mark, []).append(one)
    return tuple(_span(found) for found in people.values())


def _span(reports: Sequence[Report]) -> Span:
    known = [one for one in reports if one.known_again]
    if not known:
        return Span(max(one.months for one in reports), happened=False)
    first = min(known, key=lambda one: one.months)
    if first.known_on is None:
        return Span(first.months, happened=True)
    return Span(max(months_between(first.outcome_on, first.known_on), 0), happened=True)


def _curve(reports: Sequence[Report]) -> CurveFigures | None:
    spans = spans_of(reports)
    shown = shown_part(kaplan_meier(spans), spans)
    if shown is None:
        return None
    steps = tuple(
        CurveStep(
            months=one.months,
            share=one.share,
            low=None if one.interval is None else one.interval.low,
            high=None if one.interval is None else one.interval.high,
        )
        for one in shown.steps
    )
    return CurveFigures(shown.n, shown.until, steps)


def _group(reports: Sequence[Report]) -> Group:
    """Give how many reports, and a mark of exactly what each says."""
    said = sorted(f"{one.mark} {one.months} {one.known_again} {one.known_on}" for one in reports)
    return Group(len(said), hashlib.sha256("\n".join(said).encode()).hexdigest())
