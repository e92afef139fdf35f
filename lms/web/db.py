"""The request owns the transaction: opened on first use, committed once when the view is done.

A GET gets a reader's session; anything else gets a writer's (BEGIN IMMEDIATE on SQLite).
"""

from collections.abc import Callable

from flask import current_app, g, request
from sqlalchemy.orm import Session

from lms.kernel.database import Database

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def database() -> Database:
    """Give the application's database."""
    found: Database = current_app.extensions["virage_database"]
    return found


def db() -> Session:
    """Give this request's session."""
    if "session" not in g:
        doors = database()
        g.session = doors.read() if request.method in SAFE_METHODS else doors.write()
    session: Session = g.session
    return session


def commit_request() -> None:
    """Commit what the view did; a GET has done nothing that could be committed."""
    session: Session | None = g.get("session")
    if session is not None and request.method not in SAFE_METHODS:
        session.commit()


def close_request(_error: BaseException | None = None) -> None:
    """Give the session back; what was not committed is undone."""
    session: Session | None = g.pop("session", None)
    if session is not None:
        session.close()


def write_apart(act: Callable[[Session], None]) -> None:
    """Do a small write of its own beside a GET: a session's last-seen, and the way out."""
    if request.method not in SAFE_METHODS:
        act(db())
        return
    with database().write() as session:
        act(session)
        session.commit()
