"""What the programme and an agency tell each other: the kinds of messages, and their fields.

Pure. The schema is closed: a key that is not listed refuses the message, and no field holds words
that somebody made up. The same table checks a message and writes the API's document.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from lms.exchange import fields
from lms.exchange.fields import Field
from lms.kernel.errors import BadInputError
from lms.referrals.eligibility import LANGUAGES, DecidedBy
from lms.referrals.states import Outcome

VERSION = 1
# As `referrals.eligibility.clean_reference` takes it, with one digit at least: no name fits.
REFERENCE = r"([0-9][A-Za-z0-9._/-]*|[A-Za-z][A-Za-z._/-]*[0-9][A-Za-z0-9._/-]*)"
LONGEST_REFERENCE = 40
CERTIFICATE = r"[0-9A-HJKMNP-TV-Z]{6,7}-[0-9A-HJKMNP-TV-Z*~$=U]"  # as it is printed
LONGEST_CERTIFICATE = 9
MONTH = r"20[0-9][0-9]-(0[1-9]|1[0-2])-01"  # by its first day: the day itself is not told


class Direction(StrEnum):
    """Out: from the programme to the agency. In: from the agency to the programme."""

    OUT = "out"
    IN = "in"


class Kind(StrEnum):
    """What a message is about; `status` alone goes out."""

    STATUS = "status"
    REFERRAL = "referral"
    CANCEL = "cancel"
    SUSPEND = "suspend"
    RESUME = "resume"
    DEADLINE = "deadline"
    FOLLOW_UP = "follow_up"


class MessageError(BadInputError):
    """A message is not of the form that was agreed; `field` is the one at fault."""

    def __init__(self, field: str, fault: str) -> None:
        super().__init__(f"{field}: {fault}")
        self.field = field


@dataclass(frozen=True, slots=True)
class Head:
    """What every message begins with."""

    agency_id: uuid.UUID
    direction: Direction
    number: int
    kind: Kind
    at: datetime
    reference: str


reference_field = fields.shaped(REFERENCE, LONGEST_REFERENCE)
certificate_field = fields.shaped(CERTIFICATE, LONGEST_CERTIFICATE)
_yes = fields.only(True)  # "no" cannot be said: it would be a ground
_BODIES: Mapping[Kind, Mapping[str, Field]] = MappingProxyType(
    {
        Kind.STATUS: {
            "status": fields.one_of(Outcome),
            "date": fields.day(),
            "certificate": fields.or_nothing(certificate_field),
        },
        Kind.REFERRAL: {
            "language": fields.one_of(LANGUAGES),
            "deadline": fields.day(),
            "arrangement": fields.yes_or_no(),
            "decided_by": fields.one_of(DecidedBy),
            "decided_on": fields.day(),
            "first_time": _yes,
            "no_minor": _yes,
            "accepts": _yes,
            "lawyer_told": _yes,
            "committed_on": fields.or_nothing(fields.day()),
            "commitment_version": fields.or_nothing(fields.shaped(r"[0-9][0-9.-]*", 20)),
        },
        Kind.CANCEL: {},
        Kind.SUSPEND: {},
        Kind.RESUME: {},
        Kind.DEADLINE: {"deadline": fields.day()},
        Kind.FOLLOW_UP: {
            "months": fields.one_number_of(12, 24),
            "known_again": fields.yes_or_no(),
            "known_on": fields.or_nothing(fields.shaped(MONTH, len("2026-11-01"))),
        },
    }
)
INBOUND = tuple(kind for kind in Kind if kind is not Kind.STATUS)


def direction_of(kind: Kind) -> Direction:
    """Say which way messages of a kind go."""
    return Direction.OUT if kind is Kind.STATUS else Direction.IN


def fields_of(kind: Kind) -> Mapping[str, Field]:
    """Give all fields of a kind of message, by name."""
    return {
        "version": fields.only(VERSION),
        "agency": fields.an_id(),
        "direction": fields.only(direction_of(kind).value),
        "number": fields.number(),
        "kind": fields.only(kind.value),
        "at": fields.moment(),
        "reference": reference_field,
        **_BODIES[kind],
    }


def schema_of(kind: Kind) -> dict[str, Any]:
    """Give the JSON Schema of a kind of message: every field there, and no other."""
    found = fields_of(kind)
    return {
        "type": "object",
        "properties": {name: dict(field.schema) for name, field in found.items()},
        "required": list(found),
        "additionalProperties": False,
    }


def read_message(given: object) -> tuple[Head, Mapping[str, Any]]:
    """Check a message, and give its head and the fields of its kind; MessageError names a fault.

    The fault says which field is wrong and never what it held.
    """
    if not isinstance(given, Mapping):
        raise MessageError("message", "must be an object")
    word = given.get("kind")
    kind = next((one for one in Kind if isinstance(word, str) and one.value == word), None)
    if kind is None:
        raise MessageError("kind", f"must be one of {', '.join(Kind)}")
    wanted = fields_of(kind)
    for name in wanted:
        if name not in given:
            raise MessageError(name, "is not there")
    if len(given) > len(wanted):
        raise MessageError("message", f"takes these fields alone: {', '.join(wanted)}")
    for name, field in wanted.items():
        if not field.takes(given[name]):
            raise MessageError(name, "does not have the agreed form")
    head = Head(
        agency_id=uuid.UUID(given["agency"]),
        direction=Direction(given["direction"]),
        number=given["number"],
        kind=kind,
        at=datetime.fromisoformat(given["at"]),
        reference=given["reference"],
    )
    return head, {name: given[name] for name in _BODIES[kind]}


def write_message(head: Head, **body: str | bool | int | date | None) -> dict[str, Any]:
    """Make a message; one that would not be of the agreed form is never made (MessageError)."""
    made: dict[str, Any] = {
        "version": VERSION,
        "agency": str(head.agency_id),
        "direction": head.direction.value,
        "number": head.number,
        "kind": head.kind.value,
        "at": fields.write_moment(head.at),
        "reference": head.reference,
        **{name: _plain(value) for name, value in body.items()},
    }
    read_message(made)
    return made


def _plain(value: str | bool | int | date | None) -> str | bool | int | None:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value
