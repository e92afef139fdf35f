"""Which consents end soon: authors are told 60 days before the last day, and 14 days before."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from lms.publishing.consent_register import agreed_from, standing_events

NOTICES = (14, 60)  # days before the last day


@dataclass(frozen=True, slots=True)
class Ending:
    """A consent that ends soon, or has ended; `notice` is 60 or 14, and 0 once it is over."""

    testimony_id: str
    until: date
    days_left: int
    notice: int


def expiring(db: Session, today: date) -> tuple[Ending, ...]:
    """Give the consents that end within 60 days or have ended, the nearest first.

    One that was withdrawn does not end: it is over, and its event says so.
    """
    found = []
    for testimony_id, event in standing_events(db).items():
        agreed = agreed_from(event)
        left = (agreed.terms.until - today).days
        if agreed.is_withdrawn or left > max(NOTICES):
            continue
        notice = 0 if left < 0 else next(days for days in NOTICES if left <= days)
        found.append(Ending(testimony_id, agreed.terms.until, left, notice))
    return tuple(sorted(found, key=lambda one: (one.until, one.testimony_id)))


def broken_by_withdrawal(db: Session) -> tuple[str, ...]:
    """Give the testimonies whose withdrawal broke a gate, as it was proved when it was written."""
    standing = standing_events(db).items()
    return tuple(sorted(name for name, event in standing if event.terms.get("gates")))
