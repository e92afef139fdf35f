"""My file: where it stands, what was told about it, what he leaves of himself, and the way out."""

from http import HTTPStatus

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import StringField

from lms.completion.queries import Completion, completion_of, is_completed
from lms.enrolment.address import address_of, leave_address, remove_address
from lms.enrolment.first_name import (
    LONGEST_FIRST_NAME,
    FirstNameError,
    first_name_of,
    leave_first_name,
    remove_first_name,
)
from lms.enrolment.models import Enrolment
from lms.exchange.queries import sent_about
from lms.journey.actor import Standing
from lms.journey.files import NothingToLeaveError, certificate_may_be_issued
from lms.journey.files import withdraw as leave_course
from lms.notices.mail import LONGEST_ADDRESS, AddressError
from lms.referrals.models import Referral
from lms.referrals.queries import referral_of
from lms.referrals.states import Act, Party, State, can
from lms.web.db import db
from lms.web.form import AtMost, BaseForm
from lms.web.participant.file_words import (
    fee_text,
    leaving_lines,
    sent_rows,
    standpoint,
    waiting_lines,
)
from lms.web.participant.guard import bp, stays_open
from lms.web.request import LANGUAGES, keys, language, learner, now, settings
from lms.web.words import _, day_text, lazy

Page = Response | str | tuple[str, int]
REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


class FirstNameForm(BaseForm):
    """A first name; empty takes it away."""

    first_name = StringField(lazy("First name"), [AtMost(LONGEST_FIRST_NAME)])


class AddressForm(BaseForm):
    """An address of mail; empty takes it away."""

    address = StringField(lazy("E-mail address"), [AtMost(LONGEST_ADDRESS)])


@bp.get("/my-file")
@stays_open
def my_file() -> Page:
    """Show where the file stands, what the agency was told, and what he left of himself."""
    return _my_file(*_kept())


@bp.post("/my-file/first-name")
@stays_open
def keep_first_name() -> Page:
    """Keep a first name for the live session, or forget it."""
    form, address = FirstNameForm(request.form), _kept()[1]
    if not form.validate():
        return _refused(form, address)
    typed = str(form.first_name.data or "").strip()
    if not typed:
        remove_first_name(db(), learner().enrolment_id)
        flash(_("Your first name is no longer kept."), "success")
        return _back()
    try:
        leave_first_name(db(), learner().enrolment_id, typed, keys())
    except FirstNameError:
        form.first_name.errors = [_("Write a first name without hidden characters.")]
        return _refused(form, address)
    flash(_("Your first name is kept."), "success")
    return _back()


@bp.post("/my-file/address")
@stays_open
def keep_address() -> Page:
    """Keep an address for reminders, or forget it and what waits to be sent to it."""
    form, name = AddressForm(request.form), _kept()[0]
    if not form.validate():
        return _refused(name, form)
    typed = str(form.address.data or "").strip()
    if not typed:
        remove_address(db(), learner().enrolment_id)
        flash(_("Your e-mail address is no longer kept."), "success")
        return _back()
    try:
        leave_address(db(), learner().enrolment_id, typed, keys())
    except AddressError:
        form.address.errors = [_("Enter an e-mail address, as in name@example.org.")]
        return _refused(name, form)
    flash(_("Your e-mail address is kept."), "success")
    return _back()


@bp.get("/my-file/stop")
@stays_open
def withdrawal() -> Page:
    """Explain what happens when he stops, and ask once."""
    if not _may_leave(_referral()):
        return _back()
    return _withdrawal()


@bp.post("/my-file/stop")
@stays_open
def withdraw() -> Page:
    """Let him stop, once he has ticked that he knows what follows."""
    if request.form.getlist("stop") != ["yes"]:
        g.place_url = _other_url("participant.withdrawal")
        return _withdrawal(has_error=True), REFUSED
    try:
        leave_course(
            db(),
            learner().enrolment_id,
            keys=keys(),
            settings_review=settings().completion_review,
            now=now(),
        )
    except NothingToLeaveError:
        flash(_("Nothing was changed: there is nothing to stop any more."), "notice")
        return _back()
    flash(_("You have stopped the training."), "success")
    return _back()


def lines_of_waiting(completion: Completion | None) -> tuple[str, ...]:
    """Say that a result is looked over first, where that is so; for the course page too."""
    if completion is None or completion.is_issued or completion.is_revoked:
        return ()
    is_final = certificate_may_be_issued(db(), learner().enrolment_id)
    return () if is_final else waiting_lines()


def _back() -> Response:
    return redirect(url_for("participant.my_file"), HTTPStatus.SEE_OTHER)


def _referral() -> Referral | None:
    return referral_of(db(), learner().enrolment_id)


def _may_leave(referral: Referral | None) -> bool:
    if referral is not None:
        return can(State(referral.state), Act.WITHDRAW, Party.PERSON)
    is_open = learner().standing in {Standing.OPEN, Standing.SUSPENDED}
    return is_open and not is_completed(db(), learner().enrolment_id)


def _kept() -> tuple[FirstNameForm, AddressForm]:
    """Give the two forms with what is kept, opened with his own key."""
    person = db().get_one(Enrolment, learner().enrolment_id)
    name = first_name_of(person.id, person.first_name, keys())
    address = address_of(person.id, person.address, keys())
    return FirstNameForm(data={"first_name": name}), AddressForm(data={"address": address})


def _refused(name: FirstNameForm, address: AddressForm) -> tuple[str, int]:
    g.place_url = _other_url("participant.my_file")
    return _my_file(name, address), REFUSED


def _other_url(endpoint: str) -> str:
    """Give the address in the other language of the page that this answer stands on."""
    return url_for(endpoint, lang=next(one for one in LANGUAGES if one != language()))


def _my_file(name: FirstNameForm, address: AddressForm) -> str:
    referral = _referral()
    person = learner()
    sent = () if referral is None else sent_about(db(), referral.id)
    return render_template(
        "participant/my_file.html",
        here=standpoint(person, referral, completion_of(db(), person.enrolment_id)),
        deadline=day_text(person.deadline),
        fee=fee_text(referral) if referral else "",
        is_referred=referral is not None,
        sent=sent_rows(sent),
        contact=settings().contact,
        pseudonym=person.pseudonym,
        may_leave=_may_leave(referral),
        name=name,
        address=address,
    )


def _withdrawal(*, has_error: bool = False) -> str:
    return render_template(
        "participant/withdrawal.html", lines=leaving_lines(_referral()), has_error=has_error
    )
