"""Before any page of the course: it is open to him, he has read what is recorded, and agreed."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from lms.accounts.roles import Role
from lms.journey.actor import Standing
from lms.web.request import actor_or_none
from lms.web.surface import Surface

bp = Surface("participant", "lms.web.participant", roles=frozenset({Role.PARTICIPANT}))
NOTICE_VERSION = "2026-11.3"
View = TypeVar("View", bound=Callable[..., Any])
# Whoever leaves need not agree to anything first.
_BEFORE_AGREEING = frozenset({
    "participant.notice", "participant.agree_to_notice",
    "participant.my_file", "participant.withdrawal", "participant.withdraw",
})  # fmt: skip
_STAYS_OPEN: set[str] = set()


def stays_open(view: View) -> View:
    """Mark a view that stays open when the course is shut: suspended, left, or closed."""
    _STAYS_OPEN.add(f"{bp.name}.{view.__name__}")
    return view


@bp.before_request
def ask_to_agree() -> Response | None:
    """Show the notice first; nothing of the course is seen before, nor once it is shut."""
    person = actor_or_none()
    if person is None:
        return None
    if person.learner is None:  # an account that was made a participant's, with no enrolment
        abort(HTTPStatus.FORBIDDEN)
    if person.learner.standing is not Standing.OPEN:
        return _to_unless("participant.my_file", is_there=request.endpoint in _STAYS_OPEN)
    if person.learner.agreed:
        return None
    return _to_unless("participant.notice", is_there=request.endpoint in _BEFORE_AGREEING)


def _to_unless(endpoint: str, *, is_there: bool) -> Response | None:
    return None if is_there else redirect(url_for(endpoint), HTTPStatus.SEE_OTHER)
