"""The register of confidentiality incidents: eight fields each (A-2.1, r. 3.1, s. 7), no deletion.

All incidents stand in it, the minor ones too. A change is a new version; the old ones stay.
"""

import uuid
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.kernel.audit import Act, append_audit
from lms.kernel.errors import BadInputError, NotFoundError
from lms.privacy.models import Incident
from lms.privacy.periods import INCIDENTS_AT_LEAST_YEARS

LONGEST = 4000
LONGEST_SHORT = 200  # when it happened, how many people
SHORT = frozenset({"happened", "people"})


class IncompleteError(BadInputError):
    """One of the eight fields is empty or too long; `names` says which."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(f"incomplete: {', '.join(names)}")
        self.names = names


class StaleIncidentError(BadInputError):
    """Somebody else has written another version since; it is to be read first."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the register holds of an incident: the eight fields, none of them empty."""

    information: str
    circumstances: str
    happened: str
    known_on: date
    people: str
    risk: str
    notices: str
    measures: str

    def __post_init__(self) -> None:
        bad = tuple(
            one.name for one in fields(self) if not _is_good(one.name, getattr(self, one.name))
        )
        if bad:
            raise IncompleteError(bad)


def record_incident(
    db: Session, facts: Facts, by: uuid.UUID, *, audit_key: bytes, now: datetime
) -> Incident:
    """Write a new incident into the register, under the next number."""
    number = (db.scalar(select(func.max(Incident.number))) or 0) + 1
    return _append(db, (number, 1), facts, by, audit_key=audit_key, now=now)


def revise_incident(
    db: Session, seen: tuple[int, int], facts: Facts, by: uuid.UUID, *, audit_key: bytes,
    now: datetime,
) -> Incident:  # fmt: skip
    """Append another version; `seen` is number and version that its writer had before him."""
    number, version = seen
    if find_incident(db, number).version != version:
        raise StaleIncidentError
    return _append(db, (number, version + 1), facts, by, audit_key=audit_key, now=now)


def find_incident(db: Session, number: int) -> Incident:
    """Give the newest version of an incident or raise NotFoundError."""
    return versions_of(db, number)[0]


def versions_of(db: Session, number: int) -> tuple[Incident, ...]:
    """Give every version of an incident, the newest first, or raise NotFoundError."""
    query = select(Incident).where(Incident.number == number).order_by(Incident.version.desc())
    found = tuple(db.scalars(query))
    if not found:
        raise NotFoundError("incident")
    return found


def incidents(db: Session) -> tuple[Incident, ...]:
    """Give every incident in its newest version, the last that became known first."""
    newest = select(Incident.number, func.max(Incident.version).label("version"))
    newest_of = newest.group_by(Incident.number).subquery()
    rows = db.scalars(
        select(Incident)
        .join(
            newest_of,
            (newest_of.c.number == Incident.number) & (newest_of.c.version == Incident.version),
        )
        .order_by(Incident.known_on.desc(), Incident.number.desc())
    )
    return tuple(rows)


def kept_until(incident: Incident) -> date:
    """Give the first day on which the law no longer asks to keep it; nothing deletes it."""
    known = incident.known_on
    year = known.year + INCIDENTS_AT_LEAST_YEARS
    is_leap_day = (known.month, known.day) == (2, 29)
    return date(year, 3, 1) if is_leap_day else known.replace(year=year)


def _append(
    db: Session, place: tuple[int, int], facts: Facts, by: uuid.UUID, *, audit_key: bytes,
    now: datetime,
) -> Incident:  # fmt: skip
    number, version = place
    incident = Incident(
        number=number, version=version, recorded_by=by, recorded_at=now, **asdict(facts)
    )
    db.add(incident)
    db.flush()
    act = Act(str(by), "incident", f"incident:{number}", after={"version": version})
    append_audit(db, audit_key, act, now=now)
    return incident


def _is_good(name: str, value: object) -> bool:
    if not isinstance(value, str):
        return True  # the day
    most = LONGEST_SHORT if name in SHORT else LONGEST
    return bool(value.strip()) and len(value) <= most
