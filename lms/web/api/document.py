"""The API's document (OpenAPI 3.1), made from the tables that check what comes in.

So what is written there and what is taken cannot come apart.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from lms.agencies.status_view import CodeState, StatusWord
from lms.exchange import fields
from lms.exchange.fields import LAST_NUMBER, Field
from lms.exchange.message import (
    INBOUND,
    VERSION,
    Kind,
    certificate_field,
    reference_field,
    schema_of,
)
from lms.web.api.given import JSON, MOST_ROWS
from lms.web.api.tokens import FORM, GRANT, SCOPE
from lms.web.problems import TYPE
from lms.web.surface import API_PREFIX

_Schema = dict[str, Any]
_HEX = {"signature": 128, "key": 64, "key_id": 16}
REASONS = {
    400: "The request cannot be read.",
    401: "There is no token, or it opens nothing any more.",
    403: "No agreement is in force, or the message is not signed as it must be.",
    404: "No file of this agency has this reference.",
    409: "The message has the agreed form and cannot be taken: `code` says why.",
    413: "The body is too long.",
    415: "The body is of another type.",
    422: "What was sent does not have the agreed form: `field` names what is wrong.",
    429: "Too many requests in a quarter of an hour: again after `Retry-After` seconds.",
}


def api_document(base_url: str) -> _Schema:
    """Give the document of the API at a site's address."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Exchange of signed messages with an agency",
            "version": "1",
            "description": (
                "Each message is numbered without gaps, signed (Ed25519 over canonical JSON) and "
                "taken once, however often it is sent. No field takes free text."
            ),
        },
        "servers": [{"url": base_url.rstrip("/") + API_PREFIX}],
        "security": [{"machine": [SCOPE]}],
        "paths": _paths(),
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "machine": {
                    "type": "oauth2",
                    "flows": {
                        "clientCredentials": {
                            "tokenUrl": f"{API_PREFIX}/token",
                            "scopes": {SCOPE: "Take part in the exchange of one agency."},
                        }
                    },
                }
            },
        },
    }


def _paths() -> _Schema:
    return {
        "/token": {"post": _token()},
        "/messages": {
            "get": _operation(
                "messages",
                "The signed messages for this agency, in the order of their numbers.",
                {200: _json(_object({"messages": _list(_ref("OutboundDocument"))}))},
                parameters=[_query("after", 0, LAST_NUMBER, 0), _query("limit", 1, MOST_ROWS)],
            ),
            "post": _operation(
                "take",
                "Hand in one message; the receipt is the same however often it is sent.",
                {200: _json(_ref("Receipt")), 201: _json(_ref("Receipt"))},
                body=_ref("InboundDocument"),
                refusals=(404, 409),
            ),
        },
        "/referrals": {
            "get": _operation(
                "referrals",
                "The five fields of this agency's files, the newest first.",
                {200: _json(_object({"referrals": _list(_ref("File")), "total": _count()}))},
                parameters=[_query("offset", 0, LAST_NUMBER, 0), _query("limit", 1, MOST_ROWS)],
            )
        },
        "/certificate-checks": {
            "post": _operation(
                "check",
                "Whether a certificate belongs to a reference: yes or no.",
                {200: _json(_object({"match": {"type": "boolean"}}))},
                body=_closed({"number": certificate_field, "reference": reference_field}),
            )
        },
        "/key": {"get": _open("key", "The public key that verifies what this site signs.", _key())},
        "/openapi.json": {"get": _open("document", "This document.", {"type": "object"})},
    }


def _operation(
    name: str,
    summary: str,
    answers: Mapping[int, _Schema],
    *,
    parameters: list[_Schema] | None = None,
    body: _Schema | None = None,
    refusals: tuple[int, ...] = (),
) -> _Schema:
    codes = [401, 403, 422, 429, *refusals, *((400, 413, 415) if body else ())]
    described: _Schema = {
        "operationId": name,
        "summary": summary,
        "responses": {
            **{str(code): _answer(HTTPStatus(code).phrase, how) for code, how in answers.items()},
            **{str(code): _refusal(code) for code in sorted(codes)},
        },
    }
    if parameters:
        described["parameters"] = parameters
    if body:
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": body}}}
    return described


