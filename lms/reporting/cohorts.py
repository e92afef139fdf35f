"""Read cohorts and the people in them, for their instructor and for nobody else."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from lms.assessment.models import Standing
from lms.enrolment.models import Cohort, CohortInstructor, Enrolment
from lms.kernel.errors import NotFoundError
from lms.publishing.models import CourseRevision, PublishedCourse
from lms.publishing.queries import CourseRules, course_rules
from lms.reporting.follow_up import ModuleStanding, Moment, Path, Reason, follow_up
from lms.reporting.people import in_scope, people, reasons
from lms.reporting.table import Wanted, in_order, matching

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class CohortLine:
    """A cohort in the list: how many people, and how they do."""

    id: uuid.UUID
    name: str
    people: int
    finished: int
    to_follow_up: int


@dataclass(frozen=True, slots=True)
class CohortHead:
    """A cohort and the modules of its course: the columns of its table."""

    id: uuid.UUID
    name: str
    modules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as his instructor knows him: by pseudonym."""

    enrolment_id: uuid.UUID
    cohort_id: uuid.UUID
    pseudonym: str
    enrolled_at: datetime
    deadline: date | None
    seen_at: datetime | None
    finished: bool
    passed: int
    attempts: int
    modules: tuple[str, ...]  # of the course as he enrolled in it
    standings: Mapping[str, ModuleStanding]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class CohortTable:
    """One page of a cohort's table; `total` counts the people that match."""

    head: CohortHead
    people: tuple[Person, ...]
    total: int
    page: int
    pages: int


def own_cohorts(db: Session, user_id: uuid.UUID, moment: Moment) -> tuple[CohortLine, ...]:
    """List an instructor's cohorts, the newest first."""
    one = people(in_scope(user_id))
    rows = db.execute(
        select(
            Cohort.id,
            Cohort.name,
            func.count(one.c.id),
            func.coalesce(func.sum(one.c.finished), 0),
            func.coalesce(func.sum(case((reasons(one, moment) > 0, 1), else_=0)), 0),
        )
        .join(CohortInstructor, CohortInstructor.cohort_id == Cohort.id)
        .outerjoin(one, one.c.cohort_id == Cohort.id)
        .where(CohortInstructor.user_id == user_id)
        .group_by(Cohort.id, Cohort.name)
        .order_by(Cohort.id.desc())
    )
    return tuple(CohortLine(*row) for row in rows)


def people_to_follow_up(
    db: Session, user_id: uuid.UUID, moment: Moment, *, most: int
) -> tuple[Person, ...]:
    """Give those who could use a hand over all own cohorts, the most pressing first."""
    one = people(in_scope(user_id))
    chosen = in_order(one, Wanted(), moment).where(reasons(one, moment) > 0).limit(most)
    return load_people(db, chosen, moment)


