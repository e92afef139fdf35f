"""What one field of a message may hold, once as a check and once as JSON Schema (2020-12).

Pure, and closed: no field takes words that somebody made up.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

MOMENT = "%Y-%m-%dT%H:%M:%SZ"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
LAST_NUMBER = (1 << 31) - 1  # the most that PostgreSQL's column holds


@dataclass(frozen=True, slots=True)
class Field:
    """One field: whether it takes a value, and how a document tells others what it takes."""

    takes: Callable[[object], bool]
    schema: Mapping[str, Any]


def only(value: bool | int | str) -> Field:
    """Give a field that holds this one value."""
    # `True == 1` in Python, and they are two things in JSON.
    return Field(lambda given: type(given) is type(value) and given == value, {"const": value})


def one_of(words: Iterable[str]) -> Field:
    """Give a field that holds one of these words."""
    allowed = tuple(str(word) for word in words)
    return Field(
        lambda given: isinstance(given, str) and given in allowed,
        {"type": "string", "enum": list(allowed)},
    )


def one_number_of(*numbers: int) -> Field:
    """Give a field that holds one of these numbers."""
    return Field(
        lambda given: type(given) is int and given in numbers,
        {"type": "integer", "enum": list(numbers)},
    )


def shaped(pattern: str, longest: int) -> Field:
    """Give a field of ASCII signs of one shape."""
    shape = re.compile(pattern, re.ASCII)
    return Field(
        lambda given: (
            isinstance(given, str) and len(given) <= longest and shape.fullmatch(given) is not None
        ),
        {"type": "string", "pattern": f"^{pattern}$", "maxLength": longest},
    )


def number() -> Field:
    """Give a field of a whole number from 1, as messages are counted."""
    return Field(
        lambda given: type(given) is int and 1 <= given <= LAST_NUMBER,
        {"type": "integer", "minimum": 1, "maximum": LAST_NUMBER},
    )


def yes_or_no() -> Field:
    """Give a field of `true` or `false`."""
    return Field(lambda given: isinstance(given, bool), {"type": "boolean"})


def day() -> Field:
    """Give a field of a day, as 2026-11-21."""
    return Field(_is_day, {"type": "string", "format": "date"})


def moment() -> Field:
    """Give a field of a moment in UTC, to the second, as 2026-11-21T14:00:00Z."""
    return Field(
        _is_moment,
        {
            "type": "string",
            "format": "utc-second",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
        },
    )


def an_id() -> Field:
    """Give a field of a UUID in lower case."""
    return Field(_is_id, {"type": "string", "pattern": f"^{_UUID}$"})


def or_nothing(field: Field) -> Field:
    """Give a field that may be `null` as well."""
    return Field(
        lambda given: given is None or field.takes(given),
        {"anyOf": [dict(field.schema), {"type": "null"}]},
    )


def write_moment(at: datetime) -> str:
    """Write a moment as messages do."""
    return at.astimezone(UTC).strftime(MOMENT)


def _is_day(given: object) -> bool:
    if not isinstance(given, str) or not _DAY.fullmatch(given):
        return False
    try:
        date.fromisoformat(given)
    except ValueError:
        return False
    return True


def _is_moment(given: object) -> bool:
    if not isinstance(given, str) or not given.isascii():
        return False
    try:
        return write_moment(datetime.strptime(given, MOMENT).replace(tzinfo=UTC)) == given
    except ValueError:
        return False


def _is_id(given: object) -> bool:
    return isinstance(given, str) and re.fullmatch(_UUID, given) is not None and _reads(given)


def _reads(given: str) -> bool:
    return str(uuid.UUID(given)) == given
