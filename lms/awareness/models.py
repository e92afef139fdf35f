"""Tables of the awareness track: a class by its codes, and sheets without anybody's name."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.ids import new_id
from lms.kernel.table import Base


class AwarenessClass(Base):
    """A class that takes an awareness course; both codes are kept as hashes alone."""

    __tablename__ = "awareness_class"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    course_id: Mapped[str] = mapped_column(String(64))
    class_hash: Mapped[str] = mapped_column(String(64), unique=True)  # what pupils type
    leader_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class AwarenessResult(Base):
    """One quiz that somebody of a class took: the id holds its place in the order, and no time."""

    __tablename__ = "awareness_result"
    __table_args__ = (Index(None, "class_id", "module_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    class_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("awareness_class.id"))
    module_id: Mapped[str] = mapped_column(String(64))
    module_revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("module_revision.id"))
    language: Mapped[str] = mapped_column(String(5))
    day: Mapped[date]
    right_count: Mapped[int]
    asked_count: Mapped[int]
    items: Mapped[list[Any]]  # [{"item": id, "right": bool, "answer": [positions]}]
