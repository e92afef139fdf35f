"""Tables of completion: appended, never changed or deleted (triggers hold it on both databases)."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.ids import new_id
from lms.kernel.table import Base


class CompletionRecord(Base):
    """The fact: what was completed and passed, when, under which revisions and rules.

    Completion and success are two fields (SCORM: completion_status, success_status).
    """

    __tablename__ = "completion_record"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    enrolment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrolment.id"), unique=True)
    course_revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_revision.id"))
    completion_status: Mapped[str] = mapped_column(String(20))
    success_status: Mapped[str] = mapped_column(String(20))
    recorded_at: Mapped[datetime]
    document: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))


class Certificate(Base):
    """The printed proof of a record; its register number runs without gaps over the site."""

    __tablename__ = "certificate"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    completion_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("completion_record.id"), unique=True
    )
    register_number: Mapped[int] = mapped_column(unique=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    issued_at: Mapped[datetime]
