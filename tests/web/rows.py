"""All rows of all tables, to see whether anything was written."""

from typing import Any

from sqlalchemy import select

from lms.kernel.database import Database
from lms.kernel.table import Base

Rows = dict[str, list[tuple[Any, ...]]]


def all_rows(database: Database, *, leave_out: frozenset[str] = frozenset()) -> Rows:
    """Give every row of every table, in the order of its key; `leave_out` names table.column."""
    found: Rows = {}
    with database.read() as db:
        for table in Base.metadata.sorted_tables:
            columns = [column for column in table.columns if str(column) not in leave_out]
            query = select(*columns).order_by(*table.primary_key.columns)
            found[table.name] = [tuple(map(repr, row)) for row in db.execute(query)]
    return found
