"""Do: send a message, note what was read, share an open answer and take it back."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from unicodedata import category

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.conversations.models import Message, SharedResponse
from lms.enrolment.models import Enrolment
from lms.kernel.errors import BadInputError, NotFoundError, TooOftenError
from lms.kernel.ids import new_id
from lms.kernel.keys import Keys
from lms.kernel.sealing import Place

LONGEST_TEXT = 2000
MOST_AN_HOUR = 30  # from one participant: more is no conversation
_HOUR = timedelta(hours=1)


class EmptyTextError(BadInputError):
    """Nothing was written."""


class TextTooLongError(BadInputError):
    """A message has 2,000 characters at the most."""


@dataclass(frozen=True, slots=True)
class About:
    """The question that a message is about."""

    module_id: str
    item_id: str


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to send; one from a participant about a question asks for help with it.

    `answers` is the message that it answers.
    """

    enrolment_id: uuid.UUID
    sender_id: uuid.UUID
    is_from_staff: bool
    text: str
    about: About | None = None
    answers: uuid.UUID | None = None


def clean_text(text: str) -> str:
    """Give a text as it is kept, or say what is wrong with it."""
    cleaned = "\n".join(text.splitlines()).strip()
    cleaned = "".join(one for one in cleaned if one in "\n\t" or category(one) not in {"Cc", "Cs"})
    if not cleaned:
        raise EmptyTextError
    if len(cleaned) > LONGEST_TEXT:
        raise TextTooLongError
    return cleaned


def send(db: Session, new: NewMessage, *, keys: Keys, now: datetime) -> Message:
    """Append a message, sealed with the participant's own key.

    Raises NotFoundError where it answers a message that is not of the same person, TooOftenError
    past what one participant may send in an hour.
    """
    text = clean_text(new.text)
    if not new.is_from_staff:
        _refuse_if_too_often(db, new, now)
    programme_id = db.scalar(select(Enrolment.programme_id).where(Enrolment.id == new.enrolment_id))
    if programme_id is None:
        raise NotFoundError("enrolment")
    about = new.about
    if new.answers is not None:
        asked = _asked(db, new)
        about = about or _about(asked)
    message_id = new_id()
    message = Message(
        id=message_id,
        programme_id=programme_id,
        enrolment_id=new.enrolment_id,
        sender_id=new.sender_id,
        is_from_staff=new.is_from_staff,
        module_id=about.module_id if about else None,
        item_id=about.item_id if about else None,
        answers=new.answers,
        sealed_text=keys.seal_for(new.enrolment_id, text, message_place(message_id)),
        sent_at=now,
    )
    db.add(message)
    db.flush()
    return message


def _refuse_if_too_often(db: Session, new: NewMessage, now: datetime) -> None:
    sent = db.scalar(
        select(func.count()).where(
            Message.enrolment_id == new.enrolment_id,
            Message.is_from_staff.is_(False),
            Message.sent_at > now - _HOUR,
        )
    )
    if (sent or 0) >= MOST_AN_HOUR:
        raise TooOftenError(int(_HOUR.total_seconds()))


def message_place(message_id: uuid.UUID) -> Place:
    """Say where the text of a message stands."""
    return Place("message", "sealed_text", str(message_id))


def _asked(db: Session, new: NewMessage) -> Message:
    """Give the message that a new one answers: the other side's, about the same person."""
    asked = db.get(Message, new.answers)
    is_other_side = asked is not None and asked.is_from_staff != new.is_from_staff
    if asked is None or not is_other_side or asked.enrolment_id != new.enrolment_id:
        raise NotFoundError("message")
    return asked


def _about(asked: Message) -> About | None:
    if asked.module_id is None or asked.item_id is None:
        return None
    return About(asked.module_id, asked.item_id)


def mark_read(
    db: Session, enrolment_id: uuid.UUID, until: uuid.UUID | None, *, by_staff: bool, now: datetime
) -> None:
    """Note that one side has read what the other wrote, up to the last message that it was shown.

    What came since then stays unread; a message of somebody else's thread marks nothing.
    """
    last = select(Message.sent_at).where(Message.id == until, Message.enrolment_id == enrolment_id)
    db.execute(
        update(Message)
        .where(
            Message.enrolment_id == enrolment_id,
            Message.is_from_staff.is_not(by_staff),
            Message.read_at.is_(None),
            Message.sent_at <= last.scalar_subquery(),
        )
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )


def share(db: Session, enrolment: Enrolment, answer: tuple[uuid.UUID, str], now: datetime) -> None:
    """Let the instructors read one open answer, (attempt, item), from now on."""
    attempt_id, item_id = answer
    dialect = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
    new = dialect.insert(SharedResponse).values(
        attempt_id=attempt_id,
        item_id=item_id,
        programme_id=enrolment.programme_id,
        enrolment_id=enrolment.id,
        shared_at=now,
        withdrawn_at=None,
    )
    db.execute(
        new.on_conflict_do_update(
            index_elements=["attempt_id", "item_id"],
            set_={"shared_at": now, "withdrawn_at": None},
            where=SharedResponse.withdrawn_at.is_not(None),
        )
    )


def take_back(db: Session, answer: tuple[uuid.UUID, str], now: datetime) -> None:
    """Let nobody read it any more: at once, for everybody."""
    attempt_id, item_id = answer
    db.execute(
        update(SharedResponse)
        .where(
            SharedResponse.attempt_id == attempt_id,
            SharedResponse.item_id == item_id,
            SharedResponse.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
        .execution_options(synchronize_session=False)
    )
