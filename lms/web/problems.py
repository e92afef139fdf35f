"""What the API answers when it refuses: problem details (RFC 9457), in English, one code each.

`code` is the word that a machine reads; `title` is for whoever reads the machine's log.
"""

import json
from http import HTTPStatus

from flask import Response, request

PREFIX = "/api/"
TYPE = "application/problem+json"


def is_api_request() -> bool:
    """Whether the API was asked, also at an address that it does not have."""
    return request.path.startswith(PREFIX)


def problem(
    status: HTTPStatus, code: str = "", *, title: str = "", **more: str | int | None
) -> Response:
    """Give a refusal; `more` are the members that say what to mend, left out where empty."""
    said = {
        "type": "about:blank",
        "title": title or status.phrase,
        "status": status.value,
        "code": code or status.phrase.lower().replace(" ", "-"),
        **{name: value for name, value in more.items() if value},
    }
    response = Response(json.dumps(said), status, mimetype=TYPE)
    if status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="exchange"'
    return response
