"""Remind people of their last day: 14, 7 and 1 days before, those who left an address."""

from datetime import date, datetime, timedelta

from sqlalchemy import Row, exists, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.completion.models import CompletionRecord
from lms.enrolment.address import address_of
from lms.enrolment.models import Enrolment
from lms.kernel.days import LOCAL_ZONE, today_in_programme
from lms.kernel.keys import Keys
from lms.notices.mail import Mail, enqueue_mail, mark_of
from lms.notices.words import Subject
from lms.settings import Settings

STAGES = (14, 7, 1)  # days before the last one
CATCH_UP = 1  # a day on which the site stood still is made up for on the next
HOURS = range(9, 20)  # a telephone that rings at night asks for attention


def stage_of(days_left: int) -> int | None:
    """Give the reminder that is due with so many days left; None where none is."""
    return next((stage for stage in STAGES if stage - CATCH_UP <= days_left <= stage), None)


def queue_reminders(db: Session, *, settings: Settings, keys: Keys, now: datetime) -> int:
    """Queue the reminders that are due, by day only; once for each stage of a last day."""
    if not settings.smtp_host or now.astimezone(LOCAL_ZONE).hour not in HOURS:
        return 0
    today = today_in_programme(now)
    return sum(_remind(db, row, today, (settings, keys, now)) for row in _candidates(db, today))


def _candidates(db: Session, today: date) -> list[Row[Enrolment, str]]:
    """Give who left an address and has not finished, with a last day for which one is due."""
    days = [today + timedelta(days=stage - late) for stage in STAGES for late in (0, CATCH_UP)]
    finished = exists().where(CompletionRecord.enrolment_id == Enrolment.id)
    rows = db.execute(
        select(Enrolment, User.language)
        .join(User, User.id == Enrolment.user_id)
        .where(
            Enrolment.address.is_not(None),
            Enrolment.deadline.in_(days),
            Enrolment.withdrawn_at.is_(None),
            Enrolment.suspended_at.is_(None),
            Enrolment.closed_at.is_(None),
            ~finished.correlate(Enrolment),
        )
    )
    return list(rows)


def _remind(
    db: Session, row: Row[Enrolment, str], today: date, site: tuple[Settings, Keys, datetime]
) -> bool:
    enrolment, language = row
    settings, keys, now = site
    stage = None if enrolment.deadline is None else stage_of((enrolment.deadline - today).days)
    address = address_of(enrolment.id, enrolment.address, keys)
    if stage is None or address is None:
        return False
    # Where the last day moves, its reminders are others.
    mark = mark_of(enrolment.id, f"{Subject.REMINDER}:{enrolment.deadline}:{stage}")
    mail = Mail(address, Subject.REMINDER, language)
    return enqueue_mail(db, mail, mark=mark, settings=settings, keys=keys, now=now)
