"""Tell somebody by mail that a message waits: at most once an hour, and never what it says."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.enrolment.address import address_of
from lms.enrolment.models import Enrolment
from lms.kernel.keys import Keys
from lms.notices.mail import Mail, enqueue_mail, last_mail_at, mark_of
from lms.notices.words import Subject
from lms.settings import Settings

BETWEEN_MAILS = timedelta(hours=1)


def tell_by_mail(
    db: Session, enrolment_id: uuid.UUID, *, settings: Settings, keys: Keys, now: datetime
) -> bool:
    """Queue a mail to somebody who left an address; whether one was queued.

    Within the hour after another one it waits until that hour is over; one that waits is enough.
    """
    if not settings.smtp_host:
        return False
    row = db.execute(
        select(Enrolment.address, User.language)
        .join(User, User.id == Enrolment.user_id)
        .where(Enrolment.id == enrolment_id, Enrolment.closed_at.is_(None))
    ).one_or_none()
    address = address_of(enrolment_id, row.address, keys) if row is not None else None
    if row is None or address is None:
        return False
    about_messages = mark_of(enrolment_id, f"{Subject.MESSAGE}:")
    last = last_mail_at(db, about_messages)
    if last is not None and last > now:
        return False
    due_at = now if last is None else max(now, last + BETWEEN_MAILS)
    # Two who write in the same minute make the same mark: one mail.
    mark = f"{about_messages}{due_at:%Y%m%dT%H%M}"
    mail = Mail(address, Subject.MESSAGE, row.language, due_at)
    return enqueue_mail(db, mail, mark=mark, settings=settings, keys=keys, now=now)
