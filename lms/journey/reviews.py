"""Results that wait for a person: who has done everything, and whoever a talk was asked with."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.completion.models import CompletionRecord
from lms.completion.queries import counts
from lms.corrections.kinds import Desk, Staff
from lms.corrections.scope import in_scope
from lms.enrolment.models import Cohort, Enrolment
from lms.journey.files import Run, advance, confirm_completion
from lms.kernel.errors import NotFoundError
from lms.referrals.models import Referral, ReferralEvent
from lms.referrals.service import Mover, move
from lms.referrals.states import Act, Party, State

MOST = 200  # on one page; whoever has more waiting begins with the oldest
_WAITING = (State.COMPLETED_PENDING_REVIEW, State.NEEDS_FOLLOW_UP)
_PARTIES = {Role.INSTRUCTOR: Party.INSTRUCTOR, Role.COORDINATOR: Party.COORDINATOR}


@dataclass(frozen=True, slots=True)
class ResultView:
    """A result to confirm: whose, what was completed, since when it waits; no score."""

    referral_id: uuid.UUID
    enrolment_id: uuid.UUID
    pseudonym: str
    cohort_name: str
    state: State
    since: datetime
    deadline: date
    completed_at: datetime | None  # None where the completion no longer counts
    modules: int

    @property
    def can_be_confirmed(self) -> bool:
        """Whether one may confirm it now, without a talk first."""
        return self.state is State.COMPLETED_PENDING_REVIEW and self.completed_at is not None


def results_to_confirm(db: Session, staff: Staff) -> tuple[ResultView, ...]:
    """List what waits in one's groups, the longest wait first; a coordinator sees all groups."""
    rows = db.execute(_waiting(staff).order_by(Referral.state_since, Referral.id).limit(MOST))
    return tuple(_view(*row) for row in rows)


def result_to_confirm(db: Session, staff: Staff, referral_id: uuid.UUID) -> ResultView:
    """Give one result that waits in one's groups; anything else is not found."""
    row = db.execute(_waiting(staff).where(Referral.id == referral_id)).one_or_none()
    if row is None:
        raise NotFoundError("result")
    return _view(*row)


def talk_reason(db: Session, referral_id: uuid.UUID) -> str:
    """Give why a talk was asked for last; empty where none was."""
    asked = (
        select(ReferralEvent.reason)
        .where(ReferralEvent.referral_id == referral_id, ReferralEvent.act == Act.FOLLOW_UP)
        .order_by(ReferralEvent.number.desc())
        .limit(1)
    )
    return db.scalar(asked) or ""


def confirm_result(db: Session, referral_id: uuid.UUID, desk: Desk, *, review: bool) -> None:
    """Make a result final; raises MoveRefusedError where it does not wait for that any more."""
    referral = _file(db, referral_id, desk)
    confirm_completion(db, referral, _mover(desk), now=desk.now)
    advance(db, referral, Run(desk.keys, review, desk.now))


def ask_for_talk(db: Session, referral_id: uuid.UUID, desk: Desk, reason: str) -> None:
    """Put a talk before the result; the reason stays with the file, here."""
    referral = _file(db, referral_id, desk)
    move(db, referral, Act.FOLLOW_UP, _mover(desk), reason=reason, now=desk.now)


def note_talk(db: Session, referral_id: uuid.UUID, desk: Desk, *, review: bool) -> None:
    """Note that the talk was held: the file goes on, to the review again if all is done."""
    referral = _file(db, referral_id, desk)
    move(db, referral, Act.GO_ON, _mover(desk), now=desk.now)
    advance(db, referral, Run(desk.keys, review, desk.now))


def _mover(desk: Desk) -> Mover:
    party = _PARTIES[desk.staff.role]
    return Mover(party, str(desk.staff.user_id), desk.keys.audit)


def _file(db: Session, referral_id: uuid.UUID, desk: Desk) -> Referral:
    """Give a file of somebody in one's groups; whether it still waits is for the table to say."""
    found = db.scalar(
        select(Referral)
        .join(Enrolment, Enrolment.id == Referral.enrolment_id)
        .where(Referral.id == referral_id, in_scope(desk.staff))
    )
    if found is None:
        raise NotFoundError("result")
    return found


def _waiting(staff: Staff) -> Select[Referral, Enrolment, str, CompletionRecord | None]:
    on_record = (CompletionRecord.enrolment_id == Enrolment.id) & counts()
    return (
        select(Referral, Enrolment, Cohort.name, CompletionRecord)
        .join(Enrolment, Enrolment.id == Referral.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .outerjoin(CompletionRecord, on_record)
        .where(Referral.state.in_(_WAITING), in_scope(staff))
    )


def _view(
    referral: Referral, enrolment: Enrolment, cohort: str, record: CompletionRecord | None
) -> ResultView:
    return ResultView(
        referral_id=referral.id,
        enrolment_id=enrolment.id,
        pseudonym=enrolment.pseudonym,
        cohort_name=cohort,
        state=State(referral.state),
        since=referral.state_since,
        deadline=referral.deadline,
        completed_at=None if record is None else record.recorded_at,
        modules=0 if record is None else len(record.document["modules"]),
    )
