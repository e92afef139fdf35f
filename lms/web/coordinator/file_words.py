"""Files in words: where one stands, what waits, what happened. Neutral: nobody has failed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lms.referrals.listing import Order, Waiting
from lms.referrals.states import Outcome, State
from lms.web.words import _, day_text

NEUTRAL, BUSY, GOOD, WAIT = "neutral", "busy", "good", "wait"


def state_text(state: State) -> tuple[str, str]:
    """Say where a file stands; gives the words and the kind of their tag."""
    return _before_enrolment().get(state) or _from_enrolment()[state]


def state_choices() -> list[tuple[str, str]]:
    """Give the states that a list can be narrowed to."""
    return [(str(one), state_text(one)[0]) for one in State if one is not State.PURGED]


def _before_enrolment() -> Mapping[State, tuple[str, str]]:
    return {
        State.REFERRED: (_("Referred"), WAIT),
        State.FEE_DUE: (_("Fee due"), WAIT),
        State.READY: (_("Ready"), BUSY),
        State.CODE_EXPIRED: (_("Code over"), WAIT),
        State.SUSPENDED: (_("Suspended by the agency"), NEUTRAL),
        State.CANCELLED: (_("Cancelled"), NEUTRAL),
    }


def _from_enrolment() -> Mapping[State, tuple[str, str]]:
    return {
        State.ENROLLED: (_("Has enrolled"), BUSY),
        State.IN_PROGRESS: (_("Under way"), BUSY),
        State.COMPLETED_PENDING_REVIEW: (_("Completed, to be reviewed"), WAIT),
        State.NEEDS_FOLLOW_UP: (_("A talk is needed"), WAIT),
        State.COMPLETED: (_("Completed"), GOOD),
        State.REPORTED: (_("Completed, agency told"), GOOD),
        State.EXPIRED: (_("Last day over"), NEUTRAL),
        State.WITHDRAWN: (_("Withdrawn"), NEUTRAL),
        State.RETURNED_TO_PROSECUTOR: (_("File returned"), NEUTRAL),
        State.CLOSED: (_("Closed"), NEUTRAL),
        State.PURGED: (_("Removed"), NEUTRAL),
    }


def outcome_text(outcome: str | None, on: Any) -> str:  # noqa: ANN401 - a date or None
    """Say the one word that the agency is told, and its day; empty before there is one."""
    words = {
        Outcome.COMPLETED.value: _("Completed on %(day)s", day=day_text(on)),
        Outcome.NOT_COMPLETED.value: _("Not completed on %(day)s", day=day_text(on)),
        Outcome.WITHDRAWN.value: _("Withdrawn on %(day)s", day=day_text(on)),
    }
    return words.get(outcome or "", "")


def waiting_text(waiting: Waiting) -> str:
    """Name what a file waits for."""
    words = {
        Waiting.FEE: _("Fee to settle"),
        Waiting.GROUP: _("Ready, without a group"),
        Waiting.LETTER: _("Letter to send"),
        Waiting.NEW_CODE: _("Code over, new letter to send"),
        Waiting.DEADLINE: _("Last day within 14 days"),
    }
    return words[waiting]


def order_choices() -> list[tuple[str, str]]:
    """Give what a list of files can be sorted by."""
    return [
        (str(Order.NEWEST), _("The newest first")),
        (str(Order.DEADLINE), _("Last day")),
        (str(Order.REFERENCE), _("Reference")),
        (str(Order.STATE), _("Where it stands")),
    ]


def fee_text(state: str, receipt: str | None) -> str:
    """Say how the fee stands."""
    if state == "paid":
        return _("Paid, receipt %(number)s", number=receipt or "")
    return {"due": _("To be paid"), "waived": _("Waived")}[state]


def language_text(language: str) -> str:
    """Name a language."""
    return {"fr": _("French"), "en": _("English")}[language]


def office_text(office: str) -> str:
    """Name the office that decided on eligibility."""
    return {"prosecutor": _("the prosecutor"), "police": _("the police service")}[office]


def act_text(act: str) -> str:
    """Say what happened to a file."""
    found = _steps().get(act) or _changes().get(act)
    return found or _("Changed")


def _steps() -> Mapping[str, str]:
    return {
        "refer": _("Referred by the agency"),
        "charge": _("Fee asked for"),
        "settle": _("Ready"),
        "enrol": _("Has enrolled"),
        "lapse": _("The code ran out unused"),
        "reissue": _("Code replaced"),
        "begin": _("Began"),
        "finish": _("Completed everything"),
        "confirm": _("Completion confirmed"),
        "follow_up": _("A talk was asked for"),
        "go_on": _("Goes on"),
        "report": _("Agency told"),
        "expire": _("The last day is over"),
        "withdraw": _("Withdrew"),
    }


def _changes() -> Mapping[str, str]:
    return {
        "return": _("File returned"),
        "suspend": _("Suspended by the agency"),
        "resume": _("Taken up again"),
        "cancel": _("Cancelled"),
        "close": _("Closed"),
        "fee": _("Fee settled"),
        "assign": _("Group chosen"),
        "issue": _("Letter made"),
        "deadline": _("Last day changed"),
        "arrange": _("Arrangement noted"),
    }


def source_text(source: str) -> str:
    """Say how a file came in."""
    words = {
        "form": _("by a form"),
        "csv": _("in a list"),
        "api": _("from the agency’s system"),
        "file": _("in a signed file"),
    }
    return words[source]


def since_text(state: str, since: datetime) -> str:
    """Say where a file stands, and since when."""
    return _("%(state)s, since %(day)s", state=state, day=day_text(since))
