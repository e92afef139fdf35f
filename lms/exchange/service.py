"""Send and take messages: numbered without gaps, signed, appended; taken once, however often sent.

Nothing is exchanged, in either direction, without an agreement in force.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.agencies.service import require_agreement
from lms.exchange.agency_keys import keys_in_force
from lms.exchange.apply import Desk, apply_message, hold_files
from lms.exchange.deliver import enqueue
from lms.exchange.message import Direction, Head, Kind, MessageError, read_message, write_message
from lms.exchange.models import ExchangeMessage
from lms.exchange.numbers import last_number, lock_numbers, message_numbered
from lms.exchange.queries import last_told
from lms.exchange.signed import Signed, digest_of, open_document, sign_message
from lms.kernel.days import today_in_programme
from lms.kernel.errors import BadInputError, NotAllowedError
from lms.kernel.keys import Keys
from lms.referrals.models import Referral
from lms.referrals.states import Outcome

API = "api"  # the one carrier that says itself who sends


class NumberUsedError(NotAllowedError):
    """Another message came under this number: it stands, and this one is not taken."""


class NumberGapError(NotAllowedError):
    """A number before this one is missing; `expected` is the next that can be taken."""

    def __init__(self, expected: int) -> None:
        super().__init__(f"the next message must have the number {expected}")
        self.expected = expected


class NotSignedError(BadInputError):
    """The message carries no signature by a key of this agency, and needs one."""


class OtherAgencyError(BadInputError):
    """The message names another agency than the one that sends it."""


class NothingToReportError(NotAllowedError):
    """The file has no outcome that could be told, or no reference any more."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is told about a file: one word, its day, and the certificate where there is one."""

    status: Outcome
    on: date
    certificate_number: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that was taken, and whether it was taken now or stood there already."""

    message: ExchangeMessage
    is_new: bool


def report_outcome(
    db: Session, referral: Referral, *, certificate_number: str | None, keys: Keys, now: datetime
) -> ExchangeMessage:
    """Tell the agency the outcome of a file, signed; the same is never told twice in a row.

    Raises NoAgreementError where none is in force (the next run tries again), and
    NothingToReportError where there is no outcome.
    """
    if referral.outcome is None or referral.outcome_on is None:
        raise NothingToReportError
    report = Report(Outcome(referral.outcome), referral.outcome_on, certificate_number)
    return report_again(db, referral, report, keys=keys, now=now)


def report_again(
    db: Session, referral: Referral, report: Report, *, keys: Keys, now: datetime
) -> ExchangeMessage:
    """Tell what holds now, after a correction: a new message, never an edited one.

    For one reference the message with the highest number holds. What was told last is not told
    again: the message that is there is given.
    """
    if referral.reference is None:
        raise NothingToReportError
    agency = lock_numbers(db, referral.agency_id)
    require_agreement(db, referral.agency_id, today_in_programme(now))
    told = last_told(db, referral.id)
    words = {
        "status": report.status.value,
        "date": report.on.isoformat(),
        "certificate": report.certificate_number,
    }
    if told is not None and {name: told.body[name] for name in words} == words:
        return told
    head = Head(
        agency_id=referral.agency_id,
        direction=Direction.OUT,
        number=last_number(db, referral.agency_id, Direction.OUT) + 1,
        kind=Kind.STATUS,
        at=now,
        reference=referral.reference,
    )
    signed = sign_message(write_message(head, **words), keys.signing)
    message = _append(
        db, head, signed, referral, carrier="webhook" if agency.webhook_url else "file", now=now
    )
    if agency.webhook_url:
        enqueue(db, message, keys=keys, now=now)
    return message


def receive(  # noqa: PLR0913 - where it comes from, and the three that every act is given
    db: Session,
    agency_id: uuid.UUID,
    document: Mapping[str, Any],
    *,
    carrier: str,
    keys: Keys,
    now: datetime,
    today: date,
) -> ExchangeMessage:
    """Take a message of an agency and do what it says; once, however often it is sent."""
    return take(db, agency_id, document, Desk(carrier, keys, now, today)).message


def take(db: Session, agency_id: uuid.UUID, document: Mapping[str, Any], desk: Desk) -> Taken:
    """Take a message and do what it says, or give the one that was taken under its number.

    A message that is refused uses up no number. Raises MessageError (not of the agreed form),
    NoAgreementError, NotSignedError, NumberUsedError, NumberGapError, and what the act itself
    refuses with.
    """
    signed = open_document(document)
    head, body = read_message(signed.message)
    if head.direction is not Direction.IN:
        raise MessageError("direction", 'must be "in": an agency sends no status')
    if head.agency_id != agency_id:
        raise OtherAgencyError
    hold_files(db, desk.keys, agency_id, (head.reference,))
    lock_numbers(db, agency_id)
    require_agreement(db, agency_id, desk.today)
    known = message_numbered(db, agency_id, Direction.IN, head.number)
    _require_signature(db, agency_id, signed, desk, known.at if known else desk.now)
    if known is not None:
        if known.digest != digest_of(signed.message):
            raise NumberUsedError
        return Taken(known, is_new=False)
    expected = last_number(db, agency_id, Direction.IN) + 1
    if head.number != expected:
        raise NumberGapError(expected)
    referral = apply_message(db, head, body, desk)
    message = _append(db, head, signed, referral, carrier=desk.carrier, now=desk.now)
    return Taken(message, is_new=True)


def _require_signature(
    db: Session, agency_id: uuid.UUID, signed: Signed, desk: Desk, at: datetime
) -> None:
    """Let pass what one of the agency's keys signed; by the API alone, unsigned where it has none.

    A message that was taken before is judged by the keys of that moment: they may have ended.
    """
    in_force = keys_in_force(db, agency_id, at)
    if any(signed.is_by(public) for public in in_force):
        return
    if in_force or signed.signature or signed.key_id or desk.carrier != API:
        raise NotSignedError


def _append(
    db: Session,
    head: Head,
    signed: Signed,
    referral: Referral,
    *,
    carrier: str,
    now: datetime,
) -> ExchangeMessage:
    message = ExchangeMessage(
        programme_id=referral.programme_id,
        agency_id=head.agency_id,
        referral_id=referral.id,
        direction=head.direction.value,
        number=head.number,
        kind=head.kind.value,
        body=dict(signed.message),
        digest=digest_of(signed.message),
        signature=signed.signature,
        key_id=signed.key_id,
        carrier=carrier,
        at=now,
    )
    db.add(message)
    db.flush()
    return message
