"""The named export of a group: asked for with a reason, decided by a second person, given once."""

import uuid
from http import HTTPStatus

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from lms.enrolment.first_name import first_name_of
from lms.enrolment.queries import CohortView, find_cohort
from lms.exports.named import (
    NAMED_COLUMNS,
    NamedRow,
    ReasonError,
    ask_named,
    named_rows,
    take_named,
    wishes_of_cohort,
    with_first_names,
)
from lms.kernel.errors import NotFoundError
from lms.reporting.spreadsheet import csv_text
from lms.web.coordinator.surface import bp
from lms.web.db import db
from lms.web.form import BaseForm
from lms.web.named_wishes import decide_wish, waiting_rows, wish_row
from lms.web.request import actor, keys, language, now
from lms.web.view_log import note_view
from lms.web.words import _, lazy

MOST_WISHES = 20
NAMES = {"fr": "liste", "en": "list"}  # a file's name says nothing of the subject
Page = Response | str | tuple[str, int]


class WishForm(BaseForm):
    """Why the list is needed."""

    reason = TextAreaField(lazy("What the list is needed for"))


@bp.get("/coordinator/groups/<uuid:cohort_id>/list")
def named(cohort_id: uuid.UUID) -> Page:
    """Show the wishes for a group's list of references, and take a new one."""
    return _page(_cohort(cohort_id), WishForm())


@bp.post("/coordinator/groups/<uuid:cohort_id>/list")
def wish_named(cohort_id: uuid.UUID) -> Page:
    """Keep a wish for a second person to decide on."""
    cohort, form = _cohort(cohort_id), WishForm(request.form)
    reason = form.reason.data or ""
    try:
        ask_named(db(), cohort_id, actor().user_id, reason, key=keys().audit, now=now())
    except ReasonError:
        form.reason.errors = [_("Give the reason in a sentence, of 500 characters at most.")]
        return _page(cohort, form), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("A second person now decides on it."), "success")
    return redirect(url_for(".named", cohort_id=cohort_id), HTTPStatus.SEE_OTHER)


@bp.get("/coordinator/lists")
def named_wishes() -> Page:
    """List what others have asked for and nobody has decided on."""
    return render_template("coordinator/named_wishes.html", wishes=waiting_rows())


@bp.post("/coordinator/lists/<uuid:export_id>/decide")
def decide_on_wish(export_id: uuid.UUID) -> Page:
    """Accept or refuse what another coordinator asked for."""
    status = decide_wish(export_id)
    if status is HTTPStatus.SEE_OTHER:
        return redirect(url_for(".named_wishes"), status)
    return render_template("coordinator/named_wishes.html", wishes=waiting_rows()), status


@bp.post("/coordinator/lists/<uuid:export_id>")
def fetch_named(export_id: uuid.UUID) -> FlaskResponse:
    """Give the list, this once; each person's file was looked at, for that reason."""
    wish = take_named(db(), export_id, actor().user_id, key=keys().audit, now=now())
    rows = named_rows(db(), wish.cohort_id)
    for row in rows:
        note_view("referral", row.referral_id, "list", wish.reason[:200])
    lines = [NAMED_COLUMNS, *with_first_names(rows, _first_name)]
    response = FlaskResponse("".join(csv_text(lines)), mimetype="text/csv")
    name = f"{NAMES[language()]}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _first_name(row: NamedRow) -> str:
    if row.enrolment_id is None:
        return ""
    return first_name_of(row.enrolment_id, row.sealed_first_name, keys()) or ""


def _cohort(cohort_id: uuid.UUID) -> CohortView:
    found = find_cohort(db(), cohort_id)
    if found is None:
        raise NotFoundError("cohort")
    return found


def _page(cohort: CohortView, form: WishForm) -> str:
    wishes = [wish_row(one) for one in wishes_of_cohort(db(), cohort.id, MOST_WISHES)]
    return render_template("coordinator/named.html", group=cohort, form=form, wishes=wishes)
