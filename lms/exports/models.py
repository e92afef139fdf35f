"""Tables of exports: a named one that two people answer for, and files made by a job."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.ids import new_id
from lms.kernel.table import Base


class NamedExport(Base):
    """A wish for an export that names people, with its reason; a second person decides."""

    __tablename__ = "named_export"
    __table_args__ = (CheckConstraint("decided_by <> asked_by", name="two_people"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohort.id"))
    kind: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500))
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    accepted: Mapped[bool | None]
    fetched_at: Mapped[datetime | None]  # it is good for one download


class ExportJob(Base):
    """A file that a job makes for somebody; `done` of `total` rows are written."""

    __tablename__ = "export_job"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    wanted: Mapped[dict[str, Any]]  # what of it: cohort, module, language, form
    state: Mapped[str] = mapped_column(String(10))  # waiting, running, ready, failed
    done: Mapped[int]
    total: Mapped[int]
    file_name: Mapped[str | None] = mapped_column(String(80))  # in instance/exports
    asked_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
