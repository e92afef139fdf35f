"""What is under way: open drafts, and what was last done to each."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.models import Draft, DraftEvent


def last_events(db: Session) -> dict[uuid.UUID, DraftEvent]:
    """Give what was last done to each open draft, in one statement."""
    query = (
        select(DraftEvent)
        .join(Draft, Draft.id == DraftEvent.draft_id)
        .where(Draft.open_path.is_not(None))
        .order_by(DraftEvent.number)
    )
    return {event.draft_id: event for event in db.scalars(query)}
