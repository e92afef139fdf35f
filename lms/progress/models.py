"""Table of progress: which sections somebody has read to the end."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.table import Base


class SectionRead(Base):
    """He went on from this section; the revision is the one that he had before him."""

    __tablename__ = "section_read"

    enrolment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    module_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    section_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    module_revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("module_revision.id"))
    language: Mapped[str] = mapped_column(String(5))
    read_at: Mapped[datetime]
