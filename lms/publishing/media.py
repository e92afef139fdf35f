"""Pictures, sound and film as they are kept: one file each, named by the SHA-256 of its bytes.

They stand in a folder of the instance and never in the database. What belongs to an original
testimony is kept apart: it is handed out only while a published page shows it
(`queries.is_shown`), so that whoever takes a testimony back takes its film back too.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile

from lms.publishing.media_clean import clean_media
from lms.publishing.media_kinds import (
    FORMATS,
    MediaKind,
    MediaRefusedError,
    extension_of,
    media_format,
)
from lms.publishing.media_uses import MediaUse
from lms.publishing.originals import Sources
from lms.settings import Settings

_APART = "apart"
_NAME = re.compile(rf"[0-9a-f]{{64}}\.(?:{'|'.join(FORMATS)})")


@dataclass(frozen=True, slots=True)
class Film:
    """A film or a sound as a page plays it; the transcript is still Markdown."""

    kind: MediaKind
    url: str
    captions: str
    transcript: str
    megabytes: float


@dataclass(frozen=True, slots=True)
class Shown:
    """What the texts of one module in one language show, by address as typed."""

    pictures: Mapping[str, str] = field(default_factory=dict)
    films: Mapping[str, Film] = field(default_factory=dict)


def media_folder(settings: Settings) -> Path:
    """Give the folder of the instance where published media are kept."""
    return settings.instance / "media"


def originals_folder(settings: Settings) -> Path:
    """Give the folder of the instance where media are kept as their authors brought them."""
    return settings.instance / "originals"


@dataclass(frozen=True, slots=True)
class Keeper:
    """Where media are read, and the folder where they are kept."""

    source: Sources
    folder: Path

    def keep(self, uses: Sequence[MediaUse]) -> Shown:
        """Keep the files and give their addresses; raise MediaRefusedError for the first fault."""
        pictures: dict[str, str] = {}
        films: dict[str, Film] = {}
        files: dict[str, tuple[str, ...]] = {}
        for use in uses:
            where = f"{use.source}: {use.typed}"
            if use.fault:
                raise MediaRefusedError(where, use.fault)
            if files.setdefault(use.typed, use.paths) != use.paths:
                raise MediaRefusedError(where, "a testimony in this module has a file of this name")
            if len(use.paths) == 1:
                pictures[use.typed] = self._keep(use.paths[0], apart=use.apart)
            else:
                films[use.typed] = self._film(use)
        return Shown(pictures, films)

    def _film(self, use: MediaUse) -> Film:
        file, captions, transcript = use.paths
        return Film(
            kind=FORMATS[extension_of(file)].kind,
            url=self._keep(file, apart=use.apart),
            captions=self._keep(captions, apart=use.apart),
            transcript=self._text(transcript),
            megabytes=max(round(self._file(file).stat().st_size / 1e6, 1), 0.1),
        )

    def _file(self, path: str) -> Path:
        """Give a file of the sources; what is not there, or a link, is refused."""
        file = self.source.find(path)
        if file is None:
            raise MediaRefusedError(path, "there is no such file, or a link on disk stands there")
        return file

    def _text(self, path: str) -> str:
        try:
            return self._file(path).read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise MediaRefusedError(path, "it is not UTF-8; save it again as UTF-8") from error

    def _keep(self, path: str, *, apart: bool) -> str:
        file = self._file(path)
        with file.open("rb") as stream:
            parts = clean_media(path, stream, file.stat().st_size)
            extension = media_format(path).extension or extension_of(path)
            return f"/media/{_write(self.folder, parts, extension, apart=apart)}"


def _write(folder: Path, parts: Iterator[bytes], extension: str, *, apart: bool) -> str:
    """Write a file under its digest, all of it or nothing; what is there already stays."""
    (folder / _APART).mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    digest = hashlib.sha256()
    with NamedTemporaryFile(dir=folder, prefix=".new-", delete=False) as stream:
        try:
            for part in parts:
                digest.update(part)
                stream.write(part)
            stream.flush()
            os.fsync(stream.fileno())
            name = f"{digest.hexdigest()}.{extension}"
            _settle(folder, Path(stream.name), name, apart=apart)
        finally:
            Path(stream.name).unlink(missing_ok=True)
    return name


def _settle(folder: Path, new: Path, name: str, *, apart: bool) -> None:
    """Move a file to its place; what an original testimony once showed stays apart for good."""
    if apart or (folder / _APART / name).exists():
        new.replace(folder / _APART / name)
        (folder / name).unlink(missing_ok=True)
    else:
        new.replace(folder / name)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is kept; one that is apart may be handed out only while a page shows it."""

    path: Path
    content_type: str
    apart: bool


def kept_file(folder: Path, name: str) -> Kept | None:
    """Give the file of that name, or None; names that `publish` does not give have no file."""
    if not _NAME.fullmatch(name):
        return None
    content_type = FORMATS[extension_of(name)].content_type
    for path, apart in ((folder / _APART / name, True), (folder / name, False)):
        if path.is_file():
            return Kept(path, content_type, apart)
    return None
