"""The end of a quiz: check the answers, hand them in, see the result."""

import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from lms.assessment.queries import ClosedAttempt, OpenAttempt, saved_responses
from lms.assessment.verdict import Verdict
from lms.gates.gate import Closed
from lms.journey.files import advance_file
from lms.journey.open_answers import complete_if_read
from lms.journey.quiz_gate import QuizState, quiz_state
from lms.journey.read import today_in_programme
from lms.journey.take_quiz import (
    UnfinishedError,
    attempt_under_way,
    check_attempt_is_at,
    own_result,
    submit_quiz,
    unfinished_places,
)
from lms.publishing.queries import item_keys, item_texts, outlines
from lms.web.db import db, reader
from lms.web.item_form import Question
from lms.web.item_result import ResultRow, answer_text, points_text, result_row
from lms.web.participant.guard import bp
from lms.web.participant.pages import closed_page, ended_text, retake_texts
from lms.web.participant.read_answers import extras_of, read_answers, with_verdict
from lms.web.request import keys, language, learner, now, settings
from lms.web.words import _

Page = Response | str | tuple[str, int]


@bp.get("/module/<int:number>/quiz/check")
def check_answers(number: int) -> Page:
    """Show all answers before they are handed in, each with a link to change it."""
    attempt = attempt_under_way(db(), learner(), number, now())
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
            keys=keys(),
            language=language(),
            now=now(),
        )
    except UnfinishedError:
        running = attempt_under_way(db(), learner(), number, now())
        page = _check_page(number, running, refused=True)
        return page, HTTPStatus.CONFLICT
    if done.waits:  # for readers alone, perhaps, and they may have read it all
        complete_if_read(db(), learner().enrolment_id, settings=settings(), keys=keys(), now=now())
    if done.completed:
        advance_file(
            db(),
            learner().enrolment_id,
            keys=keys(),
            settings_review=settings().completion_review,
            now=now(),
        )
    return redirect(url_for(".result", attempt_id=done.attempt_id), HTTPStatus.SEE_OTHER)


@bp.get("/result/<uuid:attempt_id>")
def result(attempt_id: uuid.UUID) -> Page:
    """Show what came of an attempt; the key only once the quiz is passed."""
    attempt = own_result(db(), learner(), attempt_id, keys())
    number = learner().rules.number_of(attempt.module_id)
    state = quiz_state(db(), learner(), number, language(), now())
    passed_by_now = attempt.passed or state.gate.closed is Closed.ALREADY_PASSED
    read = read_answers(attempt)
    rows = [
        with_verdict(row, read.get(row.number))
        for row in _result_rows(attempt, number, reveal=passed_by_now)
    ]
    pages = {row.review_url: row.review_title for row in rows if row.kind != "right"}
    out = state.gate.closed in {Closed.NO_ATTEMPT_LEFT, Closed.DEADLINE}
    return render_template(
        "participant/result.html",
        number=number,
        total=len(learner().rules.modules),
        attempt=attempt,
        score=points_text(attempt.score),
        right=sum(row.kind == "right" for row in rows),
        rows=rows,
        missed=[{"url": url, "title": pages[url]} for url in sorted(pages) if url],
        ended=ended_text(attempt),
        next_step=_next_step(state, number),
        musts=[
            place
            for place, one in enumerate(attempt.outcomes, start=1)
            if one.item.must and one.score.raw != one.score.maximum
        ],
        waits=retake_texts(state, now()),
        closed=closed_page(state.gate, learner(), number, ()).reason if out else "",
        revealed=passed_by_now,
        extras=extras_of(attempt),
        waiting=[one.place for one in read.values() if one.verdict is Verdict.WAITS],
        not_done=[one for one in read.values() if one.verdict is Verdict.NOT_DONE],
        is_open_again=state.gate.closed is not Closed.ALREADY_PASSED,
    )


def _next_step(state: QuizState, number: int) -> dict[str, str]:
    """Give the one link that brings him on: the first page to read again, or the questions."""
    if state.due:
        url = url_for(".section", number=number, page=state.due[0])
        return {"url": url, "label": _("Read again")}
    return {"url": url_for(".quiz", number=number), "label": _("Try again")}


def _check_page(number: int, attempt: OpenAttempt, *, refused: bool = False) -> str:
    saved = saved_responses(db(), attempt.id, keys())
    ids = [asked.item for asked in attempt.asked]
    texts = item_texts(db(), attempt.revision_id, ids, language(), today_in_programme(now()))
    missing = unfinished_places(attempt, saved)
    rows: list[dict[str, Any]] = []
    for place, asked in enumerate(attempt.asked, start=1):
        question_ = Question.from_shown(texts[asked.item], asked.order)
        if question_.is_withheld:
            rows.append({"key": question_.prompt, "value": _("It does not count.")})
            continue
        url = url_for(".question", number=number, place=place, then="check")
        label = _("Answer") if place in missing else _("Change")
        found = saved.get(asked.item)
        given, is_kept = (found.answer, found.is_kept) if found else ((), True)
        hidden = _("%(label)s: question %(place)s", label=label, place=place)
        rows.append({
            "key": question_.prompt,
            "value": answer_text(question_, given, is_kept=is_kept),
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
    today = today_in_programme(now())
    texts = item_texts(db(), attempt.revision_id, ids, language(), today)
    item_key = item_keys(db(), attempt.revision_id, ids, language(), today)
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
