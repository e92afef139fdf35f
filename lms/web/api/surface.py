"""The API of agencies: who asks shows a bearer token (RFC 6750), and is one agency's machine."""

from flask import g, request

from lms.agencies.queries import agreement_in_force
from lms.agencies.service import NoAgreementError
from lms.agencies.status_view import Officer
from lms.exchange.clients import Caller, caller_of, count_request
from lms.kernel.days import today_in_programme
from lms.web.db import reader, write_apart
from lms.web.request import now
from lms.web.surface import ApiSurface


class NoTokenError(Exception):
    """Whoever asks shows no token, or one that opens nothing (any more)."""


_BEARER = "Bearer "


def let_in() -> None:
    """Let pass a machine that shows a token, and count its request; 401 for everybody else.

    Without an agreement in force with its agency it learns nothing, whatever it asks for.
    """
    given = request.headers.get("Authorization", "")
    found = caller_of(reader(), given.removeprefix(_BEARER), now=now())
    if found is None or not given.startswith(_BEARER):
        raise NoTokenError
    agreed = agreement_in_force(reader(), found.agency_id, today_in_programme(now())) is not None
    write_apart(lambda session: count_request(session, found, now=now()))
    if not agreed:
        raise NoAgreementError
    g.caller = found


def caller() -> Caller:
    """Give the machine that was let in."""
    found: Caller = g.caller
    return found


def officer() -> Officer:
    """Give it as its agency's pages know who asks: it sees what a lead sees."""
    return Officer(caller().member_id, caller().agency_id, is_lead=True)


bp = ApiSurface(
    "api",
    __name__,
    let_in=let_in,
    open_to_all=frozenset({"api.token", "api.key", "api.document"}),
)
