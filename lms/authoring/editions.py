"""The editions of one file: a list without their texts, one of them, and the way back to it."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.authoring.conflict import DraftOpenError
from lms.authoring.drafts import Deed, append_event, begin, open_draft, save
from lms.authoring.models import Draft, FileRevision, PublishedFile
from lms.authoring.states import DraftAct
from lms.kernel.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a file, without its text: who made it, when, why, through which door."""

    id: uuid.UUID
    number: int
    origin: str
    by: str
    at: datetime
    reason: str
    is_text: bool
    is_published: bool


def find_revision(db: Session, revision_id: uuid.UUID) -> FileRevision:
    """Give an edition; raise NotFoundError for any other id."""
    revision = db.get(FileRevision, revision_id)
    if revision is None:
        raise NotFoundError("edition")
    return revision


def editions_of(db: Session, path: str) -> tuple[Edition, ...]:
    """Give the editions of a file, the newest first, in one statement."""
    query = (
        select(
            FileRevision.id,
            FileRevision.number,
            FileRevision.origin,
            FileRevision.made_by,
            FileRevision.made_at,
            FileRevision.reason,
            FileRevision.text.is_not(None),
            PublishedFile.path.is_not(None),
        )
        .outerjoin(PublishedFile, PublishedFile.revision_id == FileRevision.id)
        .where(FileRevision.path == path)
        .order_by(FileRevision.number.desc())
    )
    return tuple(Edition(*row) for row in db.execute(query))


def last_editions(db: Session, paths: Collection[str]) -> dict[str, uuid.UUID]:
    """Give the last edition's id of each of these files that has one, in one statement."""
    newest = (
        select(FileRevision.path, func.max(FileRevision.number).label("number"))
        .group_by(FileRevision.path)
        .subquery()
    )
    rows = db.execute(
        select(FileRevision.path, FileRevision.id).join(
            newest,
            (newest.c.path == FileRevision.path) & (newest.c.number == FileRevision.number),
        )
    )
    return {path: revision_id for path, revision_id in rows if path in paths}


def go_back(
    db: Session,
    revision: FileRevision,
    standing: str,
    *,
    by: uuid.UUID,
    reason: str,
    now: datetime,
) -> Draft:
    """Begin a draft that holds an earlier edition's text; DraftOpenError while there is another.

    It was begun from the text that stands, so that its review shows what going back changes.
    """
    if revision.text is None:
        raise NotFoundError("edition without a text")
    other = open_draft(db, revision.path)
    if other is not None:
        raise DraftOpenError(other)
    draft = begin(db, revision.path, standing, by=by, now=now)
    save(db, draft.id, revision.text, known=draft.digest, by=by, now=now)
    append_event(db, draft, Deed(DraftAct.EDIT, by, now, reason), revision)
    return draft
