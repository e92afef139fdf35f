"""A clock for tests."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(slots=True)
class FixedClock:
    """A clock that moves only when it is told to."""

    now: datetime = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Give the moment that the clock shows."""
        return self.now

    def advance(self, **lengths: float) -> datetime:
        """Move on by so many days, hours, minutes or seconds; gives the new moment."""
        self.now += timedelta(**lengths)
        return self.now
