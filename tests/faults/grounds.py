"""Where faults are tried: fresh databases, in folders and a cluster of this run's own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from lms.kernel.database import Database, open_database
from tests.databases import Cluster
from tests.faults.outcome import NotHereError

SQLITE, POSTGRESQL = "sqlite", "postgresql"
CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Store:
    """One migrated database, empty of people; its folder is thrown away with it."""

    engine_name: str
    url: str
    folder: Path

    @property
    def path(self) -> Path:
        """Give the file of a SQLite database."""
        return self.folder / "virage.db"

    @contextmanager
    def open(self) -> Iterator[Database]:
        """Open it, and let go of every connection at the end."""
        database = open_database(self.url, pool_size=CONNECTIONS)
        try:
            yield database
        finally:
            database.engine.dispose()


@dataclass(frozen=True, slots=True)
class Grounds:
    """What databases are made from: a migrated SQLite file, a running cluster if there is one."""

    template: Path
    cluster: Cluster | None = None

    @contextmanager
    def store(self, engine_name: str, folder: Path | None = None) -> Iterator[Store]:
        """Make a database, and take it away at the end; `folder` says where its file shall be."""
        with TemporaryDirectory(prefix="virage-faults-") as own:
            place = folder or Path(own)
            if engine_name == SQLITE:
                yield self._sqlite(place)
                return
            if self.cluster is None:
                raise NotHereError("there is no PostgreSQL cluster")
            name = f"faults_{uuid4().hex}"
            url = self.cluster.create(name)
            try:
                yield Store(POSTGRESQL, url, place)
            finally:
                self.cluster.drop(name)

    def _sqlite(self, folder: Path) -> Store:
        store = Store(SQLITE, f"sqlite:///{folder / 'virage.db'}", folder)
        shutil.copy(self.template, store.path)
        return store
