"""F4: the database is locked, read-only or gone; gates stay closed, and all is well afterwards.

SQLite: another process holds the lock; the file is read-only; the folder is gone. PostgreSQL: a
table is locked; the server is stopped. A worker is started before the fault or in the middle of it,
and is the same one afterwards.
"""

import os
import pwd
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

from lms.kernel.clock import system_clock
from tests.faults.chance import chance
from tests.faults.check import check_store
from tests.faults.cluster import PrivateCluster, private_cluster
from tests.faults.grounds import SQLITE, Grounds, Store
from tests.faults.here import expect
from tests.faults.knowledge import fill
from tests.faults.ledger import Ledger
from tests.faults.nursery import Nursery, nursery
from tests.faults.outcome import Tally
from tests.faults.people import DONE, QUESTIONS, Taker, enrol, enrol_newcomer, enrol_taker
from tests.faults.told import come_back, is_told

CLOSED_PAGE = "/fr/module/2/page/1"  # of a module that is not open to him
FILES = ("virage.db", "virage.db-wal", "virage.db-shm")
Fault = Callable[[Store], AbstractContextManager[None]]  # it is there while the block lasts


@dataclass(frozen=True, slots=True)
class Trouble:
    """One fault; `is_certain`: a worker whose connections are open is refused by it too."""

    fault: Fault
    is_certain: bool = False
    is_slow: bool = False  # it takes as long as a lock is waited for


def gone(grounds: Grounds, engine_name: str, rounds: int) -> Tally:
    """Take the database away so many times, in each way; gives what was lost by it."""
    tally = Tally(rounds=rounds)
    with ExitStack() as stack:
        if engine_name == SQLITE:
            folder = _own_folder(stack.enter_context(TemporaryDirectory(prefix="virage-faults-")))
            store = stack.enter_context(grounds.store(SQLITE, folder))
            _give(store.path, folder)
            troubles = [
                Trouble(_locked_file, is_certain=True, is_slow=True),
                Trouble(_read_only),
                Trouble(_moved_away),
            ]
        else:
            cluster = stack.enter_context(private_cluster())
            store = cluster.store
            troubles = [
                Trouble(lambda _: _locked_table(cluster), is_certain=True, is_slow=True),
                Trouble(lambda _: cluster.stopped(), is_certain=True),
            ]
        _try(store, tally, troubles)
    return tally


def _try(store: Store, tally: Tally, troubles: Sequence[Trouble]) -> None:
    ledger = Ledger()
    now = system_clock()
    [login], [newcomer] = enrol(store, enrol_taker, now=now), enrol(store, enrol_newcomer, now=now)
    with nursery(store, warm=newcomer) as server:
        server.start()
        taker = Taker.enter(server.port, login, ledger)
        for number in range(tally.rounds):
            for trouble in troubles:
                _meet(server, taker, store, trouble, 1 + number % QUESTIONS[1])
                if not trouble.is_slow:
                    server.kill()
                    _meet(server, taker, store, trouble, 1 + number % QUESTIONS[1])
        server.kill()
    check_store(store, ledger, tally, everybody=True)
    tally.acknowledge(ledger.acknowledged())


def _meet(server: Nursery, taker: Taker, store: Store, trouble: Trouble, place: int) -> None:
    """Try to save while the fault is there, and again when it is over; the worker is the same."""
    random = chance(f"gone:{place}:{server.worker}")
    is_fresh = not server.worker
    if is_fresh:
        server.start()
    page = taker.look(place)
    answer = fill(page.html, random, right=False)
    if is_fresh:
        server.kill()
    with trouble.fault(store):
        if is_fresh:
            server.start()
        reply = taker.send(page, answer)
        if reply.status != DONE or trouble.is_certain or is_fresh:
            is_told(reply, page.path, answer)
        taker.visitor.get("/fr/course").expect(HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE)
        closed = taker.visitor.get(CLOSED_PAGE).status
        expect(closed != HTTPStatus.OK, f"{CLOSED_PAGE}: it opened while the database was gone")
    if reply.status != DONE:
        come_back(taker, reply)
    taker.answer(place, random, right=False).expect(DONE)


def _own_folder(parent: str) -> Path:
    """Make a folder that root does not own, if this is root: root is refused nothing."""
    folder = Path(parent) / "database"
    folder.mkdir()
    if os.geteuid() == 0:
        Path(parent).chmod(0o711)
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return folder


def _give(path: Path, folder: Path) -> None:
    owner = folder.stat()
    os.chown(path, owner.st_uid, owner.st_gid)


@contextmanager
def _locked_file(store: Store) -> Iterator[None]:
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def _read_only(store: Store) -> Iterator[None]:
    paths = [path for name in FILES if (path := store.folder / name).exists()]
    modes = {path: path.stat().st_mode for path in [*paths, store.folder]}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


@contextmanager
def _moved_away(store: Store) -> Iterator[None]:
    away = store.folder.with_name("away")
    store.folder.rename(away)
    try:
        yield
    finally:
        away.rename(store.folder)


@contextmanager
def _locked_table(cluster: PrivateCluster) -> Iterator[None]:
    with cluster.connect() as other:
        other.execute("LOCK TABLE response IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()
