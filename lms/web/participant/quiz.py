"""The quiz: one question a page, saved on Continue and, with a script, while he types."""

from http import HTTPStatus
from typing import Any

from flask import jsonify, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from lms.assessment.grading import is_finished
from lms.assessment.queries import OpenAttempt, SavedResponse, saved_responses
from lms.assessment.service import NewAnswer, StaleAnswerError
from lms.content.model import ItemKind
from lms.gates.ending import ABANDONED_AFTER
from lms.journey.quiz_gate import quiz_state
from lms.journey.read import is_late, refuse_after_deadline, today_in_programme
from lms.journey.take_quiz import (
    NoOpenAttemptError,
    answer_item,
    attempt_numbered,
    attempt_under_way,
    end_if_due,
    start_quiz,
    unfinished_places,
)
from lms.kernel.errors import NotFoundError
from lms.publishing.queries import item_texts
from lms.web.db import db, reader
from lms.web.item_form import ItemForm, Question, item_form
from lms.web.item_result import answer_text
from lms.web.participant.guard import bp
from lms.web.participant.pages import closed_page, retake_texts, rules_text
from lms.web.participant.read_answers import counts_open_answers, not_done_before
from lms.web.participant.seat import quiz_view
from lms.web.request import keys, language, learner, now
from lms.web.words import clock_text

Page = Response | str | tuple[str, int]
MOST_DIGITS = 8


@bp.get("/module/<int:number>/quiz")
def quiz(number: int) -> Page:
    """Show the way into the questions: start, go on, or why they are closed."""
    try:
        running = attempt_under_way(db(), learner(), number, now())
    except NoOpenAttemptError:
        running = None
    state = quiz_state(db(), learner(), number, language(), now())
    reads_answers = counts_open_answers(state.quiz)
    tried_again = reads_answers and state.attempts and state.gate.is_open
    closed = None
    if running is None and not state.gate.is_open:
        ids = tuple(head.id for head in state.outline.sections)
        closed = closed_page(state.gate, learner(), number, ids)
    return render_template(
        "participant/quiz_start.html",
        number=number,
        state=state,
        running=running,
        closed=closed,
        waits=retake_texts(state, now()),
        reads_answers=reads_answers,
        not_done=not_done_before(state.outline.module_id) if tried_again else (),
        attempt_number=running.number if running else state.attempts + 1,
        abandoned_days=ABANDONED_AFTER.days,
        rules=rules_text(learner()),
    )


@bp.post("/module/<int:number>/quiz")
def begin(number: int) -> Page:
    """Start an attempt, or go on with the one under way.

    The form says which attempt it starts: sent again, when that one is closed, it shows its result
    and starts no other.
    """
    closed = attempt_numbered(reader(), learner(), number, _digits("attempt"))
    if closed is not None:
        return redirect(url_for(".result", attempt_id=closed), HTTPStatus.SEE_OTHER)
    ended = end_if_due(db(), learner(), number, keys=keys(), now=now())
    if ended is not None:
        return redirect(url_for(".result", attempt_id=ended), HTTPStatus.SEE_OTHER)
    attempt = start_quiz(db(), learner(), number, language(), now())
    saved = saved_responses(db(), attempt.id, keys())
    places = unfinished_places(attempt, saved)
    if not places:
        return redirect(url_for(".check_answers", number=number), HTTPStatus.SEE_OTHER)
    return redirect(url_for(".question", number=number, place=places[0]), HTTPStatus.SEE_OTHER)


@bp.get("/module/<int:number>/quiz/<int:place>")
def question(number: int, place: int) -> Page:
    """Show one question with the answer saved so far."""
    attempt = attempt_under_way(db(), learner(), number, now())
    asked, saved = _asked(attempt, place), _saved(attempt, place)
    form = item_form(asked, saved.answer if saved else ())
    return _question_page(number, place, attempt, form, saved=saved)


@bp.post("/module/<int:number>/quiz/<int:place>")
def answer(number: int, place: int) -> Page:
    """Save the answer and go on; what cannot be taken comes back with its fault.

    A script that saves while he types asks for JSON: it is saved as it stands, finished or not.
    """
    if is_late(learner(), now()):
        return _ended(number)
    attempt = attempt_under_way(reader(), learner(), number, now())
    if place <= len(attempt.asked) and attempt.asked[place - 1].item in attempt.withheld:
        return _pass_over(number, place, attempt)
    return _take(number, place, attempt)


def _take(number: int, place: int, attempt: OpenAttempt) -> Page:
    form = item_form(_asked(attempt, place))
    saved = _save(attempt, place, form)
    if isinstance(saved, Stale):
        return _stale(number, place, attempt, form)
    if _wants_json():
        return _saved_json(saved, form)
    switch = request.form.get("switch", "")
    kept = saved is not None or not form.is_filled
    if kept and request.form.get("unclear") == "yes":
        url = url_for(".unclear_question", number=number, place=place)
        return redirect(url, HTTPStatus.SEE_OTHER)
    if switch in learner().rules.languages and (kept or switch != language()):
        return _switch_language(switch, number, place, is_kept=kept)
    item = attempt.items[attempt.asked[place - 1].item]
    if not form.is_well_formed() or not is_finished(item, form.read()):
        page = _question_page(number, place, attempt, form, saved=saved)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    return _following(number, place, attempt)


