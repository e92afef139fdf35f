"""Every file of media there is: what the folder holds and what came in by the browser.

Which texts use a file is asked of the texts themselves. Media of an original testimony that may not
be shown are closed: they are on no page, and no page of an author's shows them either.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from posixpath import dirname

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.models import Draft, MediaFile
from lms.authoring.sides import below_content, media_sources, sides_of
from lms.authoring.workspace import ROOT, Workspace
from lms.content.files import Files
from lms.content.model import TestimonyKind
from lms.content.parse_testimony import parse_testimony
from lms.content.read import is_media
from lms.publishing.consent_register import closed_testimonies
from lms.publishing.media_kinds import FORMATS, MediaKind, extension_of, is_playable
from lms.publishing.media_uses import text_media
from lms.publishing.originals import Sources, file_digest

LANGUAGES = ("fr", "en")
_WITH_MEDIA = ("modules", "testimonies")
_FOLDER_DEPTH = 3  # content/modules/01-first


@dataclass(frozen=True, slots=True)
class MediaEntry:
    """One file: its path beginning `content/`, where its bytes are, and which texts show it.

    `upload` is its row where it came in by the browser; `kind` is None for a transcript.
    """

    path: str
    file: Path
    kind: MediaKind | None
    upload: MediaFile | None = None
    used_in: tuple[str, ...] = ()
    is_closed: bool = False

    @property
    def digest(self) -> str:
        """The SHA-256 of its bytes, in hex; empty if they cannot be read."""
        return file_digest(self.file)


@dataclass(frozen=True, slots=True)
class Places:
    """Where media are looked for: the content folder, and the originals of the instance."""

    folder: Path
    originals: Path


def sources_of(db: Session, workspace: Workspace, places: Places) -> Sources:
    """Give where the bytes of each path are: in the folder, or among the originals."""
    sides = sides_of(db, workspace, places.folder)
    return media_sources(sides, places.originals, places.folder)


def upload_rows(db: Session) -> dict[str, MediaFile]:
    """Give the files that came in by the browser, by path."""
    return {row.path: row for row in db.scalars(select(MediaFile))}


def _found(db: Session, workspace: Workspace, places: Places) -> Iterator[MediaEntry]:
    """Give every file of media that is there, in the order of the paths."""
    sources, rows = sources_of(db, workspace, places), upload_rows(db)
    for path in sorted(filter(is_media, workspace.files.paths)):
        file = sources.find(below_content(path))
        if file is not None:
            yield MediaEntry(path, file, kind_of(path), rows.get(path))


def media_listing(
    db: Session, workspace: Workspace, places: Places, *, today: date
) -> tuple[MediaEntry, ...]:
    """Give every file of media in the order of the paths; what cannot be found is left out."""
    used = media_users(db, workspace.files)
    entries = [
        replace(one, used_in=tuple(sorted(used.get(one.path, ()))))
        for one in _found(db, workspace, places)
    ]
    closed = closed_folders(db, workspace.files, today)
    shut = {one.digest for one in entries if folder_of(one.path) in closed}
    # The same bytes under two paths: closed once is closed everywhere.
    return tuple(replace(one, is_closed=one.digest in shut) for one in entries)


def find_shown(
    db: Session, workspace: Workspace, places: Places, digest: str, *, today: date
) -> MediaEntry | None:
    """Give a file by its digest, if there is one that an author may see today."""
    found = [one for one in _found(db, workspace, places) if one.digest == digest]
    closed = closed_folders(db, workspace.files, today) if found else frozenset()
    if any(folder_of(one.path) in closed for one in found):
        return None
    return next((one for one in found if one.kind is not None), None)


def media_users(db: Session, files: Files) -> dict[str, set[str]]:
    """Give the texts that show each file, open drafts among them, by the file's path."""
    drafts = db.execute(select(Draft.path, Draft.text).where(Draft.open_path.is_not(None)))
    users: dict[str, set[str]] = defaultdict(set)
    for path, text in (*_texts(files), *((row[0], row[1]) for row in drafts)):
        if path.endswith(".md") and not is_media(path):
            for shown in shown_by(text, path):
                users[shown].add(path)
    return users


def shown_by(text: str, path: str) -> Iterator[str]:
    """Give the paths of the media that a text shows; a film's captions in every language too."""
    for use in text_media(text, path):
        yield from (f"{ROOT}/{one}" for one in use.paths)
        if is_playable(use.paths[0]):
            stem = use.paths[0].rpartition(".")[0]
            yield from (f"{ROOT}/{one}" for one in companions(stem, LANGUAGES))


def companions(stem: str, languages: Iterable[str]) -> Iterator[str]:
    """Give the captions and transcripts that belong to a film or a sound."""
    for language in languages:
        yield f"{stem}.{language}.vtt"
        yield f"{stem}.{language}.md"


def _texts(files: Files) -> Iterator[tuple[str, str]]:
    for path, data in files.texts.items():
        yield path, data.decode("utf-8", "replace")


def kind_of(path: str) -> MediaKind | None:
    """Give what a file is for by its name; None for a transcript."""
    found = FORMATS.get(extension_of(path))
    return found.kind if found else None


def folder_of(path: str) -> str:
    """Give the folder of the module or testimony that a path is in: `content/modules/01-first`."""
    return "/".join(path.split("/")[:_FOLDER_DEPTH])


def media_folders(db: Session, files: Files, *, today: date) -> tuple[str, ...]:
    """Give the folders that a file can be added to: of modules and testimonies, drafts included."""
    drafts = db.scalars(select(Draft.path).where(Draft.open_path.is_not(None)))
    found = {
        dirname(path)
        for path in (*files.texts, *drafts)
        if path.endswith(".md") and path.split("/")[1] in _WITH_MEDIA
        if dirname(path) == folder_of(path)
    }
    return tuple(sorted(found - closed_folders(db, files, today)))


def closed_folders(db: Session, files: Files, today: date) -> frozenset[str]:
    """Give the folders of testimonies whose media are shown to nobody today.

    Where a text cannot be read nobody can say whose voice it is: it is closed as well.
    """
    shut = closed_testimonies(db, today)
    folders = {f"{ROOT}/testimonies/{one}" for one in shut}
    for path, text in _texts(files):
        folder = folder_of(path)
        if path.startswith(f"{ROOT}/testimonies/") and dirname(path) == folder:
            testimony, _ = parse_testimony(path, text)
            if testimony is None or testimony.id in shut:
                folders.add(folder)
            elif testimony.kind is TestimonyKind.ORIGINAL:
                consent = testimony.consent
                holds = consent is not None and consent.withdrawn is None
                if consent is None or not holds or not consent.given <= today <= consent.until:
                    folders.add(folder)
    return frozenset(folders)
