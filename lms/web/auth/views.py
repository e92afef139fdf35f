"""Signing in, signing out, one's own account."""

from http import HTTPStatus

from flask import Flask, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from lms.accounts.roles import Role
from lms.accounts.service import check_login, clean_login, count_try, set_language, sign_in
from lms.kernel.errors import TooOftenError
from lms.web.auth.forms import LoginForm
from lms.web.auth.identity import (
    device_of,
    remember_device,
    set_up_identity,
    sign_in_browser,
    sign_out_browser,
)
from lms.web.db import db, reader, write_apart
from lms.web.errors import show_again
from lms.web.frame import HOMES
from lms.web.kept import (
    is_own_path,
    keep_request,
    open_kept,
    owner_mark,
    seal_kept,
    sent_mark,
)
from lms.web.request import actor, actor_or_none, language, now
from lms.web.surface import OpenSurface, Surface
from lms.web.words import _, plural

entrance = OpenSurface("auth_entrance", __name__)
bp = Surface("auth", __name__, roles=frozenset(Role))


def register(app: Flask) -> None:
    """Add the pages, the identity and the answer to strangers."""
    set_up_identity(app)
    app.register_blueprint(entrance)
    app.register_blueprint(bp)
    app.register_error_handler(HTTPStatus.UNAUTHORIZED, ask_to_sign_in)
    app.after_request(remember_device)


def ask_to_sign_in(_error: Exception) -> Response:
    """Show the login page in the place of the page asked for, and keep what was sent."""
    form = LoginForm(kept=seal_kept(keep_request(with_fields=bool(sent_mark()))))
    page = render_template("auth/login.html", form=form, returning=request.method == "POST")
    return make_response(page, HTTPStatus.UNAUTHORIZED)


@entrance.get("/login")
def login() -> Response | str:
    """Show the login page."""
    person = actor_or_none()
    if person is not None:
        return redirect(url_for(HOMES[person.role]), HTTPStatus.SEE_OTHER)
    return render_template("auth/login.html", form=LoginForm(), returning=False)


@entrance.post("/login")
def enter() -> Response | tuple[str, int]:
    """Sign in, then go on with what was asked for before."""
    form = LoginForm(request.form)
    if not form.validate():
        return _login_page(form)
    login, device = str(form.login.data), device_of(clean_login(str(form.login.data)))
    write_apart(lambda apart: count_try(apart, login, device=device, now=now()))
    user = check_login(reader(), login, str(form.password.data))
    if user is None:
        form.form_errors = [_("This login and this password do not go together.")]
        return _login_page(form)
    signed = sign_in(db(), user, device=device, now=now())
    sign_in_browser(signed)
    kept = open_kept(str(form.kept.data or ""))
    if kept is not None and kept.is_post and kept.owner == owner_mark(signed.user.id):
        return render_template("auth/go_on.html", kept=kept), HTTPStatus.OK
    if kept is not None and not kept.is_post and is_own_path(kept.path):
        return redirect(kept.path, HTTPStatus.SEE_OTHER)
    home = url_for(HOMES[Role(signed.user.role)], lang=signed.user.language)
    return redirect(home, HTTPStatus.SEE_OTHER)


@entrance.errorhandler(CSRFError)
def log_in_again(error: CSRFError) -> Response:
    """Show the login page anew, with what it kept, when the login itself was refused."""
    if request.endpoint != "auth_entrance.enter":
        return show_again(error)
    form = LoginForm(request.form)
    page = render_template("auth/login.html", form=form, returning=bool(form.kept.data))
    return make_response(page, HTTPStatus.BAD_REQUEST)


@entrance.errorhandler(TooOftenError)
def wait_and_log_in(error: TooOftenError) -> Response:
    """Say how long to wait, and keep what the login page kept."""
    form = LoginForm(request.form)
    minutes = -(-error.retry_after // 60)
    form.form_errors = [
        plural("Too many tries. You can try again in %(num)s minute.",
               "Too many tries. You can try again in %(num)s minutes.", minutes)
    ]  # fmt: skip
    page = render_template("auth/login.html", form=form, returning=bool(form.kept.data))
    response = make_response(page, HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(error.retry_after)
    return response


def _login_page(form: LoginForm) -> tuple[str, int]:
    page = render_template("auth/login.html", form=form, returning=bool(form.kept.data))
    return page, HTTPStatus.UNPROCESSABLE_ENTITY


@entrance.post("/logout")
def logout() -> Response:
    """End the session and clear what the browser kept; also when it has run out before."""
    sign_out_browser()
    response = redirect(url_for("public.start"), HTTPStatus.SEE_OTHER)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.get("/account")
def account() -> str:
    """Show one's own account."""
    return render_template("auth/account.html", person=actor())


@bp.post("/account/language")
def choose_language() -> Response:
    """Remember the language of the page as one's own."""
    set_language(db(), actor().user_id, language())
    return redirect(url_for(".account"), HTTPStatus.SEE_OTHER)
