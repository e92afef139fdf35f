"""Whom somebody may correct: an instructor his own cohorts, a coordinator everybody."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, select, true
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.completion.service import record_completion
from lms.corrections.kinds import Desk, Staff
from lms.enrolment.models import CohortInstructor, Enrolment
from lms.gates.seat_time import Arrangement
from lms.kernel.errors import NotFoundError
from lms.progress.queries import load_progress
from lms.publishing.models import CourseRevision
from lms.publishing.queries import CourseRules, course_rules

_CHUNK = 500  # ids in one statement: databases bound their number


@dataclass(frozen=True, slots=True)
class Case:
    """One person under correction: the enrolment, locked, and the rules that he enrolled under."""

    enrolment: Enrolment
    rules: CourseRules

    @property
    def arrangement(self) -> Arrangement:
        """What is arranged for him now."""
        one = self.enrolment
        return Arrangement(one.time_credit_percent, one.no_pause, one.read_aloud)

    def check_module(self, module_id: str) -> str:
        """Give the id of a module of his course, or raise NotFoundError."""
        if module_id not in self.rules.modules:
            raise NotFoundError(f"his course has no module {module_id!r}")
        return module_id


def in_scope(staff: Staff) -> ColumnElement[bool]:
    """Say which enrolments somebody may correct, as a condition on `Enrolment`."""
    match staff.role:
        case Role.COORDINATOR:
            return true()
        case Role.INSTRUCTOR:
            return Enrolment.cohort_id.in_(own_cohorts(staff.user_id))
        case _:
            return false()


def own_cohorts(user_id: uuid.UUID) -> Select[uuid.UUID]:
    """Select the cohorts of an instructor."""
    return select(CohortInstructor.cohort_id).where(CohortInstructor.user_id == user_id)


def open_case(db: Session, staff: Staff, enrolment_id: uuid.UUID) -> Case:
    """Give a person in one's scope, locked until the end; anybody else is not found."""
    enrolment = db.scalar(
        select(Enrolment)
        .where(Enrolment.id == enrolment_id, in_scope(staff))
        .with_for_update(key_share=True, of=Enrolment)
        .execution_options(populate_existing=True)
    )
    if enrolment is None:
        raise NotFoundError("there is no such person in your groups")
    return Case(enrolment, _rules(db, enrolment))


def lock_people(db: Session, enrolment_ids: Iterable[uuid.UUID]) -> None:
    """Lock many people, always in the same order, so that two such acts cannot block each other."""
    ids = sorted(set(enrolment_ids))
    for at in range(0, len(ids), _CHUNK):
        db.execute(
            select(Enrolment.id)
            .where(Enrolment.id.in_(ids[at : at + _CHUNK]))
            .order_by(Enrolment.id)
            .with_for_update(key_share=True)
        ).all()


def complete_if_last(db: Session, enrolment_id: uuid.UUID, desk: Desk) -> None:
    """Record the completion if every module is passed or waived now."""
    enrolment = db.get_one(Enrolment, enrolment_id)
    record_completion(
        db,
        enrolment_id,
        _rules(db, enrolment),
        load_progress(db, enrolment_id),
        signing_key=desk.keys.signing,
        now=desk.now,
    )


def _rules(db: Session, enrolment: Enrolment) -> CourseRules:
    return course_rules(db.get_one(CourseRevision, enrolment.course_revision_id).document)


def staff_of(user: User) -> Staff:
    """Give an account as one that corrects; an account that may not is not found."""
    role = Role(user.role)
    if role not in {Role.INSTRUCTOR, Role.COORDINATOR} or user.disabled_at is not None:
        raise NotFoundError(f"{user.login!r} is no instructor or coordinator with an open account")
    return Staff(user.id, role)


def moment(value: datetime | None) -> str | None:
    """Write a moment as a document keeps it."""
    return None if value is None else value.isoformat()


Document = dict[str, Any]
