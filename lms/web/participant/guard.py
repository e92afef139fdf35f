"""Before any page of the course: he has read what is recorded, and agreed."""

from http import HTTPStatus

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from lms.accounts.roles import Role
from lms.web.request import actor_or_none
from lms.web.surface import Surface

bp = Surface("participant", "lms.web.participant", roles=frozenset({Role.PARTICIPANT}))
NOTICE_VERSION = "2026-11.2"
_BEFORE_AGREEING = frozenset({"participant.notice", "participant.agree_to_notice"})


@bp.before_request
def ask_to_agree() -> Response | None:
    """Show the notice first; nothing of the course is seen before."""
    person = actor_or_none()
    if person is None:
        return None
    if person.learner is None:  # an account that was made a participant's, with no enrolment
        abort(HTTPStatus.FORBIDDEN)
    if person.learner.agreed:
        return None
    if request.endpoint in _BEFORE_AGREEING:
        return None
    return redirect(url_for("participant.notice"), HTTPStatus.SEE_OTHER)
