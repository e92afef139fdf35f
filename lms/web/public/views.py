"""The way in: start, code, account. Help, privacy, the check of a certificate, the way out."""

import uuid
from http import HTTPStatus

from flask import Flask, current_app, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from lms.accounts.passwords import MINIMUM_LENGTH
from lms.accounts.service import LoginFormError, LoginTakenError, PasswordFormError, SignedIn
from lms.completion.queries import check_certificate
from lms.enrolment.service import CodeExpiredError, CodeUsedError
from lms.journey.read import today_in_programme
from lms.journey.redeem import redeem_code, try_code
from lms.kernel.errors import BadInputError
from lms.publishing.queries import in_language
from lms.web.db import db, reader
from lms.web.help_lines import CHECKED
from lms.web.help_lines import help_lines as lines
from lms.web.public.forms import AccountForm, CheckForm, CodeForm
from lms.web.request import keys, language, now, settings
from lms.web.surface import OpenSurface
from lms.web.words import _, day_text, hours_text

bp = OpenSurface("public", __name__)
Page = Response | str | tuple[str, int]


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(bp)


@bp.get("/")
def start() -> Page:
    """Say what this is, and show the three ways on."""
    return render_template("public/start.html", form=CodeForm())


@bp.get("/begin")
def code() -> Page:
    """Ask for the code."""
    return render_template("public/code.html", form=CodeForm())


@bp.post("/begin")
def enter_code() -> Page:
    """Look at the code; if it opens something, go on to the account."""
    form = CodeForm(request.form)
    if form.validate():
        address = request.remote_addr or ""
        found = try_code(db(), str(form.code.data), address=address, now=now())
        if not isinstance(found, BadInputError):
            session["code"] = str(found.code_id)
            return redirect(url_for(".new_account"), HTTPStatus.SEE_OTHER)
        form.code.errors = [_code_fault(found)]
    return render_template("public/code.html", form=form), HTTPStatus.UNPROCESSABLE_ENTITY


def _code_fault(fault: BadInputError) -> str:
    match fault:
        case CodeUsedError():
            return _("This code has been used. If it was you, log in. If not, tell the person "
                     "who gave it to you.")  # fmt: skip
        case CodeExpiredError():
            return _("This code is too old. Ask the person who gave it to you for a new one.")
        case _:
            return _("There is no such code. Compare it with the paper that you received.")


@bp.get("/begin/account")
def new_account() -> Page:
    """Ask for a login and a password."""
    if "code" not in session:
        return redirect(url_for(".code"), HTTPStatus.SEE_OTHER)
    return render_template("public/new_account.html", form=AccountForm(), minimum=MINIMUM_LENGTH)


@bp.post("/begin/account")
def make_account() -> Page:
    """Make account and enrolment, both or neither, and sign in."""
    if "code" not in session:
        return redirect(url_for(".code"), HTTPStatus.SEE_OTHER)
    form = AccountForm(request.form)
    if form.validate():
        try:
            signed = _redeem(form)
        except LoginTakenError:
            form.login.errors = [_("Somebody has this login. Choose another one.")]
        except LoginFormError:
            form.login.errors = [
                _("Use 3 to 64 letters without accents, numbers, dots or hyphens.")
            ]
        except PasswordFormError:
            form.password.errors = [
                _("Choose a longer or less common password: %(count)s characters or more, "
                  "not your login.", count=MINIMUM_LENGTH)
            ]  # fmt: skip
        except BadInputError as fault:
            form.form_errors = [_code_fault(fault)]
        else:
            current_app.extensions["virage_sign_in"](signed)
            return redirect(url_for("participant.notice"), HTTPStatus.SEE_OTHER)
    page = render_template("public/new_account.html", form=form, minimum=MINIMUM_LENGTH)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY


def _redeem(form: AccountForm) -> SignedIn:
    with db().begin_nested():
        return redeem_code(
            db(),
            uuid.UUID(session["code"]),
            (str(form.login.data), str(form.password.data)),
            language=language(),
            now=now(),
            today=today_in_programme(now()),
        )


@bp.get("/check")
def check() -> Page:
    """Ask for number and secret; a QR code has filled them in."""
    form = CheckForm(data={
        "number": request.args.get("n", "")[:40], "secret": request.args.get("s", "")[:60],
    })  # fmt: skip
    return render_template("public/check.html", form=form)


@bp.post("/check")
def check_result() -> Page:
    """Say valid or not valid: the same words for an unknown number and a wrong secret."""
    form = CheckForm(request.form)
    if not form.validate():
        return render_template("public/check.html", form=form), HTTPStatus.UNPROCESSABLE_ENTITY
    found = check_certificate(
        reader(), keys().certificate, str(form.number.data), str(form.secret.data)
    )
    return render_template(
        "public/check_result.html",
        certificate=found,
        title=in_language(found.title, language()) if found else "",
        day=day_text(found.completed_at) if found else "",
        hours=hours_text(found.minutes) if found else "",
    )


@bp.get("/help")
def help_lines() -> Page:
    """Show whom to call, day or night."""
    return render_template("public/help.html", lines=lines(), checked=day_text(CHECKED))


@bp.get("/privacy")
def privacy() -> Page:
    """Say who sees what, and one's rights."""
    return render_template("public/privacy.html")


@bp.get("/recorded")
def recorded() -> Page:
    """Say what is recorded, and until when."""
    return render_template("public/recorded.html")


@bp.get("/leaving")
def leaving() -> Page:
    """Explain the quick exit before it is needed, and what stays on the device."""
    return render_template("public/leaving.html")


@bp.get("/exit")
def leave() -> Response:
    """End the session and go to a page about the weather. Saved answers stay."""
    current_app.extensions["virage_leave"]()
    response = redirect(settings().exit_url, HTTPStatus.SEE_OTHER)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
