"""The edge of the command line: settings, one transaction, one commit."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from lms.kernel.database import Database, open_database
from lms.kernel.errors import VirageError
from lms.kernel.schema import status
from lms.settings import Settings, load_settings


class NotAtHeadError(VirageError):
    """The database is not at the migration that this code needs."""


def ready_database(settings: Settings) -> Database:
    """Open the database, or say which command brings it to the schema that this code needs."""
    database = open_database(settings.database_url)
    found = status(database.engine)
    if not found.at_head:
        raise NotAtHeadError(
            f"the database is at migration {found.current or 'none'}, this code needs "
            f"{found.head}; run `lms db upgrade`"
        )
    return database


@contextmanager
def transaction(settings: Settings | None = None) -> Iterator[Session]:
    """Give a session; committed once at the end, or nothing happened."""
    database = ready_database(settings or load_settings())
    try:
        with database.write() as session:
            yield session
            session.commit()
    finally:
        database.engine.dispose()
