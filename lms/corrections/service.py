"""Do: correct, propose, decide. Each act and its audit entry stand or fall together."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt
from lms.completion.service import revoke_completion
from lms.corrections.file_outcome import correct_outcome
from lms.corrections.kinds import (
    ARRANGED,
    PERSONAL,
    TWO_PEOPLE,
    Desk,
    Kind,
    RefusedError,
    Why,
    Wish,
)
from lms.corrections.models import Correction, CorrectionDecision
from lms.corrections.personal import (
    Change,
    check_proposal,
    do_at_once,
    standing_completion,
    waive,
)
from lms.corrections.queries import find_correction, lost_passes, may_decide
from lms.corrections.record import (
    Draft,
    append_correction,
    audit_correction,
    refuse_if_waiting,
    write_audit,
)
from lms.corrections.scope import Case, complete_if_last, open_case
from lms.corrections.scores import confirm_scores
from lms.kernel.errors import BadInputError, NotFoundError


def correct(db: Session, wish: Wish, desk: Desk) -> Correction:
    """Correct something for one person: at once, or as a proposal where two people are needed.

    Raises RefusedError when it makes no sense now, NotFoundError outside one's scope.
    """
    if wish.kind not in PERSONAL:
        raise BadInputError(f"{wish.kind} is not for one person")
    case = open_case(db, desk.staff, wish.enrolment_id)
    if wish.kind in TWO_PEOPLE:
        return _propose(db, case, wish, desk)
    before, after = do_at_once(db, case, wish, desk.now)
    reason = ARRANGED if wish.kind is Kind.ARRANGEMENT else wish.reason
    draft = Draft(
        kind=wish.kind,
        programme_id=case.enrolment.programme_id,
        enrolment_id=case.enrolment.id,
        module_id="" if wish.kind is Kind.ARRANGEMENT else wish.module_id,
        reason=reason,
        before=before,
        after=after,
    )
    return audit_correction(db, append_correction(db, draft, desk), desk)


def _propose(db: Session, case: Case, wish: Wish, desk: Desk) -> Correction:
    module_id = wish.module_id if wish.kind is Kind.WAIVE_MODULE else ""
    refuse_if_waiting(
        db,
        Correction.enrolment_id == case.enrolment.id,
        Correction.kind == wish.kind,
        Correction.module_id == module_id,
    )
    draft = Draft(
        kind=wish.kind,
        programme_id=case.enrolment.programme_id,
        enrolment_id=case.enrolment.id,
        module_id=module_id,
        reason=wish.reason,
        detail=check_proposal(db, case, wish),
        waits=True,
    )
    return audit_correction(db, append_correction(db, draft, desk), desk)


def decide(
    db: Session, correction_id: uuid.UUID, desk: Desk, *, accepted: bool
) -> CorrectionDecision:
    """Confirm or refuse what somebody else proposed; confirmed, it takes effect.

    Raises RefusedError for whoever proposed it, and when it is decided or makes no sense any more.
    """
    locked = select(Correction.id).where(Correction.id == correction_id).with_for_update()
    db.execute(locked)  # two who decide at once do so one after the other
    view = find_correction(db, desk.staff, correction_id)
    correction = db.get_one(Correction, correction_id)
    if not correction.detail.get("waits"):
        raise RefusedError(Why.NOT_WAITING)
    if db.get(CorrectionDecision, correction_id) is not None:
        raise RefusedError(Why.ALREADY_DECIDED)
    if correction.proposed_by == desk.staff.user_id:
        raise RefusedError(Why.SAME_PERSON)
    if not may_decide(db, desk.staff, view):
        raise RefusedError(Why.OTHER_GROUPS)
    decision = CorrectionDecision(
        correction_id=correction.id,
        proposed_by=correction.proposed_by,
        decided_by=desk.staff.user_id,
        decided_at=desk.now,
        accepted=accepted,
    )
    db.add(decision)
    db.flush()
    change: Change = _take_effect(db, correction, desk) if accepted else ({}, {})
    word = "confirmed" if accepted else "refused"
    write_audit(db, correction, f"{correction.kind}.{word}", desk, change)
    return decision


def _take_effect(db: Session, correction: Correction, desk: Desk) -> Change:
    if correction.enrolment_id is None or correction.kind == Kind.REGRADE_RESPONSE:
        return confirm_scores(db, correction, desk)
    case = open_case(db, desk.staff, correction.enrolment_id)
    if correction.kind == Kind.WAIVE_MODULE:
        change = waive(db, case, correction.module_id, correction.id, desk.now)
        complete_if_last(db, case.enrolment.id, desk)
        return change
    record = standing_completion(db, case)
    revoke_completion(
        db, record.id, correction_id=correction.id, reason=correction.reason, now=desk.now
    )
    correct_outcome(db, case.enrolment.id, desk)
    return {"completion": str(record.id)}, {"revoked_at": desk.now.isoformat()}


def keep_pass(
    db: Session, correction_id: uuid.UUID, attempt_id: uuid.UUID, reason: str, desk: Desk
) -> Correction:
    """Decide that a pass stays which a regrade would have taken away; it is listed no more."""
    over = find_correction(db, desk.staff, correction_id)
    enrolment_id = db.scalar(select(Attempt.enrolment_id).where(Attempt.id == attempt_id))
    if enrolment_id is None:
        raise NotFoundError("attempt")
    case = open_case(db, desk.staff, enrolment_id)
    listed = lost_passes(db, desk.staff)
    if (over.id, attempt_id) not in {(one.correction_id, one.attempt_id) for one in listed}:
        raise RefusedError(Why.NOT_LISTED)
    draft = Draft(
        kind=Kind.KEEP_PASS,
        programme_id=case.enrolment.programme_id,
        enrolment_id=enrolment_id,
        module_id=over.module_id,
        reason=reason,
        detail={"over": str(over.id), "attempt": str(attempt_id)},
    )
    return audit_correction(db, append_correction(db, draft, desk), desk)
