"""Read conversations: a person's thread, what waits for an answer, what somebody lets be read."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.assessment.models import Attempt, Response
from lms.assessment.queries import response_place
from lms.conversations.models import Message, SharedResponse
from lms.conversations.service import message_place
from lms.enrolment.models import Cohort, CohortInstructor, Enrolment
from lms.kernel.keys import Keys
from lms.kernel.person_keys import KeyDestroyedError
from lms.kernel.sealing import Place, UnreadableFieldError, unseal
from lms.publishing.models import ItemText, ModuleRevision, PublishedModule
from lms.publishing.windows import item_is_closed
from lms.publishing.withheld import withheld_shown

MOST_MESSAGES = 200  # of one thread on a page


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message as it is shown; `text` is None where it is no longer kept.

    `shown` is the question that it is about as published now, in the reader's language.
    """

    id: uuid.UUID
    sender_id: uuid.UUID
    is_from_staff: bool
    module_id: str | None
    item_id: str | None
    answers: uuid.UUID | None
    text: str | None
    sent_at: datetime
    read_at: datetime | None
    shown: Mapping[str, Any] | None = None

    @property
    def asks_for_help(self) -> bool:
        """Whether it says that a question is unclear."""
        return self.item_id is not None and not self.is_from_staff


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that waits for an instructor; which question, where it asks for help with one."""

    message_id: uuid.UUID
    enrolment_id: uuid.UUID
    pseudonym: str
    cohort_name: str
    module_id: str | None
    item_id: str | None
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class SharedAnswer:
    """An open answer that its writer lets his instructors read; `shown` is its question."""

    attempt_id: uuid.UUID
    module_id: str
    attempt: int
    shown: Mapping[str, Any]
    text: str | None
    shared_at: datetime


def thread(
    db: Session, enrolment_id: uuid.UUID, keys: Keys, language: str, today: date
) -> tuple[MessageView, ...]:
    """Give a person's last messages, the oldest first, in one statement."""
    rows = db.execute(
        select(Message, ItemText.shown, item_is_closed().label("is_closed"))
        .outerjoin(PublishedModule, PublishedModule.module_id == Message.module_id)
        .outerjoin(ModuleRevision, ModuleRevision.id == PublishedModule.revision_id)
        .outerjoin(
            ItemText,
            and_(
                ItemText.module_revision_id == ModuleRevision.id,
                ItemText.item_id == Message.item_id,
                ItemText.language == language,
            ),
        )
        .where(Message.enrolment_id == enrolment_id)
        .order_by(Message.sent_at.desc(), Message.id.desc())
        .limit(MOST_MESSAGES),
        {"today": today},
    ).all()
    key = _key_of(enrolment_id, keys) if rows else None
    return tuple(
        MessageView(
            id=row.id,
            sender_id=row.sender_id,
            is_from_staff=row.is_from_staff,
            module_id=row.module_id,
            item_id=row.item_id,
            answers=row.answers,
            text=_opened(key, row.sealed_text, message_place(row.id)),
            sent_at=row.sent_at,
            read_at=row.read_at,
            shown=None if shown is None else _shown(shown, is_closed=bool(is_closed)),
        )
        for row, shown, is_closed in reversed(rows)
    )


def is_answered(message: MessageView, messages: Sequence[MessageView]) -> bool:
    """Whether a message of a thread answers this one."""
    return any(one.answers == message.id for one in messages)


def unread_count(db: Session, enrolment_id: uuid.UUID) -> int:
    """Count the messages to a participant that he has not marked as read."""
    count = db.scalar(
        select(func.count()).where(
            Message.enrolment_id == enrolment_id,
            Message.is_from_staff.is_(True),
            Message.read_at.is_(None),
        )
    )
    return count or 0


def is_waiting() -> ColumnElement[bool]:
    """Whether a message of the statement waits for an instructor.

    A request for help waits for its answer, any other message until somebody has read it.
    """
    answer = aliased(Message)
    answered = exists().where(answer.answers == Message.id).correlate(Message)
    asks, unread = Message.item_id.is_not(None), Message.read_at.is_(None)
    return and_(
        Message.is_from_staff.is_(False),
        or_(and_(asks, ~answered), and_(~asks, unread)),
    )


