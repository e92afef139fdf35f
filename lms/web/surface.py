"""Surfaces: blueprints that say who may enter. Closed by default; openness is asked for by name."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, current_app, g, request
from werkzeug.routing import IntegerConverter

from lms.accounts.roles import Role
from lms.web.db import SAFE_METHODS
from lms.web.request import LANGUAGE_RULE, LANGUAGES, actor_or_none

EVERYONE = frozenset[Role]()
API_PREFIX = "/api/v1"


class Place(IntegerConverter):
    """A place in an address, from 0 to 9999: a number of more digits is no page."""

    regex = r"[0-9]{1,4}"


class Surface(Blueprint):
    """The pages of some roles, under /fr and /en."""

    def __init__(self, name: str, import_name: str, *, roles: frozenset[Role]) -> None:
        super().__init__(name, import_name, url_prefix=LANGUAGE_RULE)
        self.roles = roles
        self.most_bytes: dict[str, int] = {}  # of a body, where an endpoint takes more than others


class OpenSurface(Surface):
    """Pages for everyone, signed in or not."""

    def __init__(self, name: str, import_name: str) -> None:
        super().__init__(name, import_name, roles=EVERYONE)


class ApiSurface(Surface):
    """Addresses for machines: no cookie counts, no page is shown; whoever asks brings a token.

    `let_in` looks at it, and aborts; `open_to_all` are the endpoints that are open by name.
    """

    def __init__(
        self,
        name: str,
        import_name: str,
        *,
        let_in: Callable[[], None],
        open_to_all: frozenset[str],
    ) -> None:
        super().__init__(name, import_name, roles=EVERYONE)
        self.url_prefix = API_PREFIX
        self.let_in = let_in
        self.open_to_all = open_to_all


def guard(app: Flask) -> None:
    """Let nobody pass who has no right to the surface; an endpoint outside surfaces is shut."""
    app.url_value_preprocessor(_take_language)
    app.url_defaults(_give_language)
    app.before_request(_refuse_other_sites)
    app.before_request(_refuse_strangers)


def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values and "lang" in values:
        g.lang = values.pop("lang")


def _give_language(endpoint: str, values: dict[str, Any]) -> None:
    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = g.get("lang", LANGUAGES[0])


def _refuse_other_sites() -> None:
    """Take no form that another site sent, whatever token it carries."""
    if request.method in SAFE_METHODS:
        return
    sent_from = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin", "null")  # "null": the browser does not say
    is_ours = origin == "null" or urlsplit(origin).netloc == request.host
    if sent_from not in {"same-origin", "none"} or not is_ours:
        abort(HTTPStatus.FORBIDDEN)


def _refuse_strangers() -> None:
    if request.endpoint is None or request.endpoint in {"static_file", "root", "healthz", "readyz"}:
        return  # no such address (404), or one of the few that belong to no surface
    surface = _surface()
    if isinstance(surface, OpenSurface):
        return
    if isinstance(surface, ApiSurface):
        if request.endpoint not in surface.open_to_all:
            surface.let_in()
    else:
        _refuse_wrong_roles(surface)
    if (
        surface is not None and request.endpoint in surface.most_bytes
    ):  # before anything reads the form
        request.max_content_length = surface.most_bytes[request.endpoint]


def _refuse_wrong_roles(surface: Surface | None) -> None:
    person = actor_or_none()
    if person is None:
        abort(HTTPStatus.UNAUTHORIZED)
    if surface is None or person.role not in surface.roles:
        abort(HTTPStatus.FORBIDDEN)


def _surface() -> Surface | None:
    found = current_app.blueprints.get(request.blueprint or "")
    return found if isinstance(found, Surface) else None
