"""The kinds of correction, what is asked for, and why one is refused."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from unicodedata import category

from lms.accounts.roles import Role
from lms.gates.seat_time import Arrangement
from lms.kernel.errors import BadInputError, NotAllowedError
from lms.kernel.keys import Keys

LONGEST_REASON = 500
MOST_MINUTES = 600
MOST_TIME_CREDIT = 200  # percent
ARRANGED = "arrangement"  # the only reason of an arrangement: why it was made is recorded nowhere


class Kind(StrEnum):
    """What a correction does."""

    EXTRA_ATTEMPT = "extra-attempt"
    TIME_CREDIT = "time-credit"
    PAUSE_LIFTED = "pause-lifted"
    ARRANGEMENT = "arrangement"
    WAIVE_MODULE = "waive-module"
    REGRADE_RESPONSE = "regrade-response"
    REVOKE_COMPLETION = "revoke-completion"
    KEY_CHANGE = "key-change"
    KEEP_PASS = "keep-pass"  # noqa: S105 - a pass, no password


PERSONAL = (
    Kind.EXTRA_ATTEMPT,
    Kind.TIME_CREDIT,
    Kind.PAUSE_LIFTED,
    Kind.ARRANGEMENT,
    Kind.WAIVE_MODULE,
    Kind.REVOKE_COMPLETION,
)
TWO_PEOPLE = frozenset({Kind.WAIVE_MODULE, Kind.REVOKE_COMPLETION})  # and whatever makes a pass


class Why(StrEnum):
    """Why a correction is refused; the web says it in its own words."""

    NO_ATTEMPT_YET = "nobody has tried this quiz for the first time yet: there is nothing to add to"
    ALREADY_PASSED = "the module is passed or waived: there is nothing to correct"
    NO_TIME_MISSING = "no time is missing there: the minimum is reached or not asked for"
    NOTHING_CHANGES = "nothing would change"
    NOT_GRADED = "this question is not graded: it has no points"
    NOT_COMPLETED = "the course is not completed: there is nothing to revoke"
    ALREADY_REVOKED = "the completion is revoked already"
    ALREADY_WAITING = "the same is proposed already and waits for a second person"
    SAME_PERSON = "whoever proposes does not decide: somebody else must"
    OTHER_GROUPS = "this touches people of groups that are not yours: a coordinator decides"
    ALREADY_DECIDED = "this is decided already"
    NOT_WAITING = "this waits for nobody: it was applied at once, or changed nothing"
    NO_KEY = "an open question has no key to grade by"
    NOT_LISTED = "no pass stands there for a person to decide"
    CHANGED_SINCE = "what would happen has changed since it was shown; look at it again"


class RefusedError(NotAllowedError):
    """A correction that makes no sense now, or not by this person; `why` says which."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Staff:
    """Who corrects: an instructor within his own cohorts, or a coordinator."""

    user_id: uuid.UUID
    role: Role


@dataclass(frozen=True, slots=True)
class Desk:
    """Who acts, when, and with which keys the act is written down."""

    staff: Staff
    keys: Keys
    now: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for, for one person; a field that its kind does not know does not count."""

    kind: Kind
    enrolment_id: uuid.UUID
    reason: str = ARRANGED
    module_id: str = ""
    section_id: str = ""
    minutes: int = 0
    arrangement: Arrangement = field(default_factory=Arrangement)


def clean_reason(text: str) -> str:
    """Give a reason as it is kept, or say that it is missing, too long or not text."""
    reason = "\n".join(text.splitlines()).strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise BadInputError(f"a reason has 1 to {LONGEST_REASON} characters")
    if any(category(one) in {"Cc", "Cs"} for one in reason if one not in "\n\t"):
        raise BadInputError("a reason holds no control characters")
    return reason
