"""Mail: kept in the outbox, sealed, at most once for each wish; written only when it leaves."""

import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.kernel.errors import BadInputError
from lms.kernel.keys import Keys
from lms.kernel.outbox import Claimed, OutboxEntry, Wish, drop, put
from lms.notices.words import Subject, body_of, subject_of
from lms.settings import Settings

MAIL = "mail"
LONGEST_ADDRESS = 254
LANGUAGES = ("fr", "en")
# Deliberately narrow: what is refused here could carry a second header or a second reader.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


class AddressError(BadInputError):
    """What was typed is no address of mail."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one person: what it is about, in his language."""

    address: str
    subject: Subject
    language: str
    due_at: datetime | None = None  # None: at once


def clean_address(text: str) -> str:
    """Give an address as it is kept, or raise AddressError."""
    address = text.strip()
    if len(address) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(address) or ".." in address:
        raise AddressError
    return address


def mark_of(enrolment_id: uuid.UUID, wish: str) -> str:
    """Give the mark of a wish about one person: all of his begin alike, so they can be dropped."""
    return f"{enrolment_id}:{wish}"


def enqueue_mail(
    db: Session,
    mail: Mail,
    *,
    mark: str,
    settings: Settings,
    keys: Keys,
    now: datetime,
) -> bool:
    """Queue a mail, once for each mark; whether it was queued. A site without mail queues none."""
    if not settings.smtp_host:
        return False
    clean_address(mail.address)
    language = mail.language if mail.language in LANGUAGES else LANGUAGES[0]
    payload = {"to": mail.address, "subject": mail.subject.value, "language": language}
    return put(db, Wish(MAIL, mark, payload), key=keys.field, now=now, due_at=mail.due_at)


def last_mail_at(db: Session, prefix: str) -> datetime | None:
    """Give when the last mail whose mark begins so leaves or left; None when there is none."""
    leaves = func.coalesce(OutboxEntry.due_at, OutboxEntry.sent_at, OutboxEntry.created_at)
    query = select(leaves).where(OutboxEntry.mark.startswith(prefix, autoescape=True))
    return db.scalar(query.order_by(leaves.desc()).limit(1))


def drop_mail(db: Session, enrolment_id: uuid.UUID) -> int:
    """Take back what waits to be sent to somebody: he removed his address, or his file is over."""
    return drop(db, mark_of(enrolment_id, ""))


def compose(claimed: Claimed, settings: Settings, now: datetime) -> EmailMessage:
    """Write a mail: neutral sender, subject and text; the same entry has the same Message-ID."""
    subject, language = Subject(claimed.payload["subject"]), str(claimed.payload["language"])
    url = f"{settings.base_url.rstrip('/')}/{language}/login"
    sender = settings.mail_from or f"noreply@{urlsplit(settings.base_url).hostname}"
    message = EmailMessage()
    message["From"] = sender
    message["To"] = str(claimed.payload["to"])
    message["Subject"] = subject_of(subject, language)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{claimed.id}@{sender.rpartition('@')[2].rstrip('>')}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = f"{language}-CA"
    message.set_content(body_of(subject, language, url))
    return message