def _following(number: int, place: int, attempt: OpenAttempt) -> Response:
    """Go on to the next question, or back to all answers."""
    is_last = place == len(attempt.asked) or request.form.get("then") == "check"
    following = url_for(".question", number=number, place=place + 1)
    url = url_for(".check_answers", number=number) if is_last else following
    return redirect(url, HTTPStatus.SEE_OTHER)


def _pass_over(number: int, place: int, attempt: OpenAttempt) -> Response:
    """Save nothing to a question that was taken back since its page was drawn; go on."""
    if _wants_json():
        return _json(HTTPStatus.CONFLICT, stale=True)
    switch = request.form.get("switch", "")
    if switch in learner().rules.languages:
        return _switch_language(switch, number, place, is_kept=True)
    return _following(number, place, attempt)


class Stale:
    """Another tab saved something else since this page was drawn."""


def _save(attempt: OpenAttempt, place: int, form: ItemForm) -> SavedResponse | Stale | None:
    """Save what was sent as it stands; None when it cannot be kept, or there is nothing to keep."""
    base, typed = _digits("version"), form.read()
    if not form.is_storable() or (not typed and not base):
        return None
    item_id = attempt.asked[place - 1].item
    new = NewAnswer(item_id, typed, base, language())
    try:
        version = answer_item(db(), attempt, new, keys=keys(), now=now())
    except StaleAnswerError:
        there = _saved(attempt, place)
        if there is None or tuple(there.answer) != tuple(typed):
            return Stale()
        return there  # the same answer twice: a double click, or sent again
    return SavedResponse(typed, version, language(), now())


def _ended(number: int) -> Page:
    """Answer after the last day: what was saved counts, and this is what it gave."""
    ended = end_if_due(db(), learner(), number, keys=keys(), now=now())
    if ended is None:
        refuse_after_deadline(learner(), now())
        raise NoOpenAttemptError
    if _wants_json():
        return _json(HTTPStatus.CONFLICT, ended=url_for(".result", attempt_id=ended))
    return redirect(url_for(".result", attempt_id=ended), HTTPStatus.SEE_OTHER)


def _wants_json() -> bool:
    return request.headers.get("Accept") == "application/json"


def _json(status: HTTPStatus, **values: object) -> Response:
    return make_response(jsonify(values), status)


def _saved_json(saved: SavedResponse | None, form: ItemForm) -> Response:
    """Say what became of a save: its version and moment, or why it could not be kept."""
    if saved is None:
        form.is_well_formed()
        return _json(HTTPStatus.UNPROCESSABLE_ENTITY, fault=form.fault)
    return _json(HTTPStatus.OK, version=saved.version, at=saved.saved_at.isoformat())


def _switch_language(switch: str, number: int, place: int, *, is_kept: bool) -> Response:
    """Go on in the other language; an answer that cannot be saved yet is sent on to it."""
    if is_kept:
        url = url_for(".question", lang=switch, number=number, place=place)
        return redirect(url, HTTPStatus.SEE_OTHER)
    url = url_for(".answer", lang=switch, number=number, place=place)
    return redirect(url, HTTPStatus.TEMPORARY_REDIRECT)


def _digits(name: str) -> int:
    """Give a whole number that a page sends along; what no page sends counts as none."""
    sent = request.form.get(name, "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) <= MOST_DIGITS else 0


def _asked(attempt: OpenAttempt, place: int) -> Question:
    item = attempt.item_at(place)
    if item is None:
        raise NotFoundError(f"question {place}")
    today = today_in_programme(now())
    shown = item_texts(reader(), attempt.revision_id, [item.id], language(), today)[item.id]
    return Question.from_shown(shown, attempt.asked[place - 1].order)


def _saved(attempt: OpenAttempt, place: int) -> SavedResponse | None:
    item_id = attempt.asked[place - 1].item
    return saved_responses(db(), attempt.id, keys(), item_id).get(item_id)


def _question_page(
    number: int,
    place: int,
    attempt: OpenAttempt,
    form: ItemForm,
    *,
    saved: SavedResponse | None,
    elsewhere: dict[str, Any] | None = None,
) -> str:
    item = attempt.items[attempt.asked[place - 1].item]
    return render_template(
        "participant/question.html",
        number=number,
        place=place,
        total=len(attempt.asked),
        item=item,
        form=form,
        question=form.question,
        version=saved.version if saved else _digits("version"),
        saved_at=clock_text(saved.saved_at) if saved else "",
        seat_view=quiz_view(number),
        elsewhere=elsewhere,
        then="check" if "check" in (request.args.get("then"), request.form.get("then")) else "",
        is_read_by_others=item.graded and item.kind is ItemKind.OPEN,
        language_form="question",
    )


def _stale(number: int, place: int, attempt: OpenAttempt, form: ItemForm) -> Page:
    """Show both answers, the one saved elsewhere and the one typed here; nothing is overwritten."""
    if _wants_json():
        return _json(HTTPStatus.CONFLICT, stale=True)
    saved = _saved(attempt, place)
    elsewhere = {
        "time": clock_text(saved.saved_at) if saved else "",
        "answer": answer_text(form.question, saved.answer) if saved else Markup(""),
    }
    page = _question_page(number, place, attempt, form, saved=saved, elsewhere=elsewhere)
    return page, HTTPStatus.CONFLICT
