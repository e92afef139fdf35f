"""The exchange by hand: the register of all messages, and an agency's messages as a signed file."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import date
from http import HTTPStatus
from typing import Any

from flask import Response as FlaskResponse
from flask import render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import FileField, StringField
from wtforms.validators import StopValidation

from lms.agencies.models import Agency
from lms.agencies.queries import agencies, agreement_in_force
from lms.content.words import as_date
from lms.exchange.apply import Desk
from lms.exchange.deliver import note_handed_over
from lms.exchange.fields import LAST_NUMBER
from lms.exchange.lines import MOST_LINES, FileError, LineReport, write_file
from lms.exchange.message import Direction
from lms.exchange.queries import (
    RegisterRow,
    latest_messages,
    messages_of,
    register_counts,
)
from lms.journey.exchange import take_messages
from lms.reporting.spreadsheet import csv_text
from lms.web.coordinator.base import keep_place, the_agency, today
from lms.web.coordinator.exchange_words import (
    at_text,
    became_text,
    direction_text,
    kind_text,
    month_text,
    report_text,
)
from lms.web.coordinator.fields import is_day
from lms.web.coordinator.refusals import no_agreement_text
from lms.web.coordinator.surface import bp
from lms.web.coordinator.undelivered import undelivered_lines
from lms.web.db import db
from lms.web.form import BaseForm, has_repeated_fields
from lms.web.request import keys, now
from lms.web.view_log import note_view
from lms.web.words import _, day_text, lazy

Page = Response | str | tuple[str, int]
MOST_BYTES = 450_000  # of a file that comes in: under what the server would put on a disk
MOST_SHOWN = 50  # of an agency's messages, each way
MOST_YEARS = 10
MOST_SENT = 2000  # in one file that goes out
bp.most_bytes["coordinator.take_exchange"] = MOST_BYTES


class PeriodForm(BaseForm):
    """From when until when, both days included; a GET form, so that a view has an address."""

    first = StringField(lazy("First day"), [is_day])
    last = StringField(lazy("Last day"), [is_day])

    def validate_last(self, _field: StringField) -> None:
        """Take at most ten years, forwards."""
        first, last = self._days
        if not first <= last or last.year - first.year >= MOST_YEARS:
            raise StopValidation(
                _("The last day comes after the first one, at most %(most)s years later.",
                  most=MOST_YEARS)
            )  # fmt: skip

    @property
    def period(self) -> tuple[date, date]:
        """The period that was asked for; this year where none was, or a wrong one."""
        return self._days if self.validate() else _this_year()

    @property
    def _days(self) -> tuple[date, date]:
        first, last = as_date(self.first.data or ""), as_date(self.last.data or "")
        return first or _this_year()[0], last or today()


def _this_year() -> tuple[date, date]:
    return today().replace(month=1, day=1), today()


class SendForm(BaseForm):
    """From which number on."""

    after = StringField(lazy("Messages after number"))

    def validate_after(self, field: StringField) -> None:
        """Take a whole number, sent once."""
        text = str(field.data or "").strip()
        is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LAST_NUMBER))
        if has_repeated_fields("after") or not is_number or int(text) > LAST_NUMBER:
            raise StopValidation(_("Enter the number of a message, or 0 for all."))


class TakeForm(BaseForm):
    """The agency's file."""

    messages = FileField(lazy("File of signed messages"))


@bp.get("/coordinator/exchanges")
def exchanges() -> str:
    """Show the register of a period, and what an agency's address has not taken."""
    form = PeriodForm(request.args)
    first, last = form.period
    rows = register_counts(db(), from_day=first, until_day=last)
    return render_template(
        "coordinator/exchanges.html",
        form=form,
        period=_("From %(first)s to %(last)s", first=day_text(first), last=day_text(last)),
        rows=[_register_row(row) for row in rows],
        total=sum(row.count for row in rows),
        csv_url=url_for(".exchanges_csv", first=first.isoformat(), last=last.isoformat()),
        waiting=undelivered_lines(),
        agencies=[
            {"name": one.name, "url": url_for(".exchange", agency_id=one.id)}
            for one in agencies(db())
        ],
    )


