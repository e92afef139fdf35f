"""The mark of a page view: signed, so that a report of time is for a page that was really shown."""

import hmac
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex

from sqlalchemy.orm import Session

from lms.gates.seat_time import Report, fallback_ms
from lms.journey.actor import Learner
from lms.kernel.errors import BadInputError
from lms.progress.models import SeatKind
from lms.progress.service import Seat, credit_time

VIEW_BYTES = 6
MARK_DIGITS = 32  # 128 bits
BETWEEN = "~"  # in no id
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
    """Write a page view so that it can stand in a form; nobody else can make or change it."""
    seat = page.seat
    revision = seat.revision_id.hex if seat.revision_id else ""
    opened = int(page.opened_at.timestamp() * 1000)
    place = (seat.kind, seat.module_id, seat.section_id, str(seat.round), revision, seat.language)
    text = BETWEEN.join((*place, page.view, str(opened), str(page.seconds)))
    return f"{text}{BETWEEN}{_mark(key, seat.enrolment_id, text)}"


def read_view(key: bytes, learner: Learner, sealed: str) -> PageView:
    """Read what `seal_view` wrote for this person, or raise NoPageViewError."""
    text, _, mark = sealed.rpartition(BETWEEN)
    expected = _mark(key, learner.enrolment_id, text)
    if not hmac.compare_digest(mark.encode(), expected.encode()):
        raise NoPageViewError
    kind, module_id, section_id, turn, revision, language, view, opened, seconds = text.split(
        BETWEEN
    )
    seat = Seat(
        programme_id=learner.programme_id,
        enrolment_id=learner.enrolment_id,
        kind=SeatKind(kind),
        module_id=module_id,
        section_id=section_id,
        round=int(turn),
        revision_id=uuid.UUID(revision) if revision else None,
        language=language,
    )
    moment = datetime.fromtimestamp(int(opened) / 1000, UTC)
    return PageView(seat, view, moment, int(seconds))


def report_time(db: Session, page: PageView, active_ms: int | None, now: datetime) -> int:
    """Credit the time of a page view; gives all that its place has, in ms: two statements.

    None means that the page reports nothing, for it runs no JavaScript: then the time since it
    was opened counts, up to its reading time.
    """
    if active_ms is None:
        active_ms = fallback_ms(page.opened_at, now, page.seconds)
    report = Report(page.view, page.opened_at, min(active_ms, MOST_MS))
    return credit_time(db, page.seat, report, now)


def _mark(key: bytes, enrolment_id: uuid.UUID, text: str) -> str:
    """Give the HMAC-SHA-256 of a page view and of whose it is."""
    whole = BETWEEN.join(("page-view", enrolment_id.hex, text)).encode()
    return hmac.digest(key, whole, "sha256").hex()[:MARK_DIGITS]
