"""Look for canaries where data lies: in all rows of all tables, and in the bytes of the files."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from lms.kernel.database import Database
from tests.privacy.planting import CANARY
from tests.web.rows import all_rows


def canaries_in_rows(database: Database, *, but: Iterable[str] = ()) -> set[str]:
    """Give every canary that stands in some table, those left out aside."""
    left_out = set(but)
    rows = {name: rows for name, rows in all_rows(database).items() if name not in left_out}
    return canaries_in(repr(rows))


def canaries_in(text: str) -> set[str]:
    """Give every canary of a text, in small letters."""
    return {found[0].lower() for found in CANARY.finditer(text)}


def bytes_of(path: Path) -> bytes:
    """Give the bytes of a SQLite file with its log, as somebody who stole the disk has them.

    Read by another process: whoever opens and closes the file himself loses all locks that his
    SQLite holds on it (POSIX), and the next process to leave deletes the log under it.
    """
    parts = sorted(path.parent.glob(f"{path.name}*"))
    return subprocess.run(["cat", *parts], capture_output=True, check=True).stdout  # noqa: S603, S607
