"""Put the year's page together: read everything, then hide what must be hidden."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from lms.exchange.message import Kind
from lms.outcomes.costs import cents_within
from lms.outcomes.figures import CostRow, Costs, Figures, Row, Share, SpanRow, Way
from lms.outcomes.flows import Name
from lms.outcomes.known_again import follow_up_outcome, share_of
from lms.outcomes.publication import Publication, publications
from lms.outcomes.queries import (
    Period,
    cohort_names,
    costs_of,
    files_of,
    message_counts,
    reports_of_completed,
)
from lms.outcomes.snapshots import EXCHANGE, too_close
from lms.outcomes.suppression import TOTAL, Counts, Shape, Tables, counts_of, protect
from lms.outcomes.survey_change import SurveyOutcome, survey_outcome
from lms.outcomes.way import (
    COHORTS,
    MONTHS,
    Column,
    FileView,
    quartiles,
    span_days,
    way_tables,
)
from lms.publishing.queries import course_ids, current_course
from lms.surveys.queries import find_survey, sheets_of
from lms.surveys.sheet import Wave

MESSAGES = "messages"  # the one column of the exchange's table
_FLAT = Shape(MESSAGES)


def year_figures(db: Session, year: int, today: date) -> Figures:
    """Give the figures of a year as they stand now; what was published before is kept in mind."""
    period = Period.of_year(year)
    published = publications(db)
    same_year = [one.figures for one in published if one.figures.year == year]
    files = files_of(db, period)
    tables = way_tables(files)
    hidden = protect(tables, also=too_close(counts_of(tables), same_year))
    way = _way(tables, hidden, cohort_names(db))
    survey = _survey(db, period, same_year)
    reports = reports_of_completed(db, period.last)
    known = follow_up_outcome(reports, [one.figures for one in published])
    return Figures(
        year=year,
        as_of=today.isoformat(),
        way=way,
        exchange=_exchange(message_counts(db, period), same_year),
        completion=_completion(way.total),
        spans=tuple(_spans(files)),
        costs=_costs(db, period, way.total.cells[Column.COMPLETED]),
        survey=None if survey is None else survey.figures,
        follow_up=known.rates,
        curve=known.curve,
        groups={**known.groups, **({} if survey is None else survey.groups)},
    )


def _way(tables: Tables, hidden: frozenset[Name], names: Mapping[str, str]) -> Way:
    """Give the rows with their figures, where they are shown; groups in the order of their age."""

    def row(table: str, name: str, label: str, counts: Counts) -> Row:
        place = (table, TOTAL if table == TOTAL else name)
        shown = {one: counts[one] for one in Column if (*place, one) not in hidden}
        return Row(name, label, {one.value: shown.get(one) for one in Column})

    cohorts = tables.rows[COHORTS]
    order = [*(one for one in names if one in cohorts), *(one for one in cohorts if not one)]
    return Way(
        total=row(TOTAL, "", "", tables.total),
        cohorts=tuple(row(COHORTS, one, names.get(one, ""), cohorts[one]) for one in order),
        months=tuple(row(MONTHS, one, one, counts) for one, counts in tables.rows[MONTHS].items()),
    )


def _completion(total: Row) -> Share | None:
    """Give the share of those enrolled who have completed, where both counts are shown."""
    enrolled, completed = total.cells[Column.ENROLLED], total.cells[Column.COMPLETED]
    if not enrolled or completed is None:
        return None
    return share_of(completed, enrolled)


def _spans(files: Sequence[FileView]) -> Iterable[SpanRow]:
    for span, days in span_days(files).items():
        found = quartiles(days)
        if found is None:
            yield SpanRow(span.value)
        else:
            yield SpanRow(span.value, found.lower, found.median, found.upper)


def _exchange(counts: Mapping[str, int], earlier: Sequence[Figures]) -> tuple[Row, ...]:
    rows = {one.value: {MESSAGES: counts[one]} for one in Kind if counts.get(one)}
    total = {MESSAGES: sum(row[MESSAGES] for row in rows.values())}
    tables = Tables(_FLAT, total, {EXCHANGE: rows}, frozenset({EXCHANGE}))
    told: dict[Name, int] = {(EXCHANGE, *n[1:]): v for n, v in counts_of(tables).items()}
    near = {(TOTAL, *n[1:]) if n[1] == TOTAL else n for n in too_close(told, earlier)}
    hidden = protect(tables, also=near)
    shown = [Row(TOTAL, "", {MESSAGES: _unless(hidden, (TOTAL, TOTAL, MESSAGES), total)})]
    shown += [
        Row(kind, "", {MESSAGES: _unless(hidden, (EXCHANGE, kind, MESSAGES), row)})
        for kind, row in rows.items()
    ]
    return tuple(shown)


def _unless(hidden: frozenset[Name], name: Name, counts: Counts) -> int | None:
    return None if name in hidden else counts[name[2]]


def _costs(db: Session, period: Period, completed: int | None) -> Costs:
    rows = tuple(
        CostRow(
            label=one.label,
            from_day=one.from_day.isoformat(),
            until_day=one.until_day.isoformat(),
            cents=cents_within(Period(one.from_day, one.until_day), one.cents, period),
        )
        for one in costs_of(db, period)
    )
    total = sum(one.cents for one in rows)
    return Costs(rows, total, round(total / completed) if completed and rows else None)


def _survey(db: Session, period: Period, earlier: Sequence[Figures]) -> SurveyOutcome | None:
    """Give what changed in the survey that a course asks both before and after."""
    for course_id in course_ids(db):
        found = current_course(db, course_id)
        asked = {} if found is None else found[1].surveys
        survey_id = asked.get(Wave.AFTER.value, "")
        page = find_survey(db, survey_id, "fr") if survey_id else None
        if page is not None and asked.get(Wave.BEFORE.value) == survey_id:
            return survey_outcome(page, sheets_of(db, survey_id), period, earlier)
    return None


def latest(published: Sequence[Publication], year: int) -> Publication | None:
    """Give the last publication of a year; None before the first."""
    return next((one for one in reversed(published) if one.figures.year == year), None)
