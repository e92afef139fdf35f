"""The states of a file, and who may move it where: one table, obeyed by every page and job.

docs/STATES.md is written from it (states_page.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lms.kernel.errors import NotAllowedError


class MoveRefusedError(NotAllowedError):
    """The file cannot be moved like this from where it stands, or not by this party."""


class State(StrEnum):
    """Where a file stands."""

    REFERRED = "referred"
    FEE_DUE = "fee_due"
    READY = "ready"
    CODE_EXPIRED = "code_expired"
    ENROLLED = "enrolled"
    IN_PROGRESS = "in_progress"
    COMPLETED_PENDING_REVIEW = "completed_pending_review"
    NEEDS_FOLLOW_UP = "needs_follow_up"
    COMPLETED = "completed"
    REPORTED = "reported"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    RETURNED_TO_PROSECUTOR = "returned_to_prosecutor"
    CANCELLED = "cancelled"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    PURGED = "purged"


class Act(StrEnum):
    """What moves a file."""

    CHARGE = "charge"  # the fee was asked for
    SETTLE = "settle"  # the fee is paid or waived
    ENROL = "enrol"
    LAPSE = "lapse"  # the code ran out unused
    REISSUE = "reissue"
    BEGIN = "begin"
    FINISH = "finish"
    CONFIRM = "confirm"
    FOLLOW_UP = "follow_up"
    GO_ON = "go_on"
    REPORT = "report"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"
    RETURN = "return"
    SUSPEND = "suspend"
    RESUME = "resume"
    CANCEL = "cancel"
    CLOSE = "close"
    PURGE = "purge"


class Party(StrEnum):
    """Who acts: an office, the person himself, or the rules."""

    AGENCY = "agency"
    PERSON = "person"
    COORDINATOR = "coordinator"
    INSTRUCTOR = "instructor"
    RULES = "rules"


class Outcome(StrEnum):
    """The one word that the agency learns."""

    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Move:
    """Where an act leads to, and who may do it. `to` is None where it leads back."""

    to: State | None
    by: frozenset[Party]


BEFORE_ENROLMENT = (State.REFERRED, State.FEE_DUE, State.READY, State.CODE_EXPIRED)
UNDER_WAY = (
    State.ENROLLED,
    State.IN_PROGRESS,
    State.COMPLETED_PENDING_REVIEW,
    State.NEEDS_FOLLOW_UP,
)
OPEN = (*BEFORE_ENROLMENT, *UNDER_WAY)  # what the agency may suspend or cancel
# Whoever has done everything in time loses nothing because nobody has looked it over yet.
CAN_EXPIRE = tuple(one for one in OPEN if one is not State.COMPLETED_PENDING_REVIEW)

_RULES = frozenset({Party.RULES})
_AGENCY = frozenset({Party.AGENCY})
_PERSON = frozenset({Party.PERSON})
_COORDINATOR = frozenset({Party.COORDINATOR})
_REVIEWER = frozenset({Party.INSTRUCTOR, Party.COORDINATOR})


def _from(states: tuple[State, ...], act: Act, move: Move) -> dict[tuple[State, Act], Move]:
    return {(state, act): move for state in states}


TRANSITIONS: Mapping[tuple[State, Act], Move] = {
    (State.REFERRED, Act.CHARGE): Move(State.FEE_DUE, _COORDINATOR),
    (State.FEE_DUE, Act.SETTLE): Move(State.READY, _COORDINATOR),
    (State.READY, Act.ENROL): Move(State.ENROLLED, _PERSON),
    (State.READY, Act.LAPSE): Move(State.CODE_EXPIRED, _RULES),
    # The letter was lost, or the wrong person came: his enrolment ends, the file begins anew.
    **_from(
        (State.READY, State.CODE_EXPIRED, *UNDER_WAY), Act.REISSUE, Move(State.READY, _COORDINATOR)
    ),
    (State.ENROLLED, Act.BEGIN): Move(State.IN_PROGRESS, _RULES),
    (State.IN_PROGRESS, Act.FINISH): Move(State.COMPLETED_PENDING_REVIEW, _RULES),
    # The rules alone confirm only where the site turned the review off (journey/files.py).
    (State.COMPLETED_PENDING_REVIEW, Act.CONFIRM): Move(State.COMPLETED, _REVIEWER | _RULES),
    (State.COMPLETED_PENDING_REVIEW, Act.FOLLOW_UP): Move(State.NEEDS_FOLLOW_UP, _REVIEWER),
    (State.NEEDS_FOLLOW_UP, Act.GO_ON): Move(State.IN_PROGRESS, _REVIEWER),
    (State.COMPLETED, Act.REPORT): Move(State.REPORTED, _RULES),
    (State.REPORTED, Act.CLOSE): Move(State.CLOSED, _RULES),
    **_from(CAN_EXPIRE, Act.EXPIRE, Move(State.EXPIRED, _RULES)),
    **_from((*UNDER_WAY, State.SUSPENDED), Act.WITHDRAW, Move(State.WITHDRAWN, _PERSON)),
    (State.EXPIRED, Act.RETURN): Move(State.RETURNED_TO_PROSECUTOR, _RULES),
    (State.WITHDRAWN, Act.RETURN): Move(State.RETURNED_TO_PROSECUTOR, _RULES),
    (State.RETURNED_TO_PROSECUTOR, Act.CLOSE): Move(State.CLOSED, _RULES),
    **_from(OPEN, Act.SUSPEND, Move(State.SUSPENDED, _AGENCY)),
    (State.SUSPENDED, Act.RESUME): Move(None, _AGENCY),
    **_from((*OPEN, State.SUSPENDED), Act.CANCEL, Move(State.CANCELLED, _AGENCY | _COORDINATOR)),
    (State.CANCELLED, Act.CLOSE): Move(State.CLOSED, _RULES),
    (State.CLOSED, Act.PURGE): Move(State.PURGED, _RULES),
}


def after(state: State, act: Act, party: Party, suspended_from: State | None = None) -> State:
    """Give the state that an act of somebody leads to; raises MoveRefusedError.

    `suspended_from` is where a suspended file stood before: it goes on from there.
    """
    move = TRANSITIONS.get((state, act))
    if move is None or party not in move.by:
        raise MoveRefusedError(f"{act} by {party} is not possible while a file is {state}")
    if move.to is not None:
        return move.to
    if suspended_from not in OPEN:
        raise MoveRefusedError("nobody wrote down where this file stood before")
    return suspended_from


def can(state: State, act: Act, party: Party) -> bool:
    """Whether somebody may do this now: what a page offers as a button."""
    move = TRANSITIONS.get((state, act))
    return move is not None and party in move.by


def outcome_of(before: State, to: State) -> Outcome | None:
    """Give the word that a step sets: with the completion, or as the file goes back."""
    match before, to:
        case _, State.COMPLETED:
            return Outcome.COMPLETED
        case State.EXPIRED, State.RETURNED_TO_PROSECUTOR:
            return Outcome.NOT_COMPLETED
        case State.WITHDRAWN, State.RETURNED_TO_PROSECUTOR:
            return Outcome.WITHDRAWN
        case _:
            return None


def diagram() -> str:
    """Draw the table for Mermaid; acts that begin in many states are told in the table alone."""
    many = {Act.SUSPEND, Act.CANCEL, Act.REISSUE}
    lines = ["stateDiagram-v2", "    [*] --> referred"]
    lines += [
        f"    {state} --> {move.to}: {act}"
        for (state, act), move in TRANSITIONS.items()
        if move.to is not None and act not in many
    ]
    return "\n".join([*lines, "    purged --> [*]"])


def table() -> str:
    """Write every row of the table: from, act, to, by whom."""
    lines = ["| from | act | to | by |", "|---|---|---|---|"]
    for (state, act), move in TRANSITIONS.items():
        by = ", ".join(sorted(move.by))
        lines.append(f"| {state} | {act} | {move.to or 'where it stood'} | {by} |")
    return "\n".join(lines)
