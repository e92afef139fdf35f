"""One data key a person, in a store apart from the database: destroyed, what it sealed is noise.

A key is 32 random bytes, wrapped (AES-256-GCM) with the site's field key. The store is its own
SQLite file in the keys folder, or another database: it must not lie in the same backup as the
sealed fields (docs/OPERATING.md), or a purge would last only until the next restore.
"""

import secrets
import uuid
from pathlib import Path

from sqlalchemy import (
    Column,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    insert,
    make_url,
    select,
)
from sqlalchemy import delete as sql_delete
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.schema import CreateTable

from lms.kernel.database import prepare_sqlite
from lms.kernel.errors import VirageError
from lms.kernel.sealing import KEY_BYTES, Place, seal, unseal

_metadata = MetaData()
_KEYS = Table(
    "person_key",
    _metadata,
    Column("subject", String(36), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)


class KeyDestroyedError(VirageError):
    """There is no key for this person any more: what it sealed cannot be read."""


class PersonKeys:
    """The store. `subject` is the id of an enrolment or of a referral."""

    def __init__(self, url: str, wrapping_key: bytes) -> None:
        self._engine = create_engine(url, hide_parameters=True)
        if make_url(url).get_backend_name() == "sqlite":
            prepare_sqlite(self._engine)
        self._wrapping_key = wrapping_key
        self._is_made = False

    def find(self, subject: uuid.UUID) -> bytes:
        """Give a person's key, 32 bytes; KeyDestroyedError where there is none."""
        self._make()
        with self._engine.connect() as connection:
            query = select(_KEYS.c.wrapped).where(_KEYS.c.subject == str(subject))
            wrapped = connection.scalar(query)
        if wrapped is None:
            raise KeyDestroyedError
        return bytes.fromhex(unseal(self._wrapping_key, wrapped, _place(subject)))

    def find_or_make(self, subject: uuid.UUID) -> bytes:
        """Give a person's key, made if there is none; two at once get the same."""
        try:
            return self.find(subject)
        except KeyDestroyedError:
            key = secrets.token_bytes(KEY_BYTES)
        wrapped = seal(self._wrapping_key, key.hex(), _place(subject))
        try:
            with self._engine.begin() as connection:
                row = {"subject": str(subject), "wrapped": wrapped}
                connection.execute(insert(_KEYS), row)
        except IntegrityError:
            return self.find(subject)
        return key

    def destroy(self, subject: uuid.UUID) -> bool:
        """Destroy a person's key; whether there was one."""
        self._make()
        with self._engine.begin() as connection:
            gone = connection.execute(sql_delete(_KEYS).where(_KEYS.c.subject == str(subject)))
        with self._engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                # Until then the deleted page lives on in the log.
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone.rowcount > 0

    def renew(self, subject: uuid.UUID) -> bytes:
        """Destroy a person's key and give a new one: what the old one sealed is noise."""
        self.destroy(subject)
        return self.find_or_make(subject)

    @property
    def url(self) -> str:
        """Where the store is, a password hidden."""
        return self._engine.url.render_as_string()

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    def _make(self) -> None:
        if not self._is_made:
            url = self._engine.url
            if url.get_backend_name() == "sqlite" and url.database:
                Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._make_table()
            self._is_made = True

    def _make_table(self) -> None:
        """Make the table; two who come first at the same moment both find it afterwards."""
        try:
            with self._engine.begin() as connection:
                connection.execute(CreateTable(_KEYS, if_not_exists=True))
        except (IntegrityError, ProgrammingError):  # PostgreSQL, where another was a moment before
            with self._engine.connect() as connection:
                connection.execute(select(_KEYS.c.subject).limit(1))


def _place(subject: uuid.UUID) -> Place:
    return Place("person_key", "wrapped", str(subject))
