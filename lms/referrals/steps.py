"""Move a file one step, or note a change of it: numbered, appended, audited where somebody did it.

The audit chain makes its writers wait for each other: the entry comes last within a step.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.enrolment.models import Enrolment
from lms.kernel.audit import SITE, append_audit
from lms.kernel.audit import Act as Audited
from lms.kernel.days import today_in_programme
from lms.kernel.errors import BadInputError
from lms.referrals.effects import take_effect
from lms.referrals.models import Referral, ReferralEvent
from lms.referrals.states import Act, MoveRefusedError, Party, State, after, outcome_of

AGENCY = "agency"  # the actor of what an agency's machine or signed file did
LONGEST_REASON = 500
# An agency gives no reason: no free text comes in from it.
_WITH_REASON = {
    Act.CANCEL: {Party.COORDINATOR},
    Act.REISSUE: {Party.COORDINATOR},
    Act.FOLLOW_UP: {Party.COORDINATOR, Party.INSTRUCTOR},
}


class ReasonError(BadInputError):
    """A reason is needed, of 1 to 500 characters."""


@dataclass(frozen=True, slots=True)
class Mover:
    """Who moves a file: for which party, and the id of an account, "site" or "agency".

    What an account of staff or of an agency does is written to the audit chain: it brings its
    key (`keys().audit`). A person's own act is written there too where the key is given.
    """

    party: Party
    actor: str
    audit_key: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        is_account = self.actor not in {SITE, AGENCY}
        if is_account and not self.audit_key and self.party is not Party.PERSON:
            raise ValueError("what an account does is audited: give the key of the chain")


RULES = Mover(Party.RULES, SITE)


@dataclass(frozen=True, slots=True)
class Note:
    """What a step says besides its states: ids, days and words of the code; and why, here only."""

    detail: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


def move(  # noqa: PLR0913 - a step, who takes it, and what is said of it
    db: Session,
    referral: Referral,
    act: Act,
    mover: Mover,
    *,
    reason: str = "",
    now: datetime,
    on: date | None = None,
) -> Referral:  # fmt: skip
    """Move a file by the table and do what follows from it; raises MoveRefusedError.

    `on` is the day of the outcome that the step sets, where it is not today.
    """
    lock(db, referral)
    before = State(referral.state)
    origin = State(referral.suspended_from) if referral.suspended_from else None
    to = after(before, act, mover.party, origin)
    why = clean_reason(reason, is_needed=mover.party in _WITH_REASON.get(act, ()))
    detail = _old_enrolment(referral) if act is Act.REISSUE else {}
    referral.state = to
    referral.state_since = now
    referral.suspended_from = before if act is Act.SUSPEND else None
    outcome = outcome_of(before, to)
    if outcome is not None:
        referral.outcome = outcome
        referral.outcome_on = on or today_in_programme(now)
    take_effect(db, referral, act, now)
    write_step(db, referral, (act, before), mover, Note(detail, why), now)
    return referral


def note_change(
    db: Session, referral: Referral, act: str, mover: Mover, note: Note, now: datetime
) -> None:
    """Write down a change that leaves the file where it stands."""
    write_step(db, referral, (act, State(referral.state)), mover, note, now)


def lock(db: Session, referral: Referral) -> None:
    """Make other writers of this file wait, and read what it says now.

    The enrolment first, as a quiz that is handed in does: two never wait for each other.
    """
    db.flush()
    if referral.enrolment_id is not None:
        taken = select(Enrolment.id).where(Enrolment.id == referral.enrolment_id)
        db.execute(taken.with_for_update(key_share=True))
    db.refresh(referral, with_for_update=True)


def clean_reason(text: str, *, is_needed: bool) -> str:
    """Give a reason without blanks around it; ReasonError for none, or one too long."""
    why = text.strip()
    if len(why) > LONGEST_REASON or (is_needed and not why):
        raise ReasonError
    return why


def require_party(mover: Mover, *parties: Party) -> None:
    """Raise MoveRefusedError unless one of these acts."""
    if mover.party not in parties:
        raise MoveRefusedError(f"this is not done by {mover.party}")


def _old_enrolment(referral: Referral) -> dict[str, Any]:
    known = referral.enrolment_id
    return {} if known is None else {"enrolment": [str(known), None]}


def write_step(
    db: Session,
    referral: Referral,
    step: tuple[str, State | str],
    mover: Mover,
    note: Note,
    now: datetime,
) -> None:
    """Append one step: its act and the state before it. Public for the first step of all."""
    act, before = step
    of_this = select(func.max(ReferralEvent.number)).where(ReferralEvent.referral_id == referral.id)
    db.add(
        ReferralEvent(
            referral_id=referral.id,
            number=(db.scalar(of_this) or 0) + 1,
            act=str(act),
            before=str(before),
            after=referral.state,
            detail=dict(note.detail),
            reason=note.reason,
            at=now,
            by=mover.actor,
        )
    )
    db.flush()
    if mover.audit_key and mover.actor != AGENCY:
        audited = Audited(
            mover.actor,
            f"file.{act}",
            f"referral:{referral.id}",
            note.reason,
            before={"state": str(before)},
            after={"state": referral.state, **note.detail},
        )
        append_audit(db, mover.audit_key, audited, now=now)
