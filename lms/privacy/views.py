"""The log of views: a row each time somebody of the staff or an agency saw a person's page."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.privacy.models import ViewEntry

LONGEST_PURPOSE = 200


@dataclass(frozen=True, slots=True)
class Look:
    """What was looked at: an enrolment or a referral, the class of fields seen, and what for."""

    subject: str  # enrolment, referral
    subject_id: uuid.UUID
    what: str  # person, attempt, status…: a word, never what the fields held
    purpose: str = ""


def log_view(
    db: Session, viewer_id: uuid.UUID, role: Role, look: Look, *, now: datetime
) -> ViewEntry:
    """Write down that somebody saw this; append-only."""
    entry = ViewEntry(
        at=now,
        viewer_id=viewer_id,
        role=role,
        subject=look.subject,
        subject_id=look.subject_id,
        what=look.what,
        purpose=look.purpose[:LONGEST_PURPOSE],
    )
    db.add(entry)
    db.flush()
    return entry
