"""Who looked at whom: a view notes it, and it is written down before the page leaves.

A page that was not shown (404, 403) leaves no trace: nobody looked. A page whose view cannot be
written down is not shown: the write comes before the answer, within the reach of the error pages.
"""

import uuid
from http import HTTPStatus

from flask import g, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.accounts.roles import Role
from lms.privacy.views import Look, log_view
from lms.web.db import SAFE_METHODS, db, write_apart
from lms.web.request import actor, now

# A form that was refused shows the person again; a redirection shows nothing.
_SHOWN = frozenset({HTTPStatus.OK, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY})


def note_view(subject: str, subject_id: uuid.UUID, what: str, purpose: str = "") -> None:
    """Say that this page shows one person to whoever asks; what a participant sees is his own.

    `subject` is "enrolment" or "referral"; `what` is a word for the class of fields.
    """
    if actor().role is Role.PARTICIPANT:
        return
    noted: dict[tuple[str, uuid.UUID], Look] = g.setdefault("views_noted", {})
    noted[subject, subject_id] = Look(subject, subject_id, what, purpose)


def write_views(response: Response) -> None:
    """Write down what this answer shows, once a person; nothing if it shows nothing."""
    noted: dict[tuple[str, uuid.UUID], Look] = g.pop("views_noted", {})
    if not noted or response.status_code not in _SHOWN or request.method == "HEAD":
        return

    def write(session: Session) -> None:
        for look in noted.values():
            log_view(session, actor().user_id, actor().role, look, now=now())

    if request.method in SAFE_METHODS:
        write_apart(write)  # the one thing that a GET writes of its own accord
    else:
        write(db())
