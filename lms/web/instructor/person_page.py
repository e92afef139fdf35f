"""One person, as his instructor may know him: his way, his messages, and what he shares."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import format_date
from markupsafe import Markup
from werkzeug.wrappers import Response

from lms.conversations.notice import tell_by_mail
from lms.conversations.queries import SharedAnswer, shared_answers, thread
from lms.conversations.service import (
    EmptyTextError,
    NewMessage,
    TextTooLongError,
    mark_read,
    send,
)
from lms.corrections.queries import corrections_of
from lms.kernel.days import today_in_programme
from lms.publishing.queries import outlines
from lms.reporting.follow_up import Moment, Why
from lms.reporting.person import PersonView, person_view
from lms.web.correction_words import table_rows
from lms.web.db import db
from lms.web.instructor.pages import day_text, reason_text, time_text
from lms.web.instructor.regraded import regraded_lines
from lms.web.instructor.review import attempt_row, module_rows
from lms.web.instructor.start_page import has_reason, help_link
from lms.web.instructor.surface import bp
from lms.web.item_form import Question
from lms.web.message_rows import REFUSED, MessageForm, MessageRow, id_sent, message_rows
from lms.web.request import LANGUAGES, actor, keys, language, now, settings
from lms.web.view_log import note_view
from lms.web.words import _

Page = Response | str | tuple[str, int]


@dataclass(frozen=True, slots=True)
class SharedRow:
    """An open answer that he lets be read."""

    about: Markup
    where: str
    lines: tuple[str, ...]  # none: it is no longer kept


@bp.get("/instructor/people/<uuid:enrolment_id>")
def person(enrolment_id: uuid.UUID) -> Page:
    """Show one person: why he could use a hand, his modules, his tries, what he wrote to us."""
    return _person_page(enrolment_id, MessageForm())


@bp.post("/instructor/people/<uuid:enrolment_id>/messages")
def send_message(enrolment_id: uuid.UUID) -> Page:
    """Write to somebody, or answer what he asked; whoever answers has read what he answers."""
    person_view(db(), actor().user_id, enrolment_id, _moment())
    form = MessageForm(request.form)
    if not _send(enrolment_id, form):
        _keep_place(enrolment_id)
        return _person_page(enrolment_id, form), REFUSED
    mark_read(db(), enrolment_id, id_sent("seen"), by_staff=True, now=now())
    tell_by_mail(db(), enrolment_id, settings=settings(), keys=keys(), now=now())
    flash(_("Sent."), "success")
    return _back(enrolment_id)


@bp.post("/instructor/people/<uuid:enrolment_id>/messages/read")
def read_messages(enrolment_id: uuid.UUID) -> Page:
    """Note that somebody's messages were read."""
    person_view(db(), actor().user_id, enrolment_id, _moment())
    mark_read(db(), enrolment_id, id_sent("seen"), by_staff=True, now=now())
    return _back(enrolment_id)


def _back(enrolment_id: uuid.UUID) -> Response:
    url = url_for(".person", enrolment_id=enrolment_id, _anchor="messages")
    return redirect(url, HTTPStatus.SEE_OTHER)


def _keep_place(enrolment_id: uuid.UUID) -> None:
    """Let the link to the other language lead to the page that this answer stands on."""
    other = next(one for one in LANGUAGES if one != language())
    g.place_url = url_for(".person", lang=other, enrolment_id=enrolment_id)


def _moment() -> Moment:
    return Moment(now(), today_in_programme(now()))


def _send(enrolment_id: uuid.UUID, form: MessageForm) -> bool:
    """Send what the form holds; False, with the fault on the form, where it cannot be sent."""
    if not form.validate():
        return False
    new = NewMessage(
        enrolment_id=enrolment_id,
        sender_id=actor().user_id,
        is_from_staff=True,
        text=str(form.text.data),
        answers=id_sent("answers"),
    )
    try:
        send(db(), new, keys=keys(), now=now())
    except (EmptyTextError, TextTooLongError) as error:
        form.refuse(error)
        return False
    return True


def _person_page(enrolment_id: uuid.UUID, form: MessageForm) -> str:
    view = person_view(db(), actor().user_id, enrolment_id, _moment())
    today = today_in_programme(now())
    titles = outlines(db(), view.person.modules, language())
    corrections = corrections_of(db(), enrolment_id)
    views = thread(db(), enrolment_id, keys(), language(), today)
    rows = message_rows(views, by_staff=True, other=view.person.pseudonym)
    shared = shared_answers(db(), enrolment_id, keys(), today)
    note_view("enrolment", enrolment_id, "reflection" if shared else "person")
    return render_template(
        "instructor/person.html",
        person=view.person,
        cohort_name=view.cohort_name,
        facts=_facts(view),
        reasons=[reason_text(reason, view.person) for reason in view.person.reasons],
        help=help_link(view.person) if view.person.reasons else None,
        is_time_short=has_reason(view.person.reasons, Why.DEADLINE, Why.TIME_SHORT),
        modules=module_rows(view, titles),
        attempts=[attempt_row(view, line) for line in regraded_lines(db(), view, corrections)],
        corrections=table_rows(corrections, titles),
        messages=rows,
        unread=sum(row.is_new for row in rows),
        seen=views[-1].id if views else "",
        answered=_answered(rows),
        form=form,
        shared=[_shared_row(view, one) for one in shared],
    )


def _answered(rows: Sequence[MessageRow]) -> MessageRow | None:
    """Give the message that the address or the form says is answered; None for any other."""
    wanted = id_sent("answers")
    return next((row for row in rows if row.id == wanted and not row.is_own), None)


def _shared_row(view: PersonView, one: SharedAnswer) -> SharedRow:
    number = view.person.modules.index(one.module_id) + 1
    return SharedRow(
        about=Question.from_shown(one.shown, ()).prompt,
        where=_("Module %(number)s, try %(count)s", number=number, count=one.attempt),
        lines=tuple(one.text.splitlines()) if one.text is not None else (),
    )


def _facts(view: PersonView) -> list[dict[str, Any]]:
    deadline = view.person.deadline
    facts = [
        (_("Group"), view.cohort_name),
        (_("Enrolled on"), day_text(view.person.enrolled_at)),
        (_("Deadline"), format_date(deadline, "d MMM y") if deadline else _("None")),
        (_("Last activity"), time_text(view.person.seen_at) or _("Not started")),
        (_("Arrangement"), _("yes") if view.has_arrangement else _("no")),
    ]
    return [{"key": key, "value": value} for key, value in facts]
