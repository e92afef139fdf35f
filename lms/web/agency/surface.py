"""The surface of a referring agency: referrals and one status word, nothing of learning.

Before any of its pages: a second factor, and an agreement in force. A page without the one leads
to where it is turned on; without the other, it says whom to call and shows nothing else.
"""

from http import HTTPStatus

from flask import g, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from lms.accounts.roles import Role
from lms.accounts.second_factor import is_needed
from lms.agencies.status_view import Officer, officer_of
from lms.kernel.days import today_in_programme
from lms.web.db import reader
from lms.web.request import actor, now
from lms.web.surface import Surface

bp = Surface("agency", __name__, roles=frozenset({Role.AGENCY}))


@bp.before_request
def admit() -> Response | None:
    """Let pass who has both; whoever asks is known from here on as an officer."""
    person = actor()
    if is_needed(person.role) and not person.has_second_factor:
        return redirect(url_for("auth.second_factor"), HTTPStatus.SEE_OTHER)
    found = officer_of(reader(), person.user_id, today_in_programme(now()))
    if found is None:
        return make_response(render_template("agency/no_agreement.html"), HTTPStatus.FORBIDDEN)
    g.officer = found
    return None


def officer() -> Officer:
    """Give who asks, once he was let in."""
    found: Officer = g.officer
    return found
