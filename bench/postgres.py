"""A PostgreSQL cluster of this run's own, at full durability.

The tests' cluster is made for speed (fsync off); here its folder is served anew without that.
"""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from bench.wire import BenchError

_SECONDS = 30


@contextmanager
def durable_cluster() -> Iterator[tuple[str, str]]:
    """Give the addresses of two databases, for the bare application and for Virage."""
    try:
        from tests.databases import (  # noqa: PLC0415 - the bench runs without the tests too
            NoPostgresError,
            OwnedCluster,
            start_cluster,
        )
    except ImportError as error:
        raise BenchError("--postgres needs the tests' folder") from error
    try:
        owned = start_cluster()
    except NoPostgresError as error:
        raise BenchError(f"PostgreSQL could not be started: {error}") from error
    owned.process.send_signal(signal.SIGINT)
    owned.process.wait(_SECONDS)
    again = OwnedCluster(owned.cluster, _serve_durably(owned.process, str(owned.cluster.folder)))
    try:
        yield again.cluster.create("bare", "template1"), again.cluster.create("virage", "template1")
    finally:
        again.stop()


def _serve_durably(old: subprocess.Popen[bytes], folder: str) -> subprocess.Popen[bytes]:
    """Start the same program on the same folder with PostgreSQL's own, durable settings."""
    words = [str(word) for word in old.args] if isinstance(old.args, list) else []
    if not words:
        raise BenchError("the tests' cluster does not say how it was started")
    kept = ("listen_addresses=", "unix_socket_directories=", "max_connections=")
    options = [part for word in words if word.startswith(kept) for part in ("-c", word)]
    from tests.databases import _become, _owner  # noqa: PLC0415 - as above

    process = subprocess.Popen(  # noqa: S603 - the system's own program
        [*words[:3], *options],
        **_become(_owner()),
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(_SECONDS * 20):
        try:
            psycopg.connect(f"host={folder} user=virage dbname=postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return process
    raise BenchError("PostgreSQL did not start again")
