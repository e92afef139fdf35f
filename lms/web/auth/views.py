"""Signing in, signing out, one's own account."""

from http import HTTPStatus

from flask import Flask, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.accounts.roles import Role
from lms.accounts.service import check_login, clean_login, count_try, set_language, sign_in
from lms.web.auth.forms import LoginForm
from lms.web.auth.identity import (
    device_of,
    past_holder,
    remember_device,
    set_up_identity,
    sign_in_browser,
    sign_out_browser,
)
from lms.web.db import db, reader, write_apart
from lms.web.frame import HOMES
from lms.web.kept import is_own_path, keep_request, open_kept, seal_kept
from lms.web.request import actor, actor_or_none, language, now
from lms.web.surface import OpenSurface, Surface
from lms.web.words import _

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
    form = LoginForm(kept=seal_kept(keep_request(past_holder())))
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
    if kept is None or not is_own_path(kept.path) or kept.user_id not in {"", str(signed.user.id)}:
        home = url_for(HOMES[Role(signed.user.role)], lang=signed.user.language)
        return redirect(home, HTTPStatus.SEE_OTHER)
    if kept.is_post:
        return render_template("auth/go_on.html", kept=kept), HTTPStatus.OK
    return redirect(kept.path, HTTPStatus.SEE_OTHER)


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
