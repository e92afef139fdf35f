"""What published files say of somebody's consent, written into the register where it is news."""

from sqlalchemy.orm import Session

from lms.content.model import Consent, Content, TestimonyKind
from lms.publishing.consent import Agreed, act_of_files, terms_of_file
from lms.publishing.consent_register import (
    Clerk,
    Entry,
    agreed_from,
    append_event,
    audit_event,
    events_of,
    lock_register,
    rebuild_windows,
)
from lms.publishing.models import TestimonyEvent


def record_from_files(db: Session, content: Content, clerk: Clerk) -> tuple[TestimonyEvent, ...]:
    """Append what is new, and make the windows anew: also for what was only published."""
    lock_register(db)
    done: list[tuple[TestimonyEvent, Agreed | None]] = []
    for testimony_id, consent in sorted(_consents(content).items()):
        history = tuple(map(agreed_from, events_of(db, testimony_id)))
        offered = terms_of_file(consent)
        act = act_of_files(history, offered, withdrawn=consent.withdrawn is not None)
        if act is not None:
            event = append_event(db, Entry(testimony_id, act, offered), clerk)
            done.append((event, history[-1] if history else None))
    rebuild_windows(db)
    for event, before in done:
        audit_event(db, event, clerk, before)
    return tuple(event for event, _ in done)


def _consents(content: Content) -> dict[str, Consent]:
    """Give the consent of each original; the check has found it to be one in all languages."""
    return {
        one.id: one.consent
        for one in content.testimonies.values()
        if one.kind is TestimonyKind.ORIGINAL and one.consent is not None
    }
