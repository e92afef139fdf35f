"""Read corrections: what waits, what a person has to decide, what was done, each in one's scope."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.assessment.models import Attempt, Regrade
from lms.completion.models import CompletionRecord, Revocation
from lms.corrections.kinds import Kind, Staff
from lms.corrections.models import Correction, CorrectionDecision
from lms.corrections.record import is_waiting
from lms.corrections.scope import in_scope
from lms.enrolment.models import Cohort, Enrolment
from lms.kernel.errors import NotFoundError

MOST_SHOWN = 50
_Query = Select[*tuple[Any, ...]]


class State(StrEnum):
    """Where a correction stands."""

    DONE = "done"
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """A correction as staff see it; whoever shows it decides what of `detail` a role may read."""

    id: uuid.UUID
    kind: Kind
    module_id: str
    enrolment_id: uuid.UUID | None
    pseudonym: str  # "" for a key change, which touches many
    reason: str
    proposed_by: str  # a login
    proposed_by_id: uuid.UUID
    proposed_at: datetime
    state: State
    decided_by: str
    decided_at: datetime | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LostPass:
    """A recorded pass that a regrade would have taken away: it stays until a person decides."""

    correction_id: uuid.UUID
    kind: Kind
    module_id: str
    item_id: str
    attempt_id: uuid.UUID
    attempt_number: int
    enrolment_id: uuid.UUID
    pseudonym: str


@dataclass(frozen=True, slots=True)
class PersonHead:
    """Somebody in one's scope."""

    enrolment_id: uuid.UUID
    pseudonym: str
    cohort_id: uuid.UUID
    cohort_name: str
    course_revision_id: uuid.UUID


_proposer = aliased(User)
_decider = aliased(User)


def person_head(db: Session, staff: Staff, enrolment_id: uuid.UUID) -> PersonHead:
    """Give somebody in one's scope; anybody else is not found."""
    found = _heads(db, staff, Enrolment.id == enrolment_id)
    if not found:
        raise NotFoundError("enrolment")
    return found[0]


def find_people(db: Session, staff: Staff, pseudonym: str) -> list[PersonHead]:
    """Give the people in one's scope whose pseudonym is this, as typed; case does not count."""
    return _heads(db, staff, Enrolment.pseudonym == pseudonym.strip().upper())


def _heads(db: Session, staff: Staff, condition: ColumnElement[bool]) -> list[PersonHead]:
    rows = db.execute(
        select(
            Enrolment.id,
            Enrolment.pseudonym,
            Enrolment.cohort_id,
            Cohort.name,
            Enrolment.course_revision_id,
        )
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(condition, in_scope(staff))
    )
    return [PersonHead(*row) for row in rows]


def corrections_of(db: Session, enrolment_id: uuid.UUID) -> list[CorrectionView]:
    """List what was corrected or proposed for one person, the newest first.

    With the key changes that gave him another score; whoever asks may see this person.
    """
    by_key = (
        select(Regrade.correction_id)
        .join(Attempt, Attempt.id == Regrade.attempt_id)
        .where(Attempt.enrolment_id == enrolment_id)
    )
    query = _views().where(or_(Correction.enrolment_id == enrolment_id, Correction.id.in_(by_key)))
    return [_view(row) for row in db.execute(query)]


def waiting_corrections(db: Session, staff: Staff) -> list[CorrectionView]:
    """List what waits for a second person in one's scope, the newest first."""
    return _seen_by(db, staff, _views().where(is_waiting(), _is_near(staff)))


def latest_corrections(db: Session, staff: Staff) -> list[CorrectionView]:
    """List the last corrections in one's scope, the newest first."""
    return _seen_by(db, staff, _views().where(_is_near(staff)).limit(MOST_SHOWN))


def find_correction(db: Session, staff: Staff, correction_id: uuid.UUID) -> CorrectionView:
    """Give a correction in one's scope; any other is not found."""
    query = _views().where(Correction.id == correction_id, _is_near(staff))
    found = _seen_by(db, staff, query)
    if not found:
        raise NotFoundError("there is no such correction in your groups")
    return found[0]


def lost_passes(db: Session, staff: Staff) -> list[LostPass]:
    """List the passes that a regrade would have taken away, until somebody keeps them.

    A completion that was revoked leaves nothing to decide either.
    """
    listed = db.execute(
        select(Correction.id, Correction.kind, Correction.module_id, Correction.detail)
        .where(Correction.detail["loses"].as_boolean().is_(True))
        .order_by(Correction.proposed_at.desc(), Correction.id)
    ).all()
    attempts = {uuid.UUID(lost["attempt"]) for row in listed for lost in row.detail["lost"]}
    who = _holders(db, staff, attempts)
    kept = _kept(db) if who else set()
    return [
        LostPass(row.id, Kind(row.kind), row.module_id, row.detail["item"], *who[attempt_id])
        for row in listed
        for attempt_id in (uuid.UUID(lost["attempt"]) for lost in row.detail["lost"])
        if attempt_id in who and (row.id, attempt_id) not in kept
    ]


