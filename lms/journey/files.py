"""Move files to where the facts say; the agency is told its one word on the way.

Called after an act of the person's or of staff's, and by a job (journey/due_files.py). Whoever
moves a file holds it, so that what is judged is so until the end.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt, Result
from lms.completion.queries import certificate_of, completion_of, is_completed
from lms.conversations.open_answers import waits_for_reader_alone
from lms.enrolment.models import Enrolment, EnrolmentCode
from lms.exchange.queries import last_told
from lms.exchange.service import report_outcome
from lms.kernel.audit import Act as Audited
from lms.kernel.audit import append_audit
from lms.kernel.days import today_in_programme
from lms.kernel.errors import NotAllowedError
from lms.kernel.keys import Keys
from lms.progress.models import SeatTime
from lms.referrals.models import Referral
from lms.referrals.queries import referral_of, was_replaced
from lms.referrals.service import RULES, Mover, NoAgreementError, move
from lms.referrals.states import (
    UNDER_WAY,
    Act,
    MoveRefusedError,
    Outcome,
    Party,
    State,
)
from lms.referrals.steps import lock

WAIT_FOR_CERTIFICATE = timedelta(hours=20)  # the word goes out within a day, with it or without
REST = timedelta(days=30)  # from the report to the closure
_TOLD_FIRST = frozenset({State.COMPLETED, State.RETURNED_TO_PROSECUTOR})


class NothingToLeaveError(NotAllowedError):
    """He has left, his file is closed, or he has completed: there is nothing to withdraw from."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is so about a file; all that the rule asks for."""

    is_active: bool = False  # he read or tried something
    is_completed: bool = False  # a completion is on record, and counts
    needs_review: bool = True  # the site has a person look before a pass is final
    is_over: bool = False  # the last day is over, and no attempt is still to be graded
    is_code_over: bool = False
    may_tell: bool = False  # the certificate is there, or was waited for
    has_rested: bool = False
    is_revoked: bool = False  # it was completed, and two people took that back


@dataclass(frozen=True, slots=True)
class Run:
    """What every move of a run is given."""

    keys: Keys
    review: bool
    now: datetime


def _over(facts: Facts) -> bool:
    return facts.is_over


# The first line of a state that holds is what is done; a state without one waits for somebody.
RULE: Mapping[State, Sequence[tuple[Act, Callable[[Facts], bool]]]] = {
    State.REFERRED: [(Act.EXPIRE, _over)],
    State.FEE_DUE: [(Act.EXPIRE, _over)],
    State.READY: [(Act.EXPIRE, _over), (Act.LAPSE, lambda facts: facts.is_code_over)],
    State.CODE_EXPIRED: [(Act.EXPIRE, _over)],
    State.ENROLLED: [
        (Act.BEGIN, lambda facts: facts.is_active or facts.is_completed),
        (Act.EXPIRE, _over),
    ],
    State.IN_PROGRESS: [(Act.FINISH, lambda facts: facts.is_completed), (Act.EXPIRE, _over)],
    State.COMPLETED_PENDING_REVIEW: [
        (Act.CONFIRM, lambda facts: facts.is_completed and not facts.needs_review)
    ],
    State.NEEDS_FOLLOW_UP: [(Act.EXPIRE, _over)],
    State.COMPLETED: [
        (Act.REPORT, lambda facts: facts.is_completed and facts.may_tell),
        (Act.REPORT, lambda facts: facts.is_revoked),
    ],
    State.REPORTED: [(Act.CLOSE, lambda facts: facts.has_rested)],
    State.EXPIRED: [(Act.RETURN, lambda _: True)],
    State.WITHDRAWN: [(Act.RETURN, lambda _: True)],
    State.RETURNED_TO_PROSECUTOR: [(Act.CLOSE, lambda _: True)],
    State.CANCELLED: [(Act.CLOSE, lambda _: True)],
}


def next_act(state: State, facts: Facts) -> Act | None:
    """Say what the rules do next with a file; None where it waits for somebody, or for time."""
    return next((act for act, holds in RULE.get(state, ()) if holds(facts)), None)


def advance_file(
    db: Session, enrolment_id: uuid.UUID, *, keys: Keys, settings_review: bool, now: datetime
) -> None:
    """Move somebody's file to where the facts say; nothing where nobody referred him."""
    referral = referral_of(db, enrolment_id)
    if referral is not None:
        advance(db, referral, Run(keys, settings_review, now))


def advance(db: Session, referral: Referral, run: Run) -> int:
    """Move a file as far as the facts go; gives how many steps it took.

    What cannot be told because no agreement is in force waits for the next run.
    """
    steps = 0
    while True:
        lock(db, referral)
        state = State(referral.state)
        act = next_act(state, facts_of(db, referral, run))
        if act is None:
            _tell_of_change(db, referral, run)
            return steps
        if state in _TOLD_FIRST and not _tell(db, referral, run):
            return steps
        if act is Act.CONFIRM:
            confirm_completion(db, referral, RULES, now=run.now)
        else:
            move(db, referral, act, RULES, now=run.now)
        steps += 1


