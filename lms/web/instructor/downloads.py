"""A group's results and times as CSV, a piece at a time."""

import uuid
from collections.abc import Iterator, Mapping

from flask import Response, stream_with_context

from lms.reporting.cohorts import CohortHead, own_cohort, place_in_list
from lms.reporting.seat_times import seat_rows
from lms.reporting.spreadsheet import csv_text, moment_text, result_rows
from lms.web.db import db
from lms.web.instructor.surface import bp
from lms.web.request import actor, language
from lms.web.words import _

RESULTS = {"fr": "resultats", "en": "results"}  # says nothing of the subject
TIMES = {"fr": "temps", "en": "times"}


@bp.get("/instructor/groups/<uuid:cohort_id>/results.csv")
def results_csv(cohort_id: uuid.UUID) -> Response:
    """Give a group's results as CSV, a piece at a time."""
    head = own_cohort(db(), actor().user_id, cohort_id)
    pieces = _result_rows(actor().user_id, head)
    return _file(RESULTS, cohort_id, pieces)


def _result_rows(user_id: uuid.UUID, head: CohortHead) -> Iterator[list[str]]:
    yield [
        _("Pseudonym"),
        _("Module"),
        _("Passed"),
        _("Tries"),
        _("Best score, in percent"),
        _("Last activity (UTC)"),
    ]
    words = {True: _("yes"), False: _("no")}
    for row in result_rows(db(), user_id, head):
        yield [
            row.pseudonym,
            str(row.module_number),
            words[row.passed],
            str(row.attempts),
            "" if row.best_percent is None else str(row.best_percent),
            moment_text(row.last_activity_at),
        ]


@bp.get("/instructor/groups/<uuid:cohort_id>/times.csv")
def times_csv(cohort_id: uuid.UUID) -> Response:
    """Give the time that a group spent, a piece at a time; durations are ISO 8601."""
    head = own_cohort(db(), actor().user_id, cohort_id)
    return _file(TIMES, cohort_id, _time_rows(actor().user_id, head))


def _time_rows(user_id: uuid.UUID, head: CohortHead) -> Iterator[list[str]]:
    yield [
        _("Pseudonym"),
        _("Module"),
        _("Kind of time"),
        _("Section"),
        _("Round"),
        _("Duration (ISO 8601)"),
        _("First time (UTC)"),
        _("Last time (UTC)"),
        _("Read to the end (UTC)"),
    ]
    words = {"instruction": _("Reading"), "quiz": _("Questions")}
    for row in seat_rows(db(), user_id, head):
        yield [
            row.pseudonym,
            row.module_id,
            words[row.kind],
            row.section_id,
            str(row.round),
            row.duration,
            moment_text(row.first_at),
            moment_text(row.last_at),
            moment_text(row.read_at),
        ]


def _file(names: Mapping[str, str], cohort_id: uuid.UUID, rows: Iterator[list[str]]) -> Response:
    """Give rows as a file whose name says the group's place in the list, and no more."""
    number = place_in_list(db(), actor().user_id, cohort_id)
    response = Response(stream_with_context(csv_text(rows)), mimetype="text/csv")
    name = f"{names[language()]}-{number}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
