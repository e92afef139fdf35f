"""What a participant writes to his instructors, and what they answer."""

import uuid
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.conversations.queries import thread
from lms.conversations.service import (
    EmptyTextError,
    NewMessage,
    TextTooLongError,
    mark_read,
    send,
)
from lms.journey.asking import (
    OwnQuestion,
    question_of_page,
    question_of_quiz,
    question_of_result,
)
from lms.journey.read import open_section
from lms.kernel.days import today_in_programme
from lms.kernel.errors import NotFoundError
from lms.web.db import db, reader
from lms.web.message_rows import REFUSED, MessageForm, id_sent, message_rows
from lms.web.participant.guard import bp
from lms.web.request import actor, keys, language, learner, now
from lms.web.words import _

Page = Response | str | tuple[str, int]
_PLACES = frozenset({"practice", "withheld"})


@bp.get("/messages")
def messages() -> Page:
    """Show what was written, what was answered, and the box."""
    return _messages_page(MessageForm())


def _messages_page(form: MessageForm) -> str:
    today = today_in_programme(now())
    views = thread(db(), learner().enrolment_id, keys(), language(), today)
    rows = message_rows(views, by_staff=False, other=_("The instructor"))
    return render_template(
        "participant/messages.html",
        rows=rows,
        form=form,
        unread=sum(row.is_new for row in rows),
        seen=views[-1].id if views else "",
    )


@bp.post("/messages")
def send_message() -> Page:
    """Send a message; whoever answers has read what he answers."""
    form = MessageForm(request.form)
    if not _send(form, None):
        return _messages_page(form), REFUSED
    mark_read(db(), learner().enrolment_id, id_sent("seen"), by_staff=False, now=now())
    flash(_("Sent. The answer will stand here."), "success")
    return redirect(url_for(".messages"), HTTPStatus.SEE_OTHER)


@bp.post("/messages/read")
def read_messages() -> Page:
    """Note that he has read what his instructors wrote."""
    mark_read(db(), learner().enrolment_id, id_sent("seen"), by_staff=False, now=now())
    return redirect(url_for(".messages"), HTTPStatus.SEE_OTHER)


def _send(form: MessageForm, asked: OwnQuestion | None) -> bool:
    """Send what the form holds; False, with the fault on the form, where it cannot be sent."""
    if not form.validate():
        return False
    new = NewMessage(
        enrolment_id=learner().enrolment_id,
        sender_id=actor().user_id,
        is_from_staff=False,
        text=str(form.text.data),
        about=asked.about if asked else None,
    )
    try:
        send(db(), new, keys=keys(), now=now())
    except (EmptyTextError, TextTooLongError) as error:
        form.refuse(error)
        return False
    return True


@bp.get("/module/<int:number>/quiz/<int:place>/unclear")
def unclear_question(number: int, place: int) -> Page:
    """Ask what is unclear about a question of the quiz under way."""
    question_of_quiz(db(), learner(), number, place, now())
    return _unclear_page(MessageForm(), url_for(".question", number=number, place=place))


@bp.post("/module/<int:number>/quiz/<int:place>/unclear")
def ask_question(number: int, place: int) -> Page:
    """Send it, and go back to the question."""
    asked = question_of_quiz(reader(), learner(), number, place, now())
    return _ask(asked, url_for(".question", number=number, place=place))


@bp.get("/result/<uuid:attempt_id>/<int:place>/unclear")
def unclear_result(attempt_id: uuid.UUID, place: int) -> Page:
    """Ask what is unclear about a question of a result."""
    question_of_result(db(), learner(), attempt_id, place)
    return _unclear_page(MessageForm(), url_for(".result", attempt_id=attempt_id))


@bp.post("/result/<uuid:attempt_id>/<int:place>/unclear")
def ask_result(attempt_id: uuid.UUID, place: int) -> Page:
    """Send it, and go back to the result."""
    asked = question_of_result(reader(), learner(), attempt_id, place)
    return _ask(asked, url_for(".result", attempt_id=attempt_id))


@bp.get("/module/<int:number>/page/<int:page>/practice/<int:place>/unclear")
def unclear_practice(number: int, page: int, place: int) -> Page:
    """Ask what is unclear about a practice question."""
    _practice(number, page, place)
    return _unclear_page(MessageForm(), url_for(".section", number=number, page=page))


@bp.post("/module/<int:number>/page/<int:page>/practice/<int:place>/unclear")
def ask_practice(number: int, page: int, place: int) -> Page:
    """Send it, and go back to the page."""
    asked = _practice(number, page, place)
    return _ask(asked, url_for(".section", number=number, page=page))


def _practice(number: int, page: int, place: int) -> OwnQuestion:
    found = open_section(reader(), learner(), (number, page), language(), now())
    blocks = [block for block in found.page.blocks if block["kind"] in _PLACES]
    if not 1 <= place <= len(blocks) or blocks[place - 1]["kind"] == "withheld":
        raise NotFoundError(f"practice {place}")
    return question_of_page(number, found, blocks[place - 1]["item"])


def _ask(asked: OwnQuestion, back: str) -> Page:
    form = MessageForm(request.form)
    if not _send(form, asked):
        return _unclear_page(form, back), REFUSED
    flash(_("Sent. The answer will stand under Messages."), "success")
    return redirect(back, HTTPStatus.SEE_OTHER)


def _unclear_page(form: MessageForm, back: str) -> str:
    return render_template("participant/unclear.html", form=form, back=back, action=request.path)
