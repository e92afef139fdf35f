"""Who asks: session, account and enrolment, in one statement at each request."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.accounts.models import SignInSession, User
from lms.accounts.roles import Role
from lms.enrolment.models import Enrolment
from lms.gates.seat_time import NO_ARRANGEMENT, Arrangement
from lms.publishing.models import CourseRevision
from lms.publishing.queries import CourseRules, course_rules


class Standing(StrEnum):
    """Whether the course is open to somebody, and if not, why."""

    OPEN = "open"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Learner:
    """A participant's place in his programme, under the rules that he enrolled under."""

    enrolment_id: uuid.UUID
    programme_id: uuid.UUID
    pseudonym: str
    deadline: date | None
    agreed: bool
    rules: CourseRules
    arrangement: Arrangement = NO_ARRANGEMENT
    standing: Standing = Standing.OPEN


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody signed in; the role is as it is now, not as it was when he signed in."""

    user_id: uuid.UUID
    login: str
    role: Role
    language: str
    session_hash: str
    seen_at: datetime
    learner: Learner | None
    has_second_factor: bool = False


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session may rest, by kind of role, and how long it may last at all."""

    idle_participant: timedelta
    idle_staff: timedelta
    absolute: timedelta

    def is_over(self, role: Role, created_at: datetime, seen_at: datetime, now: datetime) -> bool:
        """Whether a session has run out."""
        idle = self.idle_participant if role is Role.PARTICIPANT else self.idle_staff
        return now - seen_at > idle or now - created_at > self.absolute


# Built once: to build a statement costs as much as to run it, and this one runs at each request.
_WHO = (
    select(
        SignInSession.created_at,
        SignInSession.seen_at,
        User.id.label("user_id"),
        User.login,
        User.role,
        User.language,
        User.totp_since,
        Enrolment.id.label("enrolment_id"),
        Enrolment.programme_id,
        Enrolment.pseudonym,
        Enrolment.deadline,
        Enrolment.agreed_at,
        Enrolment.time_credit_percent,
        Enrolment.no_pause,
        Enrolment.read_aloud,
        Enrolment.withdrawn_at,
        Enrolment.suspended_at,
        Enrolment.closed_at,
        CourseRevision.document,
    )
    .join(User, User.id == SignInSession.user_id)
    .outerjoin(Enrolment, Enrolment.user_id == User.id)
    .outerjoin(CourseRevision, CourseRevision.id == Enrolment.course_revision_id)
    .where(
        SignInSession.token_hash == bindparam("session_hash"),
        SignInSession.ended_at.is_(None),
        User.disabled_at.is_(None),
    )
)


def load_actor(
    db: Session, session_hash: str, *, limits: SessionLimits, now: datetime
) -> Actor | None:
    """Give who holds this session; None if it ended, ran out, or the account is closed."""
    row = db.connection().execute(_WHO, {"session_hash": session_hash}).one_or_none()
    if row is None:
        return None
    role = Role(row.role)
    if limits.is_over(role, row.created_at, row.seen_at, now):
        return None
    return Actor(
        user_id=row.user_id,
        login=row.login,
        role=role,
        language=row.language,
        session_hash=session_hash,
        seen_at=row.seen_at,
        learner=_learner(row) if row.enrolment_id is not None else None,
        has_second_factor=row.totp_since is not None,
    )


def learner_from(enrolment: Enrolment, document: Mapping[str, Any]) -> Learner:
    """Give somebody as the requests see him, from his row and the document of his rules."""
    return Learner(
        enrolment_id=enrolment.id,
        programme_id=enrolment.programme_id,
        pseudonym=enrolment.pseudonym,
        deadline=enrolment.deadline,
        agreed=enrolment.agreed_at is not None,
        rules=course_rules(document),
        arrangement=Arrangement(
            enrolment.time_credit_percent, enrolment.no_pause, enrolment.read_aloud
        ),
        standing=_standing(enrolment),
    )


def _learner(row: Any) -> Learner:  # noqa: ANN401 - a row of `_WHO`
    return Learner(
        enrolment_id=row.enrolment_id,
        programme_id=row.programme_id,
        pseudonym=row.pseudonym,
        deadline=row.deadline,
        agreed=row.agreed_at is not None,
        rules=course_rules(row.document),
        arrangement=Arrangement(row.time_credit_percent, row.no_pause, row.read_aloud),
        standing=_standing(row),
    )


def _standing(row: Any) -> Standing:  # noqa: ANN401 - an Enrolment, or a row of `_WHO`
    """Give what weighs most: his own leaving is told as such even when the file is closed."""
    if row.withdrawn_at is not None:
        return Standing.WITHDRAWN
    if row.closed_at is not None:
        return Standing.CLOSED
    return Standing.OPEN if row.suspended_at is None else Standing.SUSPENDED
