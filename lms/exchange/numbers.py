"""The numbers of messages: per agency and direction, from 1, without gaps, each given once."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.agencies.models import Agency
from lms.exchange.message import Direction
from lms.exchange.models import ExchangeMessage
from lms.kernel.errors import NotFoundError


def lock_numbers(db: Session, agency_id: uuid.UUID) -> Agency:
    """Let nobody else number a message with this agency until the transaction is over.

    PostgreSQL holds the agency's row; on SQLite a writer is alone anyway (BEGIN IMMEDIATE). Rows
    that name the agency can still be written: the lock leaves its key alone.
    """
    query = select(Agency).where(Agency.id == agency_id).with_for_update(key_share=True)
    found = db.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFoundError("agency")
    return found


def last_number(db: Session, agency_id: uuid.UUID, direction: Direction) -> int:
    """Give the number of the last message of that direction; 0 before the first."""
    newest = select(func.max(ExchangeMessage.number)).where(
        ExchangeMessage.agency_id == agency_id, ExchangeMessage.direction == direction.value
    )
    return db.scalar(newest) or 0


def message_numbered(
    db: Session, agency_id: uuid.UUID, direction: Direction, number: int
) -> ExchangeMessage | None:
    """Give the message under a number, if there is one."""
    return db.scalar(
        select(ExchangeMessage).where(
            ExchangeMessage.agency_id == agency_id,
            ExchangeMessage.direction == direction.value,
            ExchangeMessage.number == number,
        )
    )
