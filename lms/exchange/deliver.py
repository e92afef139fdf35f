"""Hand signed messages to an agency's address (webhook): tried again for a week, never lost.

The entry of the outbox names the message and nothing more. What the agency's server says back is
one word here: nothing of it is kept, and a redirection is not followed.
"""

import ssl
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import SHUT_RDWR
from threading import Timer
from urllib.parse import urlsplit

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.agencies.models import Agency
from lms.agencies.queries import agreement_in_force
from lms.exchange.models import ExchangeDelivery, ExchangeMessage
from lms.exchange.queries import WEBHOOK, webhook_mark
from lms.exchange.signed import Signed
from lms.kernel.audit import SITE, Act, append_audit
from lms.kernel.clock import Clock
from lms.kernel.days import today_in_programme
from lms.kernel.keys import Keys
from lms.kernel.outbox import Claimed, OutboxEntry, Wish, claim_next, note_refused, note_sent, put

SECONDS = 10  # to connect, and for each answer of the other side
LEASE = timedelta(minutes=10)  # then it is tried again, if its sender died
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
OFF = "no-agreement"
Post = Callable[[str, bytes], str]
Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message on its way; where there is no agreement or no address, `fault` says so."""

    claimed: Claimed
    message_id: uuid.UUID
    url: str
    line: bytes
    fault: str = ""


def enqueue(db: Session, message: ExchangeMessage, *, keys: Keys, now: datetime) -> bool:
    """Want a message to be handed over; once for each message."""
    wish = Wish(WEBHOOK, webhook_mark(message.id), {"message": str(message.id)})
    return put(db, wish, key=keys.field, now=now)


def signed_of(message: ExchangeMessage) -> Signed:
    """Give a message as it was signed."""
    return Signed(message.body, message.signature, message.key_id)


def deliver_due(transaction: Transaction, *, keys: Keys, clock: Clock, post: Post) -> int:
    """Hand over what is due, each in two short transactions; gives how many arrived.

    Nothing of the database is held while the other side is waited for.
    """
    arrived = 0
    while True:
        with transaction() as db:
            parcel = take_due(db, keys=keys, now=clock())
        if parcel is None:
            return arrived
        fault = parcel.fault or post(parcel.url, parcel.line)
        with transaction() as db:
            settle(db, parcel, fault, now=clock())
        arrived += not fault


def take_due(db: Session, *, keys: Keys, now: datetime) -> Parcel | None:
    """Take the next message that is due into one's hands, for ten minutes; None when none is."""
    claimed = claim_next(db, WEBHOOK, key=keys.field, now=now)
    if claimed is None:
        return None
    # Numbered as it is, a message may come twice, and must come once: unlike a mail.
    _set_due(db, claimed, now + LEASE)
    message = db.get_one(ExchangeMessage, uuid.UUID(claimed.payload["message"]))
    agency = db.get_one(Agency, message.agency_id)
    fault = "" if agency.webhook_url else "no-address"
    if agreement_in_force(db, agency.id, today_in_programme(now)) is None:
        fault = OFF
    line = signed_of(message).line()
    return Parcel(claimed, message.id, agency.webhook_url or "", line, fault)


def settle(db: Session, parcel: Parcel, fault: str, *, now: datetime) -> None:
    """Write down what came of a try; what did not arrive is due again later, for a week."""
    _set_due(db, parcel.claimed, None)
    if fault:
        note_refused(db, parcel.claimed, now=now)
    else:
        note_sent(db, parcel.claimed, now=now)
    note_delivery(db, parcel.message_id, WEBHOOK, fault, now=now)


def note_delivery(
    db: Session, message_id: uuid.UUID, carrier: str, fault: str, *, now: datetime
) -> None:
    """Append that a message was handed over, or why not."""
    db.add(
        ExchangeDelivery(
            message_id=message_id, carrier=carrier, is_delivered=not fault, fault=fault, at=now
        )
    )
    db.flush()


def note_handed_over(
    db: Session, message_ids: tuple[uuid.UUID, ...], carrier: str, *, now: datetime
) -> int:
    """Append which of these were handed over by a carrier for the first time; gives how many."""
    query = select(ExchangeDelivery.message_id).where(
        ExchangeDelivery.message_id.in_(message_ids), ExchangeDelivery.carrier == carrier
    )
    known = set(db.scalars(query.where(ExchangeDelivery.is_delivered)))
    new = [one for one in message_ids if one not in known]
    for one in new:
        note_delivery(db, one, carrier, "", now=now)
    return len(new)


def _set_due(db: Session, claimed: Claimed, due_at: datetime | None) -> None:
    db.execute(update(OutboxEntry).where(OutboxEntry.id == claimed.id).values(due_at=due_at))


def may_be_sent_to(url: str, *, loopback: bool) -> bool:
    """Whether messages may go to an address: HTTPS, or with `loopback` this very machine."""
    try:
        parts = urlsplit(url)
        has_port = parts.port != 0
    except ValueError:
        return False
    is_plain = parts.username is None and not parts.fragment and url.isascii() and has_port
    is_safe = parts.scheme == "https" or (
        loopback and parts.scheme == "http" and parts.hostname in LOOPBACK
    )
    return bool(parts.hostname) and is_plain and is_safe and url.isprintable() and " " not in url


def poster(*, loopback: bool, trust: ssl.SSLContext | None = None) -> Post:
    """Give what sends a message: by HTTPS alone; `loopback` lets plain HTTP reach this machine."""

    def post(url: str, line: bytes) -> str:
        if not may_be_sent_to(url, loopback=loopback):
            return "not-https"
        parts = urlsplit(url)
        host = parts.hostname or ""
        connection = HTTPConnection(host, parts.port, timeout=SECONDS)
        if parts.scheme == "https":
            context = trust or ssl.create_default_context()
            connection = HTTPSConnection(host, parts.port, timeout=SECONDS, context=context)
        return _send(connection, parts.path or "/", parts.query, line)

    return post


def set_address(db: Session, agency: Agency, url: str | None, *, keys: Keys, now: datetime) -> None:
    """Say where an agency's messages go from now on; None: it fetches them."""
    before, agency.webhook_url = agency.webhook_url, url
    db.flush()
    act = Act(
        SITE,
        "agency.set-address",
        f"agency:{agency.id}",
        before={"address": before},
        after={"address": url},
    )
    append_audit(db, keys.audit, act, now=now)


def _send(connection: HTTPConnection, path: str, query: str, line: bytes) -> str:
    """Send one line and read the status alone; gives "" or one word for what went wrong."""
    headers = {"Content-Type": "application/json", "User-Agent": "Virage"}
    limit = Timer(2 * SECONDS, _hang_up, [connection])  # for who answers a sign at a time
    limit.start()
    try:
        connection.request("POST", f"{path}?{query}" if query else path, line, headers)
        status = connection.getresponse().status
    except ssl.SSLError:
        return "certificate"
    except TimeoutError:
        return "timeout"
    except (OSError, HTTPException, ValueError):
        return "unreachable"
    finally:
        limit.cancel()
        connection.close()
    return "" if status // 100 == 2 else f"status-{status}"  # noqa: PLR2004 - 2xx


def _hang_up(connection: HTTPConnection) -> None:
    """End a connection that somebody waits on: his next read finds nothing."""
    with suppress(AttributeError, OSError):  # not connected yet, or not any more
        connection.sock.shutdown(SHUT_RDWR)
