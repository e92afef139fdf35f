"""The named export of a group: asked for with a reason, decided by a second person, given once."""

import uuid
from http import HTTPStatus
from typing import Any

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from lms.accounts.models import User
from lms.enrolment.queries import CohortView, find_cohort
from lms.exports.models import NamedExport
from lms.exports.named import (
    GOOD_FOR,
    NAMED_COLUMNS,
    DecidedError,
    NamedRow,
    ReasonError,
    SamePersonError,
    ask_named,
    decide_named,
    named_rows,
    open_wishes,
    take_named,
    wishes_of_cohort,
    with_first_names,
)
from lms.kernel.errors import NotFoundError
from lms.kernel.person_keys import KeyDestroyedError
from lms.kernel.sealing import Place, UnreadableFieldError, unseal
from lms.reporting.spreadsheet import csv_text
from lms.web.coordinator.surface import bp
from lms.web.db import db
from lms.web.form import BaseForm
from lms.web.request import actor, keys, language, now, person_keys
from lms.web.view_log import note_view
from lms.web.words import _, lazy, moment_text

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
    return _wishes_page()


@bp.post("/coordinator/lists/<uuid:export_id>/decide")
def decide_wish(export_id: uuid.UUID) -> Page:
    """Accept or refuse what somebody else asked for."""
    word = request.form.get("decision", "")
    if word not in {"accept", "refuse"}:
        return _wishes_page(), HTTPStatus.UNPROCESSABLE_ENTITY
    me, accepted = actor().user_id, word == "accept"
    try:
        decide_named(db(), export_id, me, accepted=accepted, key=keys().audit, now=now())
    except SamePersonError:
        flash(_("Somebody else must decide on what you asked for."), "error")
    except DecidedError:
        flash(_("Somebody has decided on it before."), "error")
    else:
        flash(_("The list is allowed.") if accepted else _("The list is refused."), "success")
    return redirect(url_for(".named_wishes"), HTTPStatus.SEE_OTHER)


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
    if row.enrolment_id is None or row.sealed_first_name is None:
        return ""
    place = Place("enrolment", "first_name", str(row.enrolment_id))
    try:
        return unseal(person_keys().find(row.enrolment_id), row.sealed_first_name, place)
    except (KeyDestroyedError, UnreadableFieldError):
        return ""


def _cohort(cohort_id: uuid.UUID) -> CohortView:
    found = find_cohort(db(), cohort_id)
    if found is None:
        raise NotFoundError("cohort")
    return found


def _page(cohort: CohortView, form: WishForm) -> str:
    wishes = [_wish_row(one) for one in wishes_of_cohort(db(), cohort.id, MOST_WISHES)]
    return render_template("coordinator/named.html", group=cohort, form=form, wishes=wishes)


def _wishes_page() -> str:
    rows = [
        _wish_row(wish) | {"group": name, "own": wish.asked_by == actor().user_id}
        for wish, name in open_wishes(db())
    ]
    return render_template("coordinator/named_wishes.html", wishes=rows)


def _wish_row(wish: NamedExport) -> dict[str, Any]:
    return {
        "id": wish.id,
        "who": db().get_one(User, wish.asked_by).login,
        "asked": moment_text(wish.asked_at),
        "reason": wish.reason,
        "state": _state(wish),
        "ready": wish.asked_by == actor().user_id and _is_good(wish),
    }


def _is_good(wish: NamedExport) -> bool:
    fresh = wish.decided_at is not None and wish.decided_at > now() - GOOD_FOR
    return bool(wish.accepted) and wish.fetched_at is None and fresh


def _state(wish: NamedExport) -> str:
    if wish.decided_at is None:
        return _("Waits for a second person")
    if not wish.accepted:
        return _("Refused")
    if wish.fetched_at is not None:
        return _("Downloaded on %(moment)s", moment=moment_text(wish.fetched_at))
    return _("Allowed") if _is_good(wish) else _("Allowed, but its week is over")
