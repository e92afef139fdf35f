"""Results to confirm: a person looks before a referred person's pass is final."""

import uuid
from collections.abc import Callable
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.accounts.roles import Role
from lms.journey.reviews import (
    ResultView,
    ask_for_talk,
    confirm_result,
    note_talk,
    result_to_confirm,
    results_to_confirm,
    talk_reason,
)
from lms.kernel.days import LOCAL_ZONE
from lms.kernel.errors import BadInputError
from lms.referrals.states import MoveRefusedError, State
from lms.web.correction_words import staff
from lms.web.corrections.base import Page, bp, desk, keep_place
from lms.web.corrections.forms import ReasonForm
from lms.web.db import db, reader
from lms.web.request import settings
from lms.web.view_log import note_view
from lms.web.words import _, day_text, plural


@bp.get("/corrections/results")
def completions() -> Page:
    """List the results that wait for a person, the longest wait first."""
    found = results_to_confirm(reader(), staff())
    return render_template("corrections/completions.html", rows=[_row(one) for one in found])


@bp.get("/corrections/results/<uuid:referral_id>")
def completion(referral_id: uuid.UUID) -> Page:
    """Show one result, with the two things that one can do."""
    return _page(result_to_confirm(reader(), staff(), referral_id), ReasonForm())


@bp.post("/corrections/results/<uuid:referral_id>/confirm")
def confirm_completion(referral_id: uuid.UUID) -> Page:
    """Make a result final."""
    review = settings().completion_review
    return _moved(
        lambda: confirm_result(db(), referral_id, desk(), review=review),
        _("The result is final. The certificate can be made now."),
    )


@bp.post("/corrections/results/<uuid:referral_id>/talk")
def talk_first(referral_id: uuid.UUID) -> Page:
    """Put a talk before the result, with a reason that stays here."""
    form = ReasonForm(request.form)
    if not form.validate():
        keep_place("corrections.completion", referral_id=referral_id)
        page = _page(result_to_confirm(reader(), staff(), referral_id), form)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    return _moved(
        lambda: ask_for_talk(db(), referral_id, desk(), form.why),
        _("A talk comes first. The person reads that somebody of the programme will call."),
    )


@bp.post("/corrections/results/<uuid:referral_id>/talk-held")
def talk_held(referral_id: uuid.UUID) -> Page:
    """Note that the talk was held: the result can be confirmed then."""
    review = settings().completion_review
    return _moved(
        lambda: note_talk(db(), referral_id, desk(), review=review),
        _("The talk is noted. The result can be confirmed now."),
    )


def _moved(act: Callable[[], None], done: str) -> Response:
    """Act, and go back to the list; somebody else may have been first, or the person has left."""
    try:
        with db().begin_nested():
            act()
    except (MoveRefusedError, BadInputError):
        flash(_("Nothing was changed: the file stands elsewhere now."), "notice")
    else:
        flash(done, "success")
    return redirect(url_for("corrections.completions"), HTTPStatus.SEE_OTHER)


def _page(view: ResultView, form: ReasonForm) -> str:
    note_view("enrolment", view.enrolment_id, "result")
    return render_template(
        "corrections/completion.html",
        view=view,
        row=_row(view),
        needs_talk=view.state is State.NEEDS_FOLLOW_UP,
        why=talk_reason(reader(), view.referral_id),
        form=form,
        results_url=_results_url(view),
    )


def _row(view: ResultView) -> dict[str, object]:
    """Give what a line says: whose result, what was completed, and what it waits for."""
    day = view.completed_at.astimezone(LOCAL_ZONE) if view.completed_at else None
    done = plural("%(num)s module, on %(day)s", "%(num)s modules, on %(day)s",
                  view.modules, day=day_text(day))  # fmt: skip
    waits = _("Talk asked for") if view.state is State.NEEDS_FOLLOW_UP else _("To confirm")
    return {
        "pseudonym": view.pseudonym,
        "group": view.cohort_name,
        "done": done if day else _("The completion no longer counts"),
        "deadline": day_text(view.deadline),
        "waits": waits,
        "can_be_confirmed": view.can_be_confirmed,
        "url": url_for("corrections.completion", referral_id=view.referral_id),
        "confirm_url": url_for("corrections.confirm_completion", referral_id=view.referral_id),
    }


def _results_url(view: ResultView) -> str:
    """Give the page of results to an instructor; a coordinator sees no answers and no scores."""
    if staff().role is not Role.INSTRUCTOR:
        return ""
    return url_for("instructor.person", enrolment_id=view.enrolment_id)