def waiting_messages(db: Session, user_id: uuid.UUID, *, most: int) -> tuple[Waiting, ...]:
    """List what waits in an instructor's own cohorts, the oldest first."""
    rows = db.execute(
        select(
            Message.id,
            Message.enrolment_id,
            Enrolment.pseudonym,
            Cohort.name,
            Message.module_id,
            Message.item_id,
            Message.sent_at,
        )
        .join(Enrolment, Enrolment.id == Message.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(CohortInstructor, CohortInstructor.cohort_id == Enrolment.cohort_id)
        .where(CohortInstructor.user_id == user_id, is_waiting())
        .order_by(Message.sent_at, Message.id)
        .limit(most)
    )
    return tuple(Waiting(*row) for row in rows)


def shared_items(db: Session, attempt_id: uuid.UUID) -> frozenset[str]:
    """Give the items of an attempt whose answers their writer lets be read."""
    rows = db.scalars(
        select(SharedResponse.item_id).where(
            SharedResponse.attempt_id == attempt_id, SharedResponse.withdrawn_at.is_(None)
        )
    )
    return frozenset(rows)


def shared_answers(
    db: Session, enrolment_id: uuid.UUID, keys: Keys, today: date
) -> tuple[SharedAnswer, ...]:
    """Give what somebody lets his instructors read, the newest first, in one statement."""
    rows = db.execute(
        select(
            SharedResponse.attempt_id,
            SharedResponse.item_id,
            SharedResponse.shared_at,
            Attempt.module_id,
            Attempt.number,
            Response.sealed_text,
            ItemText.shown,
            item_is_closed().label("is_closed"),
        )
        .join(Attempt, Attempt.id == SharedResponse.attempt_id)
        .join(ModuleRevision, ModuleRevision.id == Attempt.module_revision_id)
        .join(
            Response,
            and_(
                Response.attempt_id == SharedResponse.attempt_id,
                Response.item_id == SharedResponse.item_id,
            ),
        )
        .join(
            ItemText,
            and_(
                ItemText.module_revision_id == Attempt.module_revision_id,
                ItemText.item_id == SharedResponse.item_id,
                ItemText.language == Response.language,
            ),
        )
        .where(SharedResponse.enrolment_id == enrolment_id, SharedResponse.withdrawn_at.is_(None))
        .order_by(SharedResponse.shared_at.desc(), SharedResponse.attempt_id),
        {"today": today},
    ).all()
    key = _key_of(enrolment_id, keys) if rows else None
    return tuple(
        SharedAnswer(
            attempt_id=row.attempt_id,
            module_id=row.module_id,
            attempt=row.number,
            shown=_shown(row.shown, is_closed=row.is_closed),
            text=_text_of(row, enrolment_id, key, keys),
            shared_at=row.shared_at,
        )
        for row in rows
    )


def _text_of(row: Any, enrolment_id: uuid.UUID, key: bytes | None, keys: Keys) -> str | None:  # noqa: ANN401 - a row of `shared_answers`
    if row.sealed_text is None:
        return None
    place = response_place(row.attempt_id, row.item_id)
    opened = _opened(key, row.sealed_text, place)
    if opened is not None:
        return opened
    try:  # sealed before people had keys of their own
        return keys.unseal_of(enrolment_id, row.sealed_text, place)
    except (KeyDestroyedError, UnreadableFieldError):
        return None


def _shown(shown: Mapping[str, Any], *, is_closed: bool) -> Mapping[str, Any]:
    return withheld_shown(shown) if is_closed else shown


def _key_of(enrolment_id: uuid.UUID, keys: Keys) -> bytes | None:
    """Give a person's key, asked for once a page; None when it is gone."""
    try:
        return keys.people.find(enrolment_id)
    except KeyDestroyedError:
        return None


def _opened(key: bytes | None, sealed: bytes, place: Place) -> str | None:
    if key is None:
        return None
    try:
        return unseal(key, sealed, place)
    except UnreadableFieldError:
        return None
