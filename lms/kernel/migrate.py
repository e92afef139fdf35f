"""Migrations: bring a database to the schema that this code knows.

One run is one transaction on both databases: killed at any point, it leaves the old schema or the
new one. A second run at the same time waits for the first.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, event, text

from lms.kernel.database import WRITES, open_database
from lms.kernel.errors import VirageError
from lms.kernel.schema import HEAD_FILE, MIGRATIONS, current_revision, known_head

_LOCK = 0x5649524D  # an arbitrary number: PostgreSQL's lock for migrations


class UnknownRevisionError(VirageError):
    """The database is at a revision that this code does not know: newer code migrated it."""


class BrokenReferenceError(VirageError):
    """A migration on SQLite left a row that refers to nothing; all of it was undone."""


def upgrade(url: str, revision: str = "head") -> None:
    """Bring a database up to a revision, or leave it as it was."""
    with _migrating(url) as config:
        command.upgrade(config, revision)


def downgrade(url: str, revision: str) -> None:
    """Bring a database down to an earlier revision (`base`: no tables), or leave it as it was."""
    with _migrating(url) as config:
        command.downgrade(config, revision)


def new_revision(url: str, message: str) -> Path:
    """Write the next migration, drawn from how the models differ from a database at the head."""
    number = f"{int(known_head()) + 1:04}"
    with _migrating(url) as config:
        script = command.revision(config, message=message, rev_id=number, autogenerate=True)
    if not isinstance(script, Script):  # several, or refused by a hook: neither is ours
        raise TypeError(script)
    HEAD_FILE.write_text(f"{number}\n", encoding="ascii")
    return Path(script.path)


@contextmanager
def _migrating(url: str) -> Iterator[Config]:
    """Give Alembic's config with a connection in one writing transaction."""
    config = Config(attributes={})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    engine = open_database(url, pool_size=1).engine
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _loosen_references)
    try:
        with engine.execution_options(**WRITES).begin() as connection:
            _prepare(connection, config)
            config.attributes["connection"] = connection
            yield config
            _check_references(connection)
    finally:
        engine.dispose()


def _loosen_references(connection: object, _record: object) -> None:
    # SQLite changes a column by making the table anew; that must not pull at rows referring to it.
    connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[attr-defined]  # the driver's own


def _prepare(connection: Connection, config: Config) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = 0"))  # the other may take its time
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    current = current_revision(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise UnknownRevisionError(
            f"the database is at revision {current}; this code knows none after {known_head()}: "
            "install the newer version that made it, or restore the backup from before"
        )


def _check_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise BrokenReferenceError(f"a row of {broken[0]} refers to a missing row of {broken[2]}")
