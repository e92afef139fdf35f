"""The privacy officer's pages: start, log of views, retention, what is kept for good."""

from datetime import timedelta
from typing import Any

from flask import Flask, render_template, url_for
from flask_babel import format_date, format_datetime

from lms.privacy.incidents import incidents
from lms.privacy.models import RetentionReport
from lms.privacy.periods import VIEWS
from lms.privacy.queries import (
    ALARM_DAYS,
    MOST_AN_HOUR,
    alarms,
    count_log,
    last_run,
    log_lines,
    reports,
    views_by_month,
)
from lms.web.db import db
from lms.web.paging import paging
from lms.web.privacy import incident_views, named
from lms.web.privacy.forms import LogForm
from lms.web.privacy.surface import bp
from lms.web.privacy.words import class_text, kept_rows, office_text, rule_text
from lms.web.request import now
from lms.web.words import _, plural

MOST_REPORTS = 60
MONTHS = timedelta(days=366)
LATE_RUN = timedelta(hours=36)

__all__ = ["incident_views", "named", "register"]


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(bp)


@bp.get("/privacy-office")
def start() -> str:
    """Show the last run of retention, alarms, views by month and office, and the incidents."""
    report = last_run(db())
    return render_template(
        "privacy/start.html",
        report=_report(report) if report else None,
        is_late=report is None or now() - report.at > LATE_RUN,
        alarms=[
            [one.login, office_text(one.role), _moment(one.since),
             plural("%(num)s view", "%(num)s views", one.count)]
            for one in alarms(db(), now())
        ],
        most=MOST_AN_HOUR,
        alarm_days=ALARM_DAYS,
        months=[
            [_month(one.year, one.month), office_text(one.role), str(one.count)]
            for one in views_by_month(db(), now() - MONTHS)
        ],
        incidents=len(incidents(db())),
    )  # fmt: skip


@bp.get("/privacy-office/views")
def view_log() -> str:
    """Show who looked at whom: staff by login, the person by pseudonym; by day and office."""
    form = LogForm.from_address()
    part = paging(count_log(db(), form.wanted))
    number, total = part.number, part.total
    lines = log_lines(db(), form.wanted, limit=part.limit, offset=part.offset)
    asked: dict[str, Any] = {"day": form.day.data or None, "role": form.role.data or None}
    return render_template(
        "privacy/views.html",
        form=form,
        rows=[
            [_moment(one.at), one.login, office_text(one.role), one.person, class_text(one.what),
             one.purpose]
            for one in lines
        ],
        number=number,
        total=total,
        before={"url": url_for(".view_log", page=number - 1, **asked)} if number > 1 else None,
        after={"url": url_for(".view_log", page=number + 1, **asked)} if number < total else None,
        years=round(VIEWS.days / 365),
    )  # fmt: skip


@bp.get("/privacy-office/retention")
def retention() -> str:
    """Show what each run deleted, and what a rehearsal said it would."""
    found = reports(db(), most=MOST_REPORTS)
    return render_template("privacy/retention.html", reports=[_report(one) for one in found])


@bp.get("/privacy-office/kept")
def kept() -> str:
    """Show the register of what is kept without a link to anybody, and why."""
    return render_template("privacy/kept.html", rows=kept_rows())


def _report(report: RetentionReport) -> dict[str, Any]:
    people, rows = report.counts["people"], report.counts["rows"]
    lines = []
    for name in dict.fromkeys((*people, *rows)):
        parts = []
        if people.get(name):
            parts.append(plural("%(num)s person", "%(num)s people", people[name]))
        if rows.get(name):
            parts.append(plural("%(num)s row", "%(num)s rows", rows[name]))
        if parts:
            lines.append([rule_text(name), ", ".join(parts)])
    return {"at": _moment(report.at), "is_dry_run": report.is_dry_run, "rows": lines,
            "id": f"report-{report.id}"}  # fmt: skip


def _moment(moment: Any) -> str:  # noqa: ANN401 - a moment
    return str(format_datetime(moment, _("d MMM y, HH:mm")))


def _month(year: int, month: int) -> str:
    return str(format_date(now().date().replace(year=year, month=month, day=1), "LLLL y"))
