"""A way through the course that has a bit of everything, and the people who correct it."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.assessment.models import Attempt, Regrade
from lms.completion.models import CompletionRecord
from lms.corrections.models import Correction, CorrectionDecision
from lms.journey.actor import Learner
from lms.progress.models import SeatKind
from lms.progress.service import Seat, grant_time
from tests.factories import NOW, go_on, make_user, pass_module, read_module, take_quiz

SECOND = NOW + timedelta(hours=1)
SECRET_TEXT = "mot"  # what `right_answer` writes in an open box, as often as it must


def go_through(db: Session, learner: Learner) -> None:
    """Fail the first module, read again and pass it; an hour later pass the second."""
    read_module(db, learner, 1)
    take_quiz(db, learner, 1, right=False)
    again = NOW + timedelta(minutes=20)
    for page in (1, 2):
        go_on(db, learner, (1, page), now=again)
    take_quiz(db, learner, 1, now=again)
    pass_module(db, learner, 2, now=SECOND)


def spend(db: Session, learner: Learner, place: tuple[SeatKind, str, str], ms: int) -> None:
    """Credit time to a place: (kind, module id, section id)."""
    kind, module_id, section_id = place
    seat = Seat(
        learner.programme_id, learner.enrolment_id, kind, module_id, section_id, 1, None, "fr"
    )
    grant_time(db, seat, ms, NOW)


def record_of(db: Session, learner: Learner) -> CompletionRecord:
    """Give somebody's record."""
    query = select(CompletionRecord).where(CompletionRecord.enrolment_id == learner.enrolment_id)
    return db.scalars(query).one()


def correct(
    db: Session, learner: Learner | None, kind: str, *, now: datetime, accepted: bool | None = None
) -> Correction:
    """Keep a correction of one person, or of two who confirm or refuse it."""
    one, two = (make_user(db, role=Role.INSTRUCTOR) for _ in range(2))
    programme_id = db.scalars(select(Attempt.programme_id)).first()
    assert programme_id is not None
    correction = Correction(
        programme_id=programme_id,
        enrolment_id=learner.enrolment_id if learner else None,
        kind=kind,
        module_id="first",
        detail={} if accepted is None else {"waits": True},
        reason=f"why {kind}",
        proposed_by=one.id,
        proposed_at=now,
    )
    db.add(correction)
    db.flush()
    if accepted is not None:
        db.add(
            CorrectionDecision(
                correction_id=correction.id,
                proposed_by=one.id,
                decided_by=two.id,
                decided_at=now,
                accepted=accepted,
            )
        )
        db.flush()
    return correction


def regrade(
    db: Session, attempt: Attempt, correction: Correction, raw: int, *, passed: bool, now: datetime
) -> None:
    """Append a new score of an attempt."""
    db.add(
        Regrade(
            attempt_id=attempt.id,
            number=1,
            programme_id=attempt.programme_id,
            correction_id=correction.id,
            raw_numerator=raw,
            raw_denominator=1,
            maximum=11,
            passed=passed,
            items=[{"item": one["item"], "raw": [0, 1], "max": 1} for one in attempt.shown],
            graded_at=now,
        )
    )
    db.flush()


def attempts_of(db: Session, learner: Learner, module_id: str) -> list[Attempt]:
    """Give somebody's attempts at a module, the first one first."""
    query = select(Attempt).where(
        Attempt.enrolment_id == learner.enrolment_id, Attempt.module_id == module_id
    )
    return list(db.scalars(query.order_by(Attempt.number)))
