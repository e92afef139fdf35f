"""Write what is published into the content folder: byte for byte, and nothing over a newer file.

All or nothing: where folder and browser have both changed a file, nothing is written. A testimony
that may not be shown is never written out.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy.orm import Session

from lms.authoring.media_library import closed_folders, folder_of
from lms.authoring.models import PublishedFile
from lms.authoring.publication import ConflictError, House
from lms.authoring.sides import Sides, below_content, conflicts, sides_of
from lms.authoring.workspace import ROOT, Meeting, Published, published_files, read_workspace
from lms.content.files import Files
from lms.kernel.errors import VirageError
from lms.publishing.originals import file_digest
from lms.publishing.service import PublishedMeanwhileError

_CHUNK = 1 << 20
_WRITTEN = {Meeting.BROWSER, Meeting.BROWSER_ONLY}


class UnsafePlaceError(VirageError):
    """A file cannot be written where it belongs: a link on disk or something else stands there."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path}: a link or something that is no file stands there; take it away")


class OriginalLostError(VirageError):
    """The bytes of a file of media are not among the originals, or are others."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path}: its original is not in the instance; restore it from a backup")


@dataclass(frozen=True, slots=True)
class Export:
    """What an export does: files that are written, with the place of the bytes of media.

    `same` are on both sides already; `newer` are those that the folder alone has changed, or has
    alone; `removed` are gone from it since they were published, and stay gone; `closed` belong to
    testimonies that may not be shown.
    """

    folder: Path
    written: Mapping[str, Published]
    media: Mapping[str, Path]
    same: tuple[str, ...]
    newer: tuple[str, ...]
    removed: tuple[str, ...]
    closed: tuple[str, ...]
    conflicts: tuple[str, ...]
    before: Mapping[str, Published]


def plan_export(db: Session, house: House, today: date) -> Export:
    """Say what an export would write into the house's folder, and change nothing."""
    workspace = read_workspace(db, house.folder)
    sides = sides_of(db, workspace, house.folder)
    published = workspace.published
    wanted = {
        path: published[path]
        for path, one in sides.items()
        if one.how in _WRITTEN and path in published and one.folder != published[path].digest
    }
    shut = closed_folders(db, _files(published), today)
    written = {path: one for path, one in wanted.items() if folder_of(path) not in shut}
    return Export(
        folder=house.folder,
        written=written,
        media={p: house.originals / one.digest for p, one in written.items() if one.text is None},
        same=tuple(_having(sides, Meeting.SAME)),
        newer=tuple(_having(sides, Meeting.FOLDER, Meeting.FOLDER_ONLY)),
        removed=tuple(_having(sides, Meeting.REMOVED)),
        closed=tuple(sorted(wanted.keys() - written.keys())),
        conflicts=conflicts(sides),
        before=published,
    )


def write_export(db: Session, export: Export) -> None:
    """Write the files, then note that both sides have met on them; the caller commits.

    Raises ConflictError, and UnsafePlaceError or OriginalLostError before anything is written.
    """
    if export.conflicts:
        raise ConflictError(export.conflicts)
    if published_files(db) != export.before:
        raise PublishedMeanwhileError
    for path in export.written:
        _look(export.folder, path)
        if path in export.media and file_digest(export.media[path]) != export.written[path].digest:
            raise OriginalLostError(path)
    for path, one in export.written.items():
        _write(export.folder, path, _parts(one, export.media.get(path)))
    for path in (*export.written, *export.same):
        pointer = db.get(PublishedFile, path)
        if pointer is not None:
            pointer.met_digest = export.before[path].digest
    db.flush()


def _having(sides: Mapping[str, Sides], *how: Meeting) -> Iterator[str]:
    return (path for path, one in sorted(sides.items()) if one.how in how)


def _files(published: Mapping[str, Published]) -> Files:
    texts = {path: one.text.encode() for path, one in published.items() if one.text is not None}
    return Files(ROOT, texts, frozenset(published))


def _place(folder: Path, path: str) -> Path:
    return folder / below_content(path)


def _look(folder: Path, path: str) -> None:
    """Refuse a place that lies behind a link, outside the folder, or is no ordinary file."""
    place = _place(folder, path)
    is_itself = place.resolve() == folder.resolve() / below_content(path)
    in_the_way = [one for one in place.parents if one.exists() and not one.is_dir()]
    is_other = place.is_symlink() or (place.exists() and not place.is_file())
    if not is_itself or in_the_way or is_other:
        raise UnsafePlaceError(path)


def _parts(one: Published, original: Path | None) -> Iterator[bytes]:
    if one.text is not None or original is None:
        yield (one.text or "").encode()
        return
    with original.open("rb") as stream:
        while part := stream.read(_CHUNK):
            yield part


def _write(folder: Path, path: str, parts: Iterator[bytes]) -> None:
    """Write a file whole under another name, then put it in its place."""
    place = _place(folder, path)
    place.parent.mkdir(parents=True, exist_ok=True)
    _look(folder, path)
    with NamedTemporaryFile(dir=place.parent, prefix=".new-", delete=False) as stream:
        try:
            for part in parts:
                stream.write(part)
            stream.flush()
            os.fsync(stream.fileno())
            Path(stream.name).chmod(_mode(place))
            Path(stream.name).replace(place)
        finally:
            Path(stream.name).unlink(missing_ok=True)


def _mode(place: Path) -> int:
    """Give the mode of the file that stands there, or what any new file would have."""
    if place.exists():
        return place.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
