"""A referral by form: what an agency told, typed by the coordinator."""

import uuid
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField, StringField

from lms.agencies.queries import agreement_in_force
from lms.referrals.eligibility import DecidedBy, NewReferral
from lms.referrals.models import Referral
from lms.referrals.service import Source, refer
from lms.web.coordinator.base import attempted, today
from lms.web.coordinator.fields import (
    StrictTick,
    day_of,
    is_day,
    is_offered,
    offer,
    one_line,
    seen_once,
    with_blank,
)
from lms.web.coordinator.file_words import language_text, office_text
from lms.web.coordinator.files import agency_choices
from lms.web.coordinator.refusals import no_agreement_text
from lms.web.coordinator.surface import bp
from lms.web.db import db
from lms.web.form import AtMost, BaseForm, Required
from lms.web.request import actor, keys, now
from lms.web.words import _, lazy

Page = Response | str | tuple[str, int]


class ReferralForm(BaseForm):
    """All that an agency says of somebody; no name, and no grounds."""

    agency = SelectField(
        lazy("Agency"),
        [Required(lambda: _("Choose an agency.")), is_offered],
        validate_choice=False,
    )
    reference = StringField(
        lazy("Reference of the agency"),
        [Required(lambda: _("Enter the reference.")), AtMost(40), seen_once],
    )
    in_language = RadioField(
        lazy("Language"),
        [Required(lambda: _("Choose a language.")), is_offered],
        validate_choice=False,
    )
    deadline = StringField(
        lazy("Last day to finish"), [Required(lambda: _("Enter the last day.")), is_day]
    )
    arrangement = StrictTick(lazy("An arrangement is needed"))
    decided_by = RadioField(
        lazy("Who decided that this person may take the training"),
        [Required(lambda: _("Choose who decided.")), is_offered],
        validate_choice=False,
    )
    decided_on = StringField(
        lazy("Day of the decision"),
        [Required(lambda: _("Enter the day of the decision.")), is_day],
    )
    first_time = StrictTick(lazy("It is the first time"))
    no_minor = StrictTick(lazy("No minor is involved"))
    accepts = StrictTick(lazy("The person accepts"))
    lawyer_told = StrictTick(lazy("The person was told of the right to a lawyer"))
    committed_on = StringField(lazy("Day of the signed commitment, if there is one"), [is_day])
    commitment_version = StringField(
        lazy("Version of the commitment, if there is one"), [AtMost(20), seen_once]
    )

    def referral(self) -> NewReferral:
        """Give what was typed as the service takes it."""
        return NewReferral(
            reference=one_line(self.reference),
            language=str(self.in_language.data),
            deadline=day_of(self.deadline) or today(),
            arrangement=bool(self.arrangement.data),
            decided_by=DecidedBy(str(self.decided_by.data)),
            decided_on=day_of(self.decided_on) or today(),
            first_time=bool(self.first_time.data),
            no_minor=bool(self.no_minor.data),
            accepts=bool(self.accepts.data),
            lawyer_told=bool(self.lawyer_told.data),
            committed_on=day_of(self.committed_on),
            commitment_version=one_line(self.commitment_version),
        )


@bp.get("/coordinator/files/new")
def new_file() -> Page:
    """Ask what an agency told."""
    return _page(_form())


@bp.post("/coordinator/files/new")
def add_file() -> Page:
    """Take a file in, then show it."""
    form = _form()
    if not form.validate():
        return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    made: list[Referral] = []
    agency_id = uuid.UUID(str(form.agency.data))
    if agreement_in_force(db(), agency_id, today()) is None:
        form.agency.errors = [no_agreement_text()]
        return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY

    def take() -> None:
        one = refer(
            db(),
            agency_id,
            form.referral(),
            source=Source.FORM,
            by=actor().user_id,
            keys=keys(),
            now=now(),
            today=today(),
        )
        made.append(one)

    status = attempted(form, take)
    if form.form_errors:
        return _page(form), status
    flash(_("The file is taken in."), "success")
    return redirect(url_for(".file", referral_id=made[0].id), HTTPStatus.SEE_OTHER)


def _form() -> ReferralForm:
    form = ReferralForm(request.form if request.method == "POST" else None)
    offer(form.agency, with_blank(agency_choices(is_open=True)))
    offer(form.in_language, [(one, language_text(one)) for one in ("fr", "en")])
    offices = [(str(one), office_text(one).capitalize()) for one in DecidedBy]
    offer(form.decided_by, offices)
    return form


def _page(form: ReferralForm) -> str:
    return render_template("coordinator/new_file.html", form=form)
