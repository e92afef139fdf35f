"""The testimony partner's pages: what is shown, what was agreed, and taking it back.

Nothing here tells of a participant: of all of them together there is one number, without a day.
"""

from http import HTTPStatus

from flask import Flask, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.journey.read import today_in_programme
from lms.kernel.errors import NotFoundError
from lms.publishing.consent_register import (
    Clerk,
    NothingChangesError,
    TermsError,
    change_terms,
    events_of,
    withdraw_testimony,
)
from lms.publishing.queries import course_ids
from lms.publishing.testimonies import ShownTestimony, shown_testimonies
from lms.reporting.testimony_views import count_views
from lms.web.consent_words import event_rows, kind_text, status_of, terms_rows
from lms.web.db import db
from lms.web.frame import NATIVE_NAMES
from lms.web.partner.forms import TermsForm, WithdrawalForm
from lms.web.partner.pages import gate_texts, testimony_row, text_parts
from lms.web.partner.surface import bp
from lms.web.request import LANGUAGES, actor, keys, language, now
from lms.web.words import _

Page = Response | str | tuple[str, int]


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(bp)


@bp.get("/partner")
def start() -> Page:
    """List the testimonies: what each is, what holds today, how often it was read."""
    today = today_in_programme(now())
    found = shown_testimonies(db(), today)
    rows = [testimony_row(db(), one, today) for one in found.values()]
    return render_template("partner/start.html", rows=rows)


@bp.get("/partner/testimonies/<testimony_id>")
def testimony(testimony_id: str) -> Page:
    """Show one: its text as participants see it, its consent, and what happened to it."""
    one = _find(testimony_id)
    return _testimony_page(one, _terms_form(one))


@bp.post("/partner/testimonies/<testimony_id>")
def change(testimony_id: str) -> Page:
    """Write down other terms: a renewal, or a narrowing."""
    _keep_place(testimony_id)
    one = _find(testimony_id)
    form = _terms_form(one)
    if one.agreed is None or one.agreed.is_withdrawn:
        return _testimony_page(one, form), HTTPStatus.CONFLICT
    if form.validate():
        terms = form.terms(one.agreed.terms.given)
        try:
            change_terms(db(), one.id, terms, _clerk(), reason=form.why)
        except NothingChangesError:
            form.until.errors = [_("This is what is agreed already: nothing changes.")]
        except TermsError:
            form.until.errors = [_("The last day is not before the first day.")]
        else:
            flash(_("The new terms hold from now on."), "success")
            return _to(one.id)
    return _testimony_page(one, form), HTTPStatus.UNPROCESSABLE_ENTITY


@bp.get("/partner/testimonies/<testimony_id>/withdraw")
def ask_withdrawal(testimony_id: str) -> Page:
    """Say what a withdrawal does, and ask once."""
    one = _original(testimony_id)
    return render_template("partner/withdraw.html", one=one, form=WithdrawalForm())


@bp.post("/partner/testimonies/<testimony_id>/withdraw")
def withdraw(testimony_id: str) -> Page:
    """Take it back: from the next page on it is nowhere."""
    _keep_place(testimony_id)
    one = _original(testimony_id)
    form = WithdrawalForm(request.form)
    if not form.validate():
        page = render_template("partner/withdraw.html", one=one, form=form)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    withdraw_testimony(db(), one.id, _clerk(), reason=form.why)
    flash(_("The testimony is taken back. It is not shown any more, anywhere."), "success")
    return _to(one.id)


def _find(testimony_id: str) -> ShownTestimony:
    found = shown_testimonies(db(), today_in_programme(now())).get(testimony_id)
    if found is None:
        raise NotFoundError("testimony")
    return found


def _original(testimony_id: str) -> ShownTestimony:
    one = _find(testimony_id)
    if one.agreed is None:
        raise NotFoundError("consent")
    return one


def _clerk() -> Clerk:
    person = actor()
    return Clerk(person.login, now(), actor=str(person.user_id), audit_key=keys().audit)


def _to(testimony_id: str) -> Response:
    return redirect(url_for(".testimony", testimony_id=testimony_id), HTTPStatus.SEE_OTHER)


def _terms_form(one: ShownTestimony) -> TermsForm:
    """Make the form, filled with what is agreed until something is sent."""
    terms = None if one.agreed is None else one.agreed.terms
    filled = (
        {}
        if terms is None
        else {
            "until": terms.until.isoformat(),
            "courses": sorted(terms.courses),
            "languages": sorted(terms.languages or LANGUAGES),
        }
    )
    form = TermsForm(request.form if request.method == "POST" else None, data=filled)
    courses = sorted({*course_ids(db()), *(terms.courses if terms else ())})
    form.offer([(name, name) for name in courses], list(NATIVE_NAMES.items()))
    return form


def _testimony_page(one: ShownTestimony, form: TermsForm) -> str:
    today = today_in_programme(now())
    return render_template(
        "partner/testimony.html",
        one=one,
        kind=kind_text(one.kind),
        status=status_of(one.agreed, today),
        terms=terms_rows(one.agreed) if one.agreed else [],
        may_change=one.agreed is not None and not one.agreed.is_withdrawn,
        views=count_views(db(), one.places),
        texts=text_parts(one),
        events=event_rows(db(), one.id),
        gates=gate_texts(events_of(db(), one.id)),
        form=form,
    )


def _keep_place(testimony_id: str) -> None:
    """Let the link to the other language lead to the page that this answer stands on."""
    other = next(one for one in LANGUAGES if one != language())
    g.place_url = url_for(".testimony", lang=other, testimony_id=testimony_id)
