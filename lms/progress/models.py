"""Tables of progress: the time spent on each page, whether it was read, and what is waived."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.table import Base


class SeatKind(StrEnum):
    """What time was spent on; only instruction counts towards the time that a course asks for.

    Time on the help pages is not among them: who looks for help is nobody's business.
    """

    INSTRUCTION = "instruction"
    QUIZ = "quiz"


class SeatTime(Base):
    """The time credited to one person for one place in one round, by the server's clock.

    A round ends with an attempt: round 1 prepares the first attempt, round n + 1 what is to be
    read again after the n-th. `read_at` is when he went on from the section, at the revision and
    in the language that he had before him. The time of a quiz has no section.
    """

    __tablename__ = "seat_time"

    enrolment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    module_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    section_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    module_revision_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("module_revision.id"))
    language: Mapped[str] = mapped_column(String(5))
    credited_ms: Mapped[int] = mapped_column(BigInteger)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class SeatClock(Base):
    """Until when a person's time is credited, whatever the number of his tabs and devices.

    `view` names the page view that reported last and `view_ms` how much it had reported in all;
    the columns `before_…` hold what stood there before the last report.
    """

    __tablename__ = "seat_clock"

    enrolment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    until: Mapped[datetime]
    view: Mapped[str] = mapped_column(String(32))
    view_ms: Mapped[int] = mapped_column(BigInteger)
    before_until: Mapped[datetime | None]
    before_view: Mapped[str] = mapped_column(String(32))
    before_view_ms: Mapped[int] = mapped_column(BigInteger)


class Waiver(Base):
    """A module that a person need not take; decided by two people (see corrections)."""

    __tablename__ = "waiver"

    enrolment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    module_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    correction_id: Mapped[uuid.UUID]
    waived_at: Mapped[datetime]
