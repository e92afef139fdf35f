"""Requests and replies as they go over the wire, and who sends them."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex
from urllib.parse import urlencode

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

Fields = Sequence[tuple[str, str]]


class BenchError(Exception):
    """Something did not answer as it should: the figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in browser: its cookie, and the token that its forms carry."""

    cookie: str
    token: str


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `raw` is what a connection sends."""

    method: str
    path: str
    cookie: str
    body: bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, as sent."""

    status: int
    head: bytes
    body: bytes

    @property
    def size(self) -> int:
        """Give the bytes of the whole answer, head and body."""
        return len(self.head) + len(self.body)

    def header(self, name: str) -> str:
        """Give a header's value, empty when it is not there."""
        for line in self.head.split(b"\r\n")[1:]:
            key, _, value = line.partition(b":")
            if key.strip().lower() == name.encode():
                return value.strip().decode("latin-1")
        return ""

    @property
    def place(self) -> str:
        """Give the path that a redirect names."""
        found = self.header("location")
        return "/" + found.split("/", 3)[3] if found.startswith("http") else found


Script = Generator[Request, Reply, None]  # what one connection sends, one request after another


def get(path: str, visitor: Visitor) -> Request:
    """Ask for a page."""
    return _request("GET", path, visitor.cookie, b"")


def post(path: str, visitor: Visitor, fields: Fields = ()) -> Request:
    """Send a form with its token."""
    body = urlencode([("csrf_token", visitor.token), *fields]).encode()
    return _request("POST", path, visitor.cookie, body)


def _request(method: str, path: str, cookie: str, body: bytes) -> Request:
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n"
    head += "Accept-Encoding: gzip\r\n"  # as every browser does; it packs the static files alone
    if method == "POST":
        head += "Content-Type: application/x-www-form-urlencoded\r\n"
        head += f"Content-Length: {len(body)}\r\n"
    return Request(method, path, cookie, body, head.encode() + b"\r\n" + body)


def sign_in(app: Flask, user_id: str) -> Visitor:
    """Give the browser of somebody whose session is open, signed with the application's own key."""
    csrf = token_hex(20)
    values: Mapping[str, object] = {"_user_id": user_id, "_fresh": True, "csrf_token": csrf}
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    if signer is None:
        raise BenchError("the application has no secret key")
    cookie = f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(values)}"
    tokens = URLSafeTimedSerializer(str(app.secret_key), salt="wtf-csrf-token")
    return Visitor(cookie, str(tokens.dumps(csrf)))