def confirm_completion(db: Session, referral: Referral, mover: Mover, *, now: datetime) -> None:
    """Make a result final: completed, on the day of the last pass, as the certificate says.

    Raises MoveRefusedError where no completion is on record that counts.
    """
    lock(db, referral)
    done = None if referral.enrolment_id is None else completion_of(db, referral.enrolment_id)
    if done is None or done.is_revoked:
        raise MoveRefusedError("nothing is completed that could be confirmed")
    day = today_in_programme(done.completed_at)
    move(db, referral, Act.CONFIRM, mover, now=now, on=day)


def withdraw(
    db: Session, enrolment_id: uuid.UUID, *, keys: Keys, settings_review: bool, now: datetime
) -> None:
    """Let somebody leave, as is his right: his file goes back and his course closes.

    Raises NothingToLeaveError where he left before, or where his result is final.
    """
    locked = select(Enrolment).where(Enrolment.id == enrolment_id)
    enrolment = db.scalars(locked.with_for_update(key_share=True)).one()
    referral = referral_of(db, enrolment_id)
    if referral is None:
        _leave_without_file(db, enrolment, keys, now)
        return
    person = Mover(Party.PERSON, str(enrolment.user_id), keys.audit)
    try:
        move(db, referral, Act.WITHDRAW, person, now=now)
    except MoveRefusedError as error:
        raise NothingToLeaveError from error
    advance(db, referral, Run(keys, settings_review, now))


def _leave_without_file(db: Session, enrolment: Enrolment, keys: Keys, now: datetime) -> None:
    """Close the course of somebody whom nobody referred: from here the retention runs."""
    is_over = enrolment.withdrawn_at is not None or enrolment.closed_at is not None
    if is_over or is_completed(db, enrolment.id):
        raise NothingToLeaveError
    enrolment.withdrawn_at = enrolment.closed_at = now
    db.flush()
    act = Audited(str(enrolment.user_id), "withdraw", f"enrolment:{enrolment.id}")
    append_audit(db, keys.audit, act, now=now)


def certificate_may_be_issued(db: Session, enrolment_id: uuid.UUID) -> bool:
    """Whether a completion is final: confirmed for who was referred, at once for who was not."""
    referral = referral_of(db, enrolment_id)
    if referral is None:  # whose file began anew without him was referred: nobody confirms it
        return not was_replaced(db, enrolment_id)
    return referral.outcome == Outcome.COMPLETED


def facts_of(db: Session, referral: Referral, run: Run) -> Facts:
    """Look up what the rule needs to know about a file as it stands."""
    state, since = State(referral.state), referral.state_since
    is_over = referral.deadline < today_in_programme(run.now)
    enrolment_id = referral.enrolment_id
    if enrolment_id is None:
        return Facts(is_over=is_over, is_code_over=_is_code_over(db, referral, run.now))
    if state not in {*UNDER_WAY, State.COMPLETED}:
        return Facts(has_rested=run.now - since >= REST)
    return Facts(
        is_active=_is_active(db, enrolment_id),
        is_completed=is_completed(db, enrolment_id),
        needs_review=run.review,
        # What was saved until the last day counts: an attempt is graded before the file goes back,
        # and an answer that somebody of the programme has yet to read is read.
        is_over=is_over
        and not _has_open_attempt(db, enrolment_id)
        and not waits_for_reader_alone(db, enrolment_id),
        may_tell=run.now - since >= WAIT_FOR_CERTIFICATE or _certificate(db, referral) is not None,
        is_revoked=state is State.COMPLETED and referral.outcome == Outcome.NOT_COMPLETED,
    )


def _is_code_over(db: Session, referral: Referral, now: datetime) -> bool:
    code = None if referral.code_id is None else db.get(EnrolmentCode, referral.code_id)
    return code is not None and code.redeemed_at is None and code.expires_at <= now


def _is_active(db: Session, enrolment_id: uuid.UUID) -> bool:
    read = exists().where(SeatTime.enrolment_id == enrolment_id)
    tried = exists().where(Attempt.enrolment_id == enrolment_id)
    return bool(db.scalar(select(read | tried)))


def _has_open_attempt(db: Session, enrolment_id: uuid.UUID) -> bool:
    graded = exists().where(Result.attempt_id == Attempt.id).correlate(Attempt)
    return bool(db.scalar(select(exists().where(Attempt.enrolment_id == enrolment_id, ~graded))))


def _certificate(db: Session, referral: Referral) -> str | None:
    """Give the number of a certificate that counts, once it is issued."""
    enrolment_id = referral.enrolment_id
    found = None if enrolment_id is None else certificate_of(db, enrolment_id)
    return None if found is None or found.is_revoked else found.number


def _tell(db: Session, referral: Referral, run: Run) -> bool:
    """Tell the agency the one word of a file; False where no agreement lets us, for now."""
    has_passed = referral.outcome == Outcome.COMPLETED
    number = _certificate(db, referral) if has_passed else None
    try:
        report_outcome(db, referral, certificate_number=number, keys=run.keys, now=run.now)
    except NoAgreementError:
        return False
    return True


def _tell_of_change(db: Session, referral: Referral, run: Run) -> None:
    """Tell what changed after the word went out, once: a certificate's number, a revocation."""
    if referral.state not in {State.REPORTED, State.CLOSED} or referral.reference is None:
        return
    told = last_told(db, referral.id)
    was_revoked = told is not None and told.body["status"] != referral.outcome
    has_passed = referral.outcome == Outcome.COMPLETED
    if was_revoked or (has_passed and _certificate(db, referral)):
        _tell(db, referral, run)
