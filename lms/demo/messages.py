"""What the demonstration's agency sends: messages with the next number, signed with its key."""

from datetime import date, datetime

from lms.demo.scene import AGENCY_KEY, Scene
from lms.exchange.apply import Desk
from lms.exchange.message import Direction, Head, Kind, write_message
from lms.exchange.models import ExchangeMessage
from lms.exchange.numbers import last_number
from lms.exchange.signed import sign_message
from lms.journey.exchange import take_message
from lms.kernel.days import today_in_programme


def send(
    scene: Scene,
    kind: Kind,
    reference: str,
    at: datetime,
    **body: str | bool | int | date | None,
) -> ExchangeMessage:
    """Let the agency send a message about one of its files, and take it."""
    head = Head(
        agency_id=scene.agency_id,
        direction=Direction.IN,
        number=last_number(scene.db, scene.agency_id, Direction.IN) + 1,
        kind=kind,
        at=at,
        reference=reference,
    )
    signed = sign_message(write_message(head, **body), AGENCY_KEY)
    desk = Desk("api", scene.keys, at, today_in_programme(at))
    return take_message(scene.db, scene.agency_id, signed.document(), desk).message
