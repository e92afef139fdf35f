"""Tables of publishing. A revision is written once and never changed; a pointer says which counts.

A course revision holds the rules (which modules, in which order); a module revision holds text,
questions and key in all languages. People keep the rules they enrolled under, and read the
current text (docs/adr/0003-revisions.md).
"""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.ids import new_id
from lms.kernel.table import Base


class CourseRevision(Base):
    """One frozen edition of a course's rules; `document` is what `course_rules` reads."""

    __tablename__ = "course_revision"
    __table_args__ = (UniqueConstraint("course_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    course_id: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    document: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(String(64))


class ModuleRevision(Base):
    """One frozen edition of a module in all its languages.

    `source` maps path to text; `outline` maps language to titles and sections; `quiz` holds the
    rules and, for each item, what the draw and the grading need, but no text.
    """

    __tablename__ = "module_revision"
    __table_args__ = (UniqueConstraint("module_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    module_id: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    source: Mapped[dict[str, Any]]
    outline: Mapped[dict[str, Any]]
    quiz: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(String(64))


class SectionText(Base):
    """One section's page in one language, as blocks of safe HTML and practice questions.

    Where the section shows an original testimony, `shown_until` is the last day of its consent
    and `blocks_after` is what is shown from the next day on.
    """

    __tablename__ = "section_text"

    module_revision_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("module_revision.id"), primary_key=True
    )
    language: Mapped[str] = mapped_column(String(5), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)  # from 1
    section_id: Mapped[str] = mapped_column(String(64))
    blocks: Mapped[list[Any]]
    shown_until: Mapped[date | None]
    blocks_after: Mapped[list[Any] | None]


class ItemText(Base):
    """One item in one language: `shown` may reach a browser, `key` only after the attempt."""

    __tablename__ = "item_text"

    module_revision_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("module_revision.id"), primary_key=True
    )
    item_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    language: Mapped[str] = mapped_column(String(5), primary_key=True)
    shown: Mapped[dict[str, Any]]
    key: Mapped[dict[str, Any]]


class PublishedModule(Base):
    """Which revision of a module counts now."""

    __tablename__ = "published_module"

    module_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("module_revision.id"))


class PublishedCourse(Base):
    """Which revision of a course counts for those who enrol now."""

    __tablename__ = "published_course"

    course_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_revision.id"))
