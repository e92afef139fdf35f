"""What the pages of an agency share: one of its files, and the place that an answer stands on."""

import uuid
from typing import Any

from flask import g, url_for

from lms.agencies.status_view import StatusRow, status_of
from lms.kernel.errors import NotFoundError
from lms.web.agency.surface import officer
from lms.web.db import reader
from lms.web.request import LANGUAGES, language
from lms.web.view_log import note_view


def file_or_not_found(referral_id: uuid.UUID) -> StatusRow:
    """Give a file that whoever asks may see, and note that it is shown; else NotFoundError."""
    found = status_of(reader(), officer(), referral_id)
    if found is None:
        raise NotFoundError("referral")
    note_view("referral", referral_id, "status")
    return found


def keep_place(endpoint: str, **values: Any) -> None:  # noqa: ANN401 - parts of an address
    """Let the link to the other language lead to the page that this answer stands on."""
    other = next(one for one in LANGUAGES if one != language())
    g.place_url = url_for(endpoint, lang=other, **values)
