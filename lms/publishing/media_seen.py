"""Media of the folder as an author sees them before publication: cleaned once, kept for a while."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

from lms.publishing.media_clean import clean_media
from lms.publishing.media_kinds import extension_of
from lms.settings import Settings

_KEPT_FOR = timedelta(days=30)


def seen_folder(settings: Settings) -> Path:
    """Give the folder of the instance for what previews show; it can be deleted at any time."""
    return settings.instance / "seen"


def seen_file(path: str, file: Path, digest: str, folder: Path, *, now: datetime) -> Path:
    """Give a cleaned copy of a file with this digest; raise MediaRefusedError if it is none."""
    copy = folder / f"{digest}.{extension_of(path)}"
    if copy.is_file():
        return copy
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _forget_old(folder, (now - _KEPT_FOR).timestamp())
    with file.open("rb") as stream:
        parts = clean_media(path, stream, file.stat().st_size)
        # A temporary file is its owner's alone (0600), and stays so under its new name.
        with NamedTemporaryFile(dir=folder, prefix=".new-", delete=False) as new:
            try:
                new.writelines(parts)
                Path(new.name).replace(copy)
            finally:
                Path(new.name).unlink(missing_ok=True)
    return copy


def _forget_old(folder: Path, oldest: float) -> None:
    for one in os.scandir(folder):
        if one.stat().st_mtime < oldest:
            Path(one).unlink(missing_ok=True)
