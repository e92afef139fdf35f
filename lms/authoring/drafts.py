"""Drafts: begun, saved, sent, returned, approved, taken back. One open draft a file."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.authoring.models import Draft, DraftEvent, FileRevision
from lms.authoring.revisions import Origin, Source, append_revision, text_digest
from lms.authoring.states import OPEN, DraftAct, DraftState, after
from lms.kernel.errors import NotAllowedError, NotFoundError


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did to a draft, when and why."""

    act: DraftAct
    by: uuid.UUID
    at: datetime
    reason: str = ""


class DraftChangedError(NotAllowedError):
    """Somebody saved this draft in between; `draft` is as it stands now."""

    def __init__(self, draft: Draft) -> None:
        super().__init__("the draft was saved by somebody else in between")
        self.draft = draft


class ActRefusedError(NotAllowedError):
    """A draft in its state cannot have this happen to it; `draft` is as it stands."""

    def __init__(self, draft: Draft, act: DraftAct) -> None:
        super().__init__(f"a draft that is {draft.state} cannot be changed by: {act}")
        self.draft = draft


def begin(db: Session, path: str, standing: str, *, by: uuid.UUID, now: datetime) -> Draft:
    """Give the open draft of a file; without one, begin it from the text that stands."""
    found = open_draft(db, path)
    if found is not None:
        return found
    digest = text_digest(standing)
    draft = Draft(
        path=path,
        open_path=path,
        state=DraftState.DRAFT,
        text=standing,
        digest=digest,
        base_text=standing,
        created_at=now,
        created_by=by,
        updated_at=now,
        updated_by=by,
    )
    try:
        with db.begin_nested():
            db.add(draft)
            db.flush()
            append_event(db, draft, Deed(DraftAct.START, by, now))
    except IntegrityError:  # somebody began it a moment before: his is the one
        found = open_draft(db, path)
        if found is None:
            raise
        return found
    return draft


def find_draft(db: Session, draft_id: uuid.UUID) -> Draft:
    """Give a draft, open or closed; raise NotFoundError for any other id."""
    draft = db.get(Draft, draft_id)
    if draft is None:
        raise NotFoundError("draft")
    return draft


def open_draft(db: Session, path: str) -> Draft | None:
    """Give the open draft of a file, if there is one."""
    return db.scalar(select(Draft).where(Draft.open_path == path))


def open_drafts(db: Session) -> Sequence[Draft]:
    """Give all open drafts in the order of their paths."""
    return db.scalars(select(Draft).where(Draft.open_path.is_not(None)).order_by(Draft.path)).all()


def save(
    db: Session, draft_id: uuid.UUID, text: str, *, known: str, by: uuid.UUID, now: datetime
) -> Draft:
    """Save the text of a draft; one in review or approved is a draft again.

    `known` is the digest of the text that the editor began from: DraftChangedError where the
    draft holds neither that nor the very text that is sent; ActRefusedError once it is closed.
    """
    draft = _locked(db, draft_id)
    digest = text_digest(text)
    if digest == draft.digest:
        return draft
    state = _after(draft, DraftAct.EDIT)
    if known != draft.digest:
        raise DraftChangedError(draft)
    was_sent = draft.state != DraftState.DRAFT  # a row gives its state as a plain text
    draft.text, draft.digest, draft.state = text, digest, state
    draft.updated_at, draft.updated_by = now, by
    if was_sent or not _has_written(db, draft_id, by):
        append_event(db, draft, Deed(DraftAct.EDIT, by, now))
    db.flush()
    return draft


def act_on(
    db: Session,
    draft_id: uuid.UUID,
    act: DraftAct,
    *,
    by: uuid.UUID,
    reason: str = "",
    now: datetime,
) -> Draft:
    """Send, return, approve or take back a draft; raise ActRefusedError where it may not be."""
    draft = _locked(db, draft_id)
    draft.state = _after(draft, act)
    if draft.state not in OPEN:
        draft.open_path = None
    append_event(db, draft, Deed(act, by, now, reason))
    db.flush()
    return draft


def send(
    db: Session, draft_id: uuid.UUID, *, by: uuid.UUID, login: str, note: str = "", now: datetime
) -> Draft:
    """Send a draft to review: its text becomes an edition, which its event names."""
    draft = _locked(db, draft_id)
    draft.state = _after(draft, DraftAct.SEND)
    source = Source(Origin.BROWSER, login, now, note)
    revision = append_revision(db, draft.path, draft.text, source)
    append_event(db, draft, Deed(DraftAct.SEND, by, now, note), revision)
    return draft


def append_event(
    db: Session, draft: Draft, deed: Deed, revision: FileRevision | None = None
) -> DraftEvent:
    """Append what happened to a draft, with the digest of its text at that moment."""
    event = DraftEvent(
        draft_id=draft.id,
        number=len(events_of(db, draft.id)) + 1,
        act=deed.act,
        reason=deed.reason,
        digest=draft.digest,
        revision_id=revision.id if revision else None,
        at=deed.at,
        by=deed.by,
    )
    db.add(event)
    db.flush()
    return event


def events_of(db: Session, draft_id: uuid.UUID) -> Sequence[DraftEvent]:
    """Give what happened to a draft, in order."""
    query = select(DraftEvent).where(DraftEvent.draft_id == draft_id)
    return db.scalars(query.order_by(DraftEvent.number)).all()


def senders(db: Session, draft_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Give who began, wrote or sent a draft: where a second person approves, none of them can."""
    own = {DraftAct.START, DraftAct.EDIT, DraftAct.SEND}
    return frozenset(event.by for event in events_of(db, draft_id) if event.act in own)


def _has_written(db: Session, draft_id: uuid.UUID, by: uuid.UUID) -> bool:
    """Whether an event says already that this person wrote: an autosave adds none of its own."""
    return by in senders(db, draft_id)


def _locked(db: Session, draft_id: uuid.UUID) -> Draft:
    query = select(Draft).where(Draft.id == draft_id)
    draft = db.scalar(query.with_for_update().execution_options(populate_existing=True))
    if draft is None:
        raise NotFoundError("draft")
    return draft


def _after(draft: Draft, act: DraftAct) -> DraftState:
    state = after(DraftState(draft.state), act)
    if state is None:
        raise ActRefusedError(draft, act)
    return state