def _open(name: str, summary: str, schema: _Schema) -> _Schema:
    """Describe what everybody may read."""
    return {
        "operationId": name,
        "summary": summary,
        "security": [],
        "responses": {"200": _answer("OK", _json(schema))},
    }


def _token() -> _Schema:
    text = {"type": "string", "maxLength": 200}
    form = {
        "type": "object",
        "properties": {
            "grant_type": {"const": GRANT},
            "scope": {"const": SCOPE},
            "client_id": text,
            "client_secret": text,
        },
        "required": ["grant_type"],
    }
    given = _object(
        {
            "access_token": {"type": "string"},
            "token_type": {"const": "Bearer"},
            "expires_in": _count(),
            "scope": {"const": SCOPE},
        }
    )
    error = _json(_object({"error": {"type": "string"}}))
    return {
        "operationId": "token",
        "summary": "A token for a quarter of an hour (RFC 6749, section 4.4).",
        "description": "Id and secret stand in a Basic header, or both in the form.",
        "security": [],
        "requestBody": {"required": True, "content": {FORM: {"schema": form}}},
        "responses": {
            "200": _answer("OK", _json(given)),
            "400": _answer("One of the words of RFC 6749, section 5.2.", error),
            "401": _answer("Id and secret do not belong together.", error),
            "413": _refusal(413),
            "429": _refusal(429),
        },
    }


def _schemas() -> _Schema:
    inbound = [_ref(_name(kind)) for kind in INBOUND]
    signature = {name: _hex(name) for name in ("signature", "key_id")}
    return {
        **{_name(kind): schema_of(kind) for kind in Kind},
        "InboundDocument": {
            **_object({"message": {"oneOf": inbound}, **signature}),
            "required": ["message"],  # signed wherever the agency has a key
        },
        "OutboundDocument": _object({"message": _ref(_name(Kind.STATUS)), **signature}),
        "Receipt": _object({"receipt": _receipt(), **signature}),
        "File": _closed(
            {
                "reference": reference_field,
                "status": fields.one_of(StatusWord),
                "status_on": fields.day(),
                "deadline": fields.day(),
                "code_state": fields.one_of(CodeState),
            }
        ),
        "Problem": _problem(),
    }


def _name(kind: Kind) -> str:
    return "".join(part.title() for part in kind.value.split("_")) + "Message"


def _receipt() -> _Schema:
    return _closed(
        {
            "version": fields.only(VERSION),
            "agency": fields.an_id(),
            "number": fields.number(),
            "kind": fields.one_of(INBOUND),
            "digest": fields.shaped("[0-9a-f]{64}", 64),
            "received_at": fields.moment(),
        }
    )


def _problem() -> _Schema:
    text = {"type": "string"}
    said = {"type": text, "title": text, "status": _count(), "code": text, "detail": text}
    whole = _object({**said, "field": text, "expected": _count()})
    return {**whole, "required": ["type", "title", "status", "code"]}


def _key() -> _Schema:
    return _object({"key_id": _hex("key_id"), "public_key": _hex("key"), "pem": {"type": "string"}})


def _hex(name: str) -> _Schema:
    return {"type": "string", "pattern": f"^[0-9a-f]{{{_HEX[name]}}}$"}


def _closed(known: Mapping[str, Field]) -> _Schema:
    return _object({name: dict(field.schema) for name, field in known.items()})


def _object(properties: Mapping[str, _Schema]) -> _Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: _Schema) -> _Schema:
    return {"type": "array", "items": items, "maxItems": MOST_ROWS}


def _count() -> _Schema:
    return {"type": "integer", "minimum": 0}


def _query(name: str, least: int, most: int, otherwise: int = MOST_ROWS) -> _Schema:
    bounds = {"type": "integer", "minimum": least, "maximum": most, "default": otherwise}
    return {"name": name, "in": "query", "required": False, "schema": bounds}


def _json(schema: _Schema) -> _Schema:
    return {JSON: {"schema": schema}}


def _ref(name: str) -> _Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _answer(description: str, content: _Schema) -> _Schema:
    return {"description": description, "content": content}


def _refusal(code: int) -> _Schema:
    found = _answer(REASONS[code], {TYPE: {"schema": _ref("Problem")}})
    if code == HTTPStatus.TOO_MANY_REQUESTS:
        found["headers"] = {"Retry-After": {"required": True, "schema": _count()}}
    return found
