"""Files for a spreadsheet: made at once where they are short, by the job where they are long."""

import uuid
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    RadioField,
    SelectChoice,
)

from lms.exports.jobs import (
    MOST_AT_ONCE,
    MOST_WAITING,
    JobState,
    TooManyError,
    ask,
    find_file,
    jobs_of,
    path_of,
)
from lms.exports.models import ExportJob
from lms.exports.tables import Kind, Scope, columns, count_rows, rows
from lms.exports.write import Form, write_file
from lms.kernel.errors import NotFoundError
from lms.reporting.cohorts import own_cohort, place_in_list
from lms.web.db import db
from lms.web.form import BaseForm
from lms.web.instructor.pages import time_text
from lms.web.instructor.surface import bp
from lms.web.request import actor, language, now, settings
from lms.web.words import _, lazy

NAMES = {  # a file's name says nothing of the subject
    Kind.PEOPLE: {"fr": "personnes", "en": "people"},
    Kind.ATTEMPTS: {"fr": "essais", "en": "tries"},
    Kind.RESPONSES: {"fr": "reponses", "en": "answers"},
    Kind.ITEMS: {"fr": "questions", "en": "questions"},
}
TITLES = {
    Kind.PEOPLE: lazy("People and modules"),
    Kind.ATTEMPTS: lazy("Tries"),
    Kind.RESPONSES: lazy("Answers, question by question"),
    Kind.ITEMS: lazy("Figures of the questions, over everybody’s first tries"),
}
TYPES = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Page = Response | str | tuple[str, int]


class FileForm(BaseForm):
    """Which table, in which form."""

    kind = RadioField(
        lazy("Table"), choices=[SelectChoice(one.value, title) for one, title in TITLES.items()]
    )
    form = RadioField(
        lazy("Form of the file"),
        choices=[
            SelectChoice(Form.CSV.value, lazy("CSV: opens everywhere")),
            SelectChoice(Form.XLSX.value, lazy("XLSX: for Excel and LibreOffice")),
        ],
    )


@bp.get("/instructor/groups/<uuid:cohort_id>/files")
def files(cohort_id: uuid.UUID) -> Page:
    """Offer a group's tables as files, and show those that are being made."""
    return _page(cohort_id, FileForm())


@bp.post("/instructor/groups/<uuid:cohort_id>/files")
def make_file(cohort_id: uuid.UUID) -> Page:
    """Give a file, or have the job make it when it is long."""
    own_cohort(db(), actor().user_id, cohort_id)
    form = FileForm(request.form)
    if not form.validate():
        return _page(cohort_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    kind, file_form, scope = Kind(form.kind.data), Form(form.form.data), Scope(cohort_id)
    if count_rows(db(), kind, scope) <= MOST_AT_ONCE[file_form]:
        return _file_now(kind, file_form, scope)
    try:
        ask(db(), actor().user_id, kind, scope, file_form, now=now())
    except TooManyError:
        message = _("%(count)s files are waiting already. Try again later.", count=MOST_WAITING)
        form.kind.errors = [message]
        return _page(cohort_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("The file is being made. It will stand in the list below, for one day."), "success")
    return redirect(url_for(".files", cohort_id=cohort_id), HTTPStatus.SEE_OTHER)


@bp.get("/instructor/files/<uuid:job_id>")
def fetch_file(job_id: uuid.UUID) -> FlaskResponse:
    """Give a file that the job made."""
    job = find_file(db(), actor().user_id, job_id, now=now())
    cohort_id, form = uuid.UUID(job.wanted["cohort"]), Form(job.wanted["form"])
    path = path_of(settings().instance, job)
    if not path.is_file():  # taken away by hand, or by a restore
        raise NotFoundError("export")
    return send_file(
        path,
        mimetype=TYPES[form],
        as_attachment=True,
        download_name=_name(Kind(job.kind), form, cohort_id),
        conditional=False,
        etag=False,
        last_modified=None,
    )


def _file_now(kind: Kind, form: Form, scope: Scope) -> FlaskResponse:
    if scope.cohort_id is None:
        raise LookupError("a page exports one group")
    with TemporaryDirectory(prefix="virage-") as folder:
        path = Path(folder) / f"file.{form.value}"
        write_file(path, form, columns(db(), kind, scope), rows(db(), kind, scope))
        data = path.read_bytes()
    name = _name(kind, form, scope.cohort_id)
    return send_file(BytesIO(data), mimetype=TYPES[form], as_attachment=True, download_name=name)


def _name(kind: Kind, form: Form, cohort_id: uuid.UUID) -> str:
    number = place_in_list(db(), actor().user_id, cohort_id)
    return f"{NAMES[kind][language()]}-{number}.{form.value}"


def _page(cohort_id: uuid.UUID, form: FileForm) -> str:
    head = own_cohort(db(), actor().user_id, cohort_id)
    jobs = [
        one
        for one in jobs_of(db(), actor().user_id, now=now())
        if one.wanted["cohort"] == str(cohort_id)
    ]
    return render_template(
        "instructor/files.html",
        head=head,
        form=form,
        jobs=[_job_row(one) for one in jobs],
        busy=any(one.state in {JobState.WAITING, JobState.RUNNING} for one in jobs),
    )


def _job_row(job: ExportJob) -> dict[str, object]:
    ready = job.state == JobState.READY
    return {
        "id": job.id,
        "title": TITLES[Kind(job.kind)],
        "form": job.wanted["form"].upper(),
        "asked": time_text(job.asked_at),
        "until": time_text(job.expires_at),
        "failed": job.state == JobState.FAILED,
        "url": url_for(".fetch_file", job_id=job.id) if ready else "",
        "done": job.done,
        "total": max(job.total, 1),
        "text": _("%(done)s of %(total)s rows", done=job.done, total=job.total),
    }
