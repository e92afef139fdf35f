"""Messages that an agency's address did not take: on the register, and where the day begins."""

from typing import Any

from flask import url_for

from lms.exchange.queries import undelivered
from lms.web.coordinator.exchange_words import at_text, delivery_text
from lms.web.db import db

MOST_SHOWN = 50


def undelivered_lines() -> list[dict[str, Any]]:
    """Give each of them with its agency, why it was not taken, and whether it is tried again."""
    return [
        {
            "agency": one.agency,
            "url": url_for(".exchange", agency_id=one.agency_id),
            "number": one.number,
            "at": at_text(one.at),
            "tries": one.tries,
            "why": delivery_text(one.fault),
            "is_given_up": one.is_given_up,
        }
        for one in undelivered(db(), limit=MOST_SHOWN)
    ]
