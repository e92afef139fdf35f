"""A person's own file: every row of every table that is about him, sealed texts opened.

Left out are what is no statement about him but a lock (hashes, marks), and who the people are
that work here: of these he learns the role.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.kernel.audit import Act, append_audit
from lms.kernel.keys import Keys
from lms.kernel.person_keys import KeyDestroyedError
from lms.kernel.sealing import Place, UnreadableFieldError, unseal
from lms.privacy.person import PersonIds, rows_of, tables_about_people

FORMAT = 1
ME, STAFF, NOT_KEPT = "me", "staff", "no longer kept"
LOCKS = frozenset(
    {  # they open or recognise something, and say nothing of anybody
        "enrolment_code.code_hash",
        "recovery_code.code_hash",
        "referral.reference_mark",
        "sign_in_session.token_hash",
        "user_account.password_hash",
        "user_account.totp_last_step",
        "user_account.totp_secret",
        "seat_clock.view",
        "seat_clock.before_view",
    }
)
WITHOUT = frozenset({"purge_entry", "statistic_queue", "seat_clock"})  # the site's own book-keeping
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PersonFile:
    """The rows about a person, by table; values are texts, numbers, days and moments."""

    person: PersonIds
    made_at: datetime
    tables: Mapping[str, Sequence[Row]]

    def document(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return {
            "format": FORMAT,
            "made_at": self.made_at.isoformat(),
            "left_out": sorted(LOCKS),
            "tables": {
                name: [{key: _plain(value) for key, value in row.items()} for row in rows]
                for name, rows in self.tables.items()
            },
        }


def subject_file(db: Session, person: PersonIds, keys: Keys, *, now: datetime) -> PersonFile:
    """Gather everything that is kept about a person."""
    found: dict[str, list[Row]] = {}
    for table, link in tables_about_people():
        if table.name in WITHOUT:
            continue
        query = select(table).where(rows_of(table, link, person))
        rows = db.execute(query.order_by(*table.primary_key.columns)).mappings()
        found[table.name] = [_row(table, row, person, keys) for row in rows]
    return PersonFile(person, now, found)


def note_export(db: Session, person: PersonIds, *, audit_key: bytes, now: datetime) -> None:
    """Write into the audit chain that somebody at the command line took a person's file."""
    act = Act("site", "subject-export", f"enrolment:{person.enrolment_id}")
    append_audit(db, audit_key, act, now=now)


def _row(table: Table, row: Mapping[Any, Any], person: PersonIds, keys: Keys) -> Row:
    values: Row = {}
    for column in table.columns:
        value = row[column.name]
        if f"{table.name}.{column.name}" in LOCKS:
            continue
        if isinstance(column.type, LargeBinary):
            value = None if value is None else _opened(table, column, row, (person, keys))
        elif _is_somebody(column):
            value = _who(value, person)
        elif table.name == "referral_event" and column.name == "by":
            value = value if value in {"site", "agency"} else _who(_id_of(value), person)
        values[column.name] = value
    return values


def _is_somebody(column: Column[Any]) -> bool:
    """Whether a column says who did something, by the id of an account."""
    return any(key.column.table.name == User.__tablename__ for key in column.foreign_keys)


def _who(value: uuid.UUID | None, person: PersonIds) -> str | None:
    if value is None:
        return None
    return ME if value in person.by_column["user_id"] else STAFF


def _id_of(value: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(value)
    except ValueError:
        return None


def _opened(
    table: Table, column: Column[Any], row: Mapping[Any, Any], by: tuple[PersonIds, Keys]
) -> str:
    """Open a sealed text with his key, or with the site's, as the older ones were sealed."""
    person, keys = by
    sealed: bytes = row[column.name]
    place = Place(
        table.name, column.name, ":".join(str(row[one.name]) for one in table.primary_key)
    )
    for subject in person.by_column["subject_id"]:
        try:
            return unseal(keys.people.find(subject), sealed, place)
        except (KeyDestroyedError, UnreadableFieldError):
            continue
    try:
        return unseal(keys.field, sealed, place)
    except UnreadableFieldError:
        return NOT_KEPT


def _plain(value: object) -> object:
    match value:
        case datetime() | date():
            return value.isoformat()
        case uuid.UUID():
            return str(value)
        case _:
            return value
