"""Corrections: what waits for a second person, what can be corrected for somebody, what was."""

import uuid
from http import HTTPStatus

from flask import Flask, flash, redirect, render_template, request, url_for

from lms.corrections.kinds import TWO_PEOPLE, Kind
from lms.corrections.queries import (
    CorrectionView,
    LostPass,
    PersonHead,
    State,
    corrections_of,
    find_correction,
    find_people,
    latest_corrections,
    lost_passes,
    may_decide,
    person_head,
    pseudonyms_of,
    waiting_corrections,
)
from lms.corrections.service import correct, decide, keep_pass
from lms.publishing.queries import outlines
from lms.web.correction_words import kind_text, staff, table_rows
from lms.web.corrections import completions, score_views
from lms.web.corrections.asks import Asking, Course, asking, course_of, kind_of, wish_of
from lms.web.corrections.base import Page, attempted, bp, desk, keep_place
from lms.web.corrections.forms import DecisionForm, FindForm, KeepForm
from lms.web.corrections.pages import (
    effect_text,
    facts,
    flip_rows,
    kind_links,
    lost_facts,
    module_ids,
    sees_scores,
    waiting_facts,
)
from lms.web.db import db
from lms.web.request import actor, language
from lms.web.view_log import note_view
from lms.web.words import _

LONGEST_PART = 20
__all__ = ["completions", "register"]


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(score_views.bp)  # the same surface, with the pages of scores


@bp.get("/corrections")
def start() -> Page:
    """Show what waits, what a person has to decide, and the last corrections; find a person."""
    waiting, lost = waiting_corrections(db(), staff()), lost_passes(db(), staff())
    latest = latest_corrections(db(), staff())
    titles = outlines(db(), module_ids([*waiting, *lost, *latest]), language())
    part = request.args.get("q", "").replace("\x00", "").strip()[:LONGEST_PART]
    return render_template(
        "corrections/start.html",
        waiting=waiting_facts(waiting, titles),
        lost=lost_facts(lost, titles),
        latest=table_rows(latest, titles),
        form=FindForm(data={"q": part}),
        part=part,
        people=find_people(db(), staff(), part) if part else [],
    )


@bp.get("/corrections/people/<uuid:enrolment_id>")
def person(enrolment_id: uuid.UUID) -> Page:
    """Show what was corrected for one person, and what can be."""
    head = person_head(db(), staff(), enrolment_id)
    note_view("enrolment", enrolment_id, "corrections")
    views = corrections_of(db(), enrolment_id)
    return render_template(
        "corrections/person.html",
        head=head,
        rows=table_rows(views, outlines(db(), module_ids(views), language())),
        kinds=kind_links(enrolment_id),
        sees_scores=sees_scores(),
    )


@bp.get("/corrections/people/<uuid:enrolment_id>/<kind>")
def ask(enrolment_id: uuid.UUID, kind: str) -> Page:
    """Ask for what a correction needs, and why."""
    head = person_head(db(), staff(), enrolment_id)
    course = course_of(db(), head)
    return _ask_page(head, kind_of(kind), asking(db(), kind_of(kind), head, course))


@bp.post("/corrections/people/<uuid:enrolment_id>/<kind>")
def correct_person(enrolment_id: uuid.UUID, kind: str) -> Page:
    """Correct it, or propose it to a second person."""
    head = person_head(db(), staff(), enrolment_id)
    course = course_of(db(), head)
    asked = kind_of(kind)
    form = asking(db(), asked, head, course)
    if not form.validate():
        return _ask_page(head, asked, form), HTTPStatus.UNPROCESSABLE_ENTITY
    done, status = attempted(form, lambda: _correct(form, asked, head, course))
    if done is None:
        return _ask_page(head, asked, form), status
    two = asked in TWO_PEOPLE
    flash(_("Proposed: a second person decides.") if two else _("Done."), "success")
    return redirect(url_for(".person", enrolment_id=enrolment_id), HTTPStatus.SEE_OTHER)


