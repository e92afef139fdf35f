"""Zip files that cannot escape their folder or swell: all is looked at before it is unpacked."""

import stat
import zipfile
import zlib
from io import BytesIO

from lms.interchange.decode import MOST_BYTES, refuse_size
from lms.interchange.loss import BadFileError

_MOST_FILES = 1000
_MOST_UNPACKED = 20_000_000
_MOST_RATIO = 100
_SMALL = 100_000  # bytes: below this a high ratio does no harm
_FOREIGN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError,
            ValueError)  # fmt: skip
ZIP_MARK = b"PK\x03\x04"


def read_zip(data: bytes) -> dict[str, bytes]:
    """Return the files of a zip by name; raise BadFileError, in one line, for a bad one."""
    refuse_size(data)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            _check(infos)
            return {info.filename: _read(archive, info) for info in infos}
    except BadFileError:
        raise
    except _FOREIGN as error:
        raise BadFileError("the zip file is broken or of a kind that is not read") from error


def _check(infos: list[zipfile.ZipInfo]) -> None:
    """Raise BadFileError for whatever could do harm."""
    if len(infos) > _MOST_FILES:
        raise BadFileError(f"the zip holds {len(infos)} files; the most is {_MOST_FILES}")
    if sum(info.file_size for info in infos) > _MOST_UNPACKED:
        most = _MOST_UNPACKED // 1_000_000
        raise BadFileError(f"the zip would unpack to more than {most} MB")
    names = [info.filename for info in infos]
    if len(set(names)) < len(names):
        raise BadFileError("the zip holds two files of one name")
    for info in infos:
        _check_one(info)


def _check_one(info: zipfile.ZipInfo) -> None:
    name = info.filename
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or ":" in parts[0] or ".." in parts:
        raise BadFileError(f"the zip holds a file that leads out of its folder: {name[:60]!r}")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise BadFileError(f"the zip holds a link: {name[:60]!r}")
    is_dense = info.file_size > _MOST_RATIO * max(info.compress_size, 1)
    if info.file_size > MOST_BYTES or (info.file_size > _SMALL and is_dense):
        raise BadFileError(f"a file in the zip is too big or too dense: {name[:60]!r}")
    if info.flag_bits & 1:
        raise BadFileError("the zip is locked with a password")


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return what one file holds, never more than it said that it would."""
    with archive.open(info) as file:
        data = file.read(info.file_size + 1)
    if len(data) > info.file_size:
        raise BadFileError(f"a file in the zip is bigger than it says: {info.filename[:60]!r}")
    if data.startswith(ZIP_MARK) or info.filename.lower().endswith(".zip"):
        raise BadFileError(f"the zip holds another zip: {info.filename[:60]!r}")
    return data
