"""After a backup came back: do again what was purged since it was made."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.enrolment.models import Enrolment
from lms.privacy.journal import Entry, known
from lms.privacy.periods import Rule
from lms.privacy.retention import Due, Run, checkpoint, purge_one
from lms.referrals.models import Referral
from lms.referrals.states import State

_RULES = frozenset(rule.value for rule in Rule)


def replay(run: Run, entries: Iterable[Entry]) -> int:
    """Do the purges of a journal that the database does not know; gives how many it did.

    Whose file is open in the backup is closed as of that purge: it was closed by then.
    """
    with run.database.read() as db:
        done = known(db)
    count = 0
    for entry in entries:
        if entry.rule not in _RULES or (entry.rule, entry.subject_id) in done:
            continue
        with run.transaction() as db:
            count += _again(db, entry, run)
    checkpoint(run.database)
    return count


def _again(db: Session, entry: Entry, run: Run) -> bool:
    """Do one purge again; whether there was anybody to do it to."""
    enrolment = db.get(Enrolment, entry.subject_id)
    known_as = Referral.enrolment_id if enrolment else Referral.id
    referral = db.scalar(select(Referral).where(known_as == entry.subject_id))
    if enrolment is not None:
        enrolment.closed_at = enrolment.closed_at or entry.at
    if referral is not None and referral.state != State.PURGED:
        referral.closed_at = referral.closed_at or entry.at
        referral.state = State.CLOSED  # as it stood by then, whatever the backup says
    if enrolment is None and referral is None:
        return False
    db.flush()
    purge_one(db, Due(Rule(entry.rule), entry.subject_id, is_referral=enrolment is None), run)
    return True
