"""What an agency does to a file: suspend, resume, cancel, set another last day; each asks once."""

import uuid
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.agencies.status_view import StatusRow, StatusWord
from lms.journey.agency_files import (
    CancelReason,
    cancel_file,
    resume_file,
    set_last_day,
    suspend_file,
)
from lms.kernel.errors import NotAllowedError
from lms.referrals.service import DeadlineError
from lms.web.agency.base import file_or_not_found
from lms.web.agency.forms import CancelForm, DeadlineForm
from lms.web.agency.pages import OPEN, file_line
from lms.web.agency.surface import bp, officer
from lms.web.db import db
from lms.web.request import keys, now
from lms.web.words import _

Page = Response | str | tuple[str, int]
RESTING = frozenset({StatusWord.SUSPENDED})


@bp.get("/agency/referrals/<uuid:referral_id>/suspend")
def ask_suspend(referral_id: uuid.UUID) -> Page:
    """Say what it does to let a file rest, and ask once."""
    row = _file(referral_id, OPEN)
    return render_template("agency/suspend.html", file=file_line(row), referral_id=referral_id)


@bp.post("/agency/referrals/<uuid:referral_id>/suspend")
def suspend(referral_id: uuid.UUID) -> Page:
    """Let a file rest."""
    suspend_file(db(), officer(), referral_id, keys=keys(), now=now())
    return _done(referral_id, _("The file is suspended."))


@bp.get("/agency/referrals/<uuid:referral_id>/resume")
def ask_resume(referral_id: uuid.UUID) -> Page:
    """Say that a file goes on from where it stood, and ask once."""
    row = _file(referral_id, RESTING)
    return render_template("agency/resume.html", file=file_line(row), referral_id=referral_id)


@bp.post("/agency/referrals/<uuid:referral_id>/resume")
def resume(referral_id: uuid.UUID) -> Page:
    """Let a file go on."""
    resume_file(db(), officer(), referral_id, keys=keys(), now=now())
    return _done(referral_id, _("The file goes on."))


@bp.get("/agency/referrals/<uuid:referral_id>/cancel")
def ask_cancel(referral_id: uuid.UUID) -> Page:
    """Say that a file ends for good, and ask why: one of two."""
    row, form = _file(referral_id, OPEN | RESTING), CancelForm()
    form.offer()
    return _cancel_page(row, form)


@bp.post("/agency/referrals/<uuid:referral_id>/cancel")
def cancel(referral_id: uuid.UUID) -> Page:
    """End a file that should not have been."""
    row, form = _file(referral_id, OPEN | RESTING), CancelForm(request.form)
    form.offer()
    if not form.validate():
        return _cancel_page(row, form), HTTPStatus.UNPROCESSABLE_ENTITY
    why = CancelReason(str(form.why.data))
    cancel_file(db(), officer(), referral_id, why, keys=keys(), now=now())
    return _done(referral_id, _("The file is cancelled."))


@bp.get("/agency/referrals/<uuid:referral_id>/deadline")
def ask_deadline(referral_id: uuid.UUID) -> Page:
    """Ask for another last day."""
    row = _file(referral_id, OPEN | RESTING)
    return _deadline_page(row, DeadlineForm(data={"deadline": row.deadline.isoformat()}))


@bp.post("/agency/referrals/<uuid:referral_id>/deadline")
def set_deadline(referral_id: uuid.UUID) -> Page:
    """Set another last day."""
    row, form = _file(referral_id, OPEN | RESTING), DeadlineForm(request.form)
    if form.validate():
        try:
            day = form.deadline.day
            set_last_day(db(), officer(), referral_id, day, keys=keys(), now=now())
        except DeadlineError:
            form.refuse_day()
        else:
            return _done(referral_id, _("The last day is changed."))
    return _deadline_page(row, form), HTTPStatus.UNPROCESSABLE_ENTITY


def _file(referral_id: uuid.UUID, wanted: frozenset[StatusWord]) -> StatusRow:
    """Give a file that stands so that this can be asked; NotAllowedError where it does not."""
    row = file_or_not_found(referral_id)
    if row.status not in wanted:
        raise NotAllowedError(f"not while a file is {row.status}")
    return row


def _done(referral_id: uuid.UUID, words: str) -> Response:
    flash(words, "success")
    return redirect(url_for(".referral", referral_id=referral_id), HTTPStatus.SEE_OTHER)


def _cancel_page(row: StatusRow, form: CancelForm) -> str:
    line = file_line(row)
    return render_template("agency/cancel.html", file=line, referral_id=row.referral_id, form=form)


def _deadline_page(row: StatusRow, form: DeadlineForm) -> str:
    line = file_line(row)
    return render_template(
        "agency/deadline.html", file=line, referral_id=row.referral_id, form=form
    )
