"""Editions of files: appended, never changed; what is published is a pointer to one."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.models import FileRevision, PublishedFile


class Origin(StrEnum):
    """Through which door an edition came in."""

    FOLDER = "folder"
    BROWSER = "browser"


@dataclass(frozen=True, slots=True)
class Source:
    """Where an edition comes from: by which door, from whom (a login), when and why."""

    origin: Origin
    by: str
    at: datetime
    reason: str = ""


def digest_of(data: bytes) -> str:
    """Give the SHA-256 of a file's bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def text_digest(text: str) -> str:
    """Give the SHA-256, in hex, of a text as its file holds it."""
    return digest_of(text.encode())


def append_revision(db: Session, path: str, data: str | bytes, source: Source) -> FileRevision:
    """Append an edition of a file; the last one is given again where nothing has changed.

    Bytes are media: of them the edition keeps the digest alone.
    """
    if isinstance(data, str):
        return _append(db, path, (text_digest(data), data), source)
    return append_media(db, path, digest_of(data), source)


def append_media(db: Session, path: str, digest: str, source: Source) -> FileRevision:
    """Append an edition of a file of media, whose bytes are kept elsewhere under this digest."""
    return _append(db, path, (digest, None), source)


def _append(db: Session, path: str, what: tuple[str, str | None], source: Source) -> FileRevision:
    digest, text = what
    last = _last(db, path)
    if last is not None and last.digest == digest:
        return last
    revision = FileRevision(
        path=path,
        number=(last.number if last else 0) + 1,
        digest=digest,
        text=text,
        origin=source.origin,
        reason=source.reason,
        made_at=source.at,
        made_by=source.by,
    )
    db.add(revision)
    db.flush()
    return revision


def revisions_of(db: Session, path: str) -> Sequence[FileRevision]:
    """Give the editions of a file, the newest first."""
    query = select(FileRevision).where(FileRevision.path == path)
    return db.scalars(query.order_by(FileRevision.number.desc())).all()


def published_texts(db: Session) -> dict[str, str]:
    """Give the text of every file as it is published, by path; media have none."""
    rows = db.execute(
        select(PublishedFile.path, FileRevision.text).join(
            FileRevision, FileRevision.id == PublishedFile.revision_id
        )
    )
    return {path: text for path, text in rows if text is not None}


def _last(db: Session, path: str) -> FileRevision | None:
    query = select(FileRevision).where(FileRevision.path == path)
    return db.scalar(query.order_by(FileRevision.number.desc()).limit(1))
