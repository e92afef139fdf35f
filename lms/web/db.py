"""The request owns the transaction: opened on first use, committed once when the view is done.

A GET gets a reader's session; an act gets a writer's as well (BEGIN IMMEDIATE on SQLite).
"""

from collections.abc import Callable

from flask import current_app, g, request
from sqlalchemy import text
from sqlalchemy.orm import Session

from lms.kernel.database import BUSY_TIMEOUT_MS, Database

_PATIENCE = "PRAGMA busy_timeout = 200"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def database() -> Database:
    """Give the application's database."""
    found: Database = current_app.extensions["virage_database"]
    return found


def reader() -> Session:
    """Give this request's session for looking; once it acts, that is the session of its act."""
    if "writer" in g:
        return db()
    if "reader" not in g:
        g.reader = database().read()
    session: Session = g.reader
    return session


def db() -> Session:
    """Give this request's session for acting; a GET only looks.

    A writer holds the one lock that SQLite has, so an act looks with `reader` as far as it can.
    The reader is given back first: whoever holds one connection and waits for another may wait
    for ever.
    """
    if request.method in SAFE_METHODS:
        return reader()
    if "writer" not in g:
        _give_back("reader")
        g.writer = database().write()
    session: Session = g.writer
    return session


def commit_request() -> None:
    """Commit what the view did; a GET has done nothing that could be committed."""
    session: Session | None = g.get("writer")
    if session is not None:
        session.commit()


def close_request(_error: BaseException | None = None) -> None:
    """Give the sessions back; what was not committed is undone."""
    _give_back("writer")
    _give_back("reader")


def _give_back(name: str) -> None:
    session: Session | None = g.pop(name, None)
    if session is not None:
        session.close()


def write_apart(act: Callable[[Session], None]) -> None:
    """Do a small write of its own, before the request's own act has begun.

    For a session's last use, the way out, and the count of a try at a password: these hold
    whatever becomes of the request.
    """
    _give_back("reader")
    with database().write() as session:
        act(session)
        session.commit()


def write_at_once(act: Callable[[Session], None]) -> None:
    """Do a small write, or give up after a fifth of a second: whoever leaves does not wait."""
    _give_back("reader")
    with database().read() as session:
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        session.execute(text(_PATIENCE if is_sqlite else "SET LOCAL lock_timeout = '200ms'"))
        try:
            act(session)
            session.commit()
        finally:
            if is_sqlite:
                session.rollback()
                session.execute(text(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}"))
