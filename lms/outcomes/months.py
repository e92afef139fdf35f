"""Months: the day so many months later, and how many lie between two days. Pure."""

from calendar import monthrange
from datetime import date

_YEAR = 12


def month_of(day: date) -> date:
    """Give the first day of a day's month."""
    return day.replace(day=1)


def months_after(day: date, months: int) -> date:
    """Give the same day so many months later, or the last one of a shorter month."""
    at = day.year * _YEAR + day.month - 1 + months
    year, month = divmod(at, _YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_between(first: date, later: date) -> int:
    """Give how many months later the month of one day is than that of another."""
    return (later.year - first.year) * _YEAR + later.month - first.month
