"""Read the exchange: what went which way, what was told about a file, and how often."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import Session

from lms.agencies.models import Agency
from lms.exchange.message import Direction, Kind
from lms.exchange.models import ExchangeDelivery, ExchangeMessage
from lms.kernel.days import end_of_day
from lms.kernel.outbox import OutboxEntry

MOST_MONTHS = 120
WEBHOOK = "webhook"
_FIRST_DAY = date(2000, 1, 1)


def webhook_mark(message_id: uuid.UUID) -> str:
    """Give the mark of a message's entry in the outbox."""
    return f"{WEBHOOK}:{message_id}"


@dataclass(frozen=True, slots=True)
class SentView:
    """What was told to the agency about a file, and when: all there is to it."""

    number: int
    status: str
    day: date
    certificate: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that an agency's address has not taken yet; given up after a week."""

    agency_id: uuid.UUID
    agency: str
    number: int
    at: datetime
    tries: int
    fault: str
    is_given_up: bool


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """How many messages of a kind went one way, in one month (its first day), with one agency."""

    agency_id: uuid.UUID
    agency: str
    month: date
    direction: str
    kind: str
    count: int


def messages_of(
    db: Session, agency_id: uuid.UUID, direction: Direction | str, after: int, limit: int
) -> Sequence[ExchangeMessage]:
    """Give the messages of one direction whose numbers come after `after`, in their order."""
    query = (
        select(ExchangeMessage)
        .where(
            ExchangeMessage.agency_id == agency_id,
            ExchangeMessage.direction == str(direction),
            ExchangeMessage.number > after,
        )
        .order_by(ExchangeMessage.number)
        .limit(limit)
    )
    return db.scalars(query).all()


def latest_messages(
    db: Session, agency_id: uuid.UUID, direction: Direction, *, limit: int
) -> Sequence[ExchangeMessage]:
    """Give the last messages of one direction, the newest first."""
    query = select(ExchangeMessage).where(
        ExchangeMessage.agency_id == agency_id, ExchangeMessage.direction == direction.value
    )
    return db.scalars(query.order_by(ExchangeMessage.number.desc()).limit(limit)).all()


def sent_about(db: Session, referral_id: uuid.UUID) -> tuple[SentView, ...]:
    """Give what was told to the agency about one file, in order; the last one counts."""
    query = (
        select(ExchangeMessage)
        .where(
            ExchangeMessage.referral_id == referral_id,
            ExchangeMessage.direction == Direction.OUT.value,
            ExchangeMessage.kind == Kind.STATUS.value,
        )
        .order_by(ExchangeMessage.number)
    )
    return tuple(
        SentView(
            number=one.number,
            status=one.body["status"],
            day=date.fromisoformat(one.body["date"]),
            certificate=one.body["certificate"],
            at=one.at,
        )
        for one in db.scalars(query)
    )


def last_told(db: Session, referral_id: uuid.UUID) -> ExchangeMessage | None:
    """Give the last status that was told about a file: the one that counts."""
    return db.scalar(
        select(ExchangeMessage)
        .where(
            ExchangeMessage.referral_id == referral_id,
            ExchangeMessage.kind == Kind.STATUS.value,
        )
        .order_by(ExchangeMessage.number.desc())
        .limit(1)
    )


def register_counts(db: Session, *, from_day: date, until_day: date) -> tuple[RegisterRow, ...]:
    """Count the messages of a period, both days included, by agency, month, direction and kind.

    Days and months are the programme's; of a very long period the first ten years are counted.
    """
    from_day = max(from_day, _FIRST_DAY)
    months = tuple(islice(_months(from_day, until_day), MOST_MONTHS))
    if not months:
        return ()
    message = ExchangeMessage
    ends = [end_of_day(last) for _first, last in months]
    turn = case(*[(message.at < end, at) for at, end in enumerate(ends)]).label("turn")
    query = (
        select(Agency.id, Agency.name, turn, message.direction, message.kind, func.count())
        .join(Agency, Agency.id == message.agency_id)
        .where(message.at >= end_of_day(from_day - timedelta(days=1)), message.at < ends[-1])
        .group_by(Agency.id, Agency.name, "turn", message.direction, message.kind)
        .order_by(Agency.name, "turn", message.direction, message.kind)
    )
    return tuple(
        RegisterRow(agency_id, name, months[at][0].replace(day=1), *rest)
        for agency_id, name, at, *rest in db.execute(query)
    )


def _months(from_day: date, until_day: date) -> Iterator[tuple[date, date]]:
    """Cut a period into its months: first and last day of each."""
    first = from_day
    while first <= until_day:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield first, min(following - timedelta(days=1), until_day)
        first = following


def undelivered(db: Session, *, limit: int) -> tuple[Waiting, ...]:
    """Give the messages that an agency's address refused and that reached it in no other way.

    What waits for its first try is not among them.
    """
    message, tried = ExchangeMessage, ExchangeDelivery
    one_try = exists().where(tried.message_id == message.id, tried.carrier == WEBHOOK)
    reached = exists().where(tried.message_id == message.id, tried.is_delivered)
    query = (
        select(message, Agency.name)
        .join(Agency, Agency.id == message.agency_id)
        .where(one_try.correlate(message), ~reached.correlate(message))
        .order_by(Agency.name, message.number)
        .limit(limit)
    )
    found = [(row[0], row[1]) for row in db.execute(query)]
    faults = _faults(db, [one.id for one, _ in found])
    due = _still_due(db, [one.id for one, _ in found])
    return tuple(
        Waiting(
            agency_id=one.agency_id,
            agency=name,
            number=one.number,
            at=one.at,
            tries=len(faults[one.id]),
            fault=faults[one.id][-1],
            is_given_up=one.id not in due,
        )
        for one, name in found
    )


def _faults(db: Session, ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[str]]:
    """Give what each try at each of these messages came to, in order."""
    tried: dict[uuid.UUID, list[str]] = {}
    query = (
        select(ExchangeDelivery.message_id, ExchangeDelivery.fault)
        .where(ExchangeDelivery.message_id.in_(ids), ExchangeDelivery.carrier == WEBHOOK)
        .order_by(ExchangeDelivery.at, ExchangeDelivery.id)
    )
    for message_id, fault in db.execute(query):
        tried.setdefault(message_id, []).append(fault)
    return tried


def _still_due(db: Session, ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Give which of these messages will be tried again."""
    marks = {webhook_mark(one): one for one in ids}
    query = select(OutboxEntry.mark).where(
        OutboxEntry.mark.in_(marks), OutboxEntry.given_up_at.is_(None)
    )
    return {marks[mark] for mark in db.scalars(query)}
