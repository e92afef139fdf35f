"""Media that come in by the browser: judged by their bytes, cleaned, kept, named, given words.

First the bytes are judged and kept, which takes its time and needs no database; then a row says
where they stand. Bytes that no row and no edition names are forgotten.
"""

import re
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from posixpath import dirname, relpath
from typing import IO
from urllib.parse import quote

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.authoring.media_library import (
    LANGUAGES,
    closed_folders,
    companions,
    folder_of,
    kind_of,
    media_users,
    upload_rows,
)
from lms.authoring.models import FileRevision, MediaFile
from lms.content.files import Files, decode
from lms.content.model import Problem
from lms.content.read import is_media
from lms.kernel.errors import NotAllowedError, NotFoundError
from lms.publishing.captions import clean_captions
from lms.publishing.media_kinds import (
    MOST_BYTES,
    MediaKind,
    MediaRefusedError,
    Why,
    check_media,
    is_playable,
    sniff,
)
from lms.publishing.originals import keep_original
from lms.publishing.pictures import clean_picture
from lms.publishing.recordings import clean_recording, true_extension

MOST_ACROSS = 2000
LONGEST_NAME = 60
LONGEST_ALT = 300
_LONGEST_PATH = 200
_FIRST = 64
_NOT_NAMED = re.compile(r"[^a-z0-9]+")


class NameTakenError(NotAllowedError):
    """A file of this name came in before; `used_in` says which texts show it."""

    def __init__(self, path: str, used_in: tuple[str, ...]) -> None:
        super().__init__(f"{path} is there already")
        self.used_in = used_in


class InFolderError(NotAllowedError):
    """The content folder has a file of this name: it is changed there."""


class StillUsedError(NotAllowedError):
    """The file is not deleted: `used_in` says which texts show it."""

    def __init__(self, path: str, used_in: tuple[str, ...]) -> None:
        super().__init__(f"{path} is still shown")
        self.used_in = used_in


@dataclass(frozen=True, slots=True)
class Received:
    """What was kept of an upload: its extension by its content, its digest and its size."""

    extension: str
    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class UsableMedia:
    """A file that a text can show: the address to type there, and the words for it by language.

    `languages` are those whose texts may show it: a film lacks captions in the others.
    """

    path: str
    address: str
    kind: MediaKind
    alt: Mapping[str, str]
    languages: tuple[str, ...]


def usable_media(db: Session, files: Files, beside: str, *, today: date) -> tuple[UsableMedia, ...]:
    """Give what a text at the path `beside` can show, its own folder's files first."""
    rows, closed = upload_rows(db), closed_folders(db, files, today)
    paths = {path for path in (*files.paths, *rows) if is_media(path)}
    found = [
        UsableMedia(
            path=path,
            address=quote(relpath(path, dirname(beside))),
            kind=kind,
            alt=dict(rows[path].alt) if path in rows else {},
            languages=usable_in(path, paths),
        )
        for path in paths
        if (kind := kind_of(path)) in _SHOWN and kind is not None
        if folder_of(path) not in closed
    ]
    own = folder_of(beside)
    return tuple(sorted(found, key=lambda one: (folder_of(one.path) != own, one.path)))


_SHOWN = frozenset({MediaKind.PICTURE, MediaKind.FILM, MediaKind.SOUND})


def usable_in(path: str, paths: Iterable[str]) -> tuple[str, ...]:
    """Give the languages whose texts may show a file: of a film, those of its captions."""
    if not is_playable(path):
        return LANGUAGES
    there = frozenset(paths)
    return tuple(one for one in LANGUAGES if there.issuperset(companion_paths(path, one)))


def companion_paths(path: str, language: str) -> tuple[str, ...]:
    """Give the paths of a recording's captions and transcript in a language."""
    return tuple(companions(path.rpartition(".")[0], [language]))


def safe_name(typed: str) -> str:
    """Give a file's name, without extension, from what somebody typed; empty if nothing is left."""
    plain = unicodedata.normalize("NFKD", typed).encode("ascii", "ignore").decode()
    return _NOT_NAMED.sub("-", plain.lower()).strip("-")[:LONGEST_NAME].rstrip("-")


