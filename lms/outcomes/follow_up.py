"""What the agency reports at 12 and at 24 months: known again, or not known. Nothing else.

It comes by a message of the exchange (`take_follow_ups`, a job) or by the coordinator's hand. A
later report about the same file and the same term stands in the place of the one before.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.exchange.message import Direction, Kind
from lms.exchange.models import ExchangeMessage
from lms.kernel.days import today_in_programme
from lms.kernel.errors import BadInputError
from lms.outcomes.models import FollowUp
from lms.outcomes.months import month_of, months_after
from lms.referrals.models import Referral

TERMS = (12, 24)  # months after the outcome


class TermError(BadInputError):
    """A report is made at 12 or at 24 months."""


class StillOpenError(BadInputError):
    """The file has no outcome yet: there is nothing to follow up."""


class TooEarlyError(BadInputError):
    """So many months have not passed since the outcome."""


class KnownOnError(BadInputError):
    """The month does not lie between the outcome and the end of the term, or nobody is known."""


def record_follow_up(
    db: Session,
    referral: Referral,
    months: int,
    known_again: bool,
    known_on: date | None,
    now: datetime,
) -> FollowUp:
    """Keep a report about a file; the same one again changes nothing.

    Of `known_on` the month is kept. Raises TermError, StillOpenError, TooEarlyError, KnownOnError.
    """
    if months not in TERMS:
        raise TermError
    if referral.outcome_on is None:
        raise StillOpenError
    end = months_after(referral.outcome_on, months)
    if today_in_programme(now) < end:
        raise TooEarlyError
    month = None if known_on is None else month_of(known_on)
    if month is not None and not (
        known_again and month_of(referral.outcome_on) <= month <= month_of(end)
    ):
        raise KnownOnError
    kept = db.get(FollowUp, (referral.id, months))
    if kept is None:
        kept = FollowUp(referral_id=referral.id, months=months, programme_id=referral.programme_id)
        db.add(kept)
    elif (kept.known_again, kept.known_on) == (known_again, month):
        return kept
    kept.known_again, kept.known_on, kept.reported_at = known_again, month, now
    db.flush()
    return kept


def take_follow_ups(db: Session) -> int:
    """Keep what agencies reported by message and is not kept yet; gives how many.

    What a message says wrongly (too early, no such term) is left for the next time, and counted by
    the register of exchanges alone.
    """
    rows = db.execute(
        select(ExchangeMessage, Referral)
        .join(Referral, Referral.id == ExchangeMessage.referral_id)
        .where(
            ExchangeMessage.direction == Direction.IN.value,
            ExchangeMessage.kind == Kind.FOLLOW_UP.value,
        )
        .order_by(ExchangeMessage.at, ExchangeMessage.number)
    )
    return sum(_take(db, message, referral) for message, referral in rows.all())


def _take(db: Session, message: ExchangeMessage, referral: Referral) -> bool:
    said = message.body
    kept = db.get(FollowUp, (referral.id, said["months"]))
    if kept is not None and kept.reported_at >= message.at:
        return False
    known_on = date.fromisoformat(said["known_on"]) if said["known_again"] else None
    try:
        record_follow_up(db, referral, said["months"], said["known_again"], known_on, message.at)
    except BadInputError:
        return False
    return kept is None or kept.reported_at == message.at
