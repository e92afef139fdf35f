"""The quiz: one question a page, saved on Continue; check the answers; submit; the result."""

import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from lms.assessment.grading import is_finished
from lms.assessment.queries import ClosedAttempt, OpenAttempt, SavedResponse, saved_responses
from lms.assessment.service import NewAnswer, StaleAnswerError
from lms.content.model import ItemKind
from lms.journey.read import quiz_state, refuse_after_deadline
from lms.journey.take_quiz import (
    NoOpenAttemptError,
    UnfinishedError,
    answer_item,
    attempt_under_way,
    check_attempt_is_at,
    own_result,
    start_quiz,
    submit_quiz,
    unfinished_places,
)
from lms.kernel.errors import NotFoundError
from lms.publishing.queries import item_keys, item_texts, outlines
from lms.web.db import db, reader
from lms.web.item_form import LONGEST_TEXT, ItemForm, Question, item_form
from lms.web.item_result import ResultRow, answer_text, points_text, result_row
from lms.web.participant.guard import bp
from lms.web.participant.pages import closed_page, rules_text
from lms.web.request import keys, language, learner, now
from lms.web.words import _, clock_text

Page = Response | str | tuple[str, int]
VERSION_DIGITS = 8


@bp.get("/module/<int:number>/quiz")
def quiz(number: int) -> Page:
    """Show the way into the questions: start, go on, or why they are closed."""
    try:
        running = attempt_under_way(db(), learner(), number)
    except NoOpenAttemptError:
        running = None
    state = quiz_state(db(), learner(), number, language(), now())
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
        rules=rules_text(learner()),
    )


@bp.post("/module/<int:number>/quiz")
def begin(number: int) -> Page:
    """Start an attempt, or go on with the one under way."""
    attempt = start_quiz(db(), learner(), number, language(), now())
    saved = saved_responses(db(), attempt.id, keys().field)
    places = unfinished_places(attempt, saved)
    if not places:
        return redirect(url_for(".check_answers", number=number), HTTPStatus.SEE_OTHER)
    return redirect(url_for(".question", number=number, place=places[0]), HTTPStatus.SEE_OTHER)


@bp.get("/module/<int:number>/quiz/<int:place>")
def question(number: int, place: int) -> Page:
    """Show one question with the answer saved so far."""
    attempt = attempt_under_way(db(), learner(), number)
    asked, saved = _asked(attempt, place), _saved(attempt, place)
    form = item_form(asked, saved.answer if saved else ())
    return _question_page(number, place, attempt, form, version=saved.version if saved else 0)


@bp.post("/module/<int:number>/quiz/<int:place>")
def answer(number: int, place: int) -> Page:
    """Save the answer and go on; what cannot be taken comes back with its fault."""
    refuse_after_deadline(learner(), now())
    attempt = attempt_under_way(reader(), learner(), number)
    form = item_form(_asked(attempt, place))
    base = _version_sent()
    good = form.is_well_formed()
    kept = not form.is_filled
    item = attempt.items[attempt.asked[place - 1].item]
    typed = form.read()
    if good or (item.kind is ItemKind.OPEN and typed and len(str(typed[0])) <= LONGEST_TEXT):
        new = NewAnswer(item.id, typed, base, language())
        try:
            base = answer_item(db(), attempt, new, field_key=keys().field, now=now())
        except StaleAnswerError:
            saved = _saved(attempt, place)
            if saved is None or tuple(saved.answer) != tuple(typed):
                return _stale_page(number, place, attempt, form)
            base = saved.version  # the same answer twice: a double click, or sent again
        kept = True
    switch = request.form.get("switch", "")
    if switch in learner().rules.languages and (kept or switch != language()):
        return _switch_language(switch, number, place, is_kept=kept)
    if not good or not is_finished(item, typed):
        page = _question_page(number, place, attempt, form, version=base)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    if place == len(attempt.asked) or request.form.get("then") == "check":
        return redirect(url_for(".check_answers", number=number), HTTPStatus.SEE_OTHER)
    return redirect(url_for(".question", number=number, place=place + 1), HTTPStatus.SEE_OTHER)


def _switch_language(switch: str, number: int, place: int, *, is_kept: bool) -> Response:
    """Go on in the other language; an answer that cannot be saved yet is sent on to it."""
    if is_kept:
        url = url_for(".question", lang=switch, number=number, place=place)
        return redirect(url, HTTPStatus.SEE_OTHER)
    url = url_for(".answer", lang=switch, number=number, place=place)
    return redirect(url, HTTPStatus.TEMPORARY_REDIRECT)


@bp.get("/module/<int:number>/quiz/check")
def check_answers(number: int) -> Page:
    """Show all answers before they are handed in, each with a link to change it."""
    attempt = attempt_under_way(db(), learner(), number)
    return _check_page(number, attempt)


@bp.post("/module/<int:number>/quiz/<uuid:attempt_id>/submit")
def submit(number: int, attempt_id: uuid.UUID) -> Page:
    """Hand in; a second time shows what the first one gave."""
    check_attempt_is_at(reader(), learner(), number, attempt_id)
    try:
        done = submit_quiz(
            db(),
            learner(),
            attempt_id,
            field_key=keys().field,
            language=language(),
            now=now(),
        )
    except UnfinishedError:
        page = _check_page(number, attempt_under_way(db(), learner(), number), refused=True)
        return page, HTTPStatus.CONFLICT
    return redirect(url_for(".result", attempt_id=done.attempt_id), HTTPStatus.SEE_OTHER)


