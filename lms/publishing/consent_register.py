"""The register of living consent: what happened is appended, and decides what may be shown.

What pages ask is `TestimonyWindow`, made anew from the register in the same transaction as each
entry: so a withdrawal holds in every process at the next page.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select, text, union
from sqlalchemy.orm import Session

from lms.kernel.audit import LONGEST_REASON, SITE, Act, append_audit
from lms.kernel.errors import BadInputError, NotAllowedError, NotFoundError
from lms.publishing.consent import (
    Agreed,
    ConsentAct,
    Terms,
    act_between,
    day_of,
    terms_of_document,
)
from lms.publishing.models import (
    CourseRevision,
    ItemText,
    ModuleRevision,
    PublishedCourse,
    TestimonyEvent,
    TestimonyUse,
    TestimonyWindow,
)
from lms.publishing.prove_without import prove_without

_LOCK = 0x434F4E53454E54  # an arbitrary number: PostgreSQL's lock for the register
_FILES = "files"


class WithdrawnError(NotAllowedError):
    """The consent was withdrawn: only a new one, given on a later day, can be written down."""


class NothingChangesError(BadInputError):
    """These terms are in force already."""


class TermsError(BadInputError):
    """A consent ends after it begins, and is for at least one course."""


@dataclass(frozen=True, slots=True)
class Clerk:
    """Who writes in the register, and what the audit chain is signed with; None: it is not kept.

    `actor` is the id of an account, or "site"; `from_files`: he publishes what the files offer.
    """

    login: str
    now: datetime
    actor: str = SITE
    audit_key: bytes | None = None
    from_files: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One act to write down: on which testimony, which terms hold from then on, and why."""

    testimony_id: str
    act: ConsentAct
    terms: Terms
    reason: str = ""


def withdraw_testimony(
    db: Session, testimony_id: str, clerk: Clerk, *, reason: str = ""
) -> TestimonyEvent:
    """Take a testimony back: from the end of this transaction on it is nowhere.

    A second time it gives the event of the first.
    """
    lock_register(db)
    last = _last(db, testimony_id)
    agreed = agreed_from(last)
    if agreed.is_withdrawn:
        return last
    return _record(
        db, Entry(testimony_id, ConsentAct.WITHDRAWN, agreed.terms, reason), clerk, agreed
    )


def change_terms(
    db: Session, testimony_id: str, terms: Terms, clerk: Clerk, *, reason: str = ""
) -> TestimonyEvent:
    """Write down other terms: renewed where they allow more than before, narrowed where less.

    Raises TermsError, NothingChangesError or WithdrawnError.
    """
    lock_register(db)
    agreed = agreed_from(_last(db, testimony_id))
    if agreed.is_withdrawn:
        raise WithdrawnError
    if terms.until < terms.given or not terms.courses:
        raise TermsError
    act = act_between(agreed.terms, terms)
    if act is None:
        raise NothingChangesError
    return _record(db, Entry(testimony_id, act, terms, reason), clerk, agreed)


def lock_register(db: Session) -> None:
    """Make other writers of the register wait; on SQLite BEGIN IMMEDIATE does."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def _record(db: Session, entry: Entry, clerk: Clerk, before: Agreed | None) -> TestimonyEvent:
    event = append_event(db, entry, clerk)
    rebuild_windows(db)
    audit_event(db, event, clerk, before)
    return event


def append_event(db: Session, entry: Entry, clerk: Clerk) -> TestimonyEvent:
    """Append to the register; the windows are to be made anew, and the act audited, after it."""
    highest = select(func.max(TestimonyEvent.number)).where(
        TestimonyEvent.testimony_id == entry.testimony_id
    )
    event = TestimonyEvent(
        testimony_id=entry.testimony_id,
        number=(db.scalar(highest) or 0) + 1,
        act=entry.act,
        terms=_document(db, entry, clerk),
        reason=entry.reason.strip()[:LONGEST_REASON],
        at=clerk.now,
        by=clerk.login[:64],
    )
    db.add(event)
    db.flush()
    return event


def _document(db: Session, entry: Entry, clerk: Clerk) -> dict[str, Any]:
    """Give what the register keeps; a withdrawal says what it does to the courses' gates."""
    document = entry.terms.as_document() | {"origin": _FILES if clerk.from_files else "register"}
    if entry.act is ConsentAct.WITHDRAWN:
        today = day_of(clerk.now)
        gone = closed_testimonies(db, today) | {entry.testimony_id}
        document["gates"] = [one.path for one in prove_without(db, gone)]
    return document


