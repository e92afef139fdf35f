"""A person's browser over real HTTP on the loopback: cookies, form tokens, one connection each."""

import http.client
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from tests.factories import PASSWORD
from tests.faults.outcome import BrokenPromiseError
from tests.serving import HOST
from tests.web.markup import Form, Html

PATIENCE = 20.0  # seconds; longer than any lock may be waited for
Pairs = Iterable[tuple[str, str]]
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class CutOffError(BrokenPromiseError):
    """No whole answer came: whether the act was done is unknown."""


@dataclass(frozen=True)
class Page:
    """One whole answer."""

    path: str
    status: int
    headers: dict[str, str]
    text: str

    @cached_property
    def html(self) -> Html:
        """Read the page."""
        return Html.of(self.text)

    @property
    def place(self) -> str:
        """Give the path that a redirect names."""
        return urlsplit(self.headers.get("location", "")).path

    def form(self, action: str) -> Form:
        """Give the form that goes to exactly that address."""
        found = [one for one in self.html.forms() if urlsplit(one.action).path == action]
        if not found:
            raise BrokenPromiseError(f"{self.path}: {self.status}, and no form to {action}")
        return found[-1]

    def expect(self, *statuses: int) -> "Page":
        """Give the page back, or say that another status came."""
        if self.status not in statuses:
            heading = self.html.h1 if "<h1" in self.text else self.text[:80]
            raise BrokenPromiseError(f"{self.path}: {self.status}, not {statuses}: {heading}")
        return self


@dataclass(slots=True)
class Visitor:
    """One browser."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def get(self, path: str) -> Page:
        """Ask for a page."""
        return self._send("GET", path, b"")

    def post(self, path: str, pairs: Pairs = (), *, by_script: bool = False) -> Page:
        """Send a form, or let the page's script send it and ask for JSON.

        The token of the page seen last goes with it unless `pairs` have one.
        """
        fields = list(pairs)
        if "csrf_token" not in {name for name, _ in fields}:
            fields.append(("csrf_token", self.token))
        accept = "application/json" if by_script else "text/html"
        return self._send("POST", path, urlencode(fields).encode(), accept)

    def send(self, form: Form, pairs: Pairs = ()) -> Page:
        """Send a form of a page as it stands, with these fields besides."""
        return self.post(form.action, [*form.fields, *pairs])

    def log_in(self, login: str, password: str = PASSWORD) -> Page:
        """Sign in through the login page; gives the answer."""
        form = self.get("/fr/login").expect(HTTPStatus.OK).form("/fr/login")
        given = dict(form.fields) | {"login": login, "password": password}
        return self.post(form.action, given.items())

    def copy(self) -> "Visitor":
        """Give another tab of the same browser: it has the same cookies, now and later."""
        return Visitor(self.port, self.cookies, self.token)

    def _send(self, method: str, path: str, body: bytes, accept: str = "text/html") -> Page:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, "Accept": accept}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body or None, headers)
            response = connection.getresponse()
            if response.headers["Content-Length"] is None:
                raise http.client.IncompleteRead(b"")  # cut off among the headers
            text = response.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise CutOffError(f"{method} {path}: {error!r}") from error
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: one.value for name, one in SimpleCookie(line).items()}
        if found := _TOKEN.search(text):
            self.token = found[1]
        head = {name.lower(): value for name, value in response.headers.items()}
        return Page(path, response.status, head, text)
