"""The page of one file: where it stands, what was done, and the forms of what can be done now.

What a coordinator must not see is not asked for here: no answer, no score, no ground.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, url_for
from flask_babel import format_datetime
from wtforms import RadioField, SelectField, StringField, TextAreaField

from lms.accounts.models import User
from lms.agencies.models import Agency
from lms.enrolment.models import Cohort, Enrolment, EnrolmentCode
from lms.referrals.fees import FeeState
from lms.referrals.models import Referral, ReferralEvent
from lms.referrals.queries import events_of
from lms.referrals.states import BEFORE_ENROLMENT, OPEN, Act, Party, State, can
from lms.referrals.steps import LONGEST_REASON
from lms.web.coordinator.fields import is_day, is_offered, offer, seen_once, with_blank
from lms.web.coordinator.file_words import (
    act_text,
    fee_text,
    language_text,
    office_text,
    outcome_text,
    since_text,
    source_text,
    state_text,
)
from lms.web.coordinator.files import cohort_choices
from lms.web.db import db
from lms.web.form import AtMost, BaseForm, Required
from lms.web.request import now, settings
from lms.web.view_log import note_view
from lms.web.words import _, day_text, lazy


def _reason() -> TextAreaField:
    needed = Required(lambda: _("Say why."))
    return TextAreaField(lazy("Reason"), [needed, AtMost(LONGEST_REASON), seen_once])


class FeeForm(BaseForm):
    """How the fee stands; a receipt number where it is paid, never an amount or a card."""

    fee = RadioField(
        lazy("Fee"), [Required(lambda: _("Choose how the fee stands.")), is_offered],
        validate_choice=False,
    )  # fmt: skip
    receipt = StringField(lazy("Receipt number, if it is paid"), [AtMost(40), seen_once])


class DeadlineForm(BaseForm):
    """Another last day, and why."""

    day = StringField(
        lazy("New last day"), [Required(lambda: _("Enter the new last day.")), is_day]
    )
    reason = _reason()


class GroupChoiceForm(BaseForm):
    """Which group."""

    cohort = SelectField(
        lazy("Group"), [Required(lambda: _("Choose a group.")), is_offered], validate_choice=False
    )


class LetterForm(BaseForm):
    """Whom the reader of a letter can call, and in which language it is written."""

    contact = StringField(
        lazy("Whom to call, as printed on the letter"),
        [Required(lambda: _("Enter a telephone number.")), AtMost(120), seen_once],
    )
    in_language = RadioField(lazy("Language of the letter"), [is_offered], validate_choice=False)


class AgainForm(LetterForm):
    """A letter in place of another, and why."""

    reason = _reason()


class CancelForm(BaseForm):
    """Why a file is cancelled: the wrong person, an error."""

    reason = _reason()


@dataclass(slots=True)
class Forms:
    """The forms of the page; the one that was refused is put in place of its empty twin."""

    fee: FeeForm
    deadline: DeadlineForm
    group: GroupChoiceForm
    letter: LetterForm
    again: AgainForm
    cancel: CancelForm

    def faulty(self) -> BaseForm:
        """Give the form that was refused, or any other."""
        every = (self.fee, self.deadline, self.group, self.letter, self.again, self.cancel)
        return next((form for form in every if form.errors), self.fee)


def file_forms(sent: Any = None, name: str = "") -> Forms:  # noqa: ANN401 - request.form, or None
    """Give the forms of a file's page, the named one filled from what was sent."""
    makers: dict[str, Callable[..., BaseForm]] = {
        "fee": FeeForm,
        "deadline": DeadlineForm,
        "group": GroupChoiceForm,
        "letter": LetterForm,
        "again": AgainForm,
        "cancel": CancelForm,
    }
    plain = {"contact": settings().contact, "in_language": "own"}
    made: dict[str, Any] = {
        key: make(sent, prefix=key) if key == name else make(data=plain, prefix=key)
        for key, make in makers.items()
    }
    offer(made["fee"].fee, [("due", _("To be paid")), ("paid", _("Paid")), ("waived", _("Waived"))])
    offer(made["group"].cohort, with_blank(cohort_choices()))
    for form in (made["letter"], made["again"]):
        offer(form.in_language, letter_languages())
    return Forms(**made)


def letter_languages() -> list[tuple[str, str]]:
    """Give the languages that a letter can be written in."""
    return [("own", _("That of the file")), ("fr", _("French")), ("en", _("English"))]


