"""The end of a draft: what was approved is published, and the draft is closed."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.drafts import ActRefusedError, Deed, DraftChangedError, append_event
from lms.authoring.models import Draft, FileRevision
from lms.authoring.states import DraftAct, DraftState, after
from lms.kernel.errors import NotFoundError


def lock_approved(db: Session, draft_id: uuid.UUID, digest: str) -> Draft:
    """Give a draft for writing, if it is approved and its text is the one with this digest."""
    query = select(Draft).where(Draft.id == draft_id)
    draft = db.scalar(query.with_for_update().execution_options(populate_existing=True))
    if draft is None:
        raise NotFoundError("draft")
    if after(DraftState(draft.state), DraftAct.PUBLISH) is None:
        raise ActRefusedError(draft, DraftAct.PUBLISH)
    if draft.digest != digest:
        raise DraftChangedError(draft)
    return draft


def close_draft(
    db: Session, draft: Draft, revision: FileRevision, *, by: uuid.UUID, now: datetime
) -> None:
    """Close a draft that is published as this edition."""
    draft.state = DraftState.PUBLISHED
    draft.open_path = None
    append_event(db, draft, Deed(DraftAct.PUBLISH, by, now), revision)
