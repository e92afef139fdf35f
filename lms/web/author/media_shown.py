"""Addresses from which a preview shows media: of the folder and of what came in by the browser."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import url_for
from sqlalchemy import select

from lms.authoring.models import FileRevision, MediaFile, PublishedFile
from lms.authoring.workspace import ROOT
from lms.publishing.media import Film, Shown, originals_folder
from lms.publishing.media_kinds import FORMATS, extension_of
from lms.publishing.media_uses import MediaUse, text_media
from lms.publishing.originals import Sources, file_digest
from lms.web.db import reader
from lms.web.request import settings


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Where the bytes of a path are; each path is looked up once, and no text is read."""

    folder: Sources
    originals: Path
    digests: Mapping[str, str]

    def find(self, path: str) -> Path | None:
        digest = self.digests.get(path)
        return self.originals / digest if digest else self.folder.find(path)

    def url(self, path: str) -> str:
        digest = self.digests.get(path) or file_digest(self.folder.find(path))
        return url_for("author.media_shown", digest=digest) if digest else ""

    def film(self, use: MediaUse) -> Film | None:
        """Give a film as a page plays it; None where its captions or its transcript lack."""
        path, captions, transcript = use.paths
        file, text = self.find(path), self.find(transcript)
        if file is None or text is None or not (self.url(path) and self.url(captions)):
            return None
        return Film(
            kind=FORMATS[extension_of(path)].kind,
            url=self.url(path),
            captions=self.url(captions),
            transcript=text.read_text(encoding="utf-8-sig", errors="replace"),
            megabytes=max(round(file.stat().st_size / 1e6, 1), 0.1),
        )


def preview_media(uses: Iterable[MediaUse]) -> Shown:
    """Give the addresses of what texts show; what is faulty or is not there has none."""
    shown = [use for use in uses if not use.fault]
    if not shown:
        return Shown()
    shelf = _shelf()
    pictures: dict[str, str] = {}
    films: dict[str, Film] = {}
    for use in shown:
        if len(use.paths) == 1 and (url := shelf.url(use.paths[0])):
            pictures.setdefault(use.typed, url)
        elif len(use.paths) > 1 and (film := shelf.film(use)):
            films.setdefault(use.typed, film)
    return Shown(pictures, films)


def pictures_of(text: str, path: str) -> Mapping[str, str]:
    """Give the addresses of the pictures in the text of one file, by address as typed."""
    return preview_media(text_media(text, path)).pictures


def _shelf() -> _Shelf:
    published = select(PublishedFile.path, FileRevision.digest).join(
        FileRevision, FileRevision.id == PublishedFile.revision_id
    )
    folder = Sources(settings().content)
    rows = {
        path.removeprefix(f"{ROOT}/"): digest
        for path, digest in reader().execute(published.where(FileRevision.text.is_(None)))
    }
    digests = {path: digest for path, digest in rows.items() if folder.find(path) is None}
    for path, digest in reader().execute(select(MediaFile.path, MediaFile.digest)):
        digests[path.removeprefix(f"{ROOT}/")] = digest
    return _Shelf(folder, originals_folder(settings()), digests)
