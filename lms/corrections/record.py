"""Write a correction down: its row and its audit entry, in the transaction of its effect."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from lms.corrections.kinds import Desk, Kind, RefusedError, Why, clean_reason
from lms.corrections.models import Correction, CorrectionDecision
from lms.kernel.audit import Act, append_audit

_Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """A correction before it is written; `waits` for a second person before it has an effect."""

    kind: Kind
    programme_id: uuid.UUID
    enrolment_id: uuid.UUID | None
    module_id: str
    reason: str
    detail: _Document = field(default_factory=dict)
    before: _Document = field(default_factory=dict)
    after: _Document = field(default_factory=dict)
    waits: bool = False


def append_correction(db: Session, draft: Draft, desk: Desk) -> Correction:
    """Append the row of a correction; `audit_correction` belongs to it, at the end of the act."""
    waiting = {"waits": True} if draft.waits else {}
    correction = Correction(
        programme_id=draft.programme_id,
        enrolment_id=draft.enrolment_id,
        kind=draft.kind,
        module_id=draft.module_id,
        detail={
            "before": dict(draft.before),
            "after": dict(draft.after),
            **draft.detail,
            **waiting,
        },
        reason=clean_reason(draft.reason),
        proposed_by=desk.staff.user_id,
        proposed_at=desk.now,
    )
    db.add(correction)
    db.flush()
    return correction


def audit_correction(db: Session, correction: Correction, desk: Desk) -> Correction:
    """Append the audit entry of a correction, the last thing of all; gives the correction."""
    detail = correction.detail
    act = f"{correction.kind}.proposed" if detail.get("waits") else correction.kind
    write_audit(db, correction, act, desk, (detail["before"], detail["after"]))
    return correction


def write_audit(
    db: Session,
    correction: Correction,
    act: str,
    desk: Desk,
    change: tuple[_Document, _Document],
) -> None:
    """Append the audit entry of a correction or of a decision; `change` is before and after."""
    subject = f"enrolment:{correction.enrolment_id}"
    if correction.enrolment_id is None:
        subject = f"item:{correction.module_id}/{correction.detail['item']}"[:120]
    before, after = change
    append_audit(
        db,
        desk.keys.audit,
        Act(
            actor=str(desk.staff.user_id),
            act=act,
            subject=subject,
            reason=correction.reason,
            before=before,
            after={"correction": str(correction.id), **after},
        ),
        now=desk.now,
    )


def is_waiting() -> ColumnElement[bool]:
    """Say which corrections wait for a second person, as a condition on `Correction`."""
    decided = select(CorrectionDecision.correction_id)
    return and_(Correction.detail["waits"].as_boolean().is_(True), Correction.id.not_in(decided))


def refuse_if_waiting(db: Session, *conditions: ColumnElement[bool]) -> None:
    """Refuse a second proposal while one that meets these conditions waits."""
    found = db.scalar(select(Correction.id).where(is_waiting(), *conditions).limit(1))
    if found is not None:
        raise RefusedError(Why.ALREADY_WAITING)