def audit_event(db: Session, event: TestimonyEvent, clerk: Clerk, before: Agreed | None) -> None:
    """Write an event on the audit chain, the last thing of all; without a key it is not kept."""
    if clerk.audit_key is None:
        return
    was = {} if before is None else {"act": before.act, **before.terms.as_document()}
    act = Act(
        actor=clerk.actor,
        act=f"testimony.{event.act}",
        subject=f"testimony:{event.testimony_id}",
        reason=event.reason,
        before=was,
        after={"event": str(event.id), **event.terms},
    )
    append_audit(db, clerk.audit_key, act, now=clerk.now)


def agreed_from(event: TestimonyEvent) -> Agreed:
    """Read an entry of the register."""
    return Agreed(
        ConsentAct(event.act),
        terms_of_document(event.terms),
        day_of(event.at),
        event.terms["origin"] == _FILES,
    )


def _last(db: Session, testimony_id: str) -> TestimonyEvent:
    events = events_of(db, testimony_id)
    if not events:
        raise NotFoundError(f"the register has no testimony {testimony_id!r}")
    return events[-1]


def events_of(db: Session, testimony_id: str) -> tuple[TestimonyEvent, ...]:
    """Give what happened to a testimony, the first act first."""
    found = (
        select(TestimonyEvent)
        .where(TestimonyEvent.testimony_id == testimony_id)
        .order_by(TestimonyEvent.number)
    )
    return tuple(db.scalars(found))


def standing_events(db: Session) -> dict[str, TestimonyEvent]:
    """Give the last event of each testimony, by its id."""
    rows = db.scalars(select(TestimonyEvent).order_by(TestimonyEvent.number))
    return {row.testimony_id: row for row in rows}


def closed_testimonies(db: Session, today: date) -> frozenset[str]:
    """Give the ids whose text must not be shown anywhere today, wherever it comes from.

    Withdrawn, over, or not begun. What a narrower consent closes here and there is not among them.
    """
    standing = standing_events(db)
    return frozenset(
        one for one, event in standing.items() if not agreed_from(event).is_in_force(today)
    )


def closed_for(db: Session, courses: Iterable[str], language: str, today: date) -> frozenset[str]:
    """Give the ids whose text must not be shown today in these courses, in this language."""
    wanted = frozenset(courses)
    standing = {one: agreed_from(event) for one, event in standing_events(db).items()}
    return frozenset(
        one
        for one, agreed in standing.items()
        if not (agreed.is_in_force(today) and agreed.terms.cover(wanted, language))
    )


def rebuild_windows(db: Session) -> None:
    """Make the windows anew from the register, the published courses, and what shows what."""
    lock_register(db)
    courses = _courses_by_module(db)
    standing = {one: agreed_from(event) for one, event in standing_events(db).items()}
    db.execute(delete(TestimonyWindow))
    for testimony_id, module_id, language in _places(db):
        agreed = standing.get(testimony_id)
        if agreed is None or agreed.is_withdrawn:
            continue
        if agreed.terms.cover(courses.get(module_id, ()), language):
            db.add(
                TestimonyWindow(
                    testimony_id=testimony_id,
                    module_id=module_id,
                    language=language,
                    from_day=agreed.terms.given,
                    until_day=agreed.terms.until,
                )
            )
    db.flush()


def _places(db: Session) -> Iterable[tuple[str, str, str]]:
    """Give where originals are shown or asked about, in any edition: an attempt keeps its own."""
    use, item = TestimonyUse, ItemText
    shown = select(use.testimony_id, ModuleRevision.module_id, use.language).join(
        ModuleRevision, ModuleRevision.id == use.module_revision_id
    )
    asked = (
        select(item.testimony_id, ModuleRevision.module_id, item.language)
        .join(ModuleRevision, ModuleRevision.id == item.module_revision_id)
        .where(item.testimony_id.is_not(None))
    )
    rows: Iterable[tuple[Any, ...]] = db.execute(union(shown, asked))
    return [(row[0], row[1], row[2]) for row in rows]


def _courses_by_module(db: Session) -> Mapping[str, frozenset[str]]:
    rows = db.execute(
        select(PublishedCourse.course_id, CourseRevision.document).join(
            CourseRevision, CourseRevision.id == PublishedCourse.revision_id
        )
    )
    found: dict[str, frozenset[str]] = {}
    for course_id, document in rows:
        for module_id in document["modules"]:
            found[module_id] = found.get(module_id, frozenset()) | {course_id}
    return found
