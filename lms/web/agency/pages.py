"""What the agency's templates show: the words for five fields, and the pages of a list."""

from dataclasses import dataclass

from flask import url_for

from lms.agencies.status_view import CodeState, MessageRow, StatusRow, StatusWord
from lms.web.words import _, day_text

MOST_ROWS = 50  # on one page
OPEN = frozenset({StatusWord.REFERRED, StatusWord.ENROLLED, StatusWord.IN_PROGRESS})


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file: its page, and its five fields in words."""

    url: str
    reference: str
    status: str
    kind: str
    status_on: str
    deadline: str
    code: str


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One message about a file."""

    number: int
    way: str
    kind: str
    on: str


def file_line(row: StatusRow) -> FileLine:
    """Give the five fields of a file in words."""
    status, kind = _status(row.status)
    return FileLine(
        url=url_for("agency.referral", referral_id=row.referral_id),
        reference=row.reference,
        status=status,
        kind=kind,
        status_on=day_text(row.status_on),
        deadline=day_text(row.deadline),
        code=_code(row.code_state),
    )


def message_line(row: MessageRow) -> MessageLine:
    """Give one message in words."""
    way = _("From you") if row.direction == "in" else _("To you")
    return MessageLine(row.number, way, _message(row.kind), day_text(row.at))


def _status(status: StatusWord) -> tuple[str, str]:
    """Give the word and the kind of its tag; nothing about anybody is a fault."""
    words = {
        StatusWord.REFERRED: (_("Referred"), "neutral"),
        StatusWord.ENROLLED: (_("Has enrolled"), "busy"),
        StatusWord.IN_PROGRESS: (_("Under way"), "busy"),
        StatusWord.COMPLETED: (_("Completed"), "good"),
        StatusWord.NOT_COMPLETED: (_("Not completed"), "neutral"),
        StatusWord.WITHDRAWN: (_("The person withdrew"), "neutral"),
        StatusWord.RETURNED: (_("Returned to the prosecutor"), "neutral"),
        StatusWord.SUSPENDED: (_("Suspended"), "wait"),
        StatusWord.CANCELLED: (_("Cancelled"), "neutral"),
        StatusWord.REPORTED: (_("Completed"), "good"),
        StatusWord.CLOSED: (_("File closed"), "neutral"),
    }
    return words[status]


def _code(state: CodeState) -> str:
    words = {
        CodeState.NONE: _("No code yet"),
        CodeState.ISSUED: _("Code issued"),
        CodeState.USED: _("Code used"),
        CodeState.EXPIRED: _("Code expired"),
    }
    return words[state]


def _message(kind: str) -> str:
    words = {
        "status": _("Status"),
        "referral": _("Referral"),
        "cancel": _("Cancellation"),
        "suspend": _("Suspension"),
        "resume": _("Resumption"),
        "deadline": _("Last day"),
        "follow_up": _("Follow-up"),
    }
    return words.get(kind, _("Message"))
