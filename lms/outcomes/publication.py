"""Publish a year's page: it stands on the audit chain as it was shown, and stays as it was.

What is published can be subtracted from what was published before; so each publication knows the
earlier ones (`snapshots.py`). What the coordinator looks at is what a publication would say now.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.audit import Act, AuditEntry, append_audit
from lms.outcomes.figures import Figures
from lms.outcomes.plain import as_document, from_document

PUBLISHED = "publish-figures"


@dataclass(frozen=True, slots=True)
class Publication:
    """One publication: its number on the audit chain, when, and what it says."""

    number: int
    at: datetime
    figures: Figures


def publications(db: Session, year: int | None = None) -> tuple[Publication, ...]:
    """Give all publications in their order; of one year, if it is named."""
    query = select(AuditEntry).where(AuditEntry.act == PUBLISHED).order_by(AuditEntry.number)
    if year is not None:
        query = query.where(AuditEntry.subject == _subject(year))
    return tuple(
        Publication(one.number, one.at, from_document(Figures, one.after))
        for one in db.scalars(query)
    )


def publish_figures(
    db: Session, figures: Figures, *, by: uuid.UUID | str, key: bytes, now: datetime
) -> Publication:
    """Write down that these figures were published, and what they say."""
    document: Mapping[str, object] = as_document(figures)
    act = Act(str(by), PUBLISHED, _subject(figures.year), after=document)
    entry = append_audit(db, key, act, now=now)
    return Publication(entry.number, now, figures)


def _subject(year: int) -> str:
    return f"figures:{year}"
