"""The only place where the time is asked for; everywhere else it is given."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Give the present moment, aware, in UTC."""
    return datetime.now(UTC)
