"""An agency with a key of its own, and what it sends."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from lms.agencies.models import Agency
from lms.exchange.agency_keys import add_key
from lms.exchange.apply import Desk
from lms.exchange.fields import write_moment
from lms.exchange.service import Taken, take
from lms.exchange.signed import sign_message
from lms.kernel.signing import public_key
from tests import factories
from tests.factories import KEYS, NOW

AGENCY_KEY = bytes(range(40, 72))
OTHER_KEY = bytes(range(50, 82))
TODAY = NOW.date()
REFERRED: dict[str, Any] = {
    "language": "fr",
    "deadline": (TODAY + timedelta(days=90)).isoformat(),
    "arrangement": False,
    "decided_by": "prosecutor",
    "decided_on": TODAY.isoformat(),
    "first_time": True,
    "no_minor": True,
    "accepts": True,
    "lawyer_told": True,
    "committed_on": None,
    "commitment_version": None,
}


def desk(carrier: str = "file") -> Desk:
    """Give the desk where messages come in now."""
    return Desk(carrier, KEYS, NOW, TODAY)


@dataclass(slots=True)
class Sender:
    """An agency's own software: it numbers what it says, and signs it."""

    agency: Agency
    key: bytes = AGENCY_KEY
    number: int = 0
    sent: list[dict[str, Any]] = field(default_factory=list)

    def message(self, kind: str, reference: str = "R-1", **body: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a message
        """Write the next message."""
        self.number += 1
        return {
            "version": 1,
            "agency": str(self.agency.id),
            "direction": "in",
            "number": self.number,
            "kind": kind,
            "at": write_moment(NOW),
            "reference": reference,
            **(REFERRED if kind == "referral" else {}),
            **body,
        }

    def document(self, kind: str, reference: str = "R-1", **body: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a message
        """Write the next message and sign it."""
        return self.sign(self.message(kind, reference, **body))

    def sign(self, message: dict[str, Any]) -> dict[str, Any]:
        """Sign a message with this agency's key."""
        return sign_message(message, self.key).document()

    def say(self, db: Session, kind: str, reference: str = "R-1", **body: Any) -> Taken:  # noqa: ANN401 - fields of a message
        """Send the next message."""
        return take(db, self.agency.id, self.document(kind, reference, **body), desk())


def make_sender(db: Session, agency: Agency | None = None, *, key: bytes = AGENCY_KEY) -> Sender:
    """Give an agency, with an agreement in force and a key that is known."""
    agency = agency or factories.make_agency(db)
    add_key(db, agency.id, public_key(key), keys=KEYS, now=NOW)
    return Sender(agency, key)
