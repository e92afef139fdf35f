"""Signing in, signing out, one's own account."""

from http import HTTPStatus

from flask import Flask, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.accounts.second_factor import is_offered, opens
from lms.accounts.service import check_login, clean_login, count_try, set_language, sign_in
from lms.kernel.errors import TooOftenError
from lms.web.auth import second_factor
from lms.web.auth.forms import CodeForm, LoginForm
from lms.web.auth.half_way import go_half_way, leave_half_way, who_is_half_way
from lms.web.auth.identity import (
    device_of,
    remember_device,
    set_up_identity,
    sign_in_browser,
    sign_out_browser,
)
from lms.web.auth.surface import bp, entrance
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
from lms.web.request import actor, actor_or_none, keys, language, now
from lms.web.words import _, plural

__all__ = ["register", "second_factor"]
Page = Response | str | tuple[str, int]


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
def login() -> Page:
    """Show the login page."""
    person = actor_or_none()
    if person is not None:
        return redirect(url_for(HOMES[person.role]), HTTPStatus.SEE_OTHER)
    return render_template("auth/login.html", form=LoginForm(), returning=False)


@entrance.post("/login")
def enter() -> Page:
    """Sign in, or ask for the code first; then go on with what was asked for before."""
    form = LoginForm(request.form)
    if not form.validate():
        return _login_page(form)
    login, device = str(form.login.data), device_of(clean_login(str(form.login.data)))
    write_apart(lambda apart: count_try(apart, login, device=device, now=now()))
    user = check_login(reader(), login, str(form.password.data))
    if user is None:
        form.form_errors = [_("This login and this password do not go together.")]
        return _login_page(form)
    if user.totp_since is None:
        return _come_in(user, device, str(form.kept.data or ""))
    go_half_way(user)
    if form.kept.data:  # too much for an address or a cookie: it travels in the page
        return _code_page(CodeForm(kept=form.kept.data)), HTTPStatus.OK
    return redirect(url_for(".code"), HTTPStatus.SEE_OTHER)


@entrance.get("/login/code")
def code() -> Page:
    """Ask for the code, of whoever has entered his password a moment ago."""
    person = actor_or_none()
    if person is not None:
        return redirect(url_for(HOMES[person.role]), HTTPStatus.SEE_OTHER)
    if who_is_half_way(reader()) is None:
        return redirect(url_for(".login"), HTTPStatus.SEE_OTHER)
    return _code_page(CodeForm())


@entrance.post("/login/code")
def enter_code() -> Page:
    """Sign in with the code; it counts as a try, as a password does."""
    form = CodeForm(request.form)
    user = who_is_half_way(reader())
    if user is None:
        leave_half_way()
        again = LoginForm(kept=form.kept.data)
        again.form_errors = [_("Five minutes have gone by. Enter your password again.")]
        return _login_page(again)
    if form.validate():
        device = device_of(user.login)
        write_apart(lambda apart: count_try(apart, user.login, device=device, now=now()))
        typed = str(form.code.data)
        if opens(db(), user.id, typed, field_key=keys().field, now=now()):
            return _come_in(user, device, str(form.kept.data or ""))
        form.code.errors = [_("This code does not open. Wait for the next one of the app.")]
    return _code_page(form), HTTPStatus.UNPROCESSABLE_ENTITY


def _come_in(user: User, device: str, sealed: str) -> Page:
    """Open the session; only here does one begin."""
    signed = sign_in(db(), user, device=device, now=now())
    sign_in_browser(signed)
    kept = open_kept(sealed)
    if kept is not None and kept.is_post and kept.owner == owner_mark(signed.user.id):
        return render_template("auth/go_on.html", kept=kept), HTTPStatus.OK
    if kept is not None and not kept.is_post and is_own_path(kept.path):
        return redirect(kept.path, HTTPStatus.SEE_OTHER)
    home = url_for(HOMES[Role(signed.user.role)], lang=signed.user.language)
    return redirect(home, HTTPStatus.SEE_OTHER)


@entrance.errorhandler(CSRFError)
def log_in_again(error: CSRFError) -> Response:
    """Show the login page anew, with what it kept, when the login itself was refused."""
    if request.endpoint == "auth_entrance.enter":
        form = LoginForm(request.form)
        page = render_template("auth/login.html", form=form, returning=bool(form.kept.data))
        return make_response(page, HTTPStatus.BAD_REQUEST)
    if request.endpoint == "auth_entrance.enter_code" and who_is_half_way(reader()) is not None:
        return make_response(_code_page(CodeForm(request.form)), HTTPStatus.BAD_REQUEST)
    return show_again(error)


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


def _code_page(form: CodeForm) -> str:
    return render_template("auth/code.html", form=form)


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
    person = actor()
    return render_template("auth/account.html", person=person, is_offered=is_offered(person.role))


@bp.post("/account/language")
def choose_language() -> Response:
    """Remember the language of the page as one's own."""
    set_language(db(), actor().user_id, language())
    return redirect(url_for(".account"), HTTPStatus.SEE_OTHER)
