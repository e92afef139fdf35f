"""An open answer that its writer lets his instructors read, until he takes it back."""

import uuid
from http import HTTPStatus

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms.content.model import ItemKind
from lms.conversations.service import share as let_read
from lms.conversations.service import take_back
from lms.enrolment.models import Enrolment
from lms.journey.take_quiz import own_result
from lms.kernel.errors import NotFoundError
from lms.web.db import db, reader
from lms.web.participant.guard import bp
from lms.web.request import keys, learner, now
from lms.web.words import _


@bp.post("/result/<uuid:attempt_id>/<int:place>/share")
def share(attempt_id: uuid.UUID, place: int) -> Response:
    """Let an answer be read, or take it back: as the box says that was sent."""
    attempt = own_result(reader(), learner(), attempt_id, keys())
    outcome = attempt.outcomes[place - 1] if 1 <= place <= len(attempt.outcomes) else None
    if outcome is None or outcome.item.kind is not ItemKind.OPEN or not outcome.answer:
        raise NotFoundError("answer")
    answer = (attempt.id, outcome.item.id)
    if request.form.getlist("share") == ["yes"]:
        let_read(db(), db().get_one(Enrolment, learner().enrolment_id), answer, now())
        flash(_("Your instructor can read this answer now."), "success")
    else:
        take_back(db(), answer, now())
        flash(_("Nobody can read this answer any more."), "success")
    url = url_for(".result", attempt_id=attempt_id, _anchor=f"share-{place}")
    return redirect(url, HTTPStatus.SEE_OTHER)
