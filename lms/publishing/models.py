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

    Where the section shows testimonies, `blocks_instead` holds the page with their equivalents in
    their places: for a reader who asks for it, and for everybody while an original may not be
    shown (see TestimonyUse).
    """

    __tablename__ = "section_text"

    module_revision_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("module_revision.id"), primary_key=True
    )
    language: Mapped[str] = mapped_column(String(5), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)  # from 1
    section_id: Mapped[str] = mapped_column(String(64))
    blocks: Mapped[list[Any]]
    blocks_instead: Mapped[list[Any] | None]


class ItemText(Base):
    """One item in one language: `shown` may reach a browser, `key` only after the attempt.

    An item that rests on an original testimony names it: it goes when the testimony goes.
    """

    __tablename__ = "item_text"

    module_revision_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("module_revision.id"), primary_key=True
    )
    item_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    language: Mapped[str] = mapped_column(String(5), primary_key=True)
    shown: Mapped[dict[str, Any]]
    key: Mapped[dict[str, Any]]
    testimony_id: Mapped[str | None] = mapped_column(String(64))


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


class TestimonyUse(Base):
    """An original testimony that a section of a revision shows."""

    __test__ = False  # the name starts with Test; pytest is not to collect it
    __tablename__ = "testimony_use"

    module_revision_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("module_revision.id"), primary_key=True
    )
    language: Mapped[str] = mapped_column(String(5), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    testimony_id: Mapped[str] = mapped_column(String(64), primary_key=True)


class TestimonyEvent(Base):
    """What was agreed with somebody who speaks in an original testimony; appended, never changed.

    `act` is given, renewed, narrowed or withdrawn; `terms` is what holds from then on.
    """

    __test__ = False
    __tablename__ = "testimony_event"
    __table_args__ = (UniqueConstraint("testimony_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    testimony_id: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    act: Mapped[str] = mapped_column(String(20))
    terms: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class TestimonyWindow(Base):
    """From when until when, both days included, a module may show an original in a language.

    Made anew from the events whenever one is added or something is published. Without a row, or
    outside its days, the testimony is nowhere.
    """

    __test__ = False
    __tablename__ = "testimony_window"

    testimony_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    module_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    language: Mapped[str] = mapped_column(String(5), primary_key=True)
    from_day: Mapped[date]
    until_day: Mapped[date]
