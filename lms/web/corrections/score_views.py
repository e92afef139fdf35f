"""An instructor corrects a score: of one answer, or of all who were asked a question."""

import uuid
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for

from lms.corrections.key_change import Preview, Question, preview_change
from lms.corrections.kinds import Kind, RefusedError
from lms.corrections.models import Correction
from lms.corrections.queries import State, corrections_of
from lms.corrections.regrade import Choice
from lms.corrections.scores import Rescore, change_key, regrade_response
from lms.kernel.errors import NotFoundError
from lms.web.correction_words import choice_text, staff, why_text
from lms.web.corrections.base import Page, attempted, bp, desk
from lms.web.corrections.forms import ChangeForm, ChoiceForm, ScoreForm
from lms.web.corrections.pages import preview_groups
from lms.web.corrections.scoring import Scored, scored_question
from lms.web.db import db
from lms.web.item_result import points_text
from lms.web.view_log import note_view
from lms.web.words import _

__all__ = ["bp"]  # with these pages on it
PLACE = "/corrections/attempts/<uuid:attempt_id>/questions/<int:place>"


@bp.get(PLACE)
def score(attempt_id: uuid.UUID, place: int) -> Page:
    """Show the score of one answer, and ask for another."""
    return _score_page(scored_question(db(), attempt_id, place), ScoreForm())


@bp.post(PLACE)
def give_score(attempt_id: uuid.UUID, place: int) -> Page:
    """Give one answer another score; the second of two at once is shown the first's."""
    found = scored_question(db(), attempt_id, place)
    form = ScoreForm(request.form)
    form.maximum = found.mark.score.maximum
    if not form.validate():
        return _score_page(found, form), HTTPStatus.UNPROCESSABLE_ENTITY
    given = Rescore(attempt_id, found.mark.item.id, form.raw, form.number, form.why)
    done, status = attempted(form, lambda: regrade_response(db(), given, desk()))
    if done is None:
        return _score_page(scored_question(db(), attempt_id, place), form), status
    return _to_correction(done)


def _score_page(found: Scored, form: ScoreForm) -> str:
    note_view("enrolment", found.head.enrolment_id, "attempt")
    # What is sent next is based on what this page shows: the score as it is now.
    form.based_on.data = str(found.marks.number)
    waiting = [
        view
        for view in corrections_of(db(), found.head.enrolment_id)
        if view.state is State.WAITING
        and view.kind is Kind.REGRADE_RESPONSE
        and view.detail["changes"][0]["attempt"] == str(found.marks.attempt_id)
    ]
    return render_template(
        "corrections/score.html",
        found=found,
        form=form,
        points=points_text(found.mark.score),
        total=points_text(found.marks.score),
        maximum=found.mark.score.maximum,
        is_graded=found.mark.item.graded,
        waiting=waiting,
    )


@bp.get(f"{PLACE}/key")
def key(attempt_id: uuid.UUID, place: int) -> Page:
    """Ask what to do about a question that was wrong; chosen, show who would flip."""
    found = scored_question(db(), attempt_id, place)
    return _key_page(found, _choice(request.args.get("choice", "")), ChangeForm())


@bp.post(f"{PLACE}/key")
def change(attempt_id: uuid.UUID, place: int) -> Page:
    """Apply what was shown, in one's own groups."""
    found = scored_question(db(), attempt_id, place)
    form = ChangeForm(request.form)
    choice = _choice(str(form.choice.data))
    if choice is None:
        form.form_errors = [_("Choose what to do.")]
    if choice is None or not form.validate():
        return _key_page(found, choice, form), HTTPStatus.UNPROCESSABLE_ENTITY
    question = Question(found.marks.module_id, found.mark.item.id, choice)
    seen = str(form.seen.data or "-")
    done, status = attempted(form, lambda: change_key(db(), question, form.why, desk(), seen=seen))
    if done is None:
        return _key_page(found, choice, form), status
    return _to_correction(done)


def _choice(text: str) -> Choice | None:
    return next((one for one in Choice if one == text), None)


def _key_page(found: Scored, choice: Choice | None, form: ChangeForm) -> str:
    note_view("enrolment", found.head.enrolment_id, "attempt")
    made, refusal = (None, "") if choice is None else _preview(found, choice)
    choices = ChoiceForm()
    choices.offer(choice)
    form.choice.data = choice.value if choice else ""
    form.seen.data = made.mark if made else ""
    return render_template(
        "corrections/key.html",
        found=found,
        choices=choices,
        form=form,
        made=made,
        title=choice_text(choice) if choice else "",
        groups=preview_groups(made) if made else [],
        refusal=refusal,
    )


def _preview(found: Scored, choice: Choice) -> tuple[Preview | None, str]:
    """Give what would happen, or say why nothing can."""
    question = Question(found.marks.module_id, found.mark.item.id, choice)
    try:
        return preview_change(db(), question, staff()), ""
    except RefusedError as refused:
        return None, why_text(refused.why)
    except NotFoundError:
        return None, _("The module that is published now does not have this question.")


def _to_correction(done: Correction) -> Page:
    waits, loses = done.detail.get("waits"), done.detail.get("loses")
    flash(_("Proposed: a second person decides.") if waits else _("Done."), "success")
    if loses:
        flash(_("A pass would be lost: it stays, and is listed for a person to decide."), "warning")
    return redirect(url_for(".correction", correction_id=done.id), HTTPStatus.SEE_OTHER)
