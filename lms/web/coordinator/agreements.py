"""The written agreement with an agency: recorded, and ended early. Without one, no exchange."""

import uuid
from datetime import date
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField

from lms.agencies.models import Agreement
from lms.agencies.service import (
    LONGEST_WORDS,
    AgreementEndedError,
    NewAgreement,
    end_agreement,
    record_agreement,
)
from lms.kernel.audit import Act, append_audit
from lms.kernel.errors import NotFoundError
from lms.web.coordinator.agency_page import agreement_labels
from lms.web.coordinator.base import attempted, the_agency
from lms.web.coordinator.fields import day_of, is_day, one_line, seen_once
from lms.web.coordinator.surface import bp
from lms.web.db import db
from lms.web.form import AtMost, BaseForm, Required
from lms.web.request import actor, keys, now
from lms.web.words import _, lazy

Page = Response | str | tuple[str, int]


def _part(label: Any) -> TextAreaField:  # noqa: ANN401 - a lazy string
    needed = Required(lambda: _("Write what the agreement says of this."))
    return TextAreaField(label, [needed, AtMost(LONGEST_WORDS), seen_once])


class AgreementForm(BaseForm):
    """The six things that an agreement names, and its period."""

    purpose = _part(lazy("Purpose of the exchange"))
    nature = _part(lazy("Nature of the information"))
    method = _part(lazy("Method of the exchange"))
    security = _part(lazy("Security measures"))
    frequency = _part(lazy("Frequency"))
    duration = _part(lazy("Duration"))
    first_day = StringField(
        lazy("In force from"), [Required(lambda: _("Enter the first day.")), is_day]
    )
    last_day = StringField(
        lazy("In force until"), [Required(lambda: _("Enter the last day.")), is_day]
    )

    def agreement(self) -> NewAgreement:
        """Give the agreement as it is recorded."""
        words = {name: one_line(self[name]) for name in agreement_labels()}
        first, last = day_of(self.first_day) or date.min, day_of(self.last_day) or date.min
        return NewAgreement(**words, in_force_from=first, in_force_until=last)


@bp.get("/coordinator/agencies/<uuid:agency_id>/agreement")
def new_agreement(agency_id: uuid.UUID) -> Page:
    """Ask what a written agreement says."""
    return _page(agency_id, AgreementForm())


@bp.post("/coordinator/agencies/<uuid:agency_id>/agreement")
def add_agreement(agency_id: uuid.UUID) -> Page:
    """Record a written agreement."""
    agency, form = the_agency(agency_id), AgreementForm(request.form)
    if not form.validate():
        return _page(agency_id, form), HTTPStatus.UNPROCESSABLE_ENTITY

    def record() -> None:
        made = record_agreement(db(), agency.id, form.agreement(), actor().user_id, now())
        _audit("record-agreement", made.id, agency.id)

    status = attempted(form, record)
    if form.form_errors:
        return _page(agency_id, form), status
    flash(_("The agreement is recorded."), "success")
    return redirect(url_for(".agency", agency_id=agency_id), HTTPStatus.SEE_OTHER)


@bp.post("/coordinator/agencies/<uuid:agency_id>/agreement/end")
def stop_agreement(agency_id: uuid.UUID) -> Page:
    """End an agreement today, earlier than agreed."""
    agreement = _of_agency(agency_id, request.form.get("agreement", ""))
    try:
        end_agreement(db(), agreement.id, now())
    except AgreementEndedError:
        flash(_("This agreement has already ended."), "warning")
    else:
        _audit("end-agreement", agreement.id, agency_id)
        flash(_("The agreement ended today."), "success")
    return redirect(url_for(".agency", agency_id=agency_id), HTTPStatus.SEE_OTHER)


def _of_agency(agency_id: uuid.UUID, typed: str) -> Agreement:
    try:
        found = db().get(Agreement, uuid.UUID(typed))
    except ValueError:
        found = None
    if found is None or found.agency_id != the_agency(agency_id).id:
        raise NotFoundError("agreement")
    return found


def _page(agency_id: uuid.UUID, form: AgreementForm) -> str:
    agency = the_agency(agency_id)
    return render_template("coordinator/agreement.html", form=form, agency=agency)


def _audit(act: str, agreement_id: uuid.UUID, agency_id: uuid.UUID) -> None:
    after = {"agency": str(agency_id)}
    what = Act(str(actor().user_id), act, f"agreement:{agreement_id}", after=after)
    append_audit(db(), keys().audit, what, now=now())
