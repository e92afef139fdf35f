"""Open a passed quiz again: an open answer that it counts was read, and is not done."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt, Standing


def reopen_quiz(db: Session, attempt_id: uuid.UUID, *, now: datetime) -> bool:
    """Let the holder of a passed attempt try once more at once; whether that attempt was his pass.

    The attempt and its result stay as they are. Nothing is to be read again, and no pause is kept:
    it is not knowledge that was missing.
    """
    standing = db.scalar(
        select(Standing)
        .join(Attempt, Attempt.id == Standing.passed_attempt_id)
        .where(Standing.passed_attempt_id == attempt_id)
        .with_for_update(of=Standing)
        .execution_options(populate_existing=True)
    )
    if standing is None:
        return False
    standing.passed_at = None
    standing.passed_attempt_id = None
    standing.extra_attempts += 1
    standing.pause_lifted_at = now
    standing.review = []
    db.flush()
    return True
