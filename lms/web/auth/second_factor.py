"""The second factor on one's own account: make a key, confirm it, get recovery codes."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

import segno
from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.accounts.models import User
from lms.accounts.second_factor import (
    Factor,
    confirm,
    factor_of,
    is_needed,
    is_offered,
    make_key,
    renew_recovery_codes,
)
from lms.accounts.service import count_try, end_all_sessions, forget_tries, open_session
from lms.kernel.errors import NotFoundError
from lms.web.auth.forms import CodeForm
from lms.web.auth.identity import device_of, sign_in_browser
from lms.web.auth.surface import bp
from lms.web.db import db, reader, write_apart
from lms.web.request import LANGUAGES, actor, keys, language, now
from lms.web.words import _, day_text

Page = Response | str | tuple[str, int]
MARGIN = 4  # of a QR code, in its own squares (ISO/IEC 18004, section 5.3.8)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A QR code as one path of an SVG: a line for each run of dark squares."""

    size: int
    path: str


@bp.get("/account/second-factor")
def second_factor() -> Page:
    """Show where one's second factor stands, and the key as long as it waits."""
    return _page(_factor(), CodeForm())


@bp.post("/account/second-factor/key")
def make_factor_key() -> Page:
    """Make a key, or another in the place of one that waits."""
    _offered_or_not_found()
    make_key(db(), actor().user_id, field_key=keys().field)
    return redirect(url_for(".second_factor"), HTTPStatus.SEE_OTHER)


@bp.post("/account/second-factor")
def confirm_factor() -> Page:
    """Turn it on with a first code; every other session ends, this one begins anew."""
    _keep_place()
    _offered_or_not_found()
    form, person = CodeForm(request.form), actor()
    codes = confirm(
        db(), person.user_id, str(form.code.data or ""), field_key=keys().field, now=now()
    )
    if codes is None:
        form.validate()
        form.code.errors = form.code.errors or [_wrong()]
        return _page(_factor(), form), HTTPStatus.UNPROCESSABLE_ENTITY
    end_all_sessions(db(), person.user_id, now=now())
    sign_in_browser(open_session(db(), db().get_one(User, person.user_id), now=now()))
    return render_template("auth/recovery_codes.html", codes=codes)


@bp.post("/account/second-factor/codes")
def renew_codes() -> Page:
    """Make ten new recovery codes; a code is asked for, and counts as a try at sign-in does."""
    _keep_place()
    _offered_or_not_found()
    form, person = CodeForm(request.form), actor()
    if form.validate():
        device = device_of(person.login)
        write_apart(lambda apart: count_try(apart, person.login, device=device, now=now()))
        typed = str(form.code.data)
        codes = renew_recovery_codes(db(), person.user_id, typed, field_key=keys().field, now=now())
        if codes is not None:
            forget_tries(db(), person.login, device=device)
            return render_template("auth/recovery_codes.html", codes=codes)
        form.code.errors = [_wrong()]
    return _page(_factor(), form), HTTPStatus.UNPROCESSABLE_ENTITY


def draw(text: str) -> Drawing:
    """Draw a text as a QR code, with its margin."""
    rows = [list(row) for row in segno.make(text, error="m").matrix_iter(border=MARGIN)]
    lines = (f"M{x} {y + 0.5}h{length}" for y, row in enumerate(rows) for x, length in _runs(row))
    return Drawing(len(rows), "".join(lines))


def _runs(row: list[int]) -> Iterator[tuple[int, int]]:
    """Give where each run of dark squares begins, and how long it is."""
    begun: int | None = None
    for at, dark in enumerate([*row, 0]):
        if dark and begun is None:
            begun = at
        elif not dark and begun is not None:
            yield begun, at - begun
            begun = None


def _offered_or_not_found() -> None:
    if not is_offered(actor().role):
        raise NotFoundError("second factor")


def _factor() -> Factor:
    _offered_or_not_found()
    return factor_of(reader(), actor().user_id, field_key=keys().field)


def _wrong() -> str:
    return _("This code does not open. Wait for the next one of the app.")


def _page(factor: Factor, form: CodeForm) -> str:
    return render_template(
        "auth/second_factor.html",
        factor=factor,
        since=day_text(factor.since),
        drawing=draw(factor.waiting.address) if factor.waiting else None,
        is_needed=is_needed(actor().role),
        form=form,
    )


def _keep_place() -> None:
    """Let the link to the other language lead to the page that this answer stands on."""
    other = next(one for one in LANGUAGES if one != language())
    g.place_url = url_for(".second_factor", lang=other)
