"""Open answers that the course counts: what waits to be read, and one answer with its question."""

import uuid
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    HiddenField,
    RadioField,
    SelectChoice,
    TextAreaField,
)
from wtforms.validators import AnyOf

from lms.assessment.verdict import Verdict
from lms.conversations.open_answers import AnswerToRead, find_answer, waiting_answers
from lms.conversations.reading import AlreadyReadError, Reading
from lms.conversations.service import LONGEST_TEXT, EmptyTextError, TextTooLongError
from lms.journey.open_answers import Desk, readers_of
from lms.journey.open_answers import read_answer as take_down
from lms.kernel.days import today_in_programme
from lms.publishing.queries import outlines
from lms.web.db import db
from lms.web.form import AtMost, BaseForm
from lms.web.instructor.pages import time_text
from lms.web.instructor.surface import bp
from lms.web.item_form import Question
from lms.web.message_rows import REFUSED
from lms.web.request import actor, keys, language, now, settings
from lms.web.view_log import note_view
from lms.web.words import _, lazy

MOST_ANSWERS = 50  # on a page; the rest comes up as these are read
MOST_DIGITS = 4
Page = Response | str | tuple[str, int]


class ReadForm(BaseForm):
    """Done or not; never a score."""

    done = RadioField(
        lazy("Was it written as the question asks?"),
        [AnyOf(["yes", "no"], message=lazy("Choose done or not done yet."))],
        choices=[SelectChoice("yes", lazy("Done")), SelectChoice("no", lazy("Not done yet"))],
        validate_choice=False,
    )
    comment = TextAreaField(lazy("Comment to whoever wrote it"), [AtMost(LONGEST_TEXT)])
    number = HiddenField()

    def reading(self) -> Reading:
        """Give what was said; a number that no page sends is none that anybody takes."""
        sent = str(self.number.data or "")
        is_number = sent.isascii() and sent.isdigit() and len(sent) <= MOST_DIGITS
        return Reading(
            number=int(sent) if is_number else 0,
            is_done=self.done.data == "yes",
            comment=str(self.comment.data or ""),
        )


@bp.get("/instructor/answers")
def answers() -> str:
    """List what waits to be read, the oldest first: no names, no pseudonyms."""
    waiting = waiting_answers(db(), actor().user_id, readers_of(settings()), most=MOST_ANSWERS)
    titles = outlines(db(), sorted({one.module_id for one in waiting}), language())
    rows = [
        {
            "url": url_for(".answer", attempt_id=one.attempt_id, place=one.place),
            "title": titles[one.module_id].title if one.module_id in titles else "",
            "when": time_text(one.submitted_at),
            "readings": one.readings,
        }
        for one in waiting
    ]
    two = readers_of(settings()) > 1
    columns: list[dict[str, object]] = [{"label": _("Module")}, {"label": _("Handed in")}]
    if two:
        columns.append({"label": _("Read by"), "number": True})
    return render_template("instructor/answers.html", rows=rows, two=two, columns=columns)


@bp.get("/instructor/answers/<uuid:attempt_id>/<int:place>")
def answer(attempt_id: uuid.UUID, place: int) -> Page:
    """Show one answer with its question, and nothing of whoever wrote it."""
    return _answer_page((attempt_id, place), ReadForm())


@bp.post("/instructor/answers/<uuid:attempt_id>/<int:place>")
def read_answer(attempt_id: uuid.UUID, place: int) -> Page:
    """Take down what the reader says; of two at once the second sees what the first one said."""
    where, form = (attempt_id, place), ReadForm(request.form)
    _find(where)  # what is not his to read is not found, whatever was sent
    if not form.validate():
        return _answer_page(where, form), REFUSED
    desk = Desk(actor().user_id, settings(), keys(), now())
    try:
        with db().begin_nested():
            found = take_down(db(), where, form.reading(), desk)
    except EmptyTextError:
        form.comment.errors = [_("Say what is missing: the comment goes to whoever wrote it.")]
        return _answer_page(where, form), REFUSED
    except TextTooLongError:
        form.comment.errors = [
            _("Shorten this to %(count)s characters or fewer.", count=LONGEST_TEXT)
        ]
        return _answer_page(where, form), REFUSED
    except AlreadyReadError:
        return _answer_page(where, form, is_stale=True), HTTPStatus.CONFLICT
    words = {
        Verdict.WAITS: _("Noted. Another person reads it too."),
        Verdict.DONE: _("Noted: done."),
        Verdict.NOT_DONE: _("Noted. The quiz is open once more, and your comment was sent."),
    }
    flash(words[found], "success")
    return redirect(url_for(".answers"), HTTPStatus.SEE_OTHER)


def _find(where: tuple[uuid.UUID, int]) -> AnswerToRead:
    today = today_in_programme(now())
    return find_answer(db(), actor().user_id, where, keys=keys(), today=today)


def _answer_page(where: tuple[uuid.UUID, int], form: ReadForm, *, is_stale: bool = False) -> str:
    found = _find(where)
    verdict = found.verdict(readers_of(settings()))
    own = found.by(actor().user_id)
    last = found.said[-1] if found.said else None
    note_view("enrolment", found.enrolment_id, "open-answer")
    form.number.data = str(len(found.said) + 1)
    return render_template(
        "instructor/answer.html",
        action=url_for(".read_answer", attempt_id=where[0], place=where[1]),
        question=Question.from_shown(found.shown, ()),
        question_lang=found.language if found.language != language() else "",
        lines=found.text.splitlines() if found.text else [],
        form=form,
        is_stale=is_stale,
        first_done=last.is_done if is_stale and last else None,
        can_say=verdict is Verdict.WAITS and own is None,
        verdict=verdict.value,
        own_done=own.is_done if own else None,
        differ=len({one.is_done for one in found.said}) > 1,
    )
