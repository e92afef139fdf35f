"""End the attempts that nobody hands in: what was saved counts. Run by a job, every few minutes."""

import uuid
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt, Response, Result
from lms.enrolment.models import Enrolment
from lms.gates.ending import ABANDONED_AFTER
from lms.journey.actor import Learner, learner_from
from lms.journey.read import today_in_programme
from lms.journey.take_quiz import end_if_due
from lms.kernel.keys import Keys
from lms.publishing.models import CourseRevision

MOST_AT_ONCE = 100  # one transaction holds SQLite's only lock: the rest waits for the next run


def end_due_attempts(
    db: Session, *, keys: Keys, now: datetime, limit: int = MOST_AT_ONCE
) -> tuple[uuid.UUID, ...]:
    """End attempts whose holder's last day is over or who left them; gives those that ended."""
    ended = []
    for learner, module_id in _candidates(db, now, limit):
        number = learner.rules.number_of(module_id)
        attempt_id = end_if_due(db, learner, number, keys=keys, now=now)
        if attempt_id is not None:
            ended.append(attempt_id)
    return tuple(ended)


def _candidates(db: Session, now: datetime, limit: int) -> list[tuple[Learner, str]]:
    """Give who has an attempt that has ended: his last day is over, or it was long left alone."""
    touched = (
        select(func.max(Response.saved_at))
        .where(Response.attempt_id == Attempt.id)
        .correlate(Attempt)
        .scalar_subquery()
    )
    rows = db.execute(
        select(Enrolment, CourseRevision.document, Attempt.module_id)
        .join(Attempt, Attempt.enrolment_id == Enrolment.id)
        .join(CourseRevision, CourseRevision.id == Enrolment.course_revision_id)
        .outerjoin(Result, Result.attempt_id == Attempt.id)
        .where(
            Result.attempt_id.is_(None),
            or_(
                Enrolment.deadline < today_in_programme(now),
                func.coalesce(touched, Attempt.started_at) <= now - ABANDONED_AFTER,
            ),
        )
        .order_by(Attempt.started_at)
        .limit(limit)
    )
    return [(learner_from(row[0], row[1]), row[2]) for row in rows]
