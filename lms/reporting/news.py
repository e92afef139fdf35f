"""What is new for an instructor since he was last here; looking at it changes nothing."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import SignInSession
from lms.assessment.models import Standing
from lms.completion.models import CompletionRecord
from lms.completion.queries import counts
from lms.conversations.models import Message
from lms.conversations.open_answers import waiting_count
from lms.reporting.people import in_scope

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class News:
    """Counts over an instructor's own cohorts since `since`; answers to read wait, new or not."""

    since: datetime | None  # None: he was never here before
    messages: int
    help_requests: int
    modules_passed: int
    finished: int
    answers_to_read: int


def last_visit(db: Session, user_id: uuid.UUID, session_hash: str) -> datetime | None:
    """Give when somebody last used the session before this one; None when this is his first."""
    this = select(SignInSession.created_at).where(SignInSession.token_hash == session_hash)
    return db.scalar(
        select(func.max(SignInSession.seen_at)).where(
            SignInSession.user_id == user_id,
            SignInSession.token_hash != session_hash,
            SignInSession.created_at <= this.scalar_subquery(),
        )
    )


def news(db: Session, user_id: uuid.UUID, session_hash: str, *, readers: int) -> News:
    """Count what is new, in two statements; `readers` as the site asks for of an open answer."""
    since = last_visit(db, user_id, session_hash)
    after = since or _EVER
    row = db.execute(
        select(
            _messages(user_id, after).where(Message.item_id.is_(None)).scalar_subquery(),
            _messages(user_id, after).where(Message.item_id.is_not(None)).scalar_subquery(),
            _count()
            .where(Standing.enrolment_id.in_(in_scope(user_id)), Standing.passed_at > after)
            .scalar_subquery(),
            _count()
            .where(
                CompletionRecord.enrolment_id.in_(in_scope(user_id)),
                CompletionRecord.recorded_at > after,
                counts(),
            )
            .scalar_subquery(),
            waiting_count(user_id, readers).scalar_subquery(),
        )
    ).one()
    return News(since, *row)


def _messages(user_id: uuid.UUID, after: datetime) -> Select[int]:
    return _count().where(
        Message.enrolment_id.in_(in_scope(user_id)),
        Message.is_from_staff.is_(False),
        Message.sent_at > after,
    )


def _count() -> Select[int]:
    return select(func.count())
