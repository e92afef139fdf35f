"""The mark of a page view: signed, so that a report of time is for a page that was really shown."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from lms.gates.seat_time import Report, fallback_ms
from lms.journey.actor import Learner
from lms.kernel.errors import BadInputError
from lms.progress.models import SeatKind
from lms.progress.service import Seat, credit_time

VIEW_BYTES = 6
MOST_MS = int(timedelta(days=1) / timedelta(milliseconds=1))


class NoPageViewError(BadInputError):
    """A report of time names no page that was shown to this person."""


@dataclass(frozen=True, slots=True)
class PageView:
    """A page as it was shown once: where, when, and for how long it may be read, in seconds."""

    seat: Seat
    view: str
    opened_at: datetime
    seconds: int = 0


def open_view(
    learner: Learner, place: tuple[SeatKind, str, str], *, language: str, now: datetime
) -> PageView:
    """Begin a view of a place without an edition: (kind, module id, section id)."""
    kind, module_id, section_id = place
    seat = Seat(
        learner.programme_id, learner.enrolment_id, kind, module_id, section_id, 1, None, language
    )
    return PageView(seat, token_hex(VIEW_BYTES), now)


def seal_view(key: bytes, page: PageView) -> str:
    """Write a page view so that it can stand in a form."""
    seat = page.seat
    revision = seat.revision_id.hex if seat.revision_id else ""
    opened = int(page.opened_at.timestamp() * 1000)
    fields = [seat.enrolment_id.hex[-12:], seat.kind, seat.module_id, seat.section_id]
    more = [seat.round, revision, seat.language, page.view, opened, page.seconds]
    return str(_serializer(key).dumps([*fields, *more]))


def read_view(key: bytes, learner: Learner, sealed: str) -> PageView:
    """Read what `seal_view` wrote for this person, or raise NoPageViewError."""
    try:
        owner, kind, module_id, section_id, turn, revision, language, view, opened, seconds = (
            _serializer(key).loads(sealed)
        )
    except (BadSignature, ValueError) as error:
        raise NoPageViewError from error
    if owner != learner.enrolment_id.hex[-12:]:
        raise NoPageViewError
    seat = Seat(
        programme_id=learner.programme_id,
        enrolment_id=learner.enrolment_id,
        kind=SeatKind(kind),
        module_id=module_id,
        section_id=section_id,
        round=turn,
        revision_id=uuid.UUID(revision) if revision else None,
        language=language,
    )
    return PageView(seat, view, datetime.fromtimestamp(opened / 1000, UTC), seconds)


def report_time(db: Session, page: PageView, active_ms: int | None, now: datetime) -> int:
    """Credit the time of a page view; gives all that its place has, in ms: two statements.

    None means that the page reports nothing, for it runs no JavaScript: then the time since it
    was opened counts, up to its reading time.
    """
    if active_ms is None:
        active_ms = fallback_ms(page.opened_at, now, page.seconds)
    report = Report(page.view, page.opened_at, min(active_ms, MOST_MS))
    return credit_time(db, page.seat, report, now)


def _serializer(key: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt="page-view")
