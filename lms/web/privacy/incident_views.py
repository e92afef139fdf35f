"""The register of incidents: list, one incident with its versions, a new one, another version."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask_babel import format_datetime
from werkzeug.wrappers import Response as BaseResponse

from lms.journey.read import today_in_programme
from lms.kernel.errors import BadInputError
from lms.privacy.incidents import (
    StaleIncidentError,
    incidents,
    kept_until,
    record_incident,
    revise_incident,
    versions_of,
)
from lms.privacy.models import Incident
from lms.reporting.spreadsheet import csv_text
from lms.web.db import db
from lms.web.privacy.forms import FIELDS, IncidentForm, filled
from lms.web.privacy.surface import bp
from lms.web.request import LANGUAGES, actor, keys, language, now
from lms.web.words import _, day_text

Page = BaseResponse | str | tuple[str, int]
REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY
NAMES = {"fr": "registre-des-incidents", "en": "incident-register"}


@bp.get("/privacy-office/incidents")
def incident_list() -> str:
    """List every incident, the last that became known first."""
    return render_template("privacy/incidents.html", incidents=incidents(db()), day=day_text)


@bp.get("/privacy-office/incidents/new")
def new_incident() -> str:
    """Ask for the eight fields of a new incident."""
    return _form_page(IncidentForm())


@bp.post("/privacy-office/incidents/new")
def add_incident() -> Page:
    """Write a new incident into the register; one that lacks a field is refused."""
    form = _sent()
    if not form.validate():
        return _form_page(form), REFUSED
    try:
        made = record_incident(db(), form.facts, actor().user_id, audit_key=keys().audit, now=now())
    except BadInputError:
        form.form_errors = [_("One of the fields cannot be used. Check what you entered.")]
        return _form_page(form), REFUSED
    flash(_("The incident is in the register."), "success")
    return redirect(url_for(".incident", number=made.number), HTTPStatus.SEE_OTHER)


@bp.get("/privacy-office/incidents/<int:number>")
def incident(number: int) -> str:
    """Show one incident, its versions under it; made to be printed."""
    versions = versions_of(db(), number)
    return render_template(
        "privacy/incident.html",
        incident=versions[0],
        rows=_rows(versions[0]),
        until=day_text(kept_until(versions[0])),
        earlier=[
            {
                "title": _("Version %(number)s, %(moment)s", number=one.version,
                           moment=_moment(one)),
                "rows": _rows(one),
            }
            for one in versions[1:]
        ],
        recorded=_moment(versions[0]),
    )  # fmt: skip


@bp.get("/privacy-office/incidents/<int:number>/change")
def change_incident(number: int) -> str:
    """Show the form with what the register holds now."""
    return _form_page(filled(versions_of(db(), number)[0]), number)


@bp.post("/privacy-office/incidents/<int:number>/change")
def revise(number: int) -> Page:
    """Append another version; the one before stays in the register."""
    form = _sent()
    versions_of(db(), number)  # one that is not there is not found, whatever was typed
    if not form.validate():
        return _form_page(form, number), REFUSED
    try:
        revise_incident(
            db(), (number, form.based_on), form.facts, actor().user_id,
            audit_key=keys().audit, now=now(),
        )  # fmt: skip
    except StaleIncidentError:
        form.form_errors = [
            _("Somebody else has written another version in the meantime. Read it first.")
        ]
        return _form_page(form, number), HTTPStatus.CONFLICT
    except BadInputError:
        form.form_errors = [_("One of the fields cannot be used. Check what you entered.")]
        return _form_page(form, number), REFUSED
    flash(_("The new version is in the register."), "success")
    return redirect(url_for(".incident", number=number), HTTPStatus.SEE_OTHER)


@bp.get("/privacy-office/incidents.csv")
def incidents_csv() -> Response:
    """Give the whole register for a spreadsheet: each incident in its newest version."""
    response = Response("".join(csv_text(_csv_rows())), mimetype="text/csv")
    name = f"{NAMES[language()]}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _csv_rows() -> Iterator[list[str]]:
    labels = IncidentForm()
    yield [_("Incident"), _("Version"), *(labels[name].label.text for name in FIELDS)]
    for one in incidents(db()):
        values = (str(getattr(one, name)) for name in FIELDS)
        yield [str(one.number), str(one.version), *values]


def _sent() -> IncidentForm:
    form = IncidentForm(request.form)
    form.today = today_in_programme(now())
    return form


def _form_page(form: IncidentForm, number: int = 0) -> str:
    endpoint = ".revise" if number else ".add_incident"
    values: dict[str, Any] = {"number": number} if number else {}
    get = "privacy.change_incident" if number else "privacy.new_incident"
    other = next(one for one in LANGUAGES if one != language())
    g.place_url = url_for(get, lang=other, **values)
    return render_template(
        "privacy/incident_form.html", form=form, number=number, action=url_for(endpoint, **values)
    )


def _rows(one: Incident) -> list[dict[str, object]]:
    labels = IncidentForm()
    return [
        {
            "key": labels[name].label.text,
            "value": day_text(one.known_on)
            if name == "known_on"
            else getattr(one, name).splitlines(),
        }
        for name in FIELDS
    ]


def _moment(one: Incident) -> str:
    return str(format_datetime(one.recorded_at, _("d MMM y, HH:mm")))
