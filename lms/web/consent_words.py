"""Consent in words, for those who keep it and for authors: what holds, what happened."""

from dataclasses import dataclass
from datetime import date
from typing import assert_never

from flask_babel import format_datetime
from sqlalchemy.orm import Session

from lms.publishing.consent import Agreed, ConsentAct
from lms.publishing.consent_register import agreed_from, events_of
from lms.publishing.models import TestimonyEvent
from lms.web.frame import NATIVE_NAMES
from lms.web.request import LANGUAGES
from lms.web.words import _, day_text


@dataclass(frozen=True, slots=True)
class Status:
    """What holds today: in words, and how a tag shows it."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """One act: when, which, by whom, what held from then on, and why."""

    at: str
    act: str
    by: str
    terms: str
    reason: str


def kind_text(kind: str) -> str:
    """Say what a testimony is."""
    return {
        "composite": _("Composite account"),
        "paraphrase": _("Published account, retold"),
        "original": _("Original testimony"),
        "summary": _("Factual summary"),
    }.get(kind, kind)


def status_of(agreed: Agreed | None, today: date) -> Status:
    """Say what holds today."""
    if agreed is None:
        return Status(_("Needs no consent"), "neutral")
    if agreed.is_withdrawn:
        return Status(_("Withdrawn"), "neutral")
    if today > agreed.terms.until:
        return Status(_("Ended"), "neutral")
    if today < agreed.terms.given:
        return Status(_("Not begun"), "neutral")
    return Status(_("In force"), "good")


def act_text(act: ConsentAct) -> str:
    """Say what happened."""
    match act:
        case ConsentAct.GIVEN:
            return _("Consent given")
        case ConsentAct.RENEWED:
            return _("Consent renewed")
        case ConsentAct.NARROWED:
            return _("Consent narrowed")
        case ConsentAct.WITHDRAWN:
            return _("Consent withdrawn")
        case _:
            assert_never(act)


def terms_rows(agreed: Agreed) -> list[dict[str, str]]:
    """Give the terms, line by line."""
    terms = agreed.terms
    return [
        {"key": _("First day"), "value": day_text(terms.given)},
        {"key": _("Last day"), "value": day_text(terms.until)},
        {"key": _("Courses"), "value": ", ".join(sorted(terms.courses))},
        {"key": _("Languages"), "value": _languages(terms.languages)},
    ]


def _languages(languages: frozenset[str]) -> str:
    return ", ".join(NATIVE_NAMES.get(one, one) for one in sorted(languages or LANGUAGES))


def event_rows(db: Session, testimony_id: str) -> list[EventRow]:
    """Give what happened to a testimony, the last act first."""
    return [_event_row(event) for event in reversed(events_of(db, testimony_id))]


def _event_row(event: TestimonyEvent) -> EventRow:
    agreed = agreed_from(event)
    terms = _("%(given)s to %(until)s; %(courses)s; %(languages)s",
              given=day_text(agreed.terms.given), until=day_text(agreed.terms.until),
              courses=", ".join(sorted(agreed.terms.courses)),
              languages=_languages(agreed.terms.languages))  # fmt: skip
    return EventRow(
        at=str(format_datetime(event.at, "medium")),
        act=act_text(agreed.act),
        by=_("Published files, by %(login)s", login=event.by) if agreed.from_files else event.by,
        terms="" if agreed.is_withdrawn else terms,
        reason=event.reason,
    )
