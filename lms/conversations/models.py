"""Tables of conversations: messages, what somebody shares to be read, and open answers read."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.ids import new_id
from lms.kernel.table import Base


class Message(Base):
    """One message between a participant and his instructors; its text is sealed with his key.

    One that names an item is a request for help with that question; `answers` names the message
    that this one answers.
    """

    __tablename__ = "message"
    __table_args__ = (Index(None, "enrolment_id", "sent_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    enrolment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrolment.id"))
    sender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    is_from_staff: Mapped[bool]
    module_id: Mapped[str | None] = mapped_column(String(64))
    item_id: Mapped[str | None] = mapped_column(String(64))
    answers: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("message.id"), index=True)
    sealed_text: Mapped[bytes] = mapped_column(LargeBinary)
    sent_at: Mapped[datetime]
    read_at: Mapped[datetime | None]  # by the other side


class SharedResponse(Base):
    """An open answer that its writer lets his instructor read; taken back, it is read no more."""

    __tablename__ = "shared_response"

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    item_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    enrolment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrolment.id"), index=True)
    shared_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class OpenGrade(Base):
    """One reader's word on an open answer that the course counts: done or not; append-only."""

    __tablename__ = "open_grade"
    __table_args__ = (CheckConstraint("number >= 1", name="number"),)

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    item_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    enrolment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrolment.id"), index=True)
    is_done: Mapped[bool]
    sealed_comment: Mapped[bytes | None] = mapped_column(LargeBinary)
    graded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    graded_at: Mapped[datetime]