@bp.get("/result/<uuid:attempt_id>")
def result(attempt_id: uuid.UUID) -> Page:
    """Show what came of an attempt; the key only once the quiz is passed."""
    attempt = own_result(db(), learner(), attempt_id, keys().field)
    number = learner().rules.number_of(attempt.module_id)
    state = quiz_state(db(), learner(), number, language(), now())
    passed_by_now = attempt.passed or state.gate.closed == "already-passed"
    rows = _result_rows(attempt, number, reveal=passed_by_now)
    pages = {row.review_url: row.review_title for row in rows if row.kind != "right"}
    ids = tuple(head.id for head in state.outline.sections)
    waits = None
    if not passed_by_now and not state.gate.is_open:
        waits = closed_page(state.gate, learner(), number, ids)
    return render_template(
        "participant/result.html",
        number=number,
        total=len(learner().rules.modules),
        attempt=attempt,
        score=points_text(attempt.score),
        right=sum(row.kind == "right" for row in rows),
        rows=rows,
        missed=[{"url": url, "title": pages[url]} for url in sorted(pages) if url],
        musts=[
            place
            for place, one in enumerate(attempt.outcomes, start=1)
            if one.item.must and one.score.raw != one.score.maximum
        ],
        waits=waits,
        revealed=passed_by_now,
    )


def _version_sent() -> int:
    """Give the version that the page was drawn from; what no page sends counts as none."""
    sent = request.form.get("version", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) <= VERSION_DIGITS else 0


def _asked(attempt: OpenAttempt, place: int) -> Question:
    item = attempt.item_at(place)
    if item is None:
        raise NotFoundError(f"question {place}")
    shown = item_texts(reader(), attempt.revision_id, [item.id], language())[item.id]
    return Question.from_shown(shown, attempt.asked[place - 1].order)


def _saved(attempt: OpenAttempt, place: int) -> SavedResponse | None:
    item_id = attempt.asked[place - 1].item
    return saved_responses(db(), attempt.id, keys().field, item_id).get(item_id)


def _question_page(
    number: int,
    place: int,
    attempt: OpenAttempt,
    form: ItemForm,
    *,
    version: int,
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
        version=version,
        elsewhere=elsewhere,
        then="check" if "check" in (request.args.get("then"), request.form.get("then")) else "",
        language_form="question",
    )


def _stale_page(
    number: int,
    place: int,
    attempt: OpenAttempt,
    form: ItemForm,
) -> Page:
    """Show both answers, the one saved elsewhere and the one typed here; nothing is overwritten."""
    saved = _saved(attempt, place)
    elsewhere = {
        "time": clock_text(saved.saved_at) if saved else "",
        "answer": answer_text(form.question, saved.answer) if saved else Markup(""),
    }
    version = saved.version if saved else 0
    page = _question_page(number, place, attempt, form, version=version, elsewhere=elsewhere)
    return page, HTTPStatus.CONFLICT


def _check_page(number: int, attempt: OpenAttempt, *, refused: bool = False) -> str:
    saved = saved_responses(db(), attempt.id, keys().field)
    ids = [asked.item for asked in attempt.asked]
    texts = item_texts(db(), attempt.revision_id, ids, language())
    missing = unfinished_places(attempt, saved)
    rows = []
    for place, asked in enumerate(attempt.asked, start=1):
        question_ = Question.from_shown(texts[asked.item], asked.order)
        url = url_for(".question", number=number, place=place, then="check")
        label = _("Answer") if place in missing else _("Change")
        given = saved[asked.item].answer if asked.item in saved else ()
        hidden = _("%(label)s: question %(place)s", label=label, place=place)
        rows.append({
            "key": question_.prompt,
            "value": answer_text(question_, given),
            "action": {"url": url, "label": label, "hidden": hidden},
        })  # fmt: skip
    return render_template(
        "participant/check_answers.html",
        number=number,
        attempt=attempt,
        rows=rows,
        missing=missing,
        refused=refused,
    )


def _result_rows(attempt: ClosedAttempt, number: int, *, reveal: bool) -> list[ResultRow]:
    ids = [outcome.item.id for outcome in attempt.outcomes]
    texts = item_texts(db(), attempt.revision_id, ids, language())
    item_key = item_keys(db(), attempt.revision_id, ids, language())
    pages = _section_pages(attempt.module_id)
    rows = []
    for place, outcome in enumerate(attempt.outcomes, start=1):
        both = (texts[outcome.item.id], item_key[outcome.item.id])
        row = result_row(place, outcome, both, reveal=reveal)
        if row.kind != "right" and row.section in pages:
            page, title = pages[row.section]
            url = url_for(".section", number=number, page=page)
            row = row.with_review(url, title)
        rows.append(row)
    return rows


def _section_pages(module_id: str) -> Mapping[str, tuple[int, str]]:
    outline = outlines(db(), [module_id], language())[module_id]
    return {head.id: (page, head.title) for page, head in enumerate(outline.sections, start=1)}
