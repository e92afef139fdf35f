"""Which schema a database has, and which one this code needs; Alembic is not loaded for that."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

import lms

MIGRATIONS = Path(lms.__file__).parent.parent / "migrations"
HEAD_FILE = MIGRATIONS / "HEAD"


@dataclass(frozen=True, slots=True)
class Status:
    """The revision that a database is at (None: empty) and the one that this code needs."""

    current: str | None
    head: str

    @property
    def at_head(self) -> bool:
        """Whether the code may run on this database."""
        return self.current == self.head


def status(engine: Engine) -> Status:
    """Say which revision a database is at, and whether this code may run on it."""
    with engine.connect() as connection:
        return Status(current=current_revision(connection), head=known_head())


def known_head() -> str:
    """Give the newest revision that this code knows."""
    return HEAD_FILE.read_text(encoding="ascii").strip()


def current_revision(connection: Connection) -> str | None:
    """Give the revision that Alembic's own table names; None where there is no such table."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found
