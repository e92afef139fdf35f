"""What somebody sent is kept when it could not be taken: session over, form token refused.

The fields travel inside the page, signed, and are shown to nobody else: the seal names the person
whose session it was. Passwords and tokens are never among them.
"""

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

MOST_BYTES = 1_000_000
HOURS = 12
_NEVER = ("csrf_token", "kept")


@dataclass(frozen=True, slots=True)
class Kept:
    """A request that waits: where it goes, and the fields that it carries."""

    path: str
    method: str
    fields: tuple[tuple[str, str], ...] = ()
    user_id: str = ""

    @property
    def is_post(self) -> bool:
        """Whether there is something to send again."""
        return self.method == "POST"


def keep_request(user_id: uuid.UUID | None) -> Kept:
    """Keep the present request."""
    fields = tuple(_fields(_sent())) if request.method == "POST" else ()
    path = request.full_path if request.query_string else request.path
    return Kept(path, request.method, fields, str(user_id or ""))


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
    return Kept(given["path"], given["method"], fields, given["user_id"])


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
