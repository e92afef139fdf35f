"""The agency's pages: its files with five fields each, a new one, and the check of a certificate.

They read through `lms.agencies.status_view` alone, which knows nothing of learning.
"""

import uuid
from http import HTTPStatus

from flask import Flask, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.agencies.status_view import (
    messages_about,
    status_count,
    status_rows,
)
from lms.completion.match import Claim, belongs_together, count_match
from lms.journey.agency_files import refer_person
from lms.kernel.errors import BadInputError
from lms.referrals.service import DeadlineError, ReferenceUsedError
from lms.web.agency import acts
from lms.web.agency.base import file_or_not_found, keep_place
from lms.web.agency.forms import FilterForm, MatchForm, ReferralForm
from lms.web.agency.pages import MOST_ROWS, OPEN, file_line, message_line
from lms.web.agency.surface import bp, officer
from lms.web.db import db, write_apart
from lms.web.paging import paging
from lms.web.request import keys, now
from lms.web.view_log import note_view
from lms.web.words import _

__all__ = ["acts", "register"]
Page = Response | str | tuple[str, int]


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(bp)


@bp.get("/agency")
def start() -> Page:
    """List one's own files, the newest first; a lead's are all of the agency."""
    form = FilterForm(request.args)
    part = paging(status_count(db(), officer(), reference=form.wanted), limit=MOST_ROWS)
    rows = status_rows(db(), officer(), reference=form.wanted, limit=part.limit, offset=part.offset)
    note_view("agency", officer().agency_id, "list")
    return render_template(
        "agency/start.html",
        files=[file_line(row) for row in rows],
        part=part,
        form=form,
        wanted=form.wanted,
        is_lead=officer().is_lead,
    )


@bp.get("/agency/referrals/<uuid:referral_id>")
def referral(referral_id: uuid.UUID) -> Page:
    """Show one file: its five fields, and which messages went to and fro about it."""
    row = file_or_not_found(referral_id)
    return render_template(
        "agency/referral.html",
        file=file_line(row),
        referral_id=referral_id,
        is_open=row.status in OPEN,
        is_suspended=row.status == "suspended",
        messages=[message_line(one) for one in messages_about(db(), officer(), referral_id)],
    )


@bp.get("/agency/new")
def new_referral() -> Page:
    """Ask for what there is to say about somebody, and no more."""
    form = ReferralForm()
    form.offer()
    return render_template("agency/new_referral.html", form=form)


@bp.post("/agency/new")
def make_referral() -> Page:
    """Refer somebody, then show the file."""
    form = ReferralForm(request.form)
    form.offer()
    if form.validate():
        try:
            with db().begin_nested():
                made = refer_person(db(), officer(), form.new_referral(), keys=keys(), now=now())
        except ReferenceUsedError:
            form.reference.errors = [_("This reference was used before. Nobody takes part twice.")]
        except DeadlineError:
            form.refuse_day()
        except BadInputError:
            form.form_errors = [_("This cannot be taken as it stands. Check each answer.")]
        else:
            flash(_("The person is referred."), "success")
            return redirect(url_for(".referral", referral_id=made), HTTPStatus.SEE_OTHER)
    page = render_template("agency/new_referral.html", form=form)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY


@bp.get("/agency/certificate")
def check() -> Page:
    """Ask for a certificate's number and a reference."""
    return render_template("agency/check.html", form=MatchForm())


@bp.post("/agency/certificate")
def check_result() -> Page:
    """Say whether the two belong together: yes or no."""
    keep_place(".check")
    form = MatchForm(request.form)
    if not form.validate():
        page = render_template("agency/check.html", form=form)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    write_apart(lambda apart: count_match(apart, officer(), now=now()))
    claim = Claim(str(form.number.data), str(form.reference.data))
    note_view("agency", officer().agency_id, "certificate")
    return render_template(
        "agency/check_result.html",
        is_match=belongs_together(db(), officer(), claim, keys=keys()),
    )
