"""The only place where all parts meet."""

import logging
from collections.abc import Callable, MutableMapping
from http import HTTPStatus
from types import TracebackType
from typing import Any

from babel import Locale
from flask import Flask, Response, jsonify, redirect, request, url_for
from flask.templating import Environment as FlaskEnvironment
from flask_babel import Babel
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse

from lms.kernel.clock import Clock, system_clock
from lms.kernel.database import Database, open_database
from lms.kernel.keys import Keys
from lms.kernel.schema import status
from lms.settings import Settings, site_keys
from lms.web import media
from lms.web.agency import views as agency
from lms.web.api import views as api
from lms.web.assets import serve_assets
from lms.web.auth import views as auth
from lms.web.auth.identity import leave_browser, sign_in_browser
from lms.web.author import views as author
from lms.web.awareness import views as awareness
from lms.web.coordinator import views as coordinator
from lms.web.corrections import views as corrections
from lms.web.db import close_request, commit_request
from lms.web.errors import handle_errors
from lms.web.frame import frame_pages
from lms.web.headers import send_headers
from lms.web.instructor import views as instructor
from lms.web.kept import guard_forms
from lms.web.logs import log_requests
from lms.web.participant import views as participant
from lms.web.partner import views as partner
from lms.web.privacy import views as privacy
from lms.web.public import views as public
from lms.web.request import LANGUAGES, language
from lms.web.surface import Place, guard
from lms.web.view_log import write_views

MOST_BYTES = 1_500_000  # of a request's body
TIME_ZONE = "America/Toronto"
LOCALES = {lang: Locale(lang, "CA") for lang in LANGUAGES}  # made once: each page asks for one
_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Environment(FlaskEnvironment):
    """Templates whose globals are those of the environment, not a map over them.

    At each import Jinja compares them with the page's: two plain dicts are compared at once.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Give the globals of a template that was asked for with so many of its own."""
        return super().make_globals(d) if d else self.globals


class Virage(Flask):
    """Flask, with one commit a request: after the view, inside the reach of the error pages."""

    jinja_environment = Environment

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Take a view as it is: none here is asynchronous, and each call would ask."""
        return func

    def dispatch_request(self) -> BaseResponse:
        """Answer, then commit; a commit that fails is an error page and not a lost answer."""
        response = self.make_response(super().dispatch_request())
        write_views(response)
        commit_request()
        return response

    def log_exception(self, exc_info: _Raised) -> None:
        """Log what no error page could answer, without the address, which Flask would write."""
        fault = exc_info[0].__name__ if exc_info[0] else ""
        logging.getLogger("lms.web").error("unexpected", extra={"fault": fault}, exc_info=exc_info)


def create_app(
    settings: Settings,
    *,
    database: Database | None = None,
    keys: Keys | None = None,
    clock: Clock = system_clock,
) -> Flask:
    """Put the application together; tests hand in their own database, keys and clock."""
    app = Virage("lms.web", static_folder=None)
    app.url_map.converters["int"] = Place
    keys = keys or site_keys(settings)
    app.extensions["virage_settings"] = settings
    app.extensions["virage_keys"] = keys
    app.extensions["virage_clock"] = clock
    app.extensions["virage_database"] = database or open_database(settings.database_url)
    app.extensions["virage_person_keys"] = keys.people
    app.extensions["virage_sign_in"] = sign_in_browser
    app.extensions["virage_leave"] = leave_browser
    _configure(app, settings, keys)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]  # the way Flask documents
    send_headers(app, settings)
    log_requests(app)
    serve_assets(app)
    frame_pages(app)
    handle_errors(app)
    _add_surfaces(app)
    app.teardown_request(close_request)
    return app


def _configure(app: Flask, settings: Settings, keys: Keys) -> None:
    prefix = "__Host-" if settings.secure_cookies else ""
    app.config.update(
        SECRET_KEY=keys.session.hex(),
        SESSION_COOKIE_NAME=f"{prefix}s",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_BYTES,
        MAX_FORM_PARTS=500,
        WTF_CSRF_TIME_LIMIT=None,  # bound to the session: an hour on a page must not lose answers
        WTF_CSRF_SSL_STRICT=True,
        BABEL_DEFAULT_LOCALE=LANGUAGES[0],
        BABEL_DEFAULT_TIMEZONE=TIME_ZONE,
    )
    Babel(app, locale_selector=lambda: LOCALES[language()], timezone_selector=lambda: TIME_ZONE)


def _add_surfaces(app: Flask) -> None:
    auth.register(app)
    guard(app)
    guard_forms(app)  # after the guard: a session that is over asks to sign in, and keeps the form
    staff = (author, instructor, coordinator, corrections, partner, agency, privacy)
    for surface in (public, participant, *staff, media, awareness, api):
        surface.register(app)
    app.add_url_rule("/", "root", _root)
    app.add_url_rule("/healthz", "healthz", _healthz)
    app.add_url_rule("/readyz", "readyz", lambda: _readyz(app))


def _root() -> BaseResponse:
    """Send a newcomer to the start page in the language that his browser asks for."""
    lang = request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
    return redirect(url_for("public.start", lang=lang), HTTPStatus.SEE_OTHER)


def _healthz() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok")


def _readyz(app: Flask) -> tuple[Response, int]:
    """Say whether the database answers and stands at the head migration."""
    database: Database = app.extensions["virage_database"]
    with database.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        ready = status(database.engine).at_head
    code = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
    return jsonify(status="ok" if ready else "the database needs `lms db upgrade`"), code
