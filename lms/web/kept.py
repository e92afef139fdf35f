"""What somebody sent is kept when it could not be taken: session over, form token refused.

The fields travel inside the page, signed, and are shown to nobody else: each form carries, in its
token, a mark of the person that it was drawn for, and what is kept is handed to him alone. A form
that another site made has no mark. Passwords and tokens are never among the fields.
"""

import hashlib
import hmac
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from flask import Flask, current_app, g, request
from flask_wtf.csrf import CSRFProtect, generate_csrf
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from lms.web.request import actor_or_none

MOST_BYTES = 1_000_000
HOURS = 12
BETWEEN = "~"  # in a form's token: the owner's mark, then Flask-WTF's own
_NEVER = ("csrf_token", "kept")


@dataclass(frozen=True, slots=True)
class Kept:
    """A request that waits: where it goes, and the fields that it carries."""

    path: str
    method: str
    fields: tuple[tuple[str, str], ...] = ()
    owner: str = ""  # the mark of the person whose form it was

    @property
    def is_post(self) -> bool:
        """Whether there is something to send again."""
        return self.method == "POST"


class FormGuard(CSRFProtect):  # type: ignore[misc]  # Flask-WTF ships no types
    """Flask-WTF's check of a form's token, behind the mark of the form's owner."""

    def _get_csrf_token(self) -> str | None:
        token: str | None = super()._get_csrf_token()
        return token.rpartition(BETWEEN)[2] if token else token


def guard_forms(app: Flask) -> None:
    """Check the token of every form; templates write it with the mark of whoever sees the page."""
    FormGuard(app)
    app.jinja_env.globals["csrf_token"] = _form_token
    app.context_processor(lambda: {"csrf_token": _form_token})  # Flask-WTF gives its own there


def _form_token() -> str:
    """Give the token of every form on this page; made once a page."""
    mark = _own_mark()
    if g.get("form_token", "").partition(BETWEEN)[0] != mark or "form_token" not in g:
        g.form_token = f"{mark}{BETWEEN}{generate_csrf()}"
    return str(g.form_token)


def owner_mark(user_id: uuid.UUID) -> str:
    """Give the mark of a person: nobody else can make it."""
    key = str(current_app.secret_key).encode()
    return hmac.new(key, f"form-owner:{user_id}".encode(), hashlib.sha256).hexdigest()[:24]


def is_own_form() -> bool:
    """Whether the form that was sent was drawn for whoever sends it."""
    return hmac.compare_digest(sent_mark() or "-", _own_mark() or "-")


def keep_request(*, with_fields: bool) -> Kept:
    """Keep the present request for the person whose form it was."""
    fields = tuple(_fields(_sent())) if with_fields and request.method == "POST" else ()
    path = request.full_path if request.query_string else request.path
    return Kept(path, request.method, fields, sent_mark())


def _own_mark() -> str:
    if "form_owner" in g:  # signed in by this very request
        return str(g.form_owner)
    person = actor_or_none()
    return owner_mark(person.user_id) if person else ""


def sent_mark() -> str:
    """Give the mark that the form carries; empty when it has none."""
    return _sent().get("csrf_token", "").partition(BETWEEN)[0] if request.method == "POST" else ""


def seal_kept(kept: Kept) -> str:
    """Write it so that it can stand in a page; empty when it is too much to carry."""
    sealed = _serializer().dumps(asdict(kept))
    return sealed if len(sealed) <= MOST_BYTES else ""


def open_kept(sealed: str) -> Kept | None:
    """Read what `seal_kept` wrote; None when it is not ours or too old."""
    try:
        given: dict[str, Any] = _serializer().loads(sealed, max_age=HOURS * 3600)
    except BadSignature:
        return None
    fields = tuple((str(name), str(value)) for name, value in given["fields"])
    return Kept(given["path"], given["method"], fields, given["owner"])


def is_own_path(path: str) -> bool:
    """Whether a path stays on this site: relative, and not `//host` in disguise."""
    is_plain = path.isprintable() and "\\" not in path  # browsers drop tabs, and turn \\ into /
    return is_plain and path.startswith("/") and not path.startswith("//")


def _sent() -> MultiDict[str, str]:
    """Give what was sent; nothing when it was refused for its size."""
    try:
        return request.form
    except RequestEntityTooLarge:
        return MultiDict()


def _fields(form: MultiDict[str, str]) -> Iterable[tuple[str, str]]:
    for name, value in form.items(multi=True):
        if name not in _NEVER and "password" not in name:
            yield name, value


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="kept-request")
