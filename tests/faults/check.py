"""Look into the database after a fault: compare it with the client's ledger, and with itself."""

import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.assessment.draw import asked_from_document
from lms.assessment.grading import grade_item
from lms.assessment.models import Attempt, Result, Standing
from lms.assessment.queries import closed_attempt, saved_responses
from lms.assessment.values import QuizItem
from lms.completion.models import Certificate, CompletionRecord
from lms.enrolment.models import Enrolment
from lms.kernel.audit import verify_chain
from lms.progress.models import SeatTime
from lms.publishing.models import ModuleRevision
from tests.factories import KEYS
from tests.faults.grounds import SQLITE, Store
from tests.faults.ledger import Entry, Fate, Key, Ledger, Op, Value
from tests.faults.outcome import Tally
from tests.web.quizzes import fields_of

MODULES = {1: "first", 2: "second"}
SECTIONS = {1: ("listening", "speaking"), 2: ("going",)}
Stored = tuple[int, Value] | None


@dataclass(frozen=True, slots=True)
class _Row:
    """One attempt as it stands in the database, its answers as the fields of their pages."""

    id: uuid.UUID
    is_closed: bool
    answers: Mapping[int, Stored]


def check_store(store: Store, ledger: Ledger, tally: Tally, *, everybody: bool = False) -> None:
    """Open the database as somebody who comes after the fault, and write down what is wrong."""
    if store.engine_name == SQLITE:
        check_file(store, tally)
    logins = ledger.take_touched()
    with store.open() as database, database.read() as db:
        check_itself(db, tally)
        check_ledger(db, ledger, tally, None if everybody else logins)


def check_file(store: Store, tally: Tally) -> None:
    """Let SQLite look at its own file: pages, indexes, references."""
    with closing(sqlite3.connect(store.path)) as db:
        for pragma in ("integrity_check", "foreign_key_check"):
            rows = [row for row in db.execute(f"PRAGMA {pragma}") if row != ("ok",)]
            tally.half_applied += [f"{pragma}: {row}" for row in rows]


def check_ledger(db: Session, ledger: Ledger, tally: Tally, logins: set[str] | None = None) -> None:
    """Compare all that was acknowledged to these people, or to all, with what is there."""
    acts = {op: ledger.of(op, logins) for op in Op}
    names = {key.login for found in acts.values() for key, _ in found}
    enrolments = _enrolments(db, names)
    attempts = _attempts(db, enrolments)
    for row in attempts.values():
        if row.is_closed:
            check_score(db, row.id, tally)
    _check_reading(db, acts[Op.READ], enrolments, tally)
    for key, entries in acts[Op.SAVE]:
        taken = attempts.get(key.at(0))
        _check_answer(key, entries, taken.answers.get(key.place) if taken else None, tally)
    for key, entries in acts[Op.BEGIN]:
        if _last_done(entries) and key not in attempts:
            tally.lost.append(f"{key}: begun, and there is no such attempt")
    begun = {key for key, _ in acts[Op.BEGIN]}
    tally.double += [f"{key}: an attempt that nobody began" for key in attempts.keys() - begun]
    for key, entries in acts[Op.SUBMIT]:
        _check_handed_in(key, entries, attempts.get(key), tally)


def _enrolments(db: Session, logins: set[str]) -> dict[str, uuid.UUID]:
    rows = db.execute(
        select(User.login, Enrolment.id)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(User.login.in_(logins))
    )
    return {row[0]: row[1] for row in rows}


def _attempts(db: Session, enrolments: Mapping[str, uuid.UUID]) -> dict[Key, _Row]:
    logins = {enrolment_id: login for login, enrolment_id in enrolments.items()}
    numbers = {module_id: number for number, module_id in MODULES.items()}
    rows = db.execute(
        select(Attempt, Result.attempt_id, ModuleRevision.quiz)
        .join(ModuleRevision, ModuleRevision.id == Attempt.module_revision_id)
        .outerjoin(Result, Result.attempt_id == Attempt.id)
        .where(Attempt.enrolment_id.in_(logins))
    )
    return {
        Key(logins[one.enrolment_id], numbers[one.module_id], one.number): _Row(
            one.id, closed is not None, _answers(db, one, quiz["items"])
        )
        for one, closed, quiz in rows.all()
    }


def _answers(
    db: Session, attempt: Attempt, documents: Sequence[Mapping[str, Any]]
) -> dict[int, Stored]:
    items = {one["id"]: QuizItem.from_document(one) for one in documents}
    saved = saved_responses(db, attempt.id, KEYS)
    found: dict[int, Stored] = {}
    for place, asked in enumerate(asked_from_document(attempt.shown), start=1):
        if asked.item in saved:
            one = saved[asked.item]
            fields = fields_of(asked, items[asked.item], one.answer) if one.answer else []
            found[place] = (one.version, tuple(sorted(fields)))
    return found


def _last_done(entries: Sequence[Entry]) -> Entry | None:
    done = [one for one in entries if one.fate is Fate.DONE]
    return max(done, key=lambda one: one.version) if done else None


