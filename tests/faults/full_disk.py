"""F3: the disk is full; people are told that nothing was saved, and go on when there is space.

The disk is a file system in memory of a few MB, mounted where nobody else sees it (`unshare`), so
that it is gone with the process. Where that is not allowed, SQLite is told that its file may not
grow (`max_page_count`): the same error, from a little higher up.
"""

import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from sqlalchemy import event

from lms.kernel.database import Database
from tests.databases import SUPERUSER, TEMPLATE, start_cluster
from tests.faults.chance import chance
from tests.faults.check import check_store
from tests.faults.grounds import POSTGRESQL, SQLITE, Grounds, Store
from tests.faults.here import here
from tests.faults.ledger import Ledger
from tests.faults.outcome import BrokenPromiseError, NotHereError, Tally
from tests.faults.people import DONE, Taker, enrol_taker
from tests.faults.told import come_back, is_told
from tests.faults.visitor import Page

ROOT = Path(__file__).resolve().parents[2]
MEGABYTES = {SQLITE: 4, POSTGRESQL: 24}
MOST_SAVES = 400  # until the disk is full
LONGEST_TEXT = 4900
_BLOCK = 4096
_SLACK = 60  # blocks at the most that are free when saving begins
_MANY = 1_000_000_000
_UNSHARE = (["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"])


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk that can be filled and freed."""

    fill: Callable[[], None]
    free: Callable[[], None]


def full_disk(grounds: Grounds, engine_name: str, rounds: int) -> Tally:
    """Fill the disk so many times; gives what was lost by it."""
    for words in _UNSHARE[: 1 if engine_name == POSTGRESQL else None]:  # it wants a real root
        if _may(words):
            return _apart(words, engine_name, rounds, grounds.template)
    if engine_name != SQLITE:
        raise NotHereError("no file system may be mounted here")
    with grounds.store(SQLITE) as store:
        tally = _try(store, rounds, _limit)
    tally.note = "max_page_count: no file system may be mounted here"
    return tally


def _may(words: list[str]) -> bool:
    if shutil.which(words[0]) is None:
        return False
    mount = 'mount -t tmpfs -o size=1m none "$0"'
    with TemporaryDirectory(prefix="virage-faults-") as folder:
        done = subprocess.run(  # noqa: S603 - the system's own programs
            [*words, "sh", "-c", mount, folder], capture_output=True, check=False
        )
    return done.returncode == 0


def _apart(words: list[str], engine_name: str, rounds: int, template: Path) -> Tally:
    """Do it in a process of its own, with mounts of its own."""
    command = [*words, sys.executable, "-m", "tests.faults.full_disk"]
    done = subprocess.run(  # noqa: S603 - this very program
        [*command, engine_name, str(rounds), str(template)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    told = json.loads(done.stdout)
    if "broken" in told:
        raise BrokenPromiseError(told["broken"])
    return Tally(**told)


def main() -> None:
    """Be the process with mounts of its own; print the figures as JSON."""
    logging.disable()
    engine_name, rounds, template = sys.argv[1:]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="virage-faults-")))
        stack.enter_context(_mounted(folder, MEGABYTES[engine_name]))
        if engine_name == SQLITE:
            store = stack.enter_context(Grounds(Path(template)).store(SQLITE, folder))
        else:
            store = stack.enter_context(_cluster_on(folder))
        try:
            tally = _try(store, int(rounds), lambda _database: _ballast(folder))
        except BrokenPromiseError as error:
            sys.stdout.write(json.dumps({"broken": str(error)}))
            return
    names = ("rounds", "acknowledged", "lost", "double", "half_applied", "note")
    sys.stdout.write(json.dumps({name: getattr(tally, name) for name in names}))


@contextmanager
def _mounted(folder: Path, megabytes: int) -> Iterator[None]:
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "none", str(folder)]
    subprocess.run(mount, check=True)  # noqa: S603 - the system's own program
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)  # noqa: S603, S607 - as above


@contextmanager
def _cluster_on(folder: Path) -> Iterator[Store]:
    """Give a database whose tables are in that folder; the cluster's own files are elsewhere."""
    owned = start_cluster()
    try:
        owner = (owned.cluster.folder / "data").stat()
        place = folder / "tables"
        place.mkdir()
        os.chown(place, owner.st_uid, owner.st_gid)
        where = f"host={owned.cluster.folder} user={SUPERUSER} dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{place}'".encode())
            make = f"CREATE DATABASE small TEMPLATE {TEMPLATE} TABLESPACE small"
            connection.execute(make.encode())
        yield Store(POSTGRESQL, owned.cluster.url("small"), folder)
    finally:
        owned.stop()


def _ballast(folder: Path) -> Disk:
    """Fill a real disk with a file but for some blocks, and free it by taking the file away."""
    path = folder / "ballast"
    random = chance("ballast")

    def fill() -> None:
        with path.open("wb", buffering=0) as file:
            with suppress(OSError):
                while file.write(bytes(_BLOCK)):
                    pass
            file.truncate(max(0, file.tell() - random.randrange(_SLACK) * _BLOCK))

    return Disk(fill, lambda: path.unlink(missing_ok=True))


def _limit(database: Database) -> Disk:
    """Let SQLite believe that its file may not grow, and again that it may."""
    most = {"pages": _MANY}

    def limit(connection: Any, _record: object, _proxy: object) -> None:  # noqa: ANN401 - the driver's own
        connection.execute(f"PRAGMA max_page_count = {most['pages']}")

    event.listen(database.engine, "checkout", limit)
    return Disk(lambda: most.update(pages=1), lambda: most.update(pages=_MANY))  # 1: what it has


def _try(store: Store, rounds: int, disk_of: Callable[[Database], Disk]) -> Tally:
    tally, ledger, random = Tally(rounds=rounds), Ledger(), chance("full disk")
    with here(store) as site:
        disk = disk_of(site.site.database)
        login = site.site.do(enrol_taker, now=site.site.clock())
        taker = Taker.enter(site.port, login, ledger)
        place = taker.place_of("textarea")
        for _ in range(rounds):
            disk.fill()
            refused = _write_until_full(taker, place, random)
            taker.visitor.get("/fr/course").expect(HTTPStatus.OK)
            check_store(store, ledger, tally)
            disk.free()
            come_back(taker, refused)
    check_store(store, ledger, tally, everybody=True)
    tally.acknowledge(ledger.acknowledged())
    return tally


def _write_until_full(taker: Taker, place: int, random: Random) -> Page:
    """Save one long text after the other, until one is refused; gives the refusal."""
    for _ in range(MOST_SAVES):
        answer = [
            ("answer", f"je retiens {random.randbytes(LONGEST_TEXT // 2).hex()[:LONGEST_TEXT]}")
        ]
        reply = taker.send(taker.look(place), answer)
        if reply.status != DONE:
            is_told(reply, taker.path(place), answer)
            return reply
    raise BrokenPromiseError("the disk does not become full")


if __name__ == "__main__":
    main()
