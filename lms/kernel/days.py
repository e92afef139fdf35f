"""Days are counted in the programme's zone: a last day ends at midnight there."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL_ZONE = ZoneInfo("America/Toronto")


def end_of_day(day: date) -> datetime:
    """Give the moment at which a day ends in the programme's zone: 23, 24 or 25 hours long."""
    return datetime.combine(day + timedelta(days=1), time(0), LOCAL_ZONE).astimezone(UTC)


def today_in_programme(now: datetime) -> date:
    """Give the day in the programme's zone."""
    return now.astimezone(LOCAL_ZONE).date()
