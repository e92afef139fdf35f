"""Jobs of the conversation: mail that is due or queued, completions that waited for a reader."""

from datetime import datetime
from functools import partial

from lms.cli.edge import ready_database, transaction
from lms.journey.open_answers import complete_read
from lms.journey.reminders import queue_reminders
from lms.kernel.clock import Clock, system_clock
from lms.kernel.database import Database
from lms.kernel.keys import Keys
from lms.kernel.outbox import Claimed, claim_next, note_refused, note_sent, tidy
from lms.notices.delivery import Outcome, Transport, deliver, send_by_smtp
from lms.notices.mail import MAIL, compose
from lms.settings import Settings, site_keys

MOST_AT_ONCE = 50  # mails a turn: the other jobs have theirs
MOST_REFUSALS = 3  # in a row: the server is away, and each try costs seconds


def complete_what_was_read(settings: Settings) -> int:
    """Record the completions that wait for no reader any more; gives how many."""
    with transaction(settings) as session:
        return complete_read(
            session, settings=settings, keys=site_keys(settings), now=system_clock()
        )


def queue_due_reminders(settings: Settings) -> int:
    """Queue the reminders that are due; gives how many were queued."""
    keys = site_keys(settings)
    with transaction(settings) as session:
        return queue_reminders(session, settings=settings, keys=keys, now=system_clock())


def send_mail(
    settings: Settings, *, transport: Transport | None = None, clock: Clock = system_clock
) -> int:
    """Send what is queued, one mail after the other; gives how many left."""
    if not settings.smtp_host:
        return 0
    keys = site_keys(settings)
    database = ready_database(settings)
    try:
        with database.write() as session:
            tidy(session, now=clock())
            session.commit()
        return send_due(database, settings, keys, transport=transport, clock=clock)
    finally:
        database.engine.dispose()


def send_due(
    database: Database,
    settings: Settings,
    keys: Keys,
    *,
    transport: Transport | None = None,
    clock: Clock = system_clock,
) -> int:
    """Send what is due, no transaction open while the server is spoken to; gives how many left."""
    hand_over = transport or partial(send_by_smtp, settings)
    sent = refused = 0
    for _ in range(MOST_AT_ONCE):
        claimed = _claim(database, keys, clock()) if refused < MOST_REFUSALS else None
        if claimed is None:
            break
        outcome = deliver(compose(claimed, settings, clock()), hand_over)
        refused = refused + 1 if outcome is Outcome.REFUSED else 0
        sent += outcome is Outcome.SENT
        _settle(database, claimed, outcome, clock())
    return sent


def _claim(database: Database, keys: Keys, now: datetime) -> Claimed | None:
    with database.write() as session:
        claimed = claim_next(session, MAIL, key=keys.field, now=now)
        session.commit()
    return claimed


def _settle(database: Database, claimed: Claimed, outcome: Outcome, now: datetime) -> None:
    with database.write() as session:
        if outcome is Outcome.SENT:
            note_sent(session, claimed, now=now)
        else:
            for_good = outcome is Outcome.REFUSED_FOR_GOOD
            note_refused(session, claimed, now=now, for_good=for_good)
        session.commit()
