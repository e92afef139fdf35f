"""Every error is a page with a sentence: what happened, what to do. No input gives a trace."""

import logging
from http import HTTPStatus

from flask import Flask, Response, g, make_response, render_template, request
from flask.globals import request_ctx
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from lms.kernel.errors import NotAllowedError, NotFoundError, TooOftenError
from lms.web.kept import is_own_form, keep_request
from lms.web.problems import is_api_request, problem
from lms.web.request import LANGUAGES, actor_or_none
from lms.web.words import _

RETRY_SECONDS = 5
PLAIN = "text/plain; charset=utf-8"
logger = logging.getLogger("lms.web")


def handle_errors(app: Flask) -> None:
    """Map each family of errors to one answer."""
    app.register_error_handler(CSRFError, show_again)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(NotFoundError, lambda _error: _page(HTTPStatus.NOT_FOUND))
    app.register_error_handler(NotAllowedError, lambda _error: _page(HTTPStatus.CONFLICT))
    app.register_error_handler(TooOftenError, _too_often)
    app.register_error_handler(SQLAlchemyError, _database_error)
    app.register_error_handler(Exception, _unexpected)


def _http_error(error: HTTPException) -> Response:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return make_response(error.get_response())
    status = HTTPStatus(error.code)
    response = _page(status)
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = dict(error.get_headers()).get("Allow", "GET")
        response.headers["Allow"] = allowed
    return response


def show_again(_error: CSRFError) -> Response:
    """Show what was sent, with a fresh token and one button: nothing typed is lost.

    Only to the person whose form it was; a form of another site, or of somebody who sat here
    before, is refused.
    """
    if not is_own_form():
        return _page(HTTPStatus.BAD_REQUEST)
    kept = keep_request(with_fields=True)
    return make_response(
        render_template("errors/send_again.html", kept=kept), HTTPStatus.BAD_REQUEST
    )


def _too_often(error: TooOftenError) -> Response:
    response = _page(HTTPStatus.TOO_MANY_REQUESTS, minutes=-(-error.retry_after // 60))
    response.headers["Retry-After"] = str(error.retry_after)
    return response


def _database_error(error: SQLAlchemyError) -> Response:
    """Say that nothing was saved and that one may try again; the text of the error stays inside."""
    if not isinstance(error, DBAPIError | PoolTimeoutError):
        return _unexpected(error)
    logger.error("database", extra={"fault": type(error).__name__})
    is_safe = actor_or_none() is None or is_own_form()  # nobody is known without a database
    kept = keep_request(with_fields=is_safe)
    response = _page(HTTPStatus.SERVICE_UNAVAILABLE, kept=kept)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _unexpected(error: Exception) -> Response:
    logger.error("unexpected", extra={"fault": type(error).__name__}, exc_info=error)
    return _page(HTTPStatus.INTERNAL_SERVER_ERROR)


def _page(status: HTTPStatus, **values: object) -> Response:
    if is_api_request():
        return problem(status)
    if "lang" not in g:
        first = request.path.split("/")[1]
        preferred = request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
        g.lang = first if first in LANGUAGES else preferred
    heading, advice = _words(status)
    if request_ctx.url_adapter is None:  # the host is not ours: no link can be written
        return make_response(f"{heading}. {advice}\n", status, {"Content-Type": PLAIN})
    page = render_template("errors/error.html", heading=heading, advice=advice, **values)
    return make_response(page, status)


def _words(status: HTTPStatus) -> tuple[str, str]:
    """Say what happened and what to do."""
    words = {
        HTTPStatus.FORBIDDEN: (
            _("This page is not for your account"),
            _("Your account does not give access to this page. Go back to your start page."),
        ),
        HTTPStatus.NOT_FOUND: (
            _("There is no such page"),
            _("Check the address, or go back to your start page."),
        ),
        HTTPStatus.CONFLICT: (
            _("This cannot be done now"),
            _("Something changed since this page was opened. Go back to your start page: "
              "your saved answers are there."),
        ),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
            _("What you sent is too long"),
            _("Nothing was saved. Go back and shorten your text."),
        ),
        HTTPStatus.TOO_MANY_REQUESTS: (
            _("Too many tries"),
            _("Wait a few minutes, then try again. If you have lost your password, "
              "write to the person who gave you your code."),
        ),
        HTTPStatus.SERVICE_UNAVAILABLE: (
            _("This could not be saved"),
            _("The service does not answer for the moment. What was saved before is safe. "
              "Try again in a few seconds."),
        ),
        HTTPStatus.INTERNAL_SERVER_ERROR: (
            _("Something did not work"),
            _("The fault is ours, and it was noted. What was saved before is safe. "
              "Go back and try again."),
        ),
    }  # fmt: skip
    fallback = (
        _("This request cannot be used"),
        _("Go back to your start page and try again."),
    )
    return words.get(status, fallback)
