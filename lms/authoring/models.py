"""Tables of the workshop. Revisions of files and what happened to drafts are only appended."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.authoring.states import DraftState
from lms.kernel.ids import new_id
from lms.kernel.table import Base


class FileRevision(Base):
    """One edition of one file of the content, whole; `text` is None for media.

    `path` begins with `content/`, whatever the folder is called; `digest` is the SHA-256 of the
    bytes in hex; `origin` says through which door it came: folder or browser.
    """

    __tablename__ = "file_revision"
    __table_args__ = (UniqueConstraint("path", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    path: Mapped[str] = mapped_column(String(200))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    text: Mapped[str | None] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(500))
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(64))


class PublishedFile(Base):
    """Which edition of a file is published, and with which digest folder and browser last met."""

    __tablename__ = "published_file"

    path: Mapped[str] = mapped_column(String(200), primary_key=True)
    revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("file_revision.id"))
    met_digest: Mapped[str] = mapped_column(String(64))


class MediaFile(Base):
    """A file that came in by the browser, kept in the instance under its digest.

    `alt` maps a language to the text that says what a picture shows.
    """

    __tablename__ = "media_file"

    path: Mapped[str] = mapped_column(String(200), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    alt: Mapped[dict[str, Any]]
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))


class Draft(Base):
    """A text that is being written: one file of the content, so one module and language.

    While it is open `open_path` is its path, which no other draft can have; then it is None.
    `base_text` is the text that it was begun from (empty for a new file), for the three-way view.
    """

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("open_path"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    path: Mapped[str] = mapped_column(String(200))
    open_path: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[DraftState] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    base_text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    updated_at: Mapped[datetime]
    updated_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))


class DraftEvent(Base):
    """What happened to a draft: who, when, why, and the text's digest at that moment.

    `revision_id` is the edition that was made of the text when it was sent or published.
    """

    __tablename__ = "draft_event"
    __table_args__ = (UniqueConstraint("draft_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("draft.id"))
    number: Mapped[int]
    act: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500))
    digest: Mapped[str] = mapped_column(String(64))
    revision_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("file_revision.id"))
    at: Mapped[datetime]
    by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
