"""Tables of surveys. An answer has a random id, a day and a one-way token: no link to anybody."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.ids import new_id
from lms.kernel.table import Base


class SurveyRevision(Base):
    """A survey in one language as it was published; append-only."""

    __tablename__ = "survey_revision"
    __table_args__ = (UniqueConstraint("survey_id", "language", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    survey_id: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(5))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    document: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]


class SurveyTurn(Base):
    """That somebody was offered a survey and took or left it: so that he is not asked again."""

    __tablename__ = "survey_turn"

    enrolment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    survey_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    wave: Mapped[str] = mapped_column(String(10), primary_key=True)  # before, after
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    is_over: Mapped[bool]


class SurveyAnswer(Base):
    """One anonymous sheet. Its id is random (not ordered by time), its day is all that is kept."""

    __tablename__ = "survey_answer"
    __table_args__ = (
        UniqueConstraint("survey_id", "wave", "token"),
        Index(None, "survey_id", "wave", "day"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    survey_id: Mapped[str] = mapped_column(String(64))
    wave: Mapped[str] = mapped_column(String(10))
    token: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(5))
    day: Mapped[date]
    answers: Mapped[dict[str, Any]]  # item id -> position on the scale, from 0
