"""Referrals from a CSV file: looked at first, taken when the coordinator says so.

Between the two the text of the file travels inside the page, signed: it stands on no disk. What
was judged good is judged again when it is taken.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Response as FlaskResponse
from flask import current_app, flash, redirect, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response
from wtforms import FileField, SelectField

from lms.agencies.queries import agreement_in_force
from lms.referrals.bulk import judge_rows, take_rows
from lms.referrals.spreadsheet import (
    MOST_BYTES,
    MOST_ROWS,
    OPTIONAL,
    Column,
    ColumnsError,
    NotACsvError,
    Row,
    TooManyRowsError,
    decode_csv,
    read_rows,
)
from lms.reporting.spreadsheet import csv_text
from lms.web.coordinator.base import keep_place, the_agency, today
from lms.web.coordinator.fields import is_offered, offer, with_blank
from lms.web.coordinator.files import agency_choices
from lms.web.coordinator.import_words import column_help, column_text, wrong_text
from lms.web.coordinator.refusals import no_agreement_text
from lms.web.coordinator.surface import bp
from lms.web.db import db
from lms.web.form import BaseForm, Required
from lms.web.request import actor, keys, now
from lms.web.words import _, lazy, plural

Page = Response | str | tuple[str, int]
HOURS = 2  # how long what was looked at can be taken
MOST_SENT = 450_000  # under what the server would put on a disk on its way in
bp.most_bytes["coordinator.preview_files"] = MOST_SENT


class ImportForm(BaseForm):
    """The agency that refers, and its file."""

    agency = SelectField(
        lazy("Agency"),
        [Required(lambda: _("Choose an agency.")), is_offered],
        validate_choice=False,
    )
    sheet = FileField(lazy("CSV file"))


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that was looked at: whose, its text, and its rows as they are judged now."""

    agency_id: uuid.UUID
    text: str
    rows: tuple[Row, ...]

    @property
    def good(self) -> tuple[Row, ...]:
        """The rows that can be taken."""
        return tuple(row for row in self.rows if row.referral is not None)

    @property
    def bad(self) -> tuple[Row, ...]:
        """The rows that cannot."""
        return tuple(row for row in self.rows if row.referral is None)


@bp.get("/coordinator/files/import")
def import_files() -> Page:
    """Ask for a file, and say which columns it has."""
    return _form_page(_form())


@bp.post("/coordinator/files/import")
def preview_files() -> Page:
    """Show what each row says and what is wrong with it; nothing is written."""
    form = _form()
    upload = request.files.get("sheet")
    if not form.validate() or upload is None or not upload.filename:
        if not form.errors or form.agency.data:
            form.sheet.errors = [_("Choose a CSV file.")]
        return _form_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    agency_id = uuid.UUID(str(form.agency.data))
    if agreement_in_force(db(), agency_id, today()) is None:
        form.agency.errors = [no_agreement_text()]
        return _form_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        looked = _look(agency_id, decode_csv(upload.read(MOST_BYTES + 1)))
    except (NotACsvError, TooManyRowsError, ColumnsError) as fault:
        form.sheet.errors = [_file_fault(fault)]
        return _form_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    return _preview_page(looked)


@bp.post("/coordinator/files/import/take")
def take_files() -> Page:
    """Take in the good rows of a file that was looked at."""
    keep_place(".import_files")
    looked = _sent()
    if looked is None:
        form = _form(is_empty=True)
        form.form_errors = [_("This was looked at too long ago. Choose the file again.")]
        return _form_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    if agreement_in_force(db(), looked.agency_id, today()) is None:
        form = _form(is_empty=True)
        form.form_errors = [no_agreement_text()]
        return _form_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    taken, refused = take_rows(
        db(),
        looked.agency_id,
        looked.good,
        by=actor().user_id,
        keys=keys(),
        now=now(),
        today=today(),
    )
    flash(plural("%(num)s file is taken in.", "%(num)s files are taken in.", len(taken)), "success")
    left = len(looked.bad) + len(refused)
    if left:
        flash(plural("%(num)s row was not taken.", "%(num)s rows were not taken.", left), "warning")
    return redirect(url_for(".files", agency=looked.agency_id), HTTPStatus.SEE_OTHER)


@bp.post("/coordinator/files/import/rows")
def refused_rows() -> Page:
    """Give the rows that cannot be taken as a file, each with what is wrong."""
    keep_place(".import_files")
    looked = _sent()
    if looked is None:
        form = _form(is_empty=True)
        form.form_errors = [_("This was looked at too long ago. Choose the file again.")]
        return _form_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    response = FlaskResponse("".join(csv_text(_refused(looked.bad))), mimetype="text/csv")
    name = _("rows")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _look(agency_id: uuid.UUID, text: str) -> Looked:
    rows = judge_rows(db(), agency_id, read_rows(text, today()), keys())
    return Looked(agency_id, text, rows)


def _sent() -> Looked | None:
    """Give the file that travels in the form, if this person looked at it not long ago."""
    try:
        given: dict[str, str] = _signer().loads(
            request.form.get("looked", ""), max_age=HOURS * 3600
        )
    except BadSignature:
        return None
    if given["by"] != str(actor().user_id):
        return None
    return _look(the_agency(uuid.UUID(given["agency"])).id, given["text"])


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="looked-at-file")


def _refused(rows: Sequence[Row]) -> Iterator[list[str]]:
    yield [*(str(column) for column in Column), _("What is wrong")]
    for row in rows:
        yield [*(row.cells.get(column, "") for column in Column), " ".join(_faults(row))]


def _faults(row: Row) -> list[str]:
    return [
        _("%(column)s: %(fault)s", column=column_text(one.column), fault=wrong_text(one.wrong))
        for one in row.faults
    ]


def _file_fault(fault: Exception) -> str:
    match fault:
        case TooManyRowsError():
            return _("A file has at most %(most)s rows.", most=MOST_ROWS)
        case ColumnsError(missing=missing, unknown=unknown):
            named = ", ".join([*missing, *unknown]) or _("a column twice")
            return _("The headings are not those expected. Look at: %(columns)s.", columns=named)
        case _:
            return _("This is not a CSV file in UTF-8, or it is too large. In a spreadsheet, save "
                     "it as “CSV UTF-8”.")  # fmt: skip


def _form(*, is_empty: bool = False) -> ImportForm:
    form = ImportForm(request.form if request.method == "POST" and not is_empty else None)
    offer(form.agency, with_blank(agency_choices(is_open=True)))
    return form


def _form_page(form: ImportForm) -> str:
    columns: list[dict[str, Any]] = [
        {"name": str(column), "french": french, "help": text, "needed": column not in OPTIONAL}
        for column, french, text in column_help()
    ]
    return render_template(
        "coordinator/import.html", form=form, columns=columns, most=MOST_ROWS
    )  # fmt: skip


def _preview_page(looked: Looked) -> str:
    sent = {"by": str(actor().user_id), "agency": str(looked.agency_id), "text": looked.text}
    lines = [
        {
            "line": row.line,
            "reference": row.cells[Column.REFERENCE],
            "deadline": row.cells[Column.DEADLINE],
            "is_good": row.referral is not None,
            "faults": _faults(row),
        }
        for row in looked.rows
    ]
    return render_template(
        "coordinator/preview.html",
        agency=the_agency(looked.agency_id),
        lines=lines,
        good=len(looked.good),
        bad=len(looked.bad),
        looked=_signer().dumps(sent),
        hours=HOURS,
    )
