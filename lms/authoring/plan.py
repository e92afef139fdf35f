"""Plan a publication: of the folder, or of approved drafts over what is published."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.checked import check_once
from lms.authoring.drafts import ActRefusedError, find_draft
from lms.authoring.history import section_changes
from lms.authoring.models import Draft, DraftEvent, FileRevision
from lms.authoring.publication import FileEdition, House, Publication
from lms.authoring.revisions import Origin, digest_of
from lms.authoring.sides import (
    Side,
    Sides,
    below_content,
    media_sources,
    published_media,
    sides_of,
    taken,
    uploads,
)
from lms.authoring.states import DraftAct, DraftState
from lms.authoring.workspace import ROOT, Meeting, Published, Workspace, read_workspace
from lms.content.files import Files
from lms.content.model import Content
from lms.kernel.errors import NotAllowedError
from lms.publishing.media_uses import find_media
from lms.publishing.originals import Sources
from lms.publishing.queries import published_content
from lms.publishing.service import plan_publication

_FROM_FOLDER = {Meeting.SAME, Meeting.FOLDER, Meeting.FOLDER_ONLY}
_NO_TAKE: Mapping[str, Side] = {}


class FolderFirstError(NotAllowedError):
    """The folder has never been published in editions: publish it before any draft."""


class _Judged(NamedTuple):
    """Files, where their media are, and the day on which they are checked."""

    files: Files
    sources: Sources
    today: date


def plan_folder(
    db: Session, house: House, today: date, take: Mapping[str, Side] = _NO_TAKE
) -> Publication:
    """Plan to publish the files that stand with the folder's changes.

    Where both sides have changed a file, `take` says whose stands; TakeRefusedError for a path
    that has no two sides.
    """
    workspace = read_workspace(db, house.folder)
    before = sides_of(db, workspace, house.folder)
    sides = taken(before, take)
    texts = {**workspace.files.texts, **_chosen(workspace, sides, take)}
    files = replace(workspace.files, texts=texts, paths=workspace.files.paths | texts.keys())
    sources = media_sources(sides, house.originals, house.folder)
    plan = _judge(db, _Judged(files, sources, today), workspace)
    used = _used(plan.content)
    editions = {
        path: edition
        for path, one in sides.items()
        for edition in (_edition(workspace, path, one, is_used=path in used),)
        if edition is not None
    }
    aside = {
        path: FileEdition(one.folder, "", _folder_text(workspace, path), Origin.FOLDER)
        for path, one in sides.items()
        if take.get(path) is Side.BROWSER and one.folder
    }
    return replace(plan, files=editions, sides=sides, aside=aside)


def plan_drafts(
    db: Session, house: House, today: date, draft_ids: Iterable[uuid.UUID]
) -> Publication:
    """Plan to publish approved drafts over what is published; ActRefusedError for any other."""
    drafts = {draft.path: draft for draft in (find_draft(db, one) for one in draft_ids)}
    for draft in drafts.values():
        if draft.state != DraftState.APPROVED:
            raise ActRefusedError(draft, DraftAct.PUBLISH)
    workspace = read_workspace(db, house.folder)
    if workspace.has_folder and not workspace.published:
        raise FolderFirstError
    texts = {p: one.text for p, one in workspace.published.items() if one.text is not None}
    data = {p: text.encode() for p, text in {**texts, **_texts(drafts)}.items()}
    media = published_media(workspace.published, uploads(db))
    files = Files(ROOT, data, frozenset({*data, *media}))
    sources = Sources(None, {below_content(p): house.originals / d for p, d in media.items()})
    plan = _judge(db, _Judged(files, sources, today), workspace)
    editions = {p: _standing(one) for p, one in workspace.published.items()}
    editions |= _new_media(workspace.published, media, _used(plan.content))
    editions |= {p: _draft_edition(db, workspace, draft) for p, draft in drafts.items()}
    return replace(
        plan,
        files=editions,
        aside=_begun_from(workspace, drafts),
        drafts={draft.id: draft.digest for draft in drafts.values()},
        behind=tuple(path for path, draft in sorted(drafts.items()) if is_behind(workspace, draft)),
    )


def is_behind(workspace: Workspace, draft: Draft) -> bool:
    """Whether a draft was begun from another text than the one that stands now.

    The published one, or the folder's where the folder alone has changed it.
    """
    published = workspace.published.get(draft.path)
    if draft.base_text == ((published.text if published else "") or ""):
        return False
    return draft.base_text.encode() != _newer_in_folder(workspace, draft.path)


def _texts(drafts: Mapping[str, Draft]) -> dict[str, str]:
    return {path: draft.text for path, draft in drafts.items()}


def _judge(db: Session, judged: _Judged, workspace: Workspace) -> Publication:
    changes = section_changes(db, judged.files.texts, judged.today)
    content, problems = check_once(judged.files, judged.today, changes, published_content(db))
    return Publication(
        content=content,
        problems=problems,
        steps=plan_publication(db, content, judged.sources),
        sources=judged.sources,
        files={},
        before=workspace.published,
        sides={},
    )


def _chosen(
    workspace: Workspace, sides: Mapping[str, Sides], take: Mapping[str, Side]
) -> dict[str, bytes]:
    """Give the texts that somebody chose a side of."""
    found: dict[str, bytes] = {}
    for path, side in take.items():
        browser = sides[path].browser
        if side is Side.FOLDER and path in workspace.folder:
            found[path] = workspace.folder[path]
        elif side is Side.BROWSER and browser is not None and browser.text is not None:
            found[path] = browser.text.encode()
    return found


def _edition(workspace: Workspace, path: str, sides: Sides, *, is_used: bool) -> FileEdition | None:
    """Give how a file of two sides will stand; None where it will not."""
    if sides.how in _FROM_FOLDER:
        text = _folder_text(workspace, path)
        return FileEdition(sides.folder, sides.folder, text, Origin.FOLDER)
    if sides.how is Meeting.REMOVED or sides.browser is None:
        return None
    published = workspace.published.get(path)
    if published is None or sides.browser.digest != published.digest:  # came in by the browser
        if not is_used:
            return None if published is None else _standing(published)
        return FileEdition(sides.browser.digest, _met(sides), None, Origin.BROWSER)
    return FileEdition(published.digest, _met(sides), published.text, Origin.BROWSER)


def _met(sides: Sides) -> str:
    """Give the digest on which both sides have met once the browser's stands."""
    if sides.how is Meeting.BROWSER:
        return sides.folder
    return sides.browser.met_digest if sides.browser else ""


