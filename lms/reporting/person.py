"""Read one person: the way through the modules, the attempts, and one attempt as it was shown."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt, Result
from lms.assessment.queries import ClosedAttempt, ItemOutcome, closed_attempt
from lms.assessment.values import Score
from lms.content.model import ItemKind
from lms.enrolment.models import Cohort, CohortInstructor, Enrolment
from lms.kernel.errors import NotFoundError
from lms.kernel.keys import Keys
from lms.progress.queries import Progress, load_activity
from lms.publishing.models import CourseRevision
from lms.publishing.queries import course_rules
from lms.reporting.cohorts import Person, people_of
from lms.reporting.follow_up import Moment
from lms.reporting.people import in_scope, people


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """One attempt in the list; one under way has no score yet."""

    id: uuid.UUID
    module_id: str
    number: int
    started_at: datetime
    submitted_at: datetime | None
    score: Score | None
    passed: bool


@dataclass(frozen=True, slots=True)
class PersonView:
    """All that an instructor sees of one person."""

    person: Person
    cohort_name: str
    has_arrangement: bool  # that there is one, and no more: the reason is recorded nowhere
    progress: Progress
    seen: Mapping[str, datetime]  # by module
    attempts: tuple[AttemptLine, ...]


@dataclass(frozen=True, slots=True)
class AttemptView:
    """A submitted attempt without the texts that are private: of these, only their length."""

    enrolment_id: uuid.UUID
    pseudonym: str
    cohort_id: uuid.UUID
    cohort_name: str
    module_number: int
    attempt: ClosedAttempt
    words_written: Mapping[str, int]  # by item


def person_view(
    db: Session, user_id: uuid.UUID, enrolment_id: uuid.UUID, moment: Moment
) -> PersonView:
    """Give somebody in one's own cohorts; anybody else is not found."""
    one = people(in_scope(user_id, Enrolment.id == enrolment_id))
    row = db.execute(
        select(
            one,
            Cohort.name.label("cohort_name"),
            CourseRevision.document,
            Enrolment.time_credit_percent,
            Enrolment.read_aloud,
        )
        .join(Cohort, Cohort.id == one.c.cohort_id)
        .join(CourseRevision, CourseRevision.id == one.c.course_revision_id)
        .join(Enrolment, Enrolment.id == one.c.id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("enrolment")
    rules = {row.course_revision_id: course_rules(row.document)}
    progress, seen = load_activity(db, enrolment_id)
    attempts = _attempts(db, enrolment_id)
    return PersonView(
        person=people_of(db, [row], rules, moment)[0],
        cohort_name=row.cohort_name,
        has_arrangement=any((row.time_credit_percent, row.no_pause, row.read_aloud)),
        progress=progress,
        seen=_seen(seen, attempts),
        attempts=attempts,
    )


def _seen(read: Mapping[str, datetime], attempts: Iterable[AttemptLine]) -> Mapping[str, datetime]:
    """Add to when he last read in each module when he last began to answer there."""
    seen = dict(read)
    for line in attempts:
        seen[line.module_id] = max(line.started_at, seen.get(line.module_id, line.started_at))
    return seen


def attempt_view(db: Session, user_id: uuid.UUID, attempt_id: uuid.UUID, keys: Keys) -> AttemptView:
    """Give a submitted attempt of somebody in one's own cohorts; anything else is not found."""
    owner = db.execute(
        select(
            Enrolment.id,
            Enrolment.pseudonym,
            Cohort.id.label("cohort_id"),
            Cohort.name,
            CourseRevision.document,
        )
        .join(Attempt, Attempt.enrolment_id == Enrolment.id)
        .join(CourseRevision, CourseRevision.id == Enrolment.course_revision_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(CohortInstructor, CohortInstructor.cohort_id == Cohort.id)
        .where(Attempt.id == attempt_id, CohortInstructor.user_id == user_id)
    ).one_or_none()
    attempt = closed_attempt(db, attempt_id, keys) if owner else None
    if owner is None or attempt is None:
        raise NotFoundError("attempt")
    return AttemptView(
        enrolment_id=owner.id,
        pseudonym=owner.pseudonym,
        cohort_id=owner.cohort_id,
        cohort_name=owner.name,
        module_number=course_rules(owner.document).number_of(attempt.module_id),
        attempt=replace(attempt, outcomes=tuple(map(_without_text, attempt.outcomes))),
        words_written={
            one.item.id: len(str(one.answer[0]).split()) if one.answer else 0
            for one in attempt.outcomes
            if one.item.kind is ItemKind.OPEN
        },
    )


def _without_text(outcome: ItemOutcome) -> ItemOutcome:
    """Take away what somebody wrote for himself: it goes no further than this."""
    return replace(outcome, answer=()) if outcome.item.kind is ItemKind.OPEN else outcome


def _attempts(db: Session, enrolment_id: uuid.UUID) -> tuple[AttemptLine, ...]:
    rows = db.execute(
        select(Attempt, Result)
        .outerjoin(Result, Result.attempt_id == Attempt.id)
        .where(Attempt.enrolment_id == enrolment_id)
        .order_by(Attempt.started_at.desc(), Attempt.id.desc())
    )
    return tuple(_line(attempt, result) for attempt, result in rows)


def _line(attempt: Attempt, result: Result | None) -> AttemptLine:
    score = None
    if result is not None:
        raw = Fraction(result.raw_numerator, result.raw_denominator)
        score = Score(raw, result.maximum)
    return AttemptLine(
        id=attempt.id,
        module_id=attempt.module_id,
        number=attempt.number,
        started_at=attempt.started_at,
        submitted_at=result.submitted_at if result else None,
        score=score,
        passed=result.passed if result else False,
    )
