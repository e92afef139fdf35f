"""Who works at an agency: accounts of their own, with a first password that is shown once."""

import secrets
import uuid
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.accounts.service import disable_user, make_user
from lms.agencies.queries import agency_of
from lms.agencies.service import add_member
from lms.kernel.audit import Act, append_audit
from lms.kernel.errors import NotFoundError
from lms.kernel.ids import DIGITS
from lms.web.coordinator.agency_page import MemberForm, agency_page
from lms.web.coordinator.base import attempted, keep_place, the_agency
from lms.web.coordinator.fields import one_line
from lms.web.coordinator.surface import bp
from lms.web.db import db
from lms.web.request import actor, keys, now
from lms.web.words import _

Page = Response | str | tuple[str, int]
_GROUPS, _SIGNS = 4, 4  # of a first password: 16 signs, 80 bits


@bp.post("/coordinator/agencies/<uuid:agency_id>/members")
def make_member(agency_id: uuid.UUID) -> Page:
    """Make an account of the agency's and show its first password, in this answer alone."""
    keep_place(".agency", agency_id=agency_id)
    agency, form = the_agency(agency_id), MemberForm(request.form)
    if not form.validate():
        return agency_page(agency, member=form), HTTPStatus.UNPROCESSABLE_ENTITY
    password = first_password()
    made: list[User] = []

    def make() -> None:
        user = make_user(
            db(),
            one_line(form.login),
            password,
            role=Role.AGENCY,
            language=agency.language,
            now=now(),
        )
        add_member(db(), agency.id, user, bool(form.lead.data))
        made.append(user)
        _audit("make-member", user.id, agency.id)

    status = attempted(form, make)
    if form.form_errors:
        return agency_page(agency, member=form), status
    return render_template(
        "coordinator/member.html", agency=agency, login=made[0].login, password=password
    )


@bp.post("/coordinator/agencies/<uuid:agency_id>/members/change")
def change_member(agency_id: uuid.UUID) -> Page:
    """Let somebody see all files or his own, or close his account."""
    user = _member(agency_id, request.form.get("member", ""))
    match request.form.get("act", ""):
        case "lead" | "member" as word:
            add_member(db(), agency_id, user, word == "lead")
            _audit(f"member-{word}", user.id, agency_id)
            flash(_("Saved."), "success")
        case "disable":
            disable_user(db(), user.login, now=now())
            _audit("disable-member", user.id, agency_id)
            flash(_("The account is closed, and whoever used it is logged out."), "success")
        case _:
            flash(_("Choose one of those shown."), "error")
    return redirect(url_for(".agency", agency_id=agency_id), HTTPStatus.SEE_OTHER)


def first_password() -> str:
    """Give a fresh password that can be read out on the telephone."""
    parts = ("".join(secrets.choice(DIGITS) for _sign in range(_SIGNS)) for _part in range(_GROUPS))
    return "-".join(parts).lower()


def _member(agency_id: uuid.UUID, typed: str) -> User:
    try:
        known = agency_of(db(), uuid.UUID(typed))
    except ValueError:
        known = None
    if known is None or known.agency_id != the_agency(agency_id).id:
        raise NotFoundError("member")
    return db().get_one(User, known.user_id)


def _audit(act: str, user_id: uuid.UUID, agency_id: uuid.UUID) -> None:
    after = {"agency": str(agency_id)}
    what = Act(str(actor().user_id), act, f"account:{user_id}", after=after)
    append_audit(db(), keys().audit, what, now=now())
