"""Read groups and their codes. Nothing here tells one code from another: only counts."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.enrolment.models import Cohort, CohortInstructor, Enrolment, EnrolmentCode, Programme


@dataclass(frozen=True, slots=True)
class CodeCounts:
    """How many codes were issued, how many are used, and how many ran out unused."""

    issued: int = 0
    used: int = 0
    expired: int = 0

    @property
    def free(self) -> int:
        """How many can still be used."""
        return self.issued - self.used - self.expired


@dataclass(frozen=True, slots=True)
class CodeBatch:
    """Codes that were issued at one moment, and until when they are good."""

    issued_at: datetime
    expires_at: datetime
    counts: CodeCounts


@dataclass(frozen=True, slots=True)
class CohortView:
    """A group as its coordinator sees it."""

    id: uuid.UUID
    name: str
    course_id: str
    created_at: datetime
    starts_on: date | None = None
    ends_on: date | None = None
    capacity: int | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody who works here, by login."""

    id: uuid.UUID
    login: str


def first_programme(db: Session) -> Programme | None:
    """Give the site's programme: the one that was made first."""
    return db.scalar(select(Programme).order_by(Programme.created_at, Programme.id).limit(1))


def cohort_count(db: Session) -> int:
    """Count the groups."""
    return db.scalar(select(func.count()).select_from(Cohort)) or 0


def cohorts(db: Session, *, limit: int, offset: int = 0) -> tuple[CohortView, ...]:
    """List groups, the newest first."""
    rows = db.scalars(
        select(Cohort).order_by(Cohort.created_at.desc(), Cohort.id.desc()).limit(limit)
        .offset(offset)
    )  # fmt: skip
    return tuple(_view(cohort) for cohort in rows)


def find_cohort(db: Session, cohort_id: uuid.UUID) -> CohortView | None:
    """Give a group; None if there is no such group."""
    cohort = db.get(Cohort, cohort_id)
    return None if cohort is None else _view(cohort)


def code_counts(
    db: Session, cohort_ids: Sequence[uuid.UUID], *, now: datetime
) -> Mapping[uuid.UUID, CodeCounts]:
    """Count the codes of each of these groups; a group without codes has zeros."""
    rows = db.execute(
        select(EnrolmentCode.cohort_id, *_counts(now))
        .where(EnrolmentCode.cohort_id.in_(cohort_ids))
        .group_by(EnrolmentCode.cohort_id)
    )
    found = {row[0]: CodeCounts(row[1], row[2], row[3]) for row in rows}
    return {cohort_id: found.get(cohort_id, CodeCounts()) for cohort_id in cohort_ids}


def code_batches(
    db: Session, cohort_id: uuid.UUID, *, now: datetime, limit: int
) -> tuple[CodeBatch, ...]:
    """Give the last issues of codes for a group, the newest first."""
    rows = db.execute(
        select(EnrolmentCode.issued_at, EnrolmentCode.expires_at, *_counts(now))
        .where(EnrolmentCode.cohort_id == cohort_id)
        .group_by(EnrolmentCode.issued_at, EnrolmentCode.expires_at)
        .order_by(EnrolmentCode.issued_at.desc())
        .limit(limit)
    )
    return tuple(CodeBatch(row[0], row[1], CodeCounts(row[2], row[3], row[4])) for row in rows)


def enrolled_counts(db: Session, cohort_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    """Count who is enrolled in each of these groups."""
    rows = db.execute(
        select(Enrolment.cohort_id, func.count())
        .where(Enrolment.cohort_id.in_(cohort_ids))
        .group_by(Enrolment.cohort_id)
    )
    found = {row[0]: int(row[1]) for row in rows}
    return {cohort_id: found.get(cohort_id, 0) for cohort_id in cohort_ids}


def instructors(db: Session) -> tuple[StaffMember, ...]:
    """List the instructors whose account is open."""
    rows = db.execute(
        select(User.id, User.login)
        .where(User.role == Role.INSTRUCTOR, User.disabled_at.is_(None))
        .order_by(User.login)
    )
    return tuple(StaffMember(row[0], row[1]) for row in rows)


def instructors_of(db: Session, cohort_id: uuid.UUID) -> tuple[StaffMember, ...]:
    """List the instructors who see a group."""
    rows = db.execute(
        select(User.id, User.login)
        .join(CohortInstructor, CohortInstructor.user_id == User.id)
        .where(CohortInstructor.cohort_id == cohort_id)
        .order_by(User.login)
    )
    return tuple(StaffMember(row[0], row[1]) for row in rows)


def _counts(now: datetime) -> tuple[ColumnElement[int], ...]:
    used = EnrolmentCode.redeemed_at.is_not(None)
    expired = EnrolmentCode.redeemed_at.is_(None) & (EnrolmentCode.expires_at <= now)
    return (
        func.count(),
        func.coalesce(func.sum(case((used, 1), else_=0)), 0),
        func.coalesce(func.sum(case((expired, 1), else_=0)), 0),
    )


def _view(cohort: Cohort) -> CohortView:
    return CohortView(
        id=cohort.id,
        name=cohort.name,
        course_id=cohort.course_id,
        created_at=cohort.created_at,
        starts_on=cohort.starts_on,
        ends_on=cohort.ends_on,
        capacity=cohort.capacity,
        place=cohort.place or "",
    )
