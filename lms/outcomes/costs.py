"""What the programme costs: entered by hand for a period, never taken out again.

A wrong entry is mended by another one that takes it back: an amount may be below nought.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.enrolment.models import Programme
from lms.kernel.audit import Act, append_audit
from lms.kernel.errors import BadInputError
from lms.outcomes.models import ProgrammeCost
from lms.outcomes.queries import Period

LONGEST_LABEL = 120
MOST_CENTS = 100_000_000_00  # a hundred million dollars: more is a slip of the hand


class PeriodError(BadInputError):
    """The period ends before it begins."""


class AmountError(BadInputError):
    """The amount is nought, or more than this programme can cost."""


@dataclass(frozen=True, slots=True)
class NewCost:
    """What somebody enters."""

    label: str
    period: Period
    cents: int


def enter_cost(
    db: Session, programme: Programme, new: NewCost, *, by: uuid.UUID, key: bytes, now: datetime
) -> ProgrammeCost:
    """Enter a cost; who did is on the audit chain. Raises PeriodError, AmountError."""
    if new.period.last < new.period.first:
        raise PeriodError
    if not 0 < abs(new.cents) <= MOST_CENTS:
        raise AmountError
    cost = ProgrammeCost(
        programme_id=programme.id,
        from_day=new.period.first,
        until_day=new.period.last,
        label=new.label,
        cents=new.cents,
        entered_by=by,
        entered_at=now,
    )
    db.add(cost)
    db.flush()
    act = Act(str(by), "enter-cost", f"programme-cost:{cost.id}", after={"cents": new.cents})
    append_audit(db, key, act, now=now)
    return cost


def cents_within(cost: Period, cents: int, period: Period) -> int:
    """Give the part of a cost that falls into a period: by days, to the nearest cent."""
    first, last = max(cost.first, period.first), min(cost.last, period.last)
    days = max((last - first).days + 1, 0)
    return round(cents * days / ((cost.last - cost.first).days + 1))
