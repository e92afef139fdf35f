"""The consent for a testimony, as authors see it: what holds, what happened, and no more.

Terms are changed by the testimony partner, or on the command line.
"""

from flask import render_template

from lms.journey.read import today_in_programme
from lms.kernel.errors import NotFoundError
from lms.publishing.consent_register import agreed_from, events_of
from lms.web.author.surface import bp
from lms.web.consent_words import event_rows, status_of, terms_rows
from lms.web.db import reader
from lms.web.request import now


@bp.get("/author/testimonies/<testimony_id>")
def consent(testimony_id: str) -> str:
    """Show what the register says of one testimony, and which gates its withdrawal broke."""
    events = events_of(reader(), testimony_id)
    if not events:
        raise NotFoundError("testimony")
    agreed = agreed_from(events[-1])
    return render_template(
        "author/consent.html",
        name=testimony_id,
        status=status_of(agreed, today_in_programme(now())),
        terms=terms_rows(agreed),
        events=event_rows(reader(), testimony_id),
        gates=events[-1].terms.get("gates", ()),
    )
