"""Agencies: the list, a new one, where signed messages go, the end."""

import uuid
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField

from lms.agencies.models import Agency
from lms.agencies.queries import agencies, agreement_in_force
from lms.agencies.service import close_agency, make_agency
from lms.enrolment.queries import first_programme
from lms.enrolment.service import make_programme
from lms.kernel.audit import Act, append_audit
from lms.web.coordinator.agency_page import MemberForm, WebhookForm, agency_page
from lms.web.coordinator.base import attempted, keep_place, the_agency, today
from lms.web.coordinator.fields import is_offered, offer, one_line, seen_once
from lms.web.coordinator.surface import bp
from lms.web.db import db
from lms.web.form import AtMost, BaseForm, Required
from lms.web.request import actor, keys, now
from lms.web.words import _, day_text, lazy

Page = Response | str | tuple[str, int]
LONGEST_NAME = 120
PROGRAMME = "Programme"  # the name of the one that is made where there is none


class AgencyForm(BaseForm):
    """An agency's name, and the language that it is written to in."""

    name = StringField(
        lazy("Name of the agency"),
        [Required(lambda: _("Enter the name of the agency.")), AtMost(LONGEST_NAME), seen_once],
    )
    in_language = RadioField(
        lazy("Language of the agency"),
        [Required(lambda: _("Choose a language.")), is_offered],
        validate_choice=False,
    )


@bp.get("/coordinator/agencies", endpoint="agencies")
def agency_list() -> Page:
    """List the agencies, and say with which of them something may be exchanged today."""
    rows = [_row(one) for one in agencies(db())]
    return render_template("coordinator/agencies.html", agencies=rows)


@bp.get("/coordinator/agencies/new")
def new_agency() -> Page:
    """Ask for the name of an agency."""
    return _new_page(_form())


@bp.post("/coordinator/agencies/new")
def add_agency() -> Page:
    """Make an agency, then show it."""
    form = _form()
    if not form.validate():
        return _new_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    made: list[Agency] = []

    def make() -> None:
        programme = first_programme(db()) or make_programme(db(), PROGRAMME, now=now())
        name, chosen = one_line(form.name), str(form.in_language.data)
        made.append(make_agency(db(), programme.id, name, chosen, now()))
        _audit("make-agency", made[0].id)

    status = attempted(form, make)
    if not made or form.form_errors:
        return _new_page(form), status
    flash(_("The agency is made. Record the written agreement with it next."), "success")
    return redirect(url_for(".agency", agency_id=made[0].id), HTTPStatus.SEE_OTHER)


@bp.get("/coordinator/agencies/<uuid:agency_id>")
def agency(agency_id: uuid.UUID) -> Page:
    """Show an agency: its agreements, who works there, where messages go."""
    return agency_page(the_agency(agency_id))


@bp.post("/coordinator/agencies/<uuid:agency_id>/webhook")
def set_webhook(agency_id: uuid.UUID) -> Page:
    """Say where signed messages go; an empty field ends it."""
    keep_place(".agency", agency_id=agency_id)
    one, form = the_agency(agency_id), WebhookForm(request.form)
    if not form.validate():
        page = agency_page(one, webhook=form, member=MemberForm())
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    one.webhook_url = one_line(form.webhook) or None
    _audit("set-webhook", one.id)
    flash(_("Saved."), "success")
    return redirect(url_for(".agency", agency_id=agency_id), HTTPStatus.SEE_OTHER)


@bp.post("/coordinator/agencies/<uuid:agency_id>/close")
def end_agency(agency_id: uuid.UUID) -> Page:
    """Close an agency: nothing is exchanged with it any more; what was exchanged stays."""
    close_agency(db(), the_agency(agency_id).id, now())
    _audit("close-agency", agency_id)
    flash(_("The agency is closed."), "success")
    return redirect(url_for(".agencies"), HTTPStatus.SEE_OTHER)


def _audit(act: str, agency_id: uuid.UUID) -> None:
    what = Act(str(actor().user_id), act, f"agency:{agency_id}")
    append_audit(db(), keys().audit, what, now=now())


def _form() -> AgencyForm:
    form = AgencyForm(request.form if request.method == "POST" else None)
    offer(form.in_language, [("fr", _("French")), ("en", _("English"))])
    return form


def _new_page(form: AgencyForm) -> str:
    return render_template("coordinator/new_agency.html", form=form)


def _row(one: Agency) -> dict[str, str]:
    found = agreement_in_force(db(), one.id, today())
    if one.closed_at is not None:
        status, kind = _("Closed"), "neutral"
    elif found is None:
        status, kind = _("No agreement in force"), "wait"
    else:
        status, kind = _("Agreement in force"), "good"
    return {
        "name": one.name,
        "url": url_for(".agency", agency_id=one.id),
        "status": status,
        "kind": kind,
        "until": day_text(found.in_force_until) if found else "",
        "files_url": url_for(".files", agency=one.id),
    }
