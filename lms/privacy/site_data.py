"""What the site keeps for a time of its own, whoever it is about: sessions, mail, views, files."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.accounts.models import SignInSession, Throttle
from lms.agencies.models import ApiToken
from lms.exchange.models import ExchangeMessage
from lms.exports.jobs import FOLDER
from lms.exports.models import ExportJob
from lms.kernel.outbox import OutboxEntry
from lms.privacy import periods
from lms.privacy.last_step import forget_messages
from lms.privacy.models import ViewEntry
from lms.privacy.permit import purge_permit, remove


def drop_sessions(db: Session, now: datetime) -> int:
    """Delete sign-in sessions of long ago: a session lasts hours."""
    return remove(db, SignInSession, SignInSession.created_at <= now - periods.SESSIONS)


def drop_tokens(db: Session, now: datetime) -> int:
    """Delete the API's tokens that have run out."""
    return remove(db, ApiToken, ApiToken.expires_at <= now)


def drop_guesses(db: Session, now: datetime) -> int:
    """Delete counts of failed tries that count no longer."""
    return remove(db, Throttle, Throttle.window_started_at <= now - periods.GUESSES)


def drop_mail(db: Session, now: datetime) -> int:
    """Empty what has waited too long to be sent; its mark stays, so that it is not asked anew."""
    emptied = db.execute(
        update(OutboxEntry)
        .where(
            OutboxEntry.created_at <= now - periods.MAIL, OutboxEntry.sealed_payload.is_not(None)
        )
        .values(sealed_payload=None, due_at=None, given_up_at=now)
        .execution_options(synchronize_session=False)
    )
    return int(getattr(emptied, "rowcount", 0))


def drop_views(db: Session, now: datetime) -> int:
    """Delete old entries of the log of views."""
    with purge_permit(db):
        return remove(db, ViewEntry, ViewEntry.at <= now - periods.VIEWS)


def drop_exchanged(db: Session, now: datetime) -> int:
    """Empty old messages of the exchange that led to no file; the register still counts them."""
    old = select(ExchangeMessage.id).where(
        ExchangeMessage.referral_id.is_(None),
        ExchangeMessage.at <= now - periods.EXCHANGED,
        ExchangeMessage.digest != "",
    )
    with purge_permit(db):
        return forget_messages(db, tuple(db.scalars(old)))


SITE_RULES: Mapping[str, Callable[[Session, datetime], int]] = {
    "sessions": drop_sessions,
    "tokens": drop_tokens,
    "guesses": drop_guesses,
    "mail": drop_mail,
    "views": drop_views,
    "exchanged": drop_exchanged,
}


def stray_files(db: Session, instance: Path) -> list[Path]:
    """Give the export files that no wish stands for any more."""
    wanted = set(db.scalars(select(ExportJob.id)))
    folder = instance / FOLDER
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in found if _job_of(path) not in wanted]


def _job_of(path: Path) -> uuid.UUID | None:
    try:
        return uuid.UUID(path.name.partition(".")[0])
    except ValueError:
        return None
