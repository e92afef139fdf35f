"""Engines for SQLite and PostgreSQL, with the settings that SECURITY asks for.

A writer on SQLite begins with BEGIN IMMEDIATE: a deferred transaction that upgrades its lock fails
at once when another writer is active, whatever the busy timeout (measured: 130 of 150).
"""

import gc
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.orm import Session, sessionmaker

BUSY_TIMEOUT_MS = 5000
_PRAGMAS = (
    "foreign_keys=ON",
    "synchronous=FULL",
    f"busy_timeout={BUSY_TIMEOUT_MS}",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "recursive_triggers=ON",  # without it INSERT OR REPLACE deletes past the append-only triggers
)
_UNWELL = frozenset(
    {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB}
)
_PRIMARY_CODE = 0xFF  # the rest of SQLite's number says more than is needed
_let_go: list[bool] = []  # of this process: connections were let go since the last one was made
_TURN_SECONDS = 0.01  # until the log is asked for again
WRITES: Mapping[str, Any] = MappingProxyType({"virage_writes": True})


@dataclass(frozen=True, slots=True)
class Database:
    """Two doors to one database: `read` for looking, `write` for acts."""

    engine: Engine
    read: sessionmaker[Session]
    write: sessionmaker[Session]


def open_database(url: str, *, pool_size: int = 4) -> Database:
    """Connect lazily to a database URL (`sqlite:///…` or `postgresql+psycopg://…`)."""
    options: dict[str, Any] = {"hide_parameters": True, "pool_size": pool_size, "max_overflow": 8}
    if make_url(url).get_backend_name() != "sqlite":
        options["pool_pre_ping"] = True
        # SQLite waits as long for its one lock; whoever waits longer is told (docs/FAULTS.md, F4).
        wait = f"-c lock_timeout={BUSY_TIMEOUT_MS}"
        options["connect_args"] = {"connect_timeout": 5, "options": wait}
    engine = create_engine(url, **options)
    if engine.dialect.name == "sqlite":
        prepare_sqlite(engine)
    return Database(
        engine=engine,
        read=sessionmaker(engine, expire_on_commit=False),
        write=sessionmaker(engine.execution_options(**WRITES), expire_on_commit=False),
    )


def prepare_sqlite(engine: Engine) -> None:
    """Set the pragmas on each connection, and take over BEGIN from the driver."""
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    event.listen(engine, "handle_error", _on_error)
    event.listen(engine, "do_connect", _on_new_connection)


def _on_connect(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own object
    connection.isolation_level = None  # the driver must not begin by itself
    try:
        _turn_on_log(connection)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()  # nobody else would, and it would keep the file as it found it
        raise


def _turn_on_log(connection: Any) -> None:  # noqa: ANN401
    """Have a write-ahead log; of those who come first to a new file, SQLite lets one do so.

    It refuses the others at once, whatever the busy timeout: they would wait for each other. A
    moment later the log is on, and to ask for it again changes nothing.
    """
    given_up_at = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & _PRIMARY_CODE == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() > given_up_at:
                raise
            time.sleep(_TURN_SECONDS)
        else:
            return


def _on_error(context: ExceptionContext) -> None:
    """Let go of connections that never get well: opened while the file was read-only or away.

    Of all at once: within a process SQLite shares what it knows of the file among connections, so
    that a new one beside an old one is as unwell (`_on_new_connection`).
    """
    code = getattr(context.original_exception, "sqlite_errorcode", 0)
    if code & _PRIMARY_CODE in _UNWELL and context.engine is not None:
        context.is_disconnect = True
        context.engine.dispose()
        _let_go.append(True)


def _on_new_connection(*_given: object) -> None:
    """Before connecting again, collect what traces of the error still hold of the old ones."""
    if _let_go:
        _let_go.clear()
        gc.collect()


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("virage_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
