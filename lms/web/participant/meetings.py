"""The meetings of one's group, where the course asks that they be attended: when, where, done."""

from lms.attendance.queries import Attended, attendance_of
from lms.web.db import db
from lms.web.request import learner, now
from lms.web.session_words import session_text
from lms.web.words import _


def meeting_rows() -> list[dict[str, str]]:
    """List the meetings, each with a word for where it stands; nothing where none is asked for."""
    if not learner().rules.attendance:
        return []
    return [
        {"text": session_text(one.session), **_status(one)}
        for one in attendance_of(db(), learner().enrolment_id)
    ]


def _status(one: Attended) -> dict[str, str]:
    if one.whole:
        return {"status": _("Attended"), "kind": "good"}
    if one.session.ends_at > now():
        return {"status": _("To come"), "kind": "busy"}
    return {"status": _("Not noted as attended whole"), "kind": "wait"}
