"""Who somebody is, where the site keeps it: entered here, and shown once to whoever says why.

Each look is logged with its reason, and the person is told of it on his own page.
"""

import uuid
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField

from lms.kernel.audit import Act, append_audit
from lms.kernel.errors import NotFoundError
from lms.kernel.person_keys import KeyDestroyedError
from lms.kernel.sealing import UnreadableFieldError
from lms.privacy.views import LONGEST_PURPOSE
from lms.referrals.identity import LONGEST, Known, has_identity, keep_identity, open_identity
from lms.referrals.models import Referral
from lms.referrals.states import OPEN, State
from lms.web.coordinator.base import attempted, keep_place, the_file
from lms.web.coordinator.fields import one_line, seen_once
from lms.web.coordinator.surface import bp
from lms.web.db import db
from lms.web.form import AtMost, BaseForm, Required
from lms.web.request import actor, keys, now, person_keys, settings
from lms.web.view_log import note_view
from lms.web.words import _, lazy

Page = Response | str | tuple[str, int]


class IdentityForm(BaseForm):
    """What is known of who somebody is; each field may be empty."""

    name = StringField(lazy("Name"), [AtMost(LONGEST["name"]), seen_once])
    telephone = StringField(lazy("Telephone"), [AtMost(LONGEST["telephone"]), seen_once])
    file_number = StringField(lazy("File number"), [AtMost(LONGEST["file_number"]), seen_once])


class LookForm(BaseForm):
    """Why somebody looks."""

    reason = TextAreaField(
        lazy("Why you need to look"),
        [Required(lambda: _("Say why.")), AtMost(LONGEST_PURPOSE), seen_once],
    )


@bp.get("/coordinator/files/<uuid:referral_id>/identity")
def identity(referral_id: uuid.UUID) -> Page:
    """Ask for a reason to look, and offer to enter who somebody is."""
    return _page(_file(referral_id), IdentityForm(), LookForm())


@bp.post("/coordinator/files/<uuid:referral_id>/identity")
def enter_identity(referral_id: uuid.UUID) -> Page:
    """Seal who somebody is, in place of what was entered before."""
    file, form = _file(referral_id), IdentityForm(request.form)
    if not form.validate():
        return _page(file, form, LookForm()), HTTPStatus.UNPROCESSABLE_ENTITY
    if State(file.state) not in (*OPEN, State.SUSPENDED):
        form.form_errors = [_("This file is over: nothing more is entered.")]
        return _page(file, form, LookForm()), HTTPStatus.CONFLICT

    def keep() -> None:
        words = {name: one_line(form[name]) for name in LONGEST}
        by = actor().user_id
        keep_identity(db(), file, Known(**words), person_keys(), by=by, now=now())
        _audit("enter-identity", file, "")

    status = attempted(form, keep)
    if form.form_errors:
        return _page(file, form, LookForm()), status
    flash(_("Saved and sealed."), "success")
    return redirect(url_for(".file", referral_id=file.id), HTTPStatus.SEE_OTHER)


@bp.post("/coordinator/files/<uuid:referral_id>/identity/look")
def look(referral_id: uuid.UUID) -> Page:
    """Show who somebody is, in this answer alone, to whoever said why."""
    keep_place(".identity", referral_id=referral_id)
    file, form = _file(referral_id), LookForm(request.form)
    if not form.validate():
        return _page(file, IdentityForm(), form), HTTPStatus.UNPROCESSABLE_ENTITY
    why = one_line(form.reason)
    try:
        known = open_identity(db(), file.id, person_keys())
    except NotFoundError:
        form.form_errors = [_("Nothing is entered for this file.")]
        return _page(file, IdentityForm(), form), HTTPStatus.CONFLICT
    except (KeyDestroyedError, UnreadableFieldError):
        form.form_errors = [_("This is no longer kept.")]
        return _page(file, IdentityForm(), form), HTTPStatus.CONFLICT
    note_view("referral", file.id, "identity", purpose=why)
    _audit("look-at-identity", file, why)
    rows = [
        {"key": _("Name"), "value": known.name or _("Not entered")},
        {"key": _("Telephone"), "value": known.telephone or _("Not entered")},
        {"key": _("File number"), "value": known.file_number or _("Not entered")},
    ]
    return render_template("coordinator/identity_shown.html", file=file, rows=rows)


def _file(referral_id: uuid.UUID) -> Referral:
    """Give the file, where the site keeps names at all; elsewhere these pages do not exist."""
    if not settings().identity:
        raise NotFoundError("identity")
    return the_file(referral_id)


def _page(file: Referral, form: IdentityForm, asked: LookForm) -> str:
    note_view("referral", file.id, "file")
    return render_template(
        "coordinator/identity.html",
        file=file,
        form=form,
        asked=asked,
        faulty=asked if asked.errors else form,
        is_kept=has_identity(db(), file.id),
    )


def _audit(act: str, file: Referral, why: str) -> None:
    what = Act(str(actor().user_id), act, f"referral:{file.id}", why)
    append_audit(db(), keys().audit, what, now=now())
