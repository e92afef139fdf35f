"""Tables of enrolment. No name, no date of birth, no file of the police: see docs/PRIVACY.md."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.ids import new_id
from lms.kernel.table import Base


class Programme(Base):
    """One programme on this site; its id stands in every row that belongs to it."""

    __tablename__ = "programme"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime]


class Cohort(Base):
    """A group that takes one course together."""

    __tablename__ = "cohort"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    course_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    capacity: Mapped[int | None]
    place: Mapped[str | None] = mapped_column(String(200))


class CohortInstructor(Base):
    """Which instructor may see which cohort."""

    __tablename__ = "cohort_instructor"

    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohort.id"), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)


class EnrolmentCode(Base):
    """A code that lets one person in, once. Only its hash is kept (80 random bits: SHA-256)."""

    __tablename__ = "enrolment_code"
    __table_args__ = (Index(None, "cohort_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohort.id"))
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    redeemed_at: Mapped[datetime | None]


class Enrolment(Base):
    """One person in one cohort, known to staff by a pseudonym. Rules are those of its revision."""

    __tablename__ = "enrolment"
    __table_args__ = (Index(None, "cohort_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohort.id"))
    code_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrolment_code.id"), unique=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), unique=True)
    course_revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_revision.id"))
    pseudonym: Mapped[str] = mapped_column(String(20), unique=True)
    enrolled_at: Mapped[datetime]
    deadline: Mapped[date | None]
    notice_version: Mapped[str | None] = mapped_column(String(20))
    agreed_at: Mapped[datetime | None]
    # Arrangements, without a reason: staff read "arrangement: yes".
    time_credit_percent: Mapped[int] = mapped_column(default=0)  # added to all time credited
    no_pause: Mapped[bool] = mapped_column(default=False)
    read_aloud: Mapped[bool] = mapped_column(default=False)  # by a facilitator: no minimum a page
    # What he may leave: both sealed with his own key, both deletable by him at any time.
    first_name: Mapped[bytes | None] = mapped_column(LargeBinary)  # for the live session
    address: Mapped[bytes | None] = mapped_column(LargeBinary)  # of mail, for reminders
    withdrawn_at: Mapped[datetime | None]  # by himself; the measure is voluntary
    suspended_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]  # from here the retention periods run