def file_page(file: Referral, forms: Forms | None = None) -> str:
    """Draw the page of a file, and note that it was looked at."""
    note_view("referral", file.id, "file")
    forms = forms or file_forms()
    state = State(file.state)
    text, _kind = state_text(state)
    return render_template(
        "coordinator/file.html",
        file=file,
        state=since_text(text, file.state_since),
        facts=_facts(file),
        eligibility=_eligibility(file),
        events=[_event_line(one) for one in reversed(events_of(db(), file.id))],
        forms_of=forms,
        faulty=forms.faulty(),
        can=_offers(file, state),
        identity_url=url_for(".identity", referral_id=file.id) if settings().identity else "",
    )


def _facts(file: Referral) -> list[dict[str, str]]:
    agency = db().get_one(Agency, file.agency_id)
    cohort = db().get(Cohort, file.cohort_id) if file.cohort_id else None
    person = db().get(Enrolment, file.enrolment_id) if file.enrolment_id else None
    facts = [
        (_("Agency"), agency.name),
        (_("Language"), language_text(file.language)),
        (_("Last day to finish"), day_text(file.deadline)),
        (_("Fee"), fee_text(file.fee_state, file.fee_receipt)),
        (_("Group"), cohort.name if cohort else _("None")),
        (_("Code"), _code_text(file)),
        (_("Pseudonym"), person.pseudonym if person else _("Not enrolled yet")),
        (_("Arrangement"), _("yes") if file.arrangement else _("no")),
        (_("What the agency is told"), outcome_text(file.outcome, file.outcome_on) or _("Nothing")),
    ]
    return [{"key": key, "value": value} for key, value in facts]


def _eligibility(file: Referral) -> str:
    return _("Eligible: decided by %(office)s on %(day)s. Received %(source)s on %(taken)s.",
             office=office_text(file.decided_by), day=day_text(file.decided_on),
             source=source_text(file.source), taken=day_text(file.referred_at))  # fmt: skip


def _code_text(file: Referral) -> str:
    code = db().get(EnrolmentCode, file.code_id) if file.code_id else None
    if code is None:
        return _("Not issued yet")
    if code.redeemed_at is not None:
        return _("Used on %(day)s", day=day_text(code.redeemed_at))
    if code.expires_at <= now():
        return _("Over since %(day)s", day=day_text(code.expires_at))
    return _("Can be used until %(day)s", day=day_text(code.expires_at))


def _offers(file: Referral, state: State) -> dict[str, bool]:
    """Say which forms the page shows: what the table of states lets a coordinator do now."""
    is_open = state in OPEN
    has_group = file.cohort_id is not None
    code = db().get(EnrolmentCode, file.code_id) if file.code_id else None
    stands = code is not None and code.redeemed_at is None and code.expires_at > now()
    again = can(state, Act.REISSUE, Party.COORDINATOR) and has_group and file.code_id is not None
    return {
        "fee": is_open,
        "deadline": is_open or state is State.SUSPENDED,
        "group": state in BEFORE_ENROLMENT,
        "letter": state is State.READY and has_group and not stands,
        "again": again,
        "cancel": can(state, Act.CANCEL, Party.COORDINATOR),
        "arrangement": is_open or state is State.SUSPENDED,
    }


def _event_line(event: ReferralEvent) -> dict[str, str]:
    return {
        "at": _in_two_lines(str(format_datetime(event.at, _("d MMM y, HH:mm")))),
        "act": act_text(event.act),
        "detail": _detail(event),
        "reason": event.reason,
        "by": _who(event.by),
    }


def _in_two_lines(moment: str) -> str:
    """Let a narrow column break between the day and the time alone."""
    return moment.replace(" ", "\u00a0").replace(",\u00a0", ", ")


def _detail(event: ReferralEvent) -> str:
    """Say what changed, in words; ids are for the audit chain, not for a page."""
    change = event.detail.get("deadline")
    if change:
        return _("From %(before)s to %(after)s",
                 before=_iso_day(change[0]), after=_iso_day(change[1]))  # fmt: skip
    fee = event.detail.get("fee")
    return fee_text(fee[1], None) if fee and fee[1] != FeeState.PAID else ""


def _iso_day(text: str) -> str:
    return day_text(date.fromisoformat(text))


def _who(by: str) -> str:
    words = {"site": _("The site"), "agency": _("The agency")}
    if by in words:
        return words[by]
    user = db().get(User, uuid.UUID(by))
    return user.login if user else _("A closed account")
