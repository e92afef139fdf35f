"""Messages of an agency, taken: each is done once, and a follow-up is counted where that is done.

The exchange itself knows nothing of outcomes: they stand above it.
"""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from lms.exchange.apply import Desk, hold_files
from lms.exchange.lines import LineReport, named_references, take_file
from lms.exchange.message import Kind
from lms.exchange.models import ExchangeMessage
from lms.exchange.service import Taken, take
from lms.outcomes.follow_up import record_follow_up
from lms.referrals.models import Referral


def take_message(
    db: Session, agency_id: uuid.UUID, document: Mapping[str, Any], desk: Desk
) -> Taken:
    """Take one message, and count what it says of a follow-up."""
    taken = take(db, agency_id, document, desk)
    if taken.is_new and taken.message.kind == Kind.FOLLOW_UP.value:
        _count_follow_up(db, taken.message, desk)
    return taken


def _count_follow_up(db: Session, message: ExchangeMessage, desk: Desk) -> None:
    """Keep the report; one that cannot be so is refused, and the message with it."""
    said, known_on = message.body, message.body["known_on"]
    record_follow_up(
        db,
        db.get_one(Referral, message.referral_id),
        said["months"],
        said["known_again"],
        date.fromisoformat(known_on) if known_on else None,
        desk.now,
    )


def take_messages(
    db: Session, agency_id: uuid.UUID, data: bytes, desk: Desk, *, dry_run: bool = False
) -> tuple[LineReport, ...]:
    """Take a file of messages, and say what became of each line."""
    hold_files(db, desk.keys, agency_id, named_references(data))
    return take_file(
        db,
        data,
        lambda session, document: take_message(session, agency_id, document, desk),
        dry_run=dry_run,
    )
