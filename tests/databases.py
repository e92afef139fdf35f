"""Databases to test on: SQLite files, and a PostgreSQL cluster of this test run's own.

The cluster listens on a socket in a temporary folder and nowhere else. PostgreSQL refuses to run
as root: then it runs as `postgres` or `nobody`.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from lms.kernel.migrate import upgrade

SUPERUSER = "virage"
TEMPLATE = "virage_template"  # migrated to the head; databases are made like it
_SECONDS_TO_START = 30


class NoPostgresError(Exception):
    """A PostgreSQL cluster could not be started; the message says why."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running cluster, known by its folder: the socket is there."""

    folder: Path

    def url(self, name: str) -> str:
        """Give the address of one of its databases, as SQLAlchemy reads it."""
        return f"postgresql+psycopg://{SUPERUSER}@/{name}?host={self.folder}"

    def create(self, name: str, template: str = TEMPLATE) -> str:
        """Make a database, migrated unless another template is said; gives its address."""
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Take a database away, whoever is connected."""
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        where = f"host={self.folder} user={SUPERUSER} dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(statement.encode())


@dataclass(frozen=True, slots=True)
class OwnedCluster:
    """A cluster with the process that this run started."""

    cluster: Cluster
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End the process and take its folder away."""
        self.process.send_signal(signal.SIGINT)  # fast: whoever is connected is cut off
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=20)
        shutil.rmtree(self.cluster.folder, ignore_errors=True)


def start_cluster() -> OwnedCluster:
    """Make a cluster, start it, and migrate its template; or raise why there is none."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="virage-pg-"))
    owner = _owner()
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    try:
        _initialise(programs, folder, owner)
        owned = OwnedCluster(Cluster(folder), _start(programs, folder, owner))
    except NoPostgresError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    try:
        upgrade(owned.cluster.create(TEMPLATE, "template1"))
    except BaseException:
        owned.stop()
        raise
    return owned


def _programs() -> Path:
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    found = shutil.which("initdb")
    candidates = [*places, *([Path(found).resolve()] if found else [])]
    if not candidates:
        raise NoPostgresError("there is no initdb on the PATH or in /usr/lib/postgresql")
    return candidates[0].parent


def _owner() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    users = {user.pw_name: user for user in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in users:
            return users[name]
    raise NoPostgresError("it refuses to run as root, and there is no user `postgres`")


def _become(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}


def _initialise(programs: Path, folder: Path, owner: pwd.struct_passwd | None) -> None:
    where: list[str | Path] = ["-D", folder / "data", "-U", SUPERUSER, "-A", "trust"]
    how = ["-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"]
    made = subprocess.run(  # noqa: S603 - the system's own program
        [programs / "initdb", *where, *how],
        **_become(owner),
        cwd=folder,
        capture_output=True,
        check=False,
    )
    if made.returncode:
        raise NoPostgresError(f"initdb: {_last_line(made.stderr)}")


def _start(
    programs: Path, folder: Path, owner: pwd.struct_passwd | None
) -> subprocess.Popen[bytes]:
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "150",
        "deadlock_timeout": "200ms",
    }
    command: Sequence[str | Path] = [
        programs / "postgres",
        "-D",
        folder / "data",
        *(word for name, value in options.items() for word in ("-c", f"{name}={value}")),
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - the system's own program
            command, **_become(owner), cwd=folder, stdout=log, stderr=log
        )
    for _ in range(_SECONDS_TO_START * 20):
        if process.poll() is not None:
            break
        try:
            psycopg.connect(f"host={folder} user={SUPERUSER} dbname=postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return process
    if process.poll() is None:
        process.kill()
        process.wait()
    raise NoPostgresError(_last_line((folder / "log").read_bytes()))


def _last_line(output: bytes) -> str:
    lines = output.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it gave no reason"
