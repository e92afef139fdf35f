"""What stands: the published files and the folder's, and where the two have met.

Two doors lead to one pipe: the folder (git) and the browser. Of every file three texts are known:
the folder's, the published one, and the one on which both last agreed. From them follows who
changed it; where both did, the published text stands and nothing is overwritten.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.models import FileRevision, MediaFile, PublishedFile
from lms.authoring.revisions import digest_of
from lms.content.files import Files, load
from lms.content.model import Place
from lms.content.read import is_read
from lms.content.rules import fault

ROOT = "content"


class Meeting(StrEnum):
    """How the folder's file and the published one stand to each other."""

    SAME = "same"
    FOLDER = "folder"  # only the folder's has changed since they met
    BROWSER = "browser"  # only the published one has
    BOTH = "both"  # both have, and differently: a person decides
    FOLDER_ONLY = "folder-only"  # never published
    BROWSER_ONLY = "browser-only"  # written in the browser, never in this folder
    REMOVED = "removed"  # published from the folder, and gone from it since


@dataclass(frozen=True, slots=True)
class Published:
    """A file as it is published; `text` is None for media."""

    digest: str
    text: str | None
    met_digest: str


@dataclass(frozen=True, slots=True)
class Workspace:
    """The files that stand, by path beginning with `content/`, and how each came to stand."""

    files: Files
    meetings: Mapping[str, Meeting]
    published: Mapping[str, Published]
    folder: Mapping[str, bytes]

    @property
    def has_folder(self) -> bool:
        """Whether a folder with content is here."""
        return any(map(is_read, self.folder))

    @property
    def conflicts(self) -> tuple[str, ...]:
        """The paths that both have changed."""
        return tuple(path for path, how in self.meetings.items() if how is Meeting.BOTH)


def meeting(folder: str, published: Published | None) -> Meeting:
    """Say how a file of the folder (its digest; empty without one) and the published one stand."""
    if published is None:
        return Meeting.FOLDER_ONLY
    if not folder:
        return Meeting.REMOVED if published.met_digest == published.digest else Meeting.BROWSER_ONLY
    if folder == published.digest:
        return Meeting.SAME
    if published.met_digest == published.digest:
        return Meeting.FOLDER
    return Meeting.BROWSER if published.met_digest == folder else Meeting.BOTH


def read_workspace(db: Session, folder: Path) -> Workspace:
    """Read the folder and what is published, and put together the files that stand."""
    loaded = rooted(_load(folder))
    published = published_files(db)
    known = published
    if not any(map(is_read, loaded.texts)):  # no folder is here: it has not removed anything
        known = {path: replace(one, met_digest="") for path, one in published.items()}
    meetings = _meetings(loaded, known)
    standing = dict(loaded.texts)
    for path, how in meetings.items():
        text = published[path].text if path in published else None
        if how in {Meeting.BROWSER, Meeting.BOTH, Meeting.BROWSER_ONLY} and text is not None:
            standing[path] = text.encode()
    # Media that the browser brought in stand beside the folder's, which has not removed them.
    media = {
        path
        for path, one in known.items()
        if one.text is None and meeting("", one) is Meeting.BROWSER_ONLY
    }
    uploaded = db.scalars(select(MediaFile.path))
    paths = frozenset({*loaded.paths, *standing, *media, *uploaded})
    files = replace(loaded, texts=standing, paths=paths)
    return Workspace(files, meetings, published, loaded.texts)


def _meetings(loaded: Files, published: Mapping[str, Published]) -> dict[str, Meeting]:
    """Say of each text that is read how the folder's and the published one stand."""
    texts = {path: one for path, one in published.items() if one.text is not None}
    ours = {path: digest_of(data) for path, data in loaded.texts.items() if is_read(path)}
    return {path: meeting(ours.get(path, ""), texts.get(path)) for path in sorted({*ours, *texts})}


def published_files(db: Session) -> dict[str, Published]:
    """Give every file as it is published, media too, by path."""
    rows = db.execute(
        select(
            PublishedFile.path, FileRevision.digest, FileRevision.text, PublishedFile.met_digest
        ).join(FileRevision, FileRevision.id == PublishedFile.revision_id)
    )
    return {path: Published(digest, text, met) for path, digest, text, met in rows}


def _load(folder: Path) -> Files:
    """Read the folder; one that cannot be read is a problem among others."""
    try:
        return load(folder)
    except OSError:
        name = folder.name
        cure = "let the service read the folder"
        problem = fault("unreadable-folder", Place(name), "this folder cannot be read", cure)
        return Files(name, {}, frozenset(), (problem,))


def rooted(files: Files) -> Files:
    """Give the same files with paths that begin with `content/`, whatever the folder is called."""
    if files.root == ROOT:
        return files

    def named(path: str) -> str:
        return f"{ROOT}{path.removeprefix(files.root)}"

    problems = tuple(
        replace(one, place=replace(one.place, path=named(one.place.path))) for one in files.problems
    )
    texts = {named(path): text for path, text in files.texts.items()}
    return Files(ROOT, texts, frozenset(map(named, files.paths)), problems)


def with_texts(files: Files, texts: Mapping[str, str]) -> Files:
    """Give the same files with some texts put in their places: a draft, to check or to preview."""
    put = {path: text.encode() for path, text in texts.items()}
    return replace(files, texts={**files.texts, **put}, paths=files.paths | put.keys())
