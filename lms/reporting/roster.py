"""Who stands where, for the coordinator: a pseudonym and one word. No score, answer or attempt."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt
from lms.completion.models import CompletionRecord
from lms.completion.queries import counts
from lms.enrolment.models import Enrolment
from lms.progress.models import SeatTime


class Status(StrEnum):
    """The word that a coordinator sees."""

    NOT_STARTED = "not started"
    UNDER_WAY = "under way"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One enrolled person, by pseudonym."""

    pseudonym: str
    enrolled_at: datetime
    deadline: date | None
    status: Status


def roster(
    db: Session, cohort_id: uuid.UUID, *, limit: int, offset: int = 0
) -> tuple[RosterRow, ...]:
    """List who is enrolled in a group, in the order of enrolment, in one statement."""
    completed = select(CompletionRecord.id).where(
        CompletionRecord.enrolment_id == Enrolment.id, counts()
    )
    read = select(SeatTime.enrolment_id).where(SeatTime.enrolment_id == Enrolment.id)
    tried = select(Attempt.id).where(Attempt.enrolment_id == Enrolment.id)
    rows = db.execute(
        select(
            Enrolment.pseudonym,
            Enrolment.enrolled_at,
            Enrolment.deadline,
            completed.exists(),
            read.exists() | tried.exists(),
        )
        .where(Enrolment.cohort_id == cohort_id)
        .order_by(Enrolment.enrolled_at, Enrolment.id)
        .limit(limit)
        .offset(offset)
    )
    return tuple(
        RosterRow(row[0], row[1], row[2], _status(completed=row[3], begun=row[4])) for row in rows
    )


def completed_counts(db: Session, cohort_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    """Count who has completed in each of these groups."""
    rows = db.execute(
        select(Enrolment.cohort_id, func.count())
        .join(CompletionRecord, CompletionRecord.enrolment_id == Enrolment.id)
        .where(Enrolment.cohort_id.in_(cohort_ids), counts())
        .group_by(Enrolment.cohort_id)
    )
    found = {row[0]: int(row[1]) for row in rows}
    return {cohort_id: found.get(cohort_id, 0) for cohort_id in cohort_ids}


def _status(*, completed: bool, begun: bool) -> Status:
    if completed:
        return Status.COMPLETED
    return Status.UNDER_WAY if begun else Status.NOT_STARTED
