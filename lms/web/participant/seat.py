"""Seat time on the web: the mark of a page view in its form, and the reports of its script."""

from http import HTTPStatus

from flask import Response, abort, jsonify, request

from lms.journey.read import OpenSection, module_id_at, view_of
from lms.journey.seat import NoPageViewError, PageView, open_view, read_view, report_time, seal_view
from lms.progress.models import SeatKind
from lms.web.db import db
from lms.web.participant.guard import bp
from lms.web.request import keys, language, learner, now

MOST_DIGITS = 9  # of milliseconds: eleven days


@bp.post("/seat")
def report() -> Response:
    """Credit what a page reports of its time; gives all that its place has, in ms."""
    view = sent_view()
    if view is None:
        abort(HTTPStatus.UNPROCESSABLE_ENTITY)
    return jsonify(credited_ms=report_time(db(), view, sent_ms() or 0, now()))


def section_view(found: OpenSection) -> str:
    """Give the mark of a section's page as it is shown now."""
    return seal_view(keys().session, view_of(learner(), found, now()))


def quiz_view(number: int) -> str:
    """Give the mark of a page of questions: its time is counted apart from reading."""
    place = (SeatKind.QUIZ, module_id_at(learner(), number), "")
    return seal_view(keys().session, open_view(learner(), place, language=language(), now=now()))


def sent_view() -> PageView | None:
    """Give the page view that a form names; None when it names none of this person's."""
    try:
        return read_view(keys().session, learner(), request.form.get("view", ""))
    except NoPageViewError:
        return None


def sent_ms() -> int | None:
    """Give how long the page was in view, as its script says; None when it has no script."""
    sent = request.form.get("active", "")
    if not sent:
        return None
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) <= MOST_DIGITS else 0
