"""Both sides of every file, texts and media: the folder's, and the one that the browser has.

Of media the browser's side is what is published, or what came in by the browser after that.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from lms.authoring.models import FileRevision, MediaFile, PublishedFile
from lms.authoring.revisions import digest_of
from lms.authoring.workspace import ROOT, Meeting, Published, Workspace, meeting
from lms.content.read import is_media
from lms.kernel.errors import BadInputError
from lms.publishing.originals import Sources, file_digest


class Side(StrEnum):
    """One of the two doors."""

    FOLDER = "folder"
    BROWSER = "browser"


@dataclass(frozen=True, slots=True)
class Sides:
    """One file on both sides: the folder's digest (empty without one), and the browser's file."""

    how: Meeting
    folder: str
    browser: Published | None


class TakeRefusedError(BadInputError):
    """Somebody chose a side of a file that is not different on two sides."""

    def __init__(self, path: str, side: Side) -> None:
        super().__init__(f"{path}: there is no choice between two sides here; do not take {side}")


_BROWSERS = {Meeting.BROWSER, Meeting.BROWSER_ONLY, Meeting.BOTH}
_TAKEN = {
    (Meeting.BOTH, Side.FOLDER): Meeting.FOLDER,
    (Meeting.BOTH, Side.BROWSER): Meeting.BROWSER,
    (Meeting.BROWSER, Side.FOLDER): Meeting.FOLDER,
    (Meeting.FOLDER, Side.BROWSER): Meeting.BROWSER,
    (Meeting.REMOVED, Side.BROWSER): Meeting.BROWSER_ONLY,
}


def below_content(path: str) -> str:
    """Give a path as media are named: relative to the content folder."""
    return path.removeprefix(f"{ROOT}/")


def sides_of(db: Session, workspace: Workspace, folder: Path) -> dict[str, Sides]:
    """Give both sides of every text that is read and of all media."""
    texts = {
        path: Sides(how, _text_digest(workspace, path), workspace.published.get(path))
        for path, how in workspace.meetings.items()
    }
    return texts | _media(workspace, Sources(folder), uploads(db))


def uploads(db: Session) -> dict[str, str]:
    """Give the digests of what came in by the browser and is newer than what is published."""
    is_new = or_(
        FileRevision.id.is_(None),
        and_(
            FileRevision.digest != MediaFile.digest,
            FileRevision.made_at <= MediaFile.uploaded_at,
        ),
    )
    rows = db.execute(
        select(MediaFile.path, MediaFile.digest)
        .outerjoin(PublishedFile, PublishedFile.path == MediaFile.path)
        .outerjoin(FileRevision, FileRevision.id == PublishedFile.revision_id)
        .where(is_new)
    )
    return {row[0]: row[1] for row in rows}


def taken(sides: Mapping[str, Sides], take: Mapping[str, Side]) -> dict[str, Sides]:
    """Give the files as they stand once sides are chosen; TakeRefusedError where none can be."""
    found = dict(sides)
    for path, side in take.items():
        how = _TAKEN.get((sides[path].how, side)) if path in sides else None
        if how is None:
            raise TakeRefusedError(path, side)
        found[path] = replace(sides[path], how=how, browser=_unmet(sides[path]))
    return found


def _unmet(sides: Sides) -> Published | None:
    """Give the browser's file; one that the folder has lost has never met it, once it is kept."""
    if sides.browser is None or sides.folder:
        return sides.browser
    return replace(sides.browser, met_digest="")


def media_sources(
    sides: Mapping[str, Sides], originals: Path, folder: Path | None
) -> Sources:  # fmt: skip
    """Say where media are read: the browser's among the originals, the folder's in the folder."""
    kept = {
        below_content(path): originals / one.browser.digest
        for path, one in sides.items()
        if one.browser is not None and one.browser.text is None and one.how in _BROWSERS
    }
    return Sources(folder, kept)


def published_media(published: Mapping[str, Published], new: Mapping[str, str]) -> dict[str, str]:
    """Give the digests of media without any folder: what is published, and what came in since."""
    return {path: one.digest for path, one in published.items() if one.text is None} | dict(new)


def conflicts(sides: Mapping[str, Sides]) -> tuple[str, ...]:
    """Give the paths that both sides have changed."""
    return tuple(path for path, one in sorted(sides.items()) if one.how is Meeting.BOTH)


def _text_digest(workspace: Workspace, path: str) -> str:
    return digest_of(workspace.folder[path]) if path in workspace.folder else ""


def _media(
    workspace: Workspace, sources: Sources, new: Mapping[str, str]
) -> dict[str, Sides]:  # fmt: skip
    has_folder = workspace.has_folder
    published = {path: one for path, one in workspace.published.items() if one.text is None}
    return {
        path: _media_sides(published.get(path), new.get(path, ""), found, has_folder=has_folder)
        for path, found in _digests(workspace, sources, (*published, *new)).items()
    }


def _digests(workspace: Workspace, sources: Sources, more: Iterable[str]) -> dict[str, str]:
    paths = {path for path in (*workspace.files.paths, *more) if is_media(path)}
    return {path: file_digest(sources.find(below_content(path))) for path in sorted(paths)}


def _media_sides(published: Published | None, new: str, found: str, *, has_folder: bool) -> Sides:
    browser = published
    if new:
        browser = Published(new, None, published.met_digest if published else "")
    if published is None and found:  # before anything is published, what the folder has counts
        browser = None
    known = browser if has_folder or browser is None else replace(browser, met_digest="")
    return Sides(meeting(found, known), found, browser)