def _holders(
    db: Session, staff: Staff, attempts: set[uuid.UUID]
) -> dict[uuid.UUID, tuple[uuid.UUID, int, uuid.UUID, str]]:
    """Give whose attempts these are, those out of one's scope and those revoked left out."""
    revoked = select(CompletionRecord.enrolment_id).join(
        Revocation, Revocation.completion_id == CompletionRecord.id
    )
    rows = db.execute(
        select(Attempt.id, Attempt.number, Enrolment.id, Enrolment.pseudonym)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(Attempt.id.in_(attempts), in_scope(staff), Enrolment.id.not_in(revoked))
    )
    return {row[0]: (row[0], row[1], row[2], row[3]) for row in rows}


def _kept(db: Session) -> set[tuple[uuid.UUID, uuid.UUID]]:
    rows = db.scalars(select(Correction.detail).where(Correction.kind == Kind.KEEP_PASS))
    return {(uuid.UUID(one["over"]), uuid.UUID(one["attempt"])) for one in rows}


def _views() -> _Query:
    return (
        select(
            Correction,
            Enrolment.pseudonym,
            _proposer.login.label("proposer"),
            CorrectionDecision.accepted,
            CorrectionDecision.decided_at,
            _decider.login.label("decider"),
        )
        .outerjoin(Enrolment, Enrolment.id == Correction.enrolment_id)
        .join(_proposer, _proposer.id == Correction.proposed_by)
        .outerjoin(CorrectionDecision, CorrectionDecision.correction_id == Correction.id)
        .outerjoin(_decider, _decider.id == CorrectionDecision.decided_by)
        .order_by(Correction.proposed_at.desc(), Correction.id.desc())
    )


def _is_near(staff: Staff) -> ColumnElement[bool]:
    """Say what may be in one's scope: of key changes, `_seen_by` says which."""
    return or_(Correction.enrolment_id.is_(None), in_scope(staff))


def _seen_by(db: Session, staff: Staff, query: _Query) -> list[CorrectionView]:
    """Leave out key changes that touch nobody whom somebody may see."""
    found = [_view(row) for row in db.execute(query)]
    many = [view.id for view in found if view.enrolment_id is None]
    if staff.role is Role.COORDINATOR or not many:
        return found
    regraded = set(
        db.scalars(
            select(Regrade.correction_id)
            .join(Attempt, Attempt.id == Regrade.attempt_id)
            .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
            .where(Regrade.correction_id.in_(many), in_scope(staff))
            .distinct()
        )
    )
    own = _own(db, staff, {one for view in found for one in touched(view)})
    return [
        view
        for view in found
        if view.enrolment_id is not None
        or view.id in regraded
        or view.proposed_by_id == staff.user_id
        or not own.isdisjoint(touched(view))
    ]


def may_decide(db: Session, staff: Staff, view: CorrectionView) -> bool:
    """Whether all whom a proposal touches are in one's scope."""
    wanted = set(touched(view))
    return _own(db, staff, wanted) == wanted


def _own(db: Session, staff: Staff, wanted: set[uuid.UUID]) -> set[uuid.UUID]:
    if not wanted:
        return set()
    return set(db.scalars(select(Enrolment.id).where(Enrolment.id.in_(wanted), in_scope(staff))))


def touched(view: CorrectionView) -> Sequence[uuid.UUID]:
    """Give whom the waiting part and the listed part of a key change touch."""
    if view.kind is not Kind.KEY_CHANGE:
        return ()
    listed = (*view.detail["changes"], *view.detail["lost"])
    return [uuid.UUID(one["enrolment"]) for one in listed]


def pseudonyms_of(db: Session, staff: Staff, view: CorrectionView) -> dict[str, str]:
    """Give the pseudonyms of those whom a key change touches and one may see, by enrolment."""
    wanted = set(touched(view))
    rows = db.execute(
        select(Enrolment.id, Enrolment.pseudonym).where(Enrolment.id.in_(wanted), in_scope(staff))
    )
    return {str(row[0]): row[1] for row in rows} if wanted else {}


def _view(row: Any) -> CorrectionView:  # noqa: ANN401 - a row of `_views`
    correction: Correction = row[0]
    state = State.WAITING if correction.detail.get("waits") else State.DONE
    if row.accepted is not None:
        state = State.CONFIRMED if row.accepted else State.REFUSED
    return CorrectionView(
        id=correction.id,
        kind=Kind(correction.kind),
        module_id=correction.module_id,
        enrolment_id=correction.enrolment_id,
        pseudonym=row.pseudonym or "",
        reason=correction.reason,
        proposed_by=row.proposer,
        proposed_by_id=correction.proposed_by,
        proposed_at=correction.proposed_at,
        state=state,
        decided_by=row.decider or "",
        decided_at=row.decided_at,
        detail=correction.detail,
    )
