"""Do: make programmes and cohorts, issue codes, enrol the holder of a code."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.content.model import CourseKind
from lms.enrolment.codes import code_hash, new_code
from lms.enrolment.models import Cohort, CohortInstructor, Enrolment, EnrolmentCode, Programme
from lms.kernel.errors import BadInputError, NotFoundError
from lms.kernel.ids import DIGITS
from lms.publishing.queries import current_course

MOST_CODES = 200  # at one time
MOST_PLACES = 1000
LONGEST_PLACE = 200


class CodeUnknownError(BadInputError):
    """No such code was ever issued."""


class CodeUsedError(BadInputError):
    """Somebody has enrolled with this code."""


class CodeExpiredError(BadInputError):
    """The code's last day is over."""


class NameTakenError(BadInputError):
    """Another cohort has this name."""


class CourseUnknownError(BadInputError):
    """No course with this id is published."""


class PlanError(BadInputError):
    """A cohort ends after it starts, has 1 to 1000 places and a place of 200 characters at most."""


@dataclass(frozen=True, slots=True)
class CohortPlan:
    """When and where a cohort is held, and for how many; None is not said, or without a limit."""

    starts_on: date | None = None
    ends_on: date | None = None
    capacity: int | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class CodeHolder:
    """A code that may be redeemed now, and for which cohort."""

    code_id: uuid.UUID
    cohort_id: uuid.UUID


def make_programme(db: Session, name: str, *, now: datetime) -> Programme:
    """Give the programme with this name, made if need be."""
    programme = db.scalar(select(Programme).where(Programme.name == name))
    if programme is None:
        programme = Programme(name=name, created_at=now)
        db.add(programme)
        db.flush()
    return programme


def make_cohort(
    db: Session,
    programme: Programme,
    name: str,
    *,
    course_id: str,
    instructors: Sequence[User] = (),
    now: datetime,
) -> Cohort:
    """Make a cohort that takes a published course, seen by these instructors."""
    course = current_course(db, course_id)
    if course is None or course[1].kind != CourseKind.DIVERSION:
        raise CourseUnknownError(course_id)
    if db.scalar(select(Cohort.id).where(Cohort.name == name)) is not None:
        raise NameTakenError(name)
    cohort = Cohort(programme_id=programme.id, course_id=course_id, name=name, created_at=now)
    db.add(cohort)
    db.flush()
    for user in instructors:
        assign_instructor(db, cohort.id, user)
    return cohort


def assign_instructor(db: Session, cohort_id: uuid.UUID, user: User) -> None:
    """Let an instructor see a cohort."""
    if user.role != Role.INSTRUCTOR:
        raise BadInputError(f"{user.login} is not an instructor")
    db.merge(CohortInstructor(cohort_id=cohort_id, user_id=user.id))
    db.flush()


def change_cohort(db: Session, cohort: Cohort, name: str, plan: CohortPlan) -> None:
    """Give a cohort another name and plan; raises NameTakenError, PlanError.

    Fewer places than are taken turn nobody out: no further one is given.
    """
    namesake = select(Cohort.id).where(Cohort.name == name, Cohort.id != cohort.id)
    if db.scalar(namesake) is not None:
        raise NameTakenError(name)
    is_odd = plan.starts_on and plan.ends_on and plan.ends_on < plan.starts_on
    has_limit = plan.capacity is not None
    if is_odd or (has_limit and not 1 <= (plan.capacity or 0) <= MOST_PLACES):
        raise PlanError
    if len(plan.place) > LONGEST_PLACE:
        raise PlanError
    cohort.name = name
    cohort.starts_on, cohort.ends_on = plan.starts_on, plan.ends_on
    cohort.capacity, cohort.place = plan.capacity, plan.place or None
    db.flush()


def set_instructors(db: Session, cohort_id: uuid.UUID, users: Sequence[User]) -> None:
    """Let these instructors see a cohort, and nobody else who did so far."""
    wanted = {user.id for user in users}
    for seen in db.scalars(select(CohortInstructor).where(CohortInstructor.cohort_id == cohort_id)):
        if seen.user_id not in wanted:
            db.delete(seen)
    for user in users:
        assign_instructor(db, cohort_id, user)
    db.flush()


def issue_codes(
    db: Session, cohort_id: uuid.UUID, count: int, *, valid: timedelta, now: datetime
) -> tuple[str, ...]:
    """Make codes for a cohort and give them as printed: they are shown this once, never again."""
    cohort = db.get(Cohort, cohort_id)
    if cohort is None:
        raise NotFoundError("cohort")
    if not 1 <= count <= MOST_CODES:
        raise BadInputError(f"between 1 and {MOST_CODES} codes")
    codes = tuple(new_code() for _ in range(count))
    db.add_all(
        EnrolmentCode(
            programme_id=cohort.programme_id,
            cohort_id=cohort.id,
            code_hash=str(code_hash(code)),
            issued_at=now,
            expires_at=now + valid,
        )
        for code in codes
    )
    db.flush()
    return codes


def check_code(db: Session, typed: str, *, now: datetime) -> CodeHolder:
    """Give what a code opens, or raise why it opens nothing."""
    digest = code_hash(typed)
    code = None
    if digest is not None:
        code = db.scalar(select(EnrolmentCode).where(EnrolmentCode.code_hash == digest))
    return _usable(code, now)


def check_code_id(db: Session, code_id: uuid.UUID, *, now: datetime) -> CodeHolder:
    """Check again a code that was typed on the page before."""
    return _usable(db.get(EnrolmentCode, code_id), now)


def _usable(code: EnrolmentCode | None, now: datetime) -> CodeHolder:
    if code is None:
        raise CodeUnknownError
    if code.redeemed_at is not None:
        raise CodeUsedError
    if now >= code.expires_at:
        raise CodeExpiredError
    return CodeHolder(code.id, code.cohort_id)


def enrol(db: Session, code_id: uuid.UUID, user: User, *, now: datetime, today: date) -> Enrolment:
    """Use up a code for this account. Of any number at once, one wins: the rest get CodeUsedError.

    The rules are those of the course as published now; they stay his whatever is published later.
    """
    taken = db.execute(
        update(EnrolmentCode)
        .where(
            EnrolmentCode.id == code_id,
            EnrolmentCode.redeemed_at.is_(None),
            EnrolmentCode.expires_at > now,
        )
        .values(redeemed_at=now)
    )
    if not isinstance(taken, CursorResult) or taken.rowcount != 1:
        raise CodeUsedError
    code = db.get_one(EnrolmentCode, code_id)
    cohort = db.get_one(Cohort, code.cohort_id)
    course = current_course(db, cohort.course_id)
    if course is None:
        raise CourseUnknownError(cohort.course_id)
    revision_id, rules = course
    days = rules.deadline_days
    enrolment = Enrolment(
        programme_id=code.programme_id,
        cohort_id=cohort.id,
        code_id=code.id,
        user_id=user.id,
        course_revision_id=revision_id,
        pseudonym=_new_pseudonym(),
        enrolled_at=now,
        deadline=None if days is None else today + timedelta(days=days),
    )
    db.add(enrolment)
    db.flush()
    return enrolment


def agree(db: Session, enrolment_id: uuid.UUID, *, notice_version: str, now: datetime) -> None:
    """Note that he read the notice and agreed; the first time counts."""
    db.execute(
        update(Enrolment)
        .where(Enrolment.id == enrolment_id, Enrolment.agreed_at.is_(None))
        .values(agreed_at=now, notice_version=notice_version)
    )


def _new_pseudonym() -> str:
    return "P-" + "".join(secrets.choice(DIGITS) for _ in range(6))
