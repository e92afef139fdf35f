"""Tables of attendance: a session in person or live, and who arrived, left and stayed."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.ids import new_id
from lms.kernel.table import Base


class LiveSession(Base):
    """A session of a group: in person at a place, or live at a distance."""

    __tablename__ = "live_session"
    __table_args__ = (Index(None, "cohort_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohort.id"))
    kind: Mapped[str] = mapped_column(String(10))  # in-person, live
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(200))
    cancelled_at: Mapped[datetime | None]


class Attendance(Base):
    """When somebody arrived and left; `whole` is what the facilitator ticked, as the rule asks."""

    __tablename__ = "attendance"

    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("live_session.id"), primary_key=True)
    enrolment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("enrolment.id"), primary_key=True, index=True
    )
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    arrived_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    whole: Mapped[bool]
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]
