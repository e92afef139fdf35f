"""Tables of outcomes: what the agency reports later, and what the programme costs."""

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.ids import new_id
from lms.kernel.table import Base


class FollowUp(Base):
    """Whether somebody who was referred is known again to the agency, 12 or 24 months later."""

    __tablename__ = "follow_up"

    referral_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("referral.id"), primary_key=True)
    months: Mapped[int] = mapped_column(primary_key=True)  # 12, 24
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    known_again: Mapped[bool]
    known_on: Mapped[date | None]  # the month in which he became known, as its first day
    reported_at: Mapped[datetime]


class ProgrammeCost(Base):
    """What one kind of thing cost in one period, entered by hand; cents of a Canadian dollar."""

    __tablename__ = "programme_cost"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    from_day: Mapped[date]
    until_day: Mapped[date]
    label: Mapped[str] = mapped_column(String(120))
    cents: Mapped[int] = mapped_column(BigInteger)
    entered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime]
