"""The API of agencies: messages both ways, their files' five fields, the check of a certificate.

Everything here is about the one agency that the token stands for. No cookie counts, so no form of
another site can act in somebody's name, and no token of a form is asked for.
"""

import uuid
from http import HTTPStatus

from flask import Flask, Response, jsonify, request
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.agencies.status_view import status_count, status_rows
from lms.completion.match import Claim, belongs_together, count_match
from lms.exchange.apply import Desk
from lms.exchange.deliver import note_handed_over, signed_of
from lms.exchange.faults import Fault, fault_of
from lms.exchange.lines import receipt_of
from lms.exchange.message import (
    Direction,
    MessageError,
    certificate_field,
    reference_field,
)
from lms.exchange.queries import messages_of
from lms.exchange.service import NumberGapError
from lms.journey.exchange import take_message
from lms.kernel.days import today_in_programme
from lms.kernel.errors import BadInputError, NotAllowedError, NotFoundError, VirageError
from lms.kernel.signing import key_id, public_key, public_key_pem
from lms.privacy.views import Look, log_view
from lms.web.api import tokens
from lms.web.api.document import api_document
from lms.web.api.given import MOST_ROWS, NotJsonError, checked, json_object, number_of
from lms.web.api.surface import NoTokenError, bp, caller, officer
from lms.web.db import db, reader, write_apart
from lms.web.problems import problem
from lms.web.request import keys, now, settings

__all__ = ["register", "tokens"]
MOST_BYTES = 10_000  # of a body: the longest message has less than a tenth of it
STATUSES = {
    Fault.FORM: HTTPStatus.UNPROCESSABLE_ENTITY,
    Fault.AGREEMENT: HTTPStatus.FORBIDDEN,
    Fault.SIGNATURE: HTTPStatus.FORBIDDEN,
    Fault.AGENCY: HTTPStatus.FORBIDDEN,
    Fault.NO_FILE: HTTPStatus.NOT_FOUND,
}  # the others: 409


def register(app: Flask) -> None:
    """Add the addresses; the check of forms' tokens leaves them, and them alone, out."""
    bp.most_bytes = {"api.take": MOST_BYTES, "api.check": MOST_BYTES, "api.token": MOST_BYTES}
    app.register_blueprint(bp)
    app.extensions["csrf"].exempt(bp)


@bp.errorhandler(BadInputError)
@bp.errorhandler(NotAllowedError)
@bp.errorhandler(NotFoundError)
def refused(error: VirageError) -> Response:
    """Say why a message, or a question, is not taken."""
    fault = fault_of(error)
    return problem(
        STATUSES.get(fault, HTTPStatus.CONFLICT),
        fault.value,
        detail=str(error) if isinstance(error, MessageError) else "",
        field=error.field if isinstance(error, MessageError) else "",
        expected=error.expected if isinstance(error, NumberGapError) else None,
    )


@bp.errorhandler(NoTokenError)
def no_token(_error: NoTokenError) -> Response:
    """Ask for a token."""
    return problem(HTTPStatus.UNAUTHORIZED)


@bp.errorhandler(NotJsonError)
def not_json(_error: NotJsonError) -> Response:
    """Say that the body could not be read."""
    return problem(NotJsonError.status, "json")


@bp.get("/messages")
def messages() -> Response:
    """Give the signed messages for this agency whose numbers come after one."""
    after, limit = (
        number_of("after"),
        number_of("limit", least=1, most=MOST_ROWS, otherwise=MOST_ROWS),
    )
    found = messages_of(db(), caller().agency_id, Direction.OUT, after, limit)
    documents = [signed_of(one).document() for one in found]
    ids = tuple(one.id for one in found)
    _note_handed_over(ids)
    return jsonify(messages=documents)


@bp.post("/messages")
def take() -> Response:
    """Take one message; the receipt is the same however often it comes."""
    document = json_object()
    desk = Desk("api", keys(), now(), today_in_programme(now()))
    taken = take_message(db(), caller().agency_id, document, desk)
    answer = jsonify(receipt_of(taken.message, keys().signing))
    answer.status_code = HTTPStatus.CREATED if taken.is_new else HTTPStatus.OK
    return answer


@bp.get("/referrals")
def referrals() -> Response:
    """Give the five fields of this agency's files, the newest first."""
    offset = number_of("offset")
    limit = number_of("limit", least=1, most=MOST_ROWS, otherwise=MOST_ROWS)
    rows = status_rows(db(), officer(), limit=limit, offset=offset)
    total = status_count(db(), officer())
    _note_view("list")
    return jsonify(
        referrals=[
            {
                "reference": row.reference,
                "status": row.status.value,
                "status_on": row.status_on.isoformat(),
                "deadline": row.deadline.isoformat(),
                "code_state": row.code_state.value,
            }
            for row in rows
        ],
        total=total,
    )


@bp.post("/certificate-checks")
def check() -> Response:
    """Say whether a certificate belongs to a reference: yes or no."""
    wanted = {"number": certificate_field, "reference": reference_field}
    given = checked(json_object(), wanted)
    write_apart(lambda session: count_match(session, officer(), now=now()))
    is_match = belongs_together(reader(), officer(), Claim(**given), keys=keys())
    _note_view("certificate")
    return jsonify(match=is_match)


@bp.get("/key")
def key() -> Response:
    """Give the public key that verifies what this site signs."""
    public = public_key(keys().signing)
    return jsonify(key_id=key_id(public), public_key=public.hex(), pem=public_key_pem(public))


@bp.get("/openapi.json")
def document() -> Response:
    """Describe the API (OpenAPI 3.1), from the tables that check what comes in."""
    return jsonify(api_document(settings().base_url))


def _note_handed_over(ids: tuple[uuid.UUID, ...]) -> None:
    """Write down which messages came into this agency's hands; once each."""

    def write(session: Session) -> None:
        note_handed_over(session, ids, "api", now=now())

    if ids and request.method != "HEAD":  # whose answer is empty: nothing came into any hands
        write_apart(write)


def _note_view(what: str) -> None:
    """Write down that this machine looked: under the account of who answers for it."""
    look = Look("agency", caller().agency_id, what, f"api {caller().client_id}")

    def write(session: Session) -> None:
        log_view(session, caller().member_id, Role.AGENCY, look, now=now())

    write_apart(write)