@bp.get("/coordinator/exchanges/register.csv")
def exchanges_csv() -> FlaskResponse:
    """Give the register of a period for a spreadsheet."""
    first, last = PeriodForm(request.args).period
    rows = register_counts(db(), from_day=first, until_day=last)
    response = FlaskResponse(csv_text(_csv_rows(rows)), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="register.csv"'
    return response


@bp.get("/coordinator/agencies/<uuid:agency_id>/exchange")
def exchange(agency_id: uuid.UUID) -> str:
    """Show an agency's last messages, each way, and the two acts by hand."""
    return _exchange_page(the_agency(agency_id))


@bp.post("/coordinator/agencies/<uuid:agency_id>/exchange/file")
def exchange_file(agency_id: uuid.UUID) -> Page:
    """Give the messages for an agency after a number, as they were signed."""
    keep_place(".exchange", agency_id=agency_id)
    agency, form = the_agency(agency_id), SendForm(request.form)
    if not form.validate():
        return _exchange_page(agency, send=form), HTTPStatus.UNPROCESSABLE_ENTITY
    if agreement_in_force(db(), agency.id, today()) is None:
        form.form_errors = [no_agreement_text()]
        return _exchange_page(agency, send=form), HTTPStatus.UNPROCESSABLE_ENTITY
    found = messages_of(db(), agency.id, Direction.OUT, int(str(form.after.data)), MOST_SENT)
    if not found:
        form.after.errors = [_("There is no message after this number.")]
        return _exchange_page(agency, send=form), HTTPStatus.UNPROCESSABLE_ENTITY
    note_handed_over(db(), tuple(one.id for one in found), "file", now=now())
    note_view("agency", agency.id, "messages")
    response = FlaskResponse(b"".join(write_file(found)), mimetype="application/jsonl")
    name = f"messages-{found[0].number}-{found[-1].number}.jsonl"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.post("/coordinator/agencies/<uuid:agency_id>/exchange")
def take_exchange(agency_id: uuid.UUID) -> Page:
    """Take the messages of a file, or only look at them, and say what became of each line."""
    keep_place(".exchange", agency_id=agency_id)
    agency, form, upload = (
        the_agency(agency_id),
        TakeForm(request.form),
        request.files.get("messages"),
    )
    if upload is None or not upload.filename:
        form.messages.errors = [_("Choose the agency’s file.")]
        return _exchange_page(agency, take=form), HTTPStatus.UNPROCESSABLE_ENTITY
    is_trial = request.form.get("act") != "take"
    desk = Desk("file", keys(), now(), today())
    try:
        reports = take_messages(db(), agency.id, upload.read(), desk, dry_run=is_trial)
    except FileError:
        form.messages.errors = [_("A file has from 1 to %(most)s lines.", most=MOST_LINES)]
        return _exchange_page(agency, take=form), HTTPStatus.UNPROCESSABLE_ENTITY
    return render_template(
        "coordinator/exchange_report.html",
        agency=agency,
        is_trial=is_trial,
        lines=[_report_row(one) for one in reports],
        refused=sum(one.fault is not None for one in reports),
    )


def _exchange_page(
    agency: Agency, *, send: SendForm | None = None, take: TakeForm | None = None
) -> str:
    note_view("agency", agency.id, "messages")
    send, take = send or SendForm(data={"after": "0"}), take or TakeForm()
    return render_template(
        "coordinator/exchange.html",
        agency=agency,
        in_force=agreement_in_force(db(), agency.id, today()) is not None,
        send=send,
        take=take,
        faulty=send if send.errors else take,
        parts=[
            {"id": way.value, "title": direction_text(way.value), "messages": _rows(agency, way)}
            for way in Direction
        ],
    )


def _rows(agency: Agency, way: Direction) -> list[dict[str, Any]]:
    return [
        {
            "number": one.number,
            "at": at_text(one.at),
            "kind": kind_text(one.kind),
            "reference": one.body["reference"],
        }
        for one in latest_messages(db(), agency.id, way, limit=MOST_SHOWN)
    ]


def _register_row(row: RegisterRow) -> dict[str, Any]:
    return {
        "agency": row.agency,
        "month": month_text(row.month),
        "direction": direction_text(row.direction),
        "kind": kind_text(row.kind),
        "count": row.count,
    }


def _csv_rows(rows: Sequence[RegisterRow]) -> Iterator[list[str]]:
    yield [_("Agency"), _("Month"), _("Direction"), _("Kind"), _("Messages")]
    for row in rows:
        yield [
            row.agency,
            f"{row.month:%Y-%m}",
            direction_text(row.direction),
            kind_text(row.kind),
            str(row.count),
        ]


def _report_row(report: LineReport) -> dict[str, Any]:
    word, tag = became_text(report.became)
    return {
        "line": report.line,
        "number": report.number or "",
        "kind": kind_text(report.kind),
        "became": word,
        "tag": tag,
        "why": report_text(report),
    }
