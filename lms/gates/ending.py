"""When an attempt that nobody hands in ends by itself; pure."""

from datetime import datetime, timedelta
from enum import StrEnum

ABANDONED_AFTER = timedelta(days=7)  # since the last answer was saved


class EndedBy(StrEnum):
    """What ended an attempt: its holder, his last day, or that he left it."""

    SUBMITTED = "submitted"
    DEADLINE = "deadline"
    ABANDONED = "abandoned"


def attempt_ending(
    *, deadline: datetime | None, touched_at: datetime, now: datetime
) -> tuple[EndedBy, datetime] | None:
    """Say what has ended an open attempt, and when; None while it is open.

    It ends with its holder's last day, or when no answer was saved for `ABANDONED_AFTER`,
    whichever is first. `deadline` is the end of the last day, `touched_at` the last save.
    """
    abandoned = touched_at + ABANDONED_AFTER
    if deadline is not None and deadline <= min(now, abandoned):
        return EndedBy.DEADLINE, deadline
    if abandoned <= now:
        return EndedBy.ABANDONED, abandoned
    return None
