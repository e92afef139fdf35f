"""A file that folder and browser have both changed: seen from three sides, and settled.

Settling says on which text both have met: then only one side has changed since, and publishing or
exporting goes on as ever. Nothing is lost: what is set aside is an edition of its own.
"""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.drafts import Deed, append_event, begin, open_draft, save
from lms.authoring.media_library import closed_folders, folder_of
from lms.authoring.models import Draft, FileRevision, PublishedFile
from lms.authoring.publication import House
from lms.authoring.revisions import Origin, Source, append_media, append_revision
from lms.authoring.sides import Side, Sides, below_content, conflicts, sides_of
from lms.authoring.states import DraftAct
from lms.authoring.three_way import Hunk, Keep, merge, three_way
from lms.authoring.workspace import Published, Workspace, read_workspace
from lms.kernel.errors import NotAllowedError
from lms.publishing.consent import day_of
from lms.publishing.originals import Sources, keep_file
from lms.publishing.service import PublishedMeanwhileError


@dataclass(frozen=True, slots=True)
class Conflict:
    """One file in conflict: the folder's side first (`ours`), the published one second (`theirs`).

    Media have no lines to compare, and so no hunks; nor has a testimony that may not be shown
    (`is_closed`).
    """

    path: str
    hunks: tuple[Hunk, ...]
    by: str
    at: datetime
    folder: str
    browser: str
    is_closed: bool = False

    @property
    def mark(self) -> str:
        """What a form sends back, so that what is settled is what was looked at."""
        return f"{self.folder}-{self.browser}"


class DraftOpenError(NotAllowedError):
    """A draft of this file is open already; `draft` is it."""

    def __init__(self, draft: Draft) -> None:
        super().__init__("a draft of this file is open already")
        self.draft = draft


@dataclass(frozen=True, slots=True)
class LookedAt:
    """Which conflict somebody decides on: its path, and its mark as he saw it."""

    path: str
    mark: str


def find_conflicts(db: Session, folder: Path, today: date) -> tuple[Conflict, ...]:
    """Give every file that both sides have changed, in the order of their paths."""
    workspace = read_workspace(db, folder)
    return tuple(_conflicts(db, workspace, sides_of(db, workspace, folder), today))


def settle(
    db: Session, house: House, looked: LookedAt, side: Side, *, by: str, now: datetime
) -> None:
    """Keep one side of a file in conflict; PublishedMeanwhileError if it is another by now."""
    found = _find(db, house.folder, looked, now)
    pointer = db.get_one(PublishedFile, looked.path)
    if side is Side.BROWSER:
        _keep_folders(db, house, found, Source(Origin.FOLDER, by, now, "set aside"))
        pointer.met_digest = found.conflict.folder
    else:
        pointer.met_digest = found.conflict.browser
    db.flush()


def draft_with_both(
    db: Session, house: House, looked: LookedAt, *, by: tuple[uuid.UUID, str], now: datetime
) -> Draft:
    """Begin a draft that holds the lines of both sides; DraftOpenError if one is open already.

    Once it is published, both sides have met on the folder's text. `by` is an account's id and
    its login.
    """
    found = _find(db, house.folder, looked, now)
    is_open = open_draft(db, looked.path)
    if is_open is not None:
        raise DraftOpenError(is_open)
    both = merge(found.conflict.hunks, other=Keep.BOTH)
    if not found.conflict.hunks or both is None:
        raise NotAllowedError("media have no lines to put together")
    account, login = by
    revision = _keep_folders(db, house, found, Source(Origin.FOLDER, login, now, "put in a draft"))
    published = found.workspace.published[looked.path].text or ""
    draft = begin(db, looked.path, published, by=account, now=now)
    draft = save(db, draft.id, both, known=draft.digest, by=account, now=now)
    append_event(db, draft, Deed(DraftAct.EDIT, account, now), revision)
    return draft


class _Found(NamedTuple):
    """A conflict with the files around it."""

    workspace: Workspace
    conflict: Conflict


def _find(db: Session, folder: Path, looked: LookedAt, now: datetime) -> _Found:
    """Give a conflict as it is now, if it is still the one that was looked at."""
    workspace = read_workspace(db, folder)
    sides = sides_of(db, workspace, folder)
    for conflict in _conflicts(db, workspace, sides, day_of(now)):
        if (conflict.path, conflict.mark) == (looked.path, looked.mark):
            return _Found(workspace, conflict)
    raise PublishedMeanwhileError("this file has changed since you looked at it")


def _conflicts(
    db: Session, workspace: Workspace, sides: Mapping[str, Sides], today: date
) -> Iterator[Conflict]:
    paths = conflicts(sides)
    newest = _newest(db, paths)
    closed = closed_folders(db, workspace.files, today) if paths else frozenset()
    for path in paths:
        one = sides[path]
        if one.browser is not None:
            is_closed = folder_of(path) in closed
            hunks = () if is_closed else _hunks(db, workspace, path, one.browser)
            by, at = newest[path]
            yield Conflict(path, hunks, by, at, one.folder, one.browser.digest, is_closed)


def _hunks(db: Session, workspace: Workspace, path: str, browser: Published) -> tuple[Hunk, ...]:
    """Compare both texts with the one on which they last met; media have none."""
    if browser.text is None:
        return ()
    ours = workspace.folder[path].decode("utf-8", "replace")
    return three_way(_base(db, path, browser.met_digest), ours, browser.text)


def _newest(db: Session, paths: tuple[str, ...]) -> dict[str, tuple[str, datetime]]:
    """Give who published each file, and when."""
    rows = db.execute(
        select(PublishedFile.path, FileRevision.made_by, FileRevision.made_at)
        .join(FileRevision, FileRevision.id == PublishedFile.revision_id)
        .where(PublishedFile.path.in_(paths))
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _base(db: Session, path: str, digest: str) -> str:
    """Give the text on which both sides last met; empty where they never have."""
    query = select(FileRevision.text).where(
        FileRevision.path == path, FileRevision.digest == digest
    )
    return db.scalars(query.limit(1)).first() or ""


def _keep_folders(db: Session, house: House, found: _Found, source: Source) -> FileRevision:
    """Append the folder's file as an edition, so that it can be gone back to."""
    path = found.conflict.path
    if path in found.workspace.meetings:
        text = found.workspace.folder[path].decode("utf-8", "replace")
        return append_revision(db, path, text, source)
    file = Sources(house.folder).find(below_content(path))
    if file is None or keep_file(house.originals, file) != found.conflict.folder:
        raise PublishedMeanwhileError("this file has changed since you looked at it")
    return append_media(db, path, found.conflict.folder, source)
