"""The token's door: OAuth 2.0 client credentials (RFC 6749, section 4.4), its answers too."""

from base64 import b64decode
from http import HTTPStatus
from urllib.parse import unquote_plus

from flask import Response, jsonify, request

from lms.exchange.clients import (
    TOKEN_LIFE,
    WrongClientError,
    check_client,
    count_wrong_secret,
    issue_token,
    refuse_address,
)
from lms.web.api.surface import bp
from lms.web.db import db, reader, write_apart
from lms.web.request import now

GRANT = "client_credentials"
SCOPE = "exchange"
FORM = "application/x-www-form-urlencoded"
BASIC = "Basic "


@bp.post("/token")
def token() -> Response:
    """Give a machine that shows its id and secret a token for a quarter of an hour."""
    address = request.remote_addr or ""
    refuse_address(reader(), address, now=now())
    fault, shown = _request_fault(), _credentials()
    if fault or shown is None or "\x00" in shown[0]:  # PostgreSQL compares no text with a NUL
        return _refused(HTTPStatus.BAD_REQUEST, fault or "invalid_request")
    try:
        machine = check_client(reader(), *shown)
    except WrongClientError:
        write_apart(lambda session: count_wrong_secret(session, address, now=now()))
        return _refused(HTTPStatus.UNAUTHORIZED, "invalid_client")
    answer = jsonify(
        access_token=issue_token(db(), machine, now=now()),
        token_type="Bearer",  # noqa: S106 - the kind of token
        expires_in=int(TOKEN_LIFE.total_seconds()),
        scope=SCOPE,
    )
    answer.headers["Pragma"] = "no-cache"  # as section 5.1 asks
    return answer


def _request_fault() -> str:
    """Give the word of section 5.2 for what is wrong with the request; empty if nothing is."""
    form = request.form
    if request.mimetype != FORM or any(len(form.getlist(name)) > 1 for name in form):
        return "invalid_request"
    if "grant_type" not in form:
        return "invalid_request"
    if form["grant_type"] != GRANT:
        return "unsupported_grant_type"
    return "" if form.get("scope", SCOPE) == SCOPE else "invalid_scope"


def _credentials() -> tuple[str, str] | None:
    """Give id and secret from the header or from the form; None for none, or for both."""
    header = request.headers.get("Authorization", "")
    sent = request.form.get("client_id"), request.form.get("client_secret")
    if not header.startswith(BASIC):
        return None if None in sent else (str(sent[0]), str(sent[1]))
    if sent[1] is not None:
        return None  # section 2.3: one way of showing them, not two
    try:
        name, colon, secret = (
            b64decode(header.removeprefix(BASIC), validate=True).decode().partition(":")
        )
    except ValueError:
        return None
    return (unquote_plus(name), unquote_plus(secret)) if colon else None


def _refused(status: HTTPStatus, error: str) -> Response:
    answer = jsonify(error=error)
    answer.status_code = status
    if status is HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Basic realm="exchange", charset="UTF-8"'
    return answer
