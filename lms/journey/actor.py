"""Who asks: session, account and enrolment, in one statement at each request."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import SignInSession, User
from lms.accounts.roles import Role
from lms.enrolment.models import Enrolment
from lms.publishing.models import CourseRevision
from lms.publishing.queries import CourseRules, course_rules


@dataclass(frozen=True, slots=True)
class Learner:
    """A participant's place in his programme, under the rules that he enrolled under."""

    enrolment_id: uuid.UUID
    programme_id: uuid.UUID
    pseudonym: str
    deadline: date | None
    agreed: bool
    rules: CourseRules


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


def load_actor(
    db: Session, session_hash: str, *, limits: SessionLimits, now: datetime
) -> Actor | None:
    """Give who holds this session; None if it ended, ran out, or the account is closed."""
    row = db.execute(
        select(SignInSession, User, Enrolment, CourseRevision.document)
        .join(User, User.id == SignInSession.user_id)
        .outerjoin(Enrolment, Enrolment.user_id == User.id)
        .outerjoin(CourseRevision, CourseRevision.id == Enrolment.course_revision_id)
        .where(
            SignInSession.token_hash == session_hash,
            SignInSession.ended_at.is_(None),
            User.disabled_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    session, user, enrolment, document = row
    role = Role(user.role)
    if limits.is_over(role, session.created_at, session.seen_at, now):
        return None
    return Actor(
        user_id=user.id,
        login=user.login,
        role=role,
        language=user.language,
        session_hash=session_hash,
        seen_at=session.seen_at,
        learner=_learner(enrolment, document) if enrolment is not None else None,
    )


def _learner(enrolment: Enrolment, document: dict[str, object]) -> Learner:
    return Learner(
        enrolment_id=enrolment.id,
        programme_id=enrolment.programme_id,
        pseudonym=enrolment.pseudonym,
        deadline=enrolment.deadline,
        agreed=enrolment.agreed_at is not None,
        rules=course_rules(document),
    )
