"""Flask-Login, tamed: its user id is a random session token, and the session is a row of ours.

A cookie that is copied and replayed after logout opens nothing: the row has ended.
"""

import logging
import secrets
from datetime import timedelta

from flask import Flask, Response, current_app, g, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.exc import SQLAlchemyError

from lms.accounts.models import User
from lms.accounts.service import SignedIn, end_session, note_seen, token_hash
from lms.journey.actor import Actor, SessionLimits, load_actor
from lms.web.db import reader, write_apart, write_at_once
from lms.web.kept import owner_mark
from lms.web.request import actor_or_none, now, settings

SEEN_EVERY = timedelta(seconds=60)
DEVICE_DAYS = 90
logger = logging.getLogger("lms.web")


class _Holder(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """What Flask-Login holds: the token, and who it belongs to."""

    def __init__(self, token: str, actor: Actor | None = None) -> None:
        self.token = token
        self.actor = actor

    def get_id(self) -> str:
        """Give the token: it is what the signed cookie carries."""
        return self.token


def set_up_identity(app: Flask) -> None:
    """Load who asks, before any guard looks."""
    manager = LoginManager()
    manager.session_protection = None  # the session is a row in a table: see the module's docstring
    # No `current_user` in templates: an error page must not ask a database that is gone.
    manager.init_app(app, add_context_processor=False)
    manager.user_loader(_load)
    app.before_request(_identify)


def sign_in_browser(signed: SignedIn) -> None:
    """Begin a fresh browser session: nothing of the one before is carried over."""
    session.clear()
    login_user(_Holder(signed.token))
    session.pop("_id", None)  # Flask-Login's mark of address and browser: nothing here reads it
    g.device_owner = signed.user
    g.form_owner = owner_mark(signed.user.id)


def sign_out_browser() -> None:
    """End the session on the server and forget it in the browser."""
    person = actor_or_none()
    if person is not None:
        write_apart(lambda session_: end_session(session_, person.session_hash, now=now()))
    logout_user()
    session.clear()
    g.pop("actor", None)


def leave_browser() -> None:
    """Forget the session in the browser at once; on the server too, if that takes no waiting."""
    token = session.get("_user_id")
    session.clear()
    if not token:
        return
    try:
        write_at_once(lambda quick: end_session(quick, token_hash(str(token)), now=now()))
    except SQLAlchemyError as error:
        logger.warning("a session was not ended", extra={"fault": type(error).__name__})


def device_of(login: str) -> str:
    """Give this browser's name for that login, if it signed in as him before; else nothing."""
    try:
        owner, name = _devices().loads(request.cookies.get(_device_cookie(), ""))
    except (BadSignature, ValueError):
        return ""
    return str(name) if owner == _owner_mark(login) else ""


def remember_device(response: Response) -> Response:
    """After a sign-in, let this browser be known for that login: strangers cannot lock it out."""
    user: User | None = g.get("device_owner")
    if user is not None and not device_of(user.login):
        response.set_cookie(
            _device_cookie(),
            str(_devices().dumps([_owner_mark(user.login), secrets.token_hex(8)])),
            max_age=DEVICE_DAYS * 86400,
            secure=settings().secure_cookies,
            httponly=True,
            samesite="Lax",
        )
    return response


def _load(token: str) -> _Holder | None:
    limits = SessionLimits(
        idle_participant=timedelta(minutes=settings().idle_minutes_participant),
        idle_staff=timedelta(minutes=settings().idle_minutes_staff),
        absolute=settings().session_length,
    )
    actor = load_actor(reader(), token_hash(token), limits=limits, now=now())
    return None if actor is None else _Holder(token, actor)


def _identify() -> None:
    unasked = {"static_file", "healthz", "readyz", "public.leave"}  # the way out waits for nothing
    if request.endpoint in unasked or request.blueprint == "api" or "_user_id" not in session:
        return  # to the API a cookie says nothing
    try:
        if not current_user.is_authenticated:
            return
    except SQLAlchemyError:
        if request.blueprint != "public":
            raise
        logger.warning("a public page without a database")
        return  # help lines show to everybody, whatever does not work
    person: Actor = current_user.actor
    g.actor = person
    if now() - person.seen_at >= SEEN_EVERY:
        _note_seen(person)


def _note_seen(person: Actor) -> None:
    try:
        write_apart(lambda session_: note_seen(session_, person.session_hash, now=now()))
    except SQLAlchemyError as error:
        # A page to read is worth more than the note; without it the session only ends earlier.
        logger.warning("last seen not noted", extra={"fault": type(error).__name__})


def _device_cookie() -> str:
    return "__Host-d" if settings().secure_cookies else "d"


def _owner_mark(login: str) -> str:
    return token_hash(f"device:{login}")[:16]


def _devices() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="device")