def _correct(form: Asking, kind: Kind, head: PersonHead, course: Course) -> uuid.UUID:
    return correct(db(), wish_of(kind, form, head.enrolment_id, course), desk()).id


def _ask_page(head: PersonHead, kind: Kind, form: Asking) -> str:
    note_view("enrolment", head.enrolment_id, "corrections")
    return render_template(
        "corrections/ask.html",
        head=head,
        kind=kind.value,
        title=kind_text(kind),
        effect=effect_text(kind),
        form=form,
        needs_two=kind in TWO_PEOPLE,
    )


@bp.get("/corrections/<uuid:correction_id>")
def correction(correction_id: uuid.UUID) -> Page:
    """Show one correction, with the decision where it is for whoever asks."""
    return _correction_page(find_correction(db(), staff(), correction_id))


@bp.post("/corrections/<uuid:correction_id>/decision")
def decide_on(correction_id: uuid.UUID) -> Page:
    """Confirm or refuse what somebody else proposed."""
    keep_place(".correction", correction_id=correction_id)
    view = find_correction(db(), staff(), correction_id)
    form = DecisionForm(request.form)
    if not form.validate():
        return _correction_page(view, decision=form), HTTPStatus.UNPROCESSABLE_ENTITY
    accepted = form.accepted
    done, status = attempted(form, lambda: decide(db(), view.id, desk(), accepted=accepted))
    if done is None:
        again = find_correction(db(), staff(), correction_id)
        return _correction_page(again, decision=form), status
    flash(_("Confirmed.") if accepted else _("Refused: nothing has changed."), "success")
    return redirect(url_for(".correction", correction_id=view.id), HTTPStatus.SEE_OTHER)


@bp.post("/corrections/<uuid:correction_id>/passes")
def keep(correction_id: uuid.UUID) -> Page:
    """Decide that a pass stays which a regrade would have taken away."""
    keep_place(".correction", correction_id=correction_id)
    view = find_correction(db(), staff(), correction_id)
    form = _keep_form(_lost(view))
    if not form.validate():
        return _correction_page(view, keeping=form), HTTPStatus.UNPROCESSABLE_ENTITY
    chosen, why = form.attempt_id, form.why
    done, status = attempted(form, lambda: keep_pass(db(), view.id, chosen, why, desk()))
    if done is None:
        return _correction_page(view, keeping=form), status
    flash(_("The pass stays, and your reason is on record."), "success")
    return redirect(url_for(".correction", correction_id=view.id), HTTPStatus.SEE_OTHER)


def _lost(view: CorrectionView) -> list[LostPass]:
    return [one for one in lost_passes(db(), staff()) if one.correction_id == view.id]


def _keep_form(lost: list[LostPass]) -> KeepForm:
    form = KeepForm(request.form if request.method == "POST" else None)
    form.offer([(str(one.attempt_id), one.pseudonym) for one in lost])
    return form


def _correction_page(
    view: CorrectionView, *, decision: DecisionForm | None = None, keeping: KeepForm | None = None
) -> str:
    if view.enrolment_id is not None:  # a change of a question's key is about nobody alone
        note_view("enrolment", view.enrolment_id, "corrections")
    titles = outlines(db(), module_ids([view]), language())
    waits = view.state is State.WAITING
    is_own = view.proposed_by_id == actor().user_id
    names = pseudonyms_of(db(), staff(), view)
    is_his = waits and not is_own and may_decide(db(), staff(), view)
    return render_template(
        "corrections/correction.html",
        view=view,
        title=kind_text(view.kind),
        facts=facts(view, titles),
        flips=flip_rows(view, names),
        sees_scores=sees_scores(),
        may_decide=is_his,
        is_own_proposal=waits and is_own,
        is_for_others=waits and not is_own and not is_his,
        decision=decision or DecisionForm(),
        keeping=keeping or _keep_form(_lost(view)),
    )