def receive(stream: IO[bytes], originals: Path) -> Received:
    """Judge, clean and keep a picture, a film or a sound; raise MediaRefusedError with the why.

    What it is follows from its content: neither its name nor what a browser calls it is asked.
    """
    size = stream.seek(0, 2)
    stream.seek(0)
    first = stream.read(_FIRST)
    extension = sniff(first)
    name = f"file.{extension}"
    kind = check_media(name, first, size).kind
    if kind is MediaKind.CAPTIONS:
        raise MediaRefusedError(name, "captions come with their film", Why.NOT_KNOWN)
    stream.seek(0)
    if kind is MediaKind.PICTURE:
        data = clean_picture(name, stream.read(), across=MOST_ACROSS)
        return _kept(extension, [data], originals)
    extension = true_extension(name, stream, size)
    return _kept(extension, clean_recording(f"file.{extension}", stream, size), originals)


def receive_captions(stream: IO[bytes], originals: Path) -> Received:
    """Judge, clean and keep captions; raise MediaRefusedError, naming the line."""
    data = stream.read(MOST_BYTES[MediaKind.CAPTIONS] + 1)
    return _kept("vtt", [clean_captions("captions", data)], originals)


def receive_transcript(typed: str, originals: Path) -> Received:
    """Keep the words of a recording, as Markdown; raise MediaRefusedError if they are no text."""
    lines = typed.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    text = decode("transcript", f"{lines}\n".encode())
    if isinstance(text, Problem):
        raise MediaRefusedError("transcript", text.message, Why.TRANSCRIPT)
    return _kept("md", [text.encode()], originals)


def _kept(extension: str, parts: Iterable[bytes], originals: Path) -> Received:
    size = 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for part in parts:
            size += len(part)
            yield part

    digest = keep_original(originals, counted())
    return Received(extension, digest, size)


@dataclass(frozen=True, slots=True)
class Deed:
    """Who does something to media, and when."""

    by: uuid.UUID
    at: datetime


def check_name(db: Session, files: Files, path: str, *, replace: bool) -> None:
    """Raise InFolderError or NameTakenError where a file cannot take this path."""
    row = db.get(MediaFile, path)
    if len(path) > _LONGEST_PATH or (row is None and path in files.paths):
        raise InFolderError(path)
    if row is not None and not replace:
        raise NameTakenError(path, tuple(sorted(media_users(db, files).get(path, ()))))


def place_upload(
    db: Session, path: str, received: Received, alt: Mapping[str, str], *, deed: Deed
) -> str:
    """Let received bytes stand at a path; gives the digest of what stood there, if anything."""
    row = db.get(MediaFile, path)
    old = row.digest if row else ""
    if row is None:
        row = MediaFile(path=path)
        db.add(row)
    row.digest, row.size, row.alt = received.digest, received.size, dict(alt)
    row.uploaded_at, row.uploaded_by = deed.at, deed.by
    db.flush()
    return old


def find_upload(db: Session, path: str) -> MediaFile:
    """Give the row of a file that came in by the browser; raise NotFoundError for others."""
    row = db.get(MediaFile, path)
    if row is None:
        raise NotFoundError("media")
    return row


def describe_upload(db: Session, path: str, alt: Mapping[str, str], *, deed: Deed) -> None:
    """Give a file other words."""
    row = find_upload(db, path)
    row.alt, row.uploaded_at, row.uploaded_by = dict(alt), deed.at, deed.by
    db.flush()


def delete_upload(db: Session, files: Files, path: str) -> tuple[str, ...]:
    """Take an unused file away, a film with its captions and transcripts; gives their digests.

    Raises StillUsedError if a text shows it.
    """
    row = find_upload(db, path)
    used_in = tuple(sorted(media_users(db, files).get(path, ())))
    if used_in:
        raise StillUsedError(path, used_in)
    rows = [row]
    if is_playable(path):
        beside = companions(path.rpartition(".")[0], LANGUAGES)
        rows += [found for one in beside if (found := db.get(MediaFile, one)) is not None]
    digests = tuple(one.digest for one in rows)
    for one in rows:
        db.delete(one)
    db.flush()
    return digests


def forget(db: Session, originals: Path, digests: Iterable[str]) -> None:
    """Delete the bytes that no row and no edition names; asked once the change is committed."""
    for digest in digests:
        named = exists().where(MediaFile.digest == digest)
        in_edition = exists().where(FileRevision.digest == digest)
        if digest and not db.scalar(select(named | in_edition)):
            (originals / digest).unlink(missing_ok=True)
