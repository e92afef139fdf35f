"""Tables of corrections: what was proposed, and what a second person decided; append-only."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.ids import new_id
from lms.kernel.table import Base


class Correction(Base):
    """One correction with its reason; `detail` holds what its kind needs, and before and after.

    `enrolment_id` is empty for a change of a question's key, which touches many people.
    """

    __tablename__ = "correction"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    enrolment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("enrolment.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    module_id: Mapped[str] = mapped_column(String(64))
    detail: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(String(500))
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]


class CorrectionDecision(Base):
    """What the second person decided; the primary key makes a second decision impossible."""

    __tablename__ = "correction_decision"
    __table_args__ = (CheckConstraint("decided_by <> proposed_by", name="two_people"),)

    correction_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("correction.id"), primary_key=True)
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    decided_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime]
    accepted: Mapped[bool]
