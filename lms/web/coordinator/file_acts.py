"""What a coordinator does to one file: fee, last day, group, arrangement, cancellation."""

import uuid
from collections.abc import Callable
from http import HTTPStatus

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms.referrals.arrange import set_arrangement
from lms.referrals.fees import FeeState, settle_fee
from lms.referrals.models import Referral
from lms.referrals.places import assign
from lms.referrals.service import change_deadline, move
from lms.referrals.states import Act
from lms.web.coordinator.base import attempted, keep_place, mover, the_file, today
from lms.web.coordinator.fields import day_of, one_line
from lms.web.coordinator.file_page import Forms, file_forms, file_page
from lms.web.coordinator.surface import bp
from lms.web.db import db
from lms.web.form import BaseForm
from lms.web.request import now
from lms.web.words import _

Page = Response | str | tuple[str, int]


@bp.get("/coordinator/files/<uuid:referral_id>")
def file(referral_id: uuid.UUID) -> Page:
    """Show a file: where it stands, what was done, what can be done."""
    return file_page(the_file(referral_id))


@bp.post("/coordinator/files/<uuid:referral_id>/fee")
def settle(referral_id: uuid.UUID) -> Page:
    """Note that the fee is due, paid or waived."""
    one, forms = _opened(referral_id, "fee")

    def act() -> None:
        state = FeeState(str(forms.fee.fee.data))
        settle_fee(db(), one, state, one_line(forms.fee.receipt), mover(), now=now())

    return _done(one, forms, forms.fee, act, _("The fee is noted."))


@bp.post("/coordinator/files/<uuid:referral_id>/deadline")
def extend(referral_id: uuid.UUID) -> Page:
    """Set another last day, with the reason."""
    one, forms = _opened(referral_id, "deadline")

    def act() -> None:
        day, why = day_of(forms.deadline.day) or today(), str(forms.deadline.reason.data)
        change_deadline(db(), one, day, mover(), reason=why, now=now())

    return _done(one, forms, forms.deadline, act, _("The last day is changed."))


@bp.post("/coordinator/files/<uuid:referral_id>/group")
def choose_group(referral_id: uuid.UUID) -> Page:
    """Give a file a place in a group."""
    one, forms = _opened(referral_id, "group")

    def act() -> None:
        assign(db(), one, uuid.UUID(str(forms.group.cohort.data)), mover(), now=now())

    return _done(one, forms, forms.group, act, _("The file has its group."))


@bp.post("/coordinator/files/<uuid:referral_id>/cancel")
def cancel(referral_id: uuid.UUID) -> Page:
    """Cancel a file: the wrong person, an error. Its code and its enrolment end."""
    one, forms = _opened(referral_id, "cancel")

    def act() -> None:
        why = str(forms.cancel.reason.data)
        move(db(), one, Act.CANCEL, mover(), reason=why, now=now())

    return _done(one, forms, forms.cancel, act, _("The file is cancelled."))


@bp.post("/coordinator/files/<uuid:referral_id>/arrangement")
def arrange(referral_id: uuid.UUID) -> Page:
    """Note that there is an arrangement, or none; never which, or why."""
    one, forms = _opened(referral_id, "")
    word = request.form.get("arrangement", "")
    if word not in {"yes", "no"}:
        forms.fee.form_errors = [_("Choose one of those shown.")]
        return file_page(one, forms), HTTPStatus.UNPROCESSABLE_ENTITY

    def act() -> None:
        set_arrangement(db(), one, mover(), is_arranged=word == "yes", now=now())

    return _done(one, forms, None, act, _("Saved."))


def _opened(referral_id: uuid.UUID, name: str) -> tuple[Referral, Forms]:
    keep_place(".file", referral_id=referral_id)
    return the_file(referral_id), file_forms(request.form, name)


def _done(
    one: Referral, forms: Forms, form: BaseForm | None, act: Callable[[], None], told: str
) -> Page:
    """Act if the form is right and go back to the file; else show it with what was typed."""
    if form is not None and not form.validate():
        return file_page(one, forms), HTTPStatus.UNPROCESSABLE_ENTITY
    status = attempted(form or forms.fee, act)
    if (form or forms.fee).form_errors:
        db().expire(one)
        return file_page(one, forms), status
    flash(told, "success")
    return redirect(url_for(".file", referral_id=one.id), HTTPStatus.SEE_OTHER)
