"""A pass is on record once, with all that it rests on, and stays what it was."""

import copy
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from lms.assessment.queries import OpenAttempt
from lms.completion.models import Certificate, CompletionRecord
from lms.completion.queries import completion_of, is_completed
from lms.completion.service import record_completion
from lms.completion.signed import canonical_json, digest_of
from lms.journey.actor import Learner
from lms.journey.take_quiz import Submitted, start_quiz
from lms.kernel.database import Database
from lms.kernel.signing import key_id, public_key, verify
from lms.progress.queries import load_progress
from tests.factories import (
    KEYS,
    NOW,
    change_rules,
    make_learner,
    pass_course,
    pass_module,
    read_module,
    save_all,
    submit,
    take_quiz,
)
from tests.threads import at_once


def _record(db: Session) -> CompletionRecord:
    return db.scalars(select(CompletionRecord)).one()


def test_the_last_module_passed_puts_the_pass_on_record(db: Session) -> None:
    learner = make_learner(db)
    assert not pass_module(db, learner, 1).completed
    assert completion_of(db, learner.enrolment_id) is None
    assert not is_completed(db, learner.enrolment_id)
    assert pass_module(db, learner, 2).completed
    record = _record(db)
    assert record.enrolment_id == learner.enrolment_id
    assert (record.completion_status, record.success_status) == ("completed", "passed")
    assert is_completed(db, learner.enrolment_id)


def test_failing_the_last_module_records_nothing(db: Session) -> None:
    learner = make_learner(db)
    pass_module(db, learner, 1)
    read_module(db, learner, 2)
    assert not take_quiz(db, learner, 2, right=False).passed
    assert db.scalar(select(func.count()).select_from(CompletionRecord)) == 0


def test_a_pass_on_record_is_no_certificate_yet(db: Session) -> None:
    learner = make_learner(db)
    pass_course(db, learner)
    found = completion_of(db, learner.enrolment_id)
    assert found is not None
    assert (found.completed_at, found.is_issued, found.is_revoked) == (NOW, False, False)
    assert db.scalar(select(func.count()).select_from(Certificate)) == 0


def test_asking_again_gives_the_record_that_is_there(db: Session) -> None:
    learner = make_learner(db)
    pass_course(db, learner)
    progress = load_progress(db, learner.enrolment_id)
    again = record_completion(
        db,
        learner.enrolment_id,
        learner.rules,
        progress,
        signing_key=KEYS.signing,
        now=NOW + timedelta(days=30),
    )
    assert again is _record(db)
    assert again.recorded_at == NOW


def test_the_record_is_signed_as_the_database_gives_it_back(db: Session) -> None:
    pass_course(db, make_learner(db))
    db.expire_all()
    record = _record(db)
    public = public_key(KEYS.signing)
    assert digest_of(record.document) == record.digest
    assert record.key_id == key_id(public)
    assert verify(public, canonical_json(record.document), record.signature)


@pytest.mark.parametrize("path", [("success_status",), ("course", "digest"), ("rules", "pass")])
def test_a_changed_document_agrees_with_neither_digest_nor_signature(
    db: Session, path: tuple[str, ...]
) -> None:
    pass_course(db, make_learner(db))
    record = _record(db)
    changed = copy.deepcopy(record.document)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = "x"
    assert digest_of(changed) != record.digest
    assert not verify(public_key(KEYS.signing), canonical_json(changed), record.signature)


def test_the_digest_does_not_hang_on_how_the_keys_are_ordered() -> None:
    document = {"b": 1, "a": {"d": "é", "c": [1, 2]}}
    turned = json.loads('{"a": {"c": [1, 2], "d": "\\u00e9"}, "b": 1}')
    assert digest_of(document) == digest_of(turned)


def test_later_rules_do_not_undo_a_pass_or_move_the_goal(db: Session) -> None:
    learner = make_learner(db)
    change_rules(db, **{"pass": 100, "modules": ["first", "second", "third"]})
    assert pass_course(db, learner).completed
    assert _record(db).document["rules"]["pass"] == 80


def _two_last_modules(database: Database) -> tuple[Learner, list[OpenAttempt]]:
    with database.write() as db:
        learner = make_learner(db, sequence="free")
        attempts = []
        for number in (1, 2):
            read_module(db, learner, number)
            attempts.append(start_quiz(db, learner, number, "fr", NOW))
            save_all(db, attempts[-1])
        db.commit()
    return learner, attempts


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_of_two_last_modules_the_second_waits_for_the_first(real_database: Database) -> None:
    learner, (first, second) = _two_last_modules(real_database)
    with real_database.write() as db, real_database.write() as other:
        submit(db, learner, first.id)  # not yet committed
        other.execute(text("SET LOCAL lock_timeout = '100ms'"))
        with pytest.raises(OperationalError, match="lock timeout"):
            submit(other, learner, second.id)


def test_two_last_modules_handed_in_at_once_complete_the_course(real_database: Database) -> None:
    learner, attempts = _two_last_modules(real_database)

    def hand_in(at: int) -> Callable[[Session], Submitted]:
        return lambda db: submit(db, learner, attempts[at].id)

    done, refused = at_once(real_database, [hand_in(0), hand_in(1)])
    assert refused == []
    assert sorted(one.completed for one in done) == [False, True]
    with real_database.read() as db:
        assert is_completed(db, learner.enrolment_id)


def _statements(db: Session, act: Callable[[], object]) -> int:
    bind, seen = db.connection(), []

    def note(*_of_the_driver: object) -> None:
        seen.append(1)

    event.listen(bind, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(bind, "before_cursor_execute", note)
    return len(seen)


def test_recording_costs_the_same_however_long_the_way_was(db: Session) -> None:
    quick, slow = make_learner(db), make_learner(db)
    for learner, failures in ((quick, 0), (slow, 6)):
        for number in (1, 2):
            for turn in range(failures):
                now = NOW + timedelta(hours=turn)
                read_module(db, learner, number, now=now)
                take_quiz(db, learner, number, right=False, now=now)
            if number == 1:
                pass_module(db, learner, number, now=NOW + timedelta(hours=failures))

    def finish(learner: Learner, hours: int) -> Callable[[], object]:
        now = NOW + timedelta(hours=hours)
        read_module(db, learner, 2, now=now)
        attempt = start_quiz(db, learner, 2, "fr", now)
        save_all(db, attempt, now=now)
        db.expire_all()
        return lambda: submit(db, learner, attempt.id, now=now)

    costs = [_statements(db, finish(quick, 1)), _statements(db, finish(slow, 8))]
    assert costs[0] == costs[1]
    assert costs[0] <= 25