def _folder_text(workspace: Workspace, path: str) -> str | None:
    """Give the folder's text of a file; None for media, and for what the check refuses to read."""
    if path not in workspace.meetings:
        return None
    return workspace.folder[path].decode("utf-8", "replace")


def _standing(one: Published) -> FileEdition:
    return FileEdition(one.digest, one.met_digest, one.text, Origin.BROWSER)


def _used(content: Content) -> frozenset[str]:
    """Give the paths of all media that a module shows."""
    return frozenset(
        f"{ROOT}/{path}"
        for module in content.modules.values()
        for use in find_media(content, module)
        for path in use.paths
    )


def _new_media(
    published: Mapping[str, Published], media: Mapping[str, str], used: frozenset[str]
) -> dict[str, FileEdition]:
    """Give the media that came in by the browser and that a text shows now."""
    found = {}
    for path, digest in media.items():
        old = published.get(path)
        if path in used and (old is None or old.digest != digest):
            met = old.met_digest if old else ""
            found[path] = FileEdition(digest, met, None, Origin.BROWSER)
    return found


def _draft_edition(db: Session, workspace: Workspace, draft: Draft) -> FileEdition:
    """Give how a draft will stand; where it holds the folder's change, both have met on that."""
    published = workspace.published.get(draft.path)
    met = published.met_digest if published else ""
    newer = _newer_in_folder(workspace, draft.path)
    if newer is not None and newer == draft.base_text.encode():
        met = digest_of(newer)
    elif workspace.meetings.get(draft.path) is Meeting.BOTH:
        folder = digest_of(workspace.folder[draft.path])
        met = folder if folder in _put_in(db, draft.id) else met
    return FileEdition(draft.digest, met, draft.text, Origin.BROWSER)


def _begun_from(workspace: Workspace, drafts: Mapping[str, Draft]) -> dict[str, FileEdition]:
    """Give the folder's texts that drafts were begun from: both sides have met on them."""
    newer = {path: _newer_in_folder(workspace, path) for path in drafts}
    return {
        path: FileEdition(digest_of(data), "", data.decode("utf-8", "replace"), Origin.FOLDER)
        for path, data in newer.items()
        if data is not None and data == drafts[path].base_text.encode()
    }


def _newer_in_folder(workspace: Workspace, path: str) -> bytes | None:
    """Give the folder's text where the folder alone has changed it."""
    how = workspace.meetings.get(path)
    return workspace.folder[path] if how in {Meeting.FOLDER, Meeting.FOLDER_ONLY} else None


def _put_in(db: Session, draft_id: uuid.UUID) -> Sequence[str]:
    """Give the digests of the folder's texts that were put into a draft."""
    query = select(FileRevision.digest).join(DraftEvent, DraftEvent.revision_id == FileRevision.id)
    return db.scalars(
        query.where(DraftEvent.draft_id == draft_id, FileRevision.origin == Origin.FOLDER)
    ).all()