def _check_answer(key: Key, entries: Sequence[Entry], stored: Stored, tally: Tally) -> None:
    """Expect the last answer that was acknowledged, or a later one of unknown fate."""
    last = _last_done(entries)
    newest = last.version if last else 0
    allowed: set[Stored] = {(last.version, last.value) if last else None}
    allowed |= {
        (one.version, one.value)
        for one in entries
        if one.fate is Fate.UNKNOWN and one.version > newest
    }
    if stored in allowed:
        return
    if stored is not None and stored[0] > max(one.version for one in entries):
        tally.double.append(f"{key}: saved more often than it was sent: {stored}")
    else:
        tally.lost.append(f"{key}: version {newest} was acknowledged, {stored} stands there")


def _check_handed_in(key: Key, entries: Sequence[Entry], row: _Row | None, tally: Tally) -> None:
    done = [one for one in entries if one.fate is Fate.DONE]
    if not done:
        return
    if row is None or not row.is_closed:
        tally.lost.append(f"{key}: handed in, and there is no result")
    elif {dict(one.value)["result"] for one in done} != {f"/fr/result/{row.id}"}:
        tally.double.append(f"{key}: handed in, and another result was shown")


def _check_reading(
    db: Session,
    acts: Sequence[tuple[Key, Sequence[Entry]]],
    enrolments: Mapping[str, uuid.UUID],
    tally: Tally,
) -> None:
    rows = db.execute(
        select(SeatTime.enrolment_id, SeatTime.module_id, SeatTime.section_id).where(
            SeatTime.enrolment_id.in_(enrolments.values()), SeatTime.read_at.is_not(None)
        )
    )
    read = {tuple(row) for row in rows}
    for key, entries in acts:
        section = SECTIONS[key.module][key.place - 1]
        there = (enrolments.get(key.login), MODULES[key.module], section) in read
        if _last_done(entries) and not there:
            tally.lost.append(f"{key}: read, and it is not noted")


def check_itself(db: Session, tally: Tally) -> None:
    """Look for acts that are done by half: what one transaction writes is there whole or not."""
    closed = _results(db)
    stood = {(one.enrolment_id, one.module_id): one for one in db.scalars(select(Standing))}
    for place in closed.keys() | stood.keys():
        results, passed = closed.get(place, (0, 0))
        one = stood.get(place)
        if one is None or one.attempts != results or (one.passed_at is not None) != bool(passed):
            tally.half_applied.append(f"{place}: {results} results, and the standing is another")
    _check_open(db, tally)
    _check_completion(db, stood.values(), tally)
    faults = verify_chain(db, KEYS.audit).faults
    tally.half_applied += [f"the audit chain: {fault}" for fault in faults]


def _results(db: Session) -> dict[tuple[uuid.UUID, str], tuple[int, int]]:
    rows = db.execute(select(Attempt, Result.passed).join(Result, Result.attempt_id == Attempt.id))
    found: dict[tuple[uuid.UUID, str], tuple[int, int]] = {}
    for attempt, passed in rows:
        place = (attempt.enrolment_id, attempt.module_id)
        results, passes = found.get(place, (0, 0))
        found[place] = (results + 1, passes + passed)
    return found


def _check_open(db: Session, tally: Tally) -> None:
    rows = db.execute(
        select(Attempt.enrolment_id, Attempt.module_id, func.count())
        .outerjoin(Result, Result.attempt_id == Attempt.id)
        .where(Result.attempt_id.is_(None))
        .group_by(Attempt.enrolment_id, Attempt.module_id)
        .having(func.count() > 1)
    )
    tally.double += [f"{tuple(row)}: open attempts" for row in rows]


def _check_completion(db: Session, stood: Sequence[Standing] | Any, tally: Tally) -> None:  # noqa: ANN401 - a view of a dict's values
    passed: dict[uuid.UUID, set[str]] = {}
    for one in stood:
        if one.passed_at is not None:
            passed.setdefault(one.enrolment_id, set()).add(one.module_id)
    through = {who for who, modules in passed.items() if modules == set(MODULES.values())}
    recorded = list(db.scalars(select(CompletionRecord.enrolment_id)))
    for who in through ^ set(recorded):
        tally.half_applied.append(f"enrolment {who}: passed and recorded do not agree")
    numbers = sorted(db.scalars(select(Certificate.register_number)))
    if numbers != list(range(1, len(numbers) + 1)):
        tally.half_applied.append(f"the register has gaps: {numbers}")


def check_score(db: Session, attempt_id: uuid.UUID, tally: Tally) -> None:
    """Grade again: an answer that was changed after the close gives another score."""
    found = closed_attempt(db, attempt_id, KEYS)
    if found is None or found.regrade:  # what somebody has regraded is another matter
        return
    for one in found.outcomes:
        if grade_item(one.item, one.answer).raw != one.score.raw:
            tally.double.append(f"attempt {attempt_id}, {one.item.id}: changed after the close")
