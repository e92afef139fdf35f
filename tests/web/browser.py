"""A browser for tests: it keeps cookies, and sends the token of the page that it saw last."""

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lms.accounts.models import User
from lms.accounts.service import open_session
from tests.clocks import FixedClock
from tests.web.markup import Html

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_MARKS = re.compile(r'name="(csrf_token|view)" value="[^"]*"')
Fields = dict[str, Any] | list[tuple[str, str]]


class Browser:
    """One person's browser."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        self.token = ""

    def get(self, path: str, **options: Any) -> TestResponse:  # noqa: ANN401 - of the client
        """Ask for a page."""
        return self.send("GET", path, **options)

    def post(self, path: str, fields: Fields | None = None, **options: Any) -> TestResponse:  # noqa: ANN401 - of the client
        """Send a form with the token that this browser has; it looks for one if need be."""
        if not self.token:
            self.get("/fr/begin")
        pairs = list(fields.items()) if isinstance(fields, dict) else list(fields or [])
        data: dict[str, list[str]] = {"csrf_token": [self.token]}
        for name, value in pairs:
            data.setdefault(name, []).append(value)
        return self.send("POST", path, data=data, **options)

    def send(self, method: str, path: str, **options: Any) -> TestResponse:  # noqa: ANN401 - of the client
        """Send any request, with no token of its own accord."""
        return self._seen(self.client.open(path, method=method, buffered=True, **options))

    def page(self, path: str, **options: Any) -> Html:  # noqa: ANN401 - of the client
        """Ask for a page that must be there, and read it."""
        response = self.get(path, **options)
        assert response.status_code == 200, (path, response.status_code)
        return Html.of(response.text)

    def enter(self, token: str) -> "Browser":
        """Hold the session with this token, as after signing in."""
        with self.client.session_transaction() as session:
            session.clear()
            session["_user_id"] = token
        self.token = ""
        return self

    def cookies(self) -> dict[str, str]:
        """Give the cookies that it holds."""
        names = ("s", "d", "__Host-s", "__Host-d")
        found = {name: self.client.get_cookie(name) for name in names}
        return {name: cookie.value for name, cookie in found.items() if cookie is not None}

    def copy(self) -> "Browser":
        """Give another browser with the same cookies, as a thief would have it."""
        other = Browser(self.client.application)
        for name, value in self.cookies().items():
            other.client.set_cookie(name, value)
        other.token = self.token
        return other

    def _seen(self, response: TestResponse) -> TestResponse:
        if response.mimetype == "text/html" and (found := _TOKEN.search(response.text)):
            self.token = found[1]
        return response


def without_tokens(page: str) -> str:
    """Give a page without its forms' tokens and its mark, which hold the moment."""
    return _MARKS.sub(r'name="\1"', page)


def sign_in(app: Flask, db: Session, user: User, clock: FixedClock) -> Browser:
    """Give a browser in which somebody signed in at this moment."""
    return Browser(app).enter(open_session(db, user, now=clock()).token)
