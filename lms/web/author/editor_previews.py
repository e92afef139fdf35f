"""Previews of what is in the editor's box: asked for, waited for, looked at, answered.

Nothing that is answered here is recorded. A ticket is its owner's alone.
"""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.authoring.drafts import find_draft
from lms.kernel.errors import NotFoundError
from lms.publishing.preview.job import QUIZ, language_of
from lms.web.author import rendering
from lms.web.author.editor_forms import number_in, read_bare
from lms.web.author.editor_pages import counted, parts_of, problem_lines, refusal_text, visible
from lms.web.author.guard import guard_testimony
from lms.web.author.place import keep_place
from lms.web.author.rendering import Seen, Wish
from lms.web.author.surface import bp
from lms.web.author.trial import (
    is_refused,
    practice_count,
    quiz_trials,
    score_text,
    section_trial,
)
from lms.web.db import reader
from lms.web.words import _

Page = Response | str | tuple[str, int]
REFRESH_SECONDS = 1
_QUIZ = 0  # in the place of a practice question's: the questions of the quiz


@bp.post("/author/drafts/<uuid:draft_id>/preview")
def begin_preview(draft_id: UUID) -> Page:
    """Take a text to be shown and checked, saved or not; answer at once with where to look.

    The text is the body as it is: to take it out of a form would hold others up.
    """
    draft = find_draft(reader(), draft_id)
    guard_testimony(draft.path)
    rendering.wait_your_turn()
    sent = read_bare()
    if sent is None or sent.fault:
        fault = sent.fault if sent else _("Nothing was sent that can be shown.")
        return make_response(jsonify(fault=fault), HTTPStatus.UNPROCESSABLE_ENTITY)
    ticket = rendering.ask(draft, Wish(sent.text, sent.line, sent.part))
    return make_response(jsonify(ticket=_place(ticket)), HTTPStatus.ACCEPTED)


@bp.get("/author/previews/<uuid:ticket>")
def look_at_preview(ticket: UUID) -> Page:
    """Show what came of a ticket: the page and the problems, or that they are not ready."""
    seen = _look(ticket)
    if request.headers.get("Accept") == "application/json":
        return _parts_json(seen)
    response = make_response(_page(seen))
    if not seen.is_done:  # a browser without scripts looks again by itself
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


@bp.post("/author/previews/<uuid:ticket>/part")
def see_part(ticket: UUID) -> Page:
    """Show another part of the same text: a new ticket."""
    seen = _look(ticket)
    rendering.wait_your_turn()
    part = number_in(request.form.get("part", ""), QUIZ)
    draft = find_draft(reader(), seen.draft_id)
    new = rendering.ask(draft, Wish(rendering.text_of(ticket), part=part))
    return redirect(_place(new), HTTPStatus.SEE_OTHER)


@bp.post("/author/previews/<uuid:ticket>/practice/<int:place>")
def try_in_preview(ticket: UUID, place: int) -> Page:
    """Answer a question of a preview: feedback and key, nothing recorded."""
    seen = _look(ticket)
    if seen.page is None or seen.page["kind"] != "page":
        raise NotFoundError("preview")
    is_there = 1 <= place <= practice_count(rendering.preview_of(seen.page))
    if not is_there and not (place == _QUIZ and rendering.is_quiz(seen.page)):
        raise NotFoundError(f"practice {place}")
    keep_place("author.look_at_preview", ticket=ticket)
    shown = _shown(seen, answered=place)
    if request.headers.get("Accept") == "application/json":
        return jsonify(page=render_template("author/editor_preview.html", **shown))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if shown["refused"] else HTTPStatus.OK
    return _page(seen, shown), status


def _look(ticket: UUID) -> Seen:
    """Give one's own ticket, if its text may be seen today."""
    seen = rendering.look(ticket)
    guard_testimony(seen.path)
    return seen


def _page(seen: Seen, shown: dict[str, Any] | None = None) -> str:
    return render_template(
        "author/editor_look.html", **(shown or _shown(seen)), rows=problem_lines(seen),
        refused_check=_refusal(seen.problems), counted=counted(seen),
    )  # fmt: skip


def _parts_json(seen: Seen) -> Response:
    """Give the parts of the page that are ready; `seen` says that the browser has the page."""
    has_page = seen.page is not None and not request.args.get("seen")
    page = render_template("author/editor_preview.html", **_shown(seen)) if has_page else None
    problems = None
    if seen.problems is not None:
        problems = render_template(
            "author/editor_problems.html", rows=problem_lines(seen), counted=counted(seen),
            refused_check=_refusal(seen.problems),
        )  # fmt: skip
    return jsonify(page=page, problems=problems, counted=counted(seen), done=seen.is_done)


def _shown(seen: Seen, answered: int | None = None) -> dict[str, Any]:
    """Give what the template of a preview takes; `answered` is the question that was answered."""
    page = seen.page
    values: dict[str, Any] = {
        "seen": seen,
        "lang": language_of(seen.path),
        "kind": page["kind"] if page else "wait",
        "refused": False,
        "score": "",
    }
    if page is None or page["kind"] != "page":
        return values | {"refusal": _refusal(page)}
    found = rendering.preview_of(page)
    values |= {"title": visible(page["title"]), "parts": parts_of(page), "page": page}
    if rendering.is_quiz(page):
        module = rendering.module_of(page, seen.path)
        trials = quiz_trials(module, found, answered=answered == _QUIZ)
        refused = is_refused(trials)
        score = score_text(trials, found) if answered == _QUIZ and not refused else ""
        return values | {"trials": trials, "refused": refused, "score": score}
    trial = section_trial(found, answered=answered or 0)
    return values | {"blocks": trial.blocks, "refused": trial.is_refused}


def _refusal(answer: Any) -> str:  # noqa: ANN401 - an answer, or None
    return refusal_text(answer) if answer is not None and answer["kind"] == "refused" else ""


def _place(ticket: UUID) -> str:
    return url_for(".look_at_preview", ticket=ticket)
