"""A draft before its reviewer: what changes, and the acts that lead to publication or away."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from lms.authoring.approval import SecondPersonError, approve
from lms.authoring.drafts import ActRefusedError, DraftChangedError, act_on, find_draft, send
from lms.authoring.models import Draft
from lms.authoring.states import DraftAct, DraftState
from lms.authoring.workspace import read_workspace
from lms.web.author.guard import guard_testimony
from lms.web.author.place import keep_place
from lms.web.author.review_pages import errors_of, needs_second, review_page
from lms.web.author.surface import bp
from lms.web.db import db, reader
from lms.web.form import AtMost, BaseForm, Required
from lms.web.request import actor, now, settings
from lms.web.words import _, lazy

Page = Response | str | tuple[str, int]
LONGEST_REASON = 500
_AFTER = {
    DraftAct.SEND: DraftState.IN_REVIEW,
    DraftAct.RETURN: DraftState.DRAFT,
    DraftAct.APPROVE: DraftState.APPROVED,
    DraftAct.WITHDRAW: DraftState.WITHDRAWN,
}


class NoteForm(BaseForm):
    """A word for whoever reads it next; none is needed."""

    reason = TextAreaField(lazy("Note"), [AtMost(LONGEST_REASON)])


class ReasonForm(BaseForm):
    """What is to be changed, for the author."""

    reason = TextAreaField(
        lazy("What should be changed?"),
        [Required(lambda: _("Say what should be changed.")), AtMost(LONGEST_REASON)],
    )


Reasoned = NoteForm | ReasonForm


class ActNotDoneError(Exception):
    """Something stands in the way of an act; the sentence says what."""


@bp.get("/author/drafts/<uuid:draft_id>/review")
def review(draft_id: uuid.UUID) -> Page:
    """Show what a draft changes, what is wrong with it and who did what."""
    return _page(_open(draft_id))


@bp.post("/author/drafts/<uuid:draft_id>/send")
def send_draft(draft_id: uuid.UUID) -> Page:
    """Send a draft without errors to review; its text becomes an edition."""
    form = NoteForm(request.form, prefix="send-")

    def look(draft: Draft) -> None:
        if errors_of(draft):
            raise ActNotDoneError(_("The text has errors. Mend them first, then send it."))

    def do(draft: Draft) -> None:
        me, note = actor(), form.reason.data or ""
        send(db(), draft.id, by=me.user_id, login=me.login, note=note, now=now())

    return _act(draft_id, Wish(DraftAct.SEND, do, look, {"send": form}))


@bp.post("/author/drafts/<uuid:draft_id>/return")
def return_draft(draft_id: uuid.UUID) -> Page:
    """Ask for changes: the draft goes back to its author, with the reason."""
    form = ReasonForm(request.form, prefix="return-")
    return _act(draft_id, _simple_wish(DraftAct.RETURN, "back", form))


@bp.post("/author/drafts/<uuid:draft_id>/approve")
def approve_draft(draft_id: uuid.UUID) -> Page:
    """Approve a draft, where it may be that this person does."""
    asked = {"second": True}

    def look(draft: Draft) -> None:
        asked["second"] = needs_second(draft, read_workspace(reader(), settings().content))

    def do(draft: Draft) -> None:
        approve(db(), draft.id, needs_second=asked["second"], by=actor().user_id, now=now())

    return _act(draft_id, Wish(DraftAct.APPROVE, do, look))


@bp.post("/author/drafts/<uuid:draft_id>/withdraw")
def withdraw_draft(draft_id: uuid.UUID) -> Page:
    """Take a draft back: it is closed, and what is published stays."""
    form = NoteForm(request.form, prefix="withdraw-")
    return _act(draft_id, _simple_wish(DraftAct.WITHDRAW, "take", form))


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wishes to do to a draft: `look` asks for what takes time, then `do` does it.

    `forms` holds what was typed, by the name that the template has for the form.
    """

    act: DraftAct
    do: Callable[[Draft], None]
    look: Callable[[Draft], None] = lambda _draft: None
    forms: Mapping[str, Reasoned] = field(default_factory=dict)


def _simple_wish(act: DraftAct, name: str, form: Reasoned) -> Wish:
    def do(draft: Draft) -> None:
        reason = form.reason.data or ""
        act_on(db(), draft.id, act, by=actor().user_id, reason=reason, now=now())

    return Wish(act, do, forms={name: form})


def _act(draft_id: uuid.UUID, wish: Wish) -> Page:
    """Do an act on the very text that was looked at; a second press finds it done."""
    draft = _open(draft_id)
    keep_place("author.review", draft_id=draft.id)
    if not all(form.validate() for form in wish.forms.values()):
        return _page(draft, wish.forms), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        wish.look(draft)  # before anything is locked
        with db().begin_nested():
            wish.do(draft)
            draft = find_draft(db(), draft_id)
            if request.form.get("digest") != draft.digest:
                raise DraftChangedError(draft)  # noqa: TRY301 - it undoes the act
    except (ActNotDoneError, ActRefusedError, DraftChangedError, SecondPersonError) as error:
        reader().expire_all()  # what was undone is to be read anew
        again = find_draft(reader(), draft_id)
        if again.state == _AFTER[wish.act]:
            return _gone_on(again)
        return _page(again, wish.forms, fault=_fault(error)), HTTPStatus.CONFLICT
    flash(_done_text(wish.act), "success")
    return _gone_on(draft)


def _gone_on(draft: Draft) -> Response:
    """Lead on: to the list once the draft is closed, otherwise to its page."""
    if draft.state == DraftState.WITHDRAWN:
        return redirect(url_for("author.start"), HTTPStatus.SEE_OTHER)
    return redirect(url_for("author.review", draft_id=draft.id), HTTPStatus.SEE_OTHER)


def _done_text(act: DraftAct) -> str:
    words = {
        DraftAct.SEND: _("Sent to review."),
        DraftAct.RETURN: _("Sent back to its author, with your reason."),
        DraftAct.APPROVE: _("Approved. It can be published now."),
        DraftAct.WITHDRAW: _("Taken back. What is published stays as it is."),
    }
    return words[act]


def _fault(error: Exception) -> str:
    match error:
        case DraftChangedError():
            return _("The text has changed since you opened this page. Read it again below.")
        case SecondPersonError():
            return _("You had a hand in this text. A second person approves it.")
        case ActRefusedError():
            return _("This cannot be done any more: see below where the draft stands now.")
        case _:
            return str(error)


def _open(draft_id: uuid.UUID) -> Draft:
    draft = find_draft(reader(), draft_id)
    guard_testimony(draft.path)
    return draft


def _page(draft: Draft, sent: Mapping[str, Reasoned] | None = None, *, fault: str = "") -> str:
    forms: dict[str, Reasoned] = {
        "send": NoteForm(prefix="send-"),
        "back": ReasonForm(prefix="return-"),
        "take": NoteForm(prefix="withdraw-"),
    }
    return render_template(
        "author/review.html",
        page=review_page(draft),
        fault=fault,
        edit_url=url_for("author.edit_draft", draft_id=draft.id),
        behind_url=url_for("author.catch_up", draft_id=draft.id),
        publish_url=url_for("author.publish"),
        forms_of={**forms, **(sent or {})},
    )
