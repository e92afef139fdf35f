"""Sessions in words, for the surfaces that show them: coordinator's, instructor's, letters."""

from flask_babel import format_time

from lms.attendance.queries import SessionKind, SessionView
from lms.kernel.days import LOCAL_ZONE
from lms.web.request import now
from lms.web.words import _, day_text


def kind_text(kind: SessionKind) -> str:
    """Say how a session is held."""
    return _("In person") if kind is SessionKind.IN_PERSON else _("Live, at a distance")


def hours_of(session: SessionView) -> str:
    """Say from when to when a session is held."""
    return _("%(start)s to %(end)s",
             start=format_time(session.starts_at, _("HH:mm")),
             end=format_time(session.ends_at, _("HH:mm")))  # fmt: skip


def day_of_session(session: SessionView) -> str:
    """Say on which day a session is held, in the programme's zone."""
    return day_text(session.starts_at.astimezone(LOCAL_ZONE))


def session_text(session: SessionView) -> str:
    """Say when, how and where a session is held, in one line."""
    words = {
        "day": day_of_session(session),
        "hours": hours_of(session),
        "place": session.place,
    }
    if session.kind is SessionKind.LIVE:
        return _("%(day)s, %(hours)s, at a distance: %(place)s", **words)
    return _("%(day)s, %(hours)s, in person: %(place)s", **words)


def session_row(session: SessionView) -> dict[str, str]:
    """Give the line of a session in a list."""
    if session.is_cancelled:
        status, kind = _("Called off"), "neutral"
    elif session.ends_at <= now():
        status, kind = _("Held"), "good"
    else:
        status, kind = _("Planned"), "busy"
    return {
        "day": day_of_session(session),
        "hours": hours_of(session),
        "held": kind_text(session.kind),
        "place": session.place,
        "status": status,
        "kind": kind,
        "is_cancelled": "yes" if session.is_cancelled else "",
    }
