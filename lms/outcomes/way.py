"""From referral to outcome: where each file of a year stands, and how long its steps took. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from statistics import quantiles

from lms.outcomes.months import month_of
from lms.outcomes.suppression import LEAST, Counts, Shape, Tables
from lms.referrals.states import Outcome, State

COHORTS, MONTHS = "cohorts", "months"  # the two tables
NO_COHORT = ""


class Column(StrEnum):
    """What is counted of files."""

    REFERRED = "referred"
    ELIGIBLE = "eligible"
    ENROLLED = "enrolled"
    UNDER_WAY = "under_way"
    COMPLETED = "completed"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


_NOT_ELIGIBLE, _NOT_ENROLLED = "not_eligible", "not_enrolled"
SHAPE = Shape(
    Column.REFERRED,
    {
        Column.REFERRED: (Column.ELIGIBLE, _NOT_ELIGIBLE),
        Column.ELIGIBLE: (Column.ENROLLED, _NOT_ENROLLED),
        Column.ENROLLED: (
            Column.UNDER_WAY,
            Column.COMPLETED,
            Column.RETURNED,
            Column.WITHDRAWN,
        ),
    },
    frozenset({_NOT_ELIGIBLE, _NOT_ENROLLED}),
)


class Span(StrEnum):
    """Which step's length is told."""

    TO_ENROLMENT = "to_enrolment"
    TO_COMPLETION = "to_completion"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class FileView:
    """What a file says here; `cohort` is the id of its group, empty for none."""

    referred_on: date
    cohort: str
    is_eligible: bool
    enrolled_on: date | None
    state: str
    outcome: str | None
    outcome_on: date | None

    @property
    def is_cancelled(self) -> bool:
        """Whether it was called off (wrong person, error of the agency): it is counted nowhere."""
        ended = self.state in {State.CLOSED, State.PURGED}
        return self.state == State.CANCELLED or (ended and self.outcome is None)


def place_of(file: FileView) -> str:
    """Give the one part in which a file is counted."""
    if not file.is_eligible:
        return _NOT_ELIGIBLE
    if file.enrolled_on is None and file.outcome not in {Outcome.COMPLETED, Outcome.WITHDRAWN}:
        return _NOT_ENROLLED
    if file.outcome == Outcome.COMPLETED:
        return Column.COMPLETED
    if file.outcome == Outcome.WITHDRAWN or file.state == State.WITHDRAWN:
        return Column.WITHDRAWN
    if file.outcome == Outcome.NOT_COMPLETED or file.state == State.EXPIRED:
        return Column.RETURNED
    return Column.UNDER_WAY


def way_tables(files: Iterable[FileView]) -> Tables:
    """Count files by group and by month of referral; a group or month only if it has one."""
    counted = sorted(
        (file for file in files if not file.is_cancelled), key=lambda one: one.referred_on
    )
    by_cohort: dict[str, list[FileView]] = {}
    by_month: dict[str, list[FileView]] = {}
    for file in counted:
        by_cohort.setdefault(file.cohort, []).append(file)
        by_month.setdefault(month_of(file.referred_on).isoformat(), []).append(file)
    rows = {
        COHORTS: {cohort: _counts(found) for cohort, found in by_cohort.items()},
        MONTHS: {month: _counts(found) for month, found in by_month.items()},
    }
    return Tables(SHAPE, _counts(counted), rows, frozenset({COHORTS, MONTHS}))


def _counts(files: Iterable[FileView]) -> Counts:
    leaves = dict.fromkeys(SHAPE.leaves, 0)
    for file in files:
        leaves[place_of(file)] += 1

    def value(column: str) -> int:
        parts = SHAPE.parts.get(column)
        return leaves[column] if parts is None else sum(value(part) for part in parts)

    return {column: value(column) for column in SHAPE.columns}


@dataclass(frozen=True, slots=True)
class Quartiles:
    """The middle half of how long something took, in whole days."""

    lower: int
    median: int
    upper: int


def span_days(files: Iterable[FileView]) -> Mapping[Span, list[int]]:
    """Give how many days each step of each file took that has taken it."""
    found: dict[Span, list[int]] = {span: [] for span in Span}
    for file in files:
        done = file.outcome_on if file.outcome == Outcome.COMPLETED else None
        for span, start, end in (
            (Span.TO_ENROLMENT, file.referred_on, file.enrolled_on),
            (Span.TO_COMPLETION, file.enrolled_on, done),
            (Span.WHOLE, file.referred_on, done),
        ):
            if start is not None and end is not None and not file.is_cancelled:
                found[span].append(max((end - start).days, 0))
    return found


def quartiles(days: Sequence[int], *, least: int = LEAST) -> Quartiles | None:
    """Give median and quartiles (the inclusive method); None for fewer than ten files."""
    if len(days) < least:
        return None
    lower, median, upper = quantiles(days, n=4, method="inclusive")
    return Quartiles(round(lower), round(median), round(upper))
