"""The page of one agency; the forms on it are sent to different addresses."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import render_template
from wtforms import StringField
from wtforms.validators import ValidationError

from lms.agencies.models import Agency, Agreement
from lms.agencies.queries import agreement_in_force, agreements_of, members_of
from lms.exchange.deliver import may_be_sent_to
from lms.web.coordinator.base import today
from lms.web.coordinator.fields import StrictTick, one_line, seen_once
from lms.web.db import db
from lms.web.form import AtMost, BaseForm, Required
from lms.web.words import _, day_text, lazy

LONGEST_ADDRESS = 300
LONGEST_LOGIN = 64
_NAME = re.compile(r"(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*\.?")


class WebhookForm(BaseForm):
    """Where signed messages are sent by themselves."""

    webhook = StringField(lazy("Address of the webhook"), [AtMost(LONGEST_ADDRESS), seen_once])

    def validate_webhook(self, field: StringField) -> None:
        """Take an https address of a named machine, without a password in it."""
        text = one_line(field)
        is_fit = may_be_sent_to(text, loopback=False) and _is_named(urlsplit(text).hostname or "")
        if text and not is_fit:
            raise ValidationError(
                _("Enter an address that begins with https:// and holds no password.")
            )  # fmt: skip


class MemberForm(BaseForm):
    """Somebody who works at the agency."""

    login = StringField(
        lazy("Login"), [Required(lambda: _("Enter a login.")), AtMost(LONGEST_LOGIN), seen_once]
    )
    lead = StrictTick(lazy("Sees all files of the agency, not only those that she or he referred"))


def _is_named(host: str) -> bool:
    """Whether a host has a full name: a number, in whatever notation, may be a machine of ours."""
    return _NAME.fullmatch(host) is not None and not host.rstrip(".").endswith(".localhost")


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """One written agreement, by what it names."""

    id: str
    period: str
    status: str
    kind: str
    can_end: bool
    parts: list[dict[str, str]]


def agency_page(
    agency: Agency, *, webhook: WebhookForm | None = None, member: MemberForm | None = None
) -> str:
    """Draw the page, with the form that was refused as it was filled in."""
    in_force = agreement_in_force(db(), agency.id, today())
    member = member or MemberForm()
    webhook = webhook or WebhookForm(data={"webhook": agency.webhook_url or ""})
    return render_template(
        "coordinator/agency.html",
        agency=agency,
        in_force=in_force is not None,
        agreements=[_agreement_row(one) for one in agreements_of(db(), agency.id)],
        members=_member_rows(agency),
        webhook=webhook,
        member=member,
        faulty=next((form for form in (webhook, member) if form.errors), webhook),
        language_name={"fr": _("French"), "en": _("English")}.get(agency.language, ""),
    )


def agreement_labels() -> dict[str, str]:
    """Name the six things that an agreement says."""
    return {
        "purpose": _("Purpose of the exchange"),
        "nature": _("Nature of the information"),
        "method": _("Method of the exchange"),
        "security": _("Security measures"),
        "frequency": _("Frequency"),
        "duration": _("Duration"),
    }


def _agreement_row(one: Agreement) -> AgreementRow:
    day = today()
    last = min(one.in_force_until, one.ended_on or one.in_force_until)
    ended = one.ended_on is not None and one.ended_on <= day
    if ended or one.in_force_until < day:
        status, kind = _("Over"), "neutral"
    elif one.in_force_from > day:
        status, kind = _("Not in force yet"), "wait"
    else:
        status, kind = _("In force"), "good"
    period = _("From %(first)s to %(last)s",
               first=day_text(one.in_force_from), last=day_text(last))  # fmt: skip
    return AgreementRow(
        id=str(one.id),
        period=period,
        status=status,
        kind=kind,
        can_end=one.ended_on is None and one.in_force_until >= day,
        parts=[
            {"key": label, "value": str(getattr(one, name))}
            for name, label in agreement_labels().items()
        ],
    )


def _member_rows(agency: Agency) -> list[dict[str, Any]]:
    return [
        {
            "id": str(user.id),
            "login": user.login,
            "sees": _("All files of the agency") if member.is_lead else _("Own referrals"),
            "is_lead": member.is_lead,
            "is_open": user.disabled_at is None,
            "status": _("Open") if user.disabled_at is None else _("Closed"),
        }
        for user, member in members_of(db(), agency.id)
    ]
