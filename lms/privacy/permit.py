"""The permit: inside it, and inside one transaction, appended rows may be taken out.

The triggers of both databases ask for a row of `purge_permit`. It goes in and out in the
transaction that deletes, so no other ever sees it; after a fault the whole transaction is undone.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.orm import Session

from lms.kernel.table import Base
from lms.privacy.models import PurgePermit

Row = dict[str, Any]


@contextmanager
def purge_permit(db: Session) -> Iterator[None]:
    """Let appended rows be deleted until the end of this block; a fault undoes the transaction."""
    permit = PurgePermit()
    db.add(permit)
    db.flush()
    try:
        yield
        db.execute(delete(PurgePermit).where(PurgePermit.id == permit.id))
        db.expunge(permit)
    except BaseException:
        db.rollback()
        raise


def take_out(db: Session, model: type[Base], condition: ColumnElement[bool]) -> list[Row]:
    """Delete rows, and give them as they were, by attribute."""
    names = [attribute.key for attribute in model.__mapper__.column_attrs]
    found = db.execute(select(*(getattr(model, name) for name in names)).where(condition))
    rows = [dict(zip(names, row, strict=True)) for row in found]
    remove(db, model, condition)
    return rows


def put_back(
    db: Session, model: type[Base], rows: Sequence[Row], changes: Mapping[str, Any]
) -> None:
    """Write rows again that were taken out, with less in them than before."""
    if rows:
        db.execute(insert(model), [{**row, **changes} for row in rows])


def remove(db: Session, model: type[Base], condition: ColumnElement[bool]) -> int:
    """Delete rows; gives how many."""
    gone = db.execute(delete(model).where(condition).execution_options(synchronize_session=False))
    return int(getattr(gone, "rowcount", 0))
