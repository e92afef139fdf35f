"""Media as they came: in the content folder, or kept in the instance under their digest.

What participants are shown is cleaned (`media.py`); what is kept here is byte for byte what the
author brought, so that a folder can be written from it and a site without one can publish.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Sources:
    """Where media are read: some paths among the originals, the others in the content folder.

    Paths are relative to the content folder. Without a folder there are the originals alone.
    """

    folder: Path | None = None
    kept: Mapping[str, Path] = field(default_factory=dict)

    def find(self, path: str) -> Path | None:
        """Give the file of a path; None where there is none, or where a link on disk stands."""
        try:
            if path in self.kept:
                return self.kept[path] if self.kept[path].is_file() else None
            if self.folder is None:
                return None
            file = self.folder / path
            is_itself = file.resolve() == self.folder.resolve() / path
            return file if is_itself and file.is_file() else None
        except (OSError, RuntimeError, ValueError):  # a loop of links; a name that is none
            return None


def file_digest(file: Path | None) -> str:
    """Give the SHA-256 of a file, in hex; empty if there is none that can be read."""
    if file is None:
        return ""
    try:
        status = file.stat()
        # The times and the number of a file change with it: nobody hashes a film at each page.
        return _hashed(file, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    except (OSError, ValueError):
        return ""


@lru_cache(maxsize=2048)
def _hashed(file: Path, _size: int, _changed: int, _touched: int) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def keep_file(originals: Path, file: Path) -> str:
    """Keep a file among the originals, where it is not yet; gives the digest of what was kept."""
    digest = file_digest(file)
    if digest and (originals / digest).is_file():
        return digest
    return keep_original(originals, _parts(file))


def keep_original(originals: Path, parts: Iterable[bytes]) -> str:
    """Keep bytes under their digest, all of them or nothing; gives the digest."""
    originals.mkdir(mode=0o700, parents=True, exist_ok=True)
    originals.chmod(0o700)
    digest = hashlib.sha256()
    # A temporary file is its owner's alone (0600), and stays so under its new name.
    with NamedTemporaryFile(dir=originals, prefix=".new-", delete=False) as stream:
        try:
            for part in parts:
                digest.update(part)
                stream.write(part)
            stream.flush()
            os.fsync(stream.fileno())
            Path(stream.name).replace(originals / digest.hexdigest())
        finally:
            Path(stream.name).unlink(missing_ok=True)
    return digest.hexdigest()


def _parts(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while part := stream.read(_CHUNK):
            yield part