def own_cohort(db: Session, user_id: uuid.UUID, cohort_id: uuid.UUID) -> CohortHead:
    """Give a cohort of one's own; anybody else's is not found."""
    row = db.execute(
        select(Cohort.id, Cohort.name, Cohort.course_id)
        .join(CohortInstructor, CohortInstructor.cohort_id == Cohort.id)
        .where(CohortInstructor.user_id == user_id, Cohort.id == cohort_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("cohort")
    return CohortHead(row.id, row.name, _columns(db, row.id, row.course_id))


def place_in_list(db: Session, user_id: uuid.UUID, cohort_id: uuid.UUID) -> int:
    """Give the place of a cohort among one's own, from the oldest: a name that says nothing."""
    count = db.scalar(
        select(func.count()).where(
            CohortInstructor.user_id == user_id, CohortInstructor.cohort_id <= cohort_id
        )
    )
    return count or 0


def cohort_table(
    db: Session, user_id: uuid.UUID, head: CohortHead, wanted: Wanted, moment: Moment
) -> CohortTable:
    """Give one page of a cohort's table, in five statements whatever its size."""
    one = people(in_scope(user_id, Enrolment.cohort_id == head.id))
    conditions = matching(one, wanted, moment)
    # Everybody is counted from the roll itself: what each one did is not needed for that.
    counted = select(func.count()).select_from(one).where(*conditions)
    everybody = select(func.count()).where(Enrolment.cohort_id == head.id)
    total = db.scalar(counted if conditions else everybody) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(wanted.page, 1), pages)
    chosen = in_order(one, wanted, moment).where(*conditions)
    chosen = chosen.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    return CohortTable(head, load_people(db, chosen, moment), total, page, pages)


def load_people(db: Session, chosen: Any, moment: Moment) -> tuple[Person, ...]:  # noqa: ANN401 - a select of `people`
    """Give the people whom a statement chooses, with their standings and rules."""
    rows = db.execute(chosen).all()
    return people_of(db, rows, rules_of(db, {row.course_revision_id for row in rows}), moment)


def people_of(
    db: Session, rows: Sequence[Any], rules: Mapping[uuid.UUID, CourseRules], moment: Moment
) -> tuple[Person, ...]:
    """Give the people of these rows of `people`, by the rules of their course revisions."""
    standings = standings_of(db, [row.id for row in rows])
    return tuple(
        _person(row, standings.get(row.id, {}), rules[row.course_revision_id], moment)
        for row in rows
    )


def standings_of(
    db: Session, ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, dict[str, ModuleStanding]]:
    """Give where these people stand in each module that they have tried."""
    found: dict[uuid.UUID, dict[str, ModuleStanding]] = {}
    rows = db.execute(
        select(
            Standing.enrolment_id,
            Standing.module_id,
            Standing.attempts,
            Standing.best_percent,
            Standing.passed_at,
            Standing.last_submitted_at,
            Standing.pause_lifted_at,
        ).where(Standing.enrolment_id.in_(ids))
    )
    for enrolment_id, module_id, attempts, best, passed_at, submitted_at, lifted_at in rows:
        passed = passed_at is not None
        standing = ModuleStanding(attempts, best, passed, submitted_at, lifted_at)
        found.setdefault(enrolment_id, {})[module_id] = standing
    return found


def rules_of(db: Session, revisions: Iterable[uuid.UUID]) -> dict[uuid.UUID, CourseRules]:
    """Give the rules of these course revisions."""
    rows = db.execute(
        select(CourseRevision.id, CourseRevision.document).where(
            CourseRevision.id.in_(list(revisions))
        )
    )
    return {row[0]: course_rules(row[1]) for row in rows}


def _columns(db: Session, cohort_id: uuid.UUID, course_id: str) -> tuple[str, ...]:
    """Give the modules of the course as it is now, then those that only earlier editions have."""
    held = select(Enrolment.course_revision_id).where(Enrolment.cohort_id == cohort_id)
    rows = db.execute(
        select(CourseRevision.document, CourseRevision.number, PublishedCourse.course_id)
        .outerjoin(PublishedCourse, PublishedCourse.revision_id == CourseRevision.id)
        .where(or_(PublishedCourse.course_id == course_id, CourseRevision.id.in_(held)))
        .order_by(CourseRevision.number.desc())
    ).all()
    rows = sorted(rows, key=lambda row: row.course_id is None)
    modules = (module_id for row in rows for module_id in course_rules(row.document).modules)
    return tuple(dict.fromkeys(modules))


def _person(
    row: Any,  # noqa: ANN401 - a row of `people`
    standings: Mapping[str, ModuleStanding],
    rules: CourseRules,
    moment: Moment,
) -> Person:
    finished = bool(row.finished)
    path = Path(
        enrolled_at=row.enrolled_at,
        seen_at=row.seen_at,
        deadline=row.deadline,
        finished=finished,
        standings=standings,
        modules=len(rules.modules),
        pause=timedelta(seconds=0 if row.no_pause else rules.pause_seconds),
        rests=bool(row.rests),
    )
    return Person(
        enrolment_id=row.id,
        cohort_id=row.cohort_id,
        pseudonym=row.pseudonym,
        enrolled_at=row.enrolled_at,
        deadline=row.deadline,
        seen_at=row.seen_at,
        finished=finished,
        passed=row.passed,
        attempts=row.attempts,
        modules=rules.modules,
        standings=standings,
        reasons=follow_up(path, moment),
    )
