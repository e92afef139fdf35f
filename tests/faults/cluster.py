"""A PostgreSQL cluster of a fault's own, that may be stopped and started again."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from tests.databases import SUPERUSER, NoPostgresError, OwnedCluster, start_cluster
from tests.faults.grounds import POSTGRESQL, Store
from tests.faults.outcome import BrokenPromiseError, NotHereError

NAME = "faults"
SECONDS_TO_START = 20


@dataclass(slots=True)
class PrivateCluster:
    """The cluster, and the process that serves it now."""

    owned: OwnedCluster
    store: Store

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Have no server while the block lasts."""
        process = self.owned.process
        process.send_signal(signal.SIGINT)  # fast: whoever is connected is cut off
        process.wait(SECONDS_TO_START)
        try:
            yield
        finally:
            self.owned = OwnedCluster(self.owned.cluster, self._start(process))

    def connect(self, name: str = NAME) -> psycopg.Connection:
        """Connect as the cluster's owner."""
        where = f"host={self.owned.cluster.folder} user={SUPERUSER} dbname={name}"
        return psycopg.connect(where)

    def _start(self, old: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        """Run the same program on the same folder, as the same user."""
        folder = self.owned.cluster.folder
        owner = (folder / "data").stat()
        process = subprocess.Popen(  # noqa: S603 - the system's own program
            old.args,
            user=owner.st_uid,
            group=owner.st_gid,
            extra_groups=[],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(SECONDS_TO_START * 20):
            try:
                self.connect().close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return process
        process.kill()
        process.wait()
        raise BrokenPromiseError("PostgreSQL does not start again")


@contextmanager
def private_cluster() -> Iterator[PrivateCluster]:
    """Start a cluster with one migrated database, and take all of it away at the end."""
    try:
        owned = start_cluster()
    except NoPostgresError as error:
        raise NotHereError(f"PostgreSQL could not be started: {error}") from error
    with TemporaryDirectory(prefix="virage-faults-") as folder:
        made = PrivateCluster(owned, Store(POSTGRESQL, owned.cluster.url(NAME), Path(folder)))
        try:
            owned.cluster.create(NAME)
            yield made
        finally:
            made.owned.stop()
