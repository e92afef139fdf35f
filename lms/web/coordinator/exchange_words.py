"""The exchange in words: kinds of messages, what became of one, and why one was not taken."""

from datetime import date, datetime
from typing import assert_never

from flask_babel import format_date, format_datetime

from lms.exchange.faults import Fault
from lms.exchange.lines import Became, LineReport
from lms.exchange.message import Kind
from lms.web.words import _


def kind_text(kind: str) -> str:
    """Name a kind of message."""
    words: dict[str, str] = {
        Kind.STATUS: _("Status"),
        Kind.REFERRAL: _("Referral"),
        Kind.CANCEL: _("Cancellation"),
        Kind.SUSPEND: _("Suspension"),
        Kind.RESUME: _("Resumption"),
        Kind.DEADLINE: _("New last day"),
        Kind.FOLLOW_UP: _("Follow-up"),
    }
    return words.get(kind, "")


def direction_text(direction: str) -> str:
    """Say which way a message went."""
    return _("To the agency") if direction == "out" else _("From the agency")


def became_text(became: Became) -> tuple[str, str]:
    """Say what became of a line, and the kind of its tag."""
    match became:
        case Became.TAKEN:
            return _("Taken"), "good"
        case Became.KNOWN:
            return _("Taken before"), "neutral"
        case Became.REFUSED:
            return _("Not taken"), "wait"
        case _:
            assert_never(became)


def report_text(report: LineReport) -> str:
    """Say why a line was not taken and what to do; empty where it was."""
    if report.fault is None:
        return ""
    if report.expected is not None:
        return _("The next message must have the number %(number)s.", number=report.expected)
    return _fault_texts()[report.fault]


def _fault_texts() -> dict[Fault, str]:
    return {
        Fault.FORM: _("It does not have the agreed form. The agency must write it anew."),
        Fault.SIGNATURE: _("It is not signed with a key of this agency, or was changed since."),
        Fault.AGENCY: _("It names another agency. Choose the page of that agency."),
        Fault.AGREEMENT: _("No written agreement with this agency is in force."),
        Fault.NUMBER_USED: _("Another message came under this number. Ask the agency."),
        Fault.NUMBER_GAP: _("A message before this one is not there."),
        Fault.REFERENCE_USED: _("This agency has used this reference before."),
        Fault.NO_FILE: _("This agency has no file with this reference."),
        Fault.DEADLINE: _("The last day must be from today to one year after the referral."),
        Fault.STATE: _("This is not possible as the file stands now."),
        Fault.CONTENT: _("What it says is not possible. Ask the agency."),
    }


def delivery_text(fault: str) -> str:
    """Say why a message did not arrive."""
    known = {
        "timeout": _("The agency’s server did not answer in time."),
        "unreachable": _("The agency’s server could not be reached."),
        "certificate": _("The certificate of the agency’s server is not valid."),
        "not-https": _("The address does not begin with https://."),
        "no-address": _("The agency has no address any more."),
        "no-agreement": _("No written agreement with this agency is in force."),
    }
    if fault in known:
        return known[fault]
    return _("The agency’s server answered: %(status)s.", status=fault.removeprefix("status-"))


def month_text(month: date) -> str:
    """Write a month with its year."""
    return str(format_date(month, "LLLL y"))


def at_text(moment: datetime) -> str:
    """Write a moment with its year: messages are kept for years."""
    return str(format_datetime(moment, _("d MMMM y, HH:mm")))
