"""A pass is on record once, with all that it rests on, and stays what it was."""

import copy
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from lms.assessment.queries import OpenAttempt
from lms.completion.models import Certificate, CompletionRecord
from lms.completion.queries import certificate_of
from lms.completion.service import digest_of, record_completion
from lms.journey.actor import Learner
from lms.journey.take_quiz import Submitted, start_quiz
from lms.kernel.database import Database
from lms.progress.queries import load_progress
from tests.factories import (
    NOW,
    change_rules,
    make_cohort,
    make_learner,
    pass_course,
    pass_module,
    read_module,
    save_all,
    submit,
    take_quiz,
)
from tests.threads import at_once

PEOPLE = 8


def _record(db: Session) -> CompletionRecord:
    return db.scalars(select(CompletionRecord)).one()


def test_the_last_module_passed_puts_the_pass_on_record(db: Session) -> None:
    learner = make_learner(db)
    assert not pass_module(db, learner, 1).completed
    assert certificate_of(db, learner.enrolment_id) is None
    assert pass_module(db, learner, 2).completed
    record = _record(db)
    assert record.enrolment_id == learner.enrolment_id
    assert (record.completion_status, record.success_status) == ("completed", "passed")


def test_failing_the_last_module_records_nothing(db: Session) -> None:
    learner = make_learner(db)
    pass_module(db, learner, 1)
    read_module(db, learner, 2)
    assert not take_quiz(db, learner, 2, right=False).passed
    assert db.scalar(select(func.count()).select_from(CompletionRecord)) == 0


def test_asking_again_gives_the_record_that_is_there(db: Session) -> None:
    learner = make_learner(db)
    pass_course(db, learner)
    progress = load_progress(db, learner.enrolment_id)
    later = NOW + timedelta(days=30)
    again = record_completion(db, learner.enrolment_id, learner.rules, progress, now=later)
    assert again is _record(db)
    assert again.recorded_at == NOW
    assert db.scalar(select(func.count()).select_from(Certificate)) == 1


def test_the_record_says_what_it_rests_on(db: Session) -> None:
    learner = make_learner(db)
    read_module(db, learner, 1)
    take_quiz(db, learner, 1, right=False)
    take_quiz(db, learner, 1, now=NOW + timedelta(minutes=10))
    pass_module(db, learner, 2, now=NOW + timedelta(minutes=20))
    document = _record(db).document
    assert document["course"]["id"] == "seminar"
    assert document["rules"]["pass"] == 80
    assert document["recorded_at"] == (NOW + timedelta(minutes=20)).isoformat()
    first, second = document["modules"]
    assert (first["id"], first["attempts"], second["attempts"]) == ("first", 2, 1)
    assert first["score"] == {"raw": "11/1", "max": 11, "passing_percent": 80}
    assert first["passed_at"] == (NOW + timedelta(minutes=10)).isoformat()
    assert (first["minutes"], second["minutes"]) == (5, 3)


def test_the_digest_is_of_the_document_as_the_database_gives_it_back(db: Session) -> None:
    pass_course(db, make_learner(db))
    db.expire_all()
    record = _record(db)
    assert digest_of(record.document) == record.digest


@pytest.mark.parametrize("path", [("success_status",), ("course", "digest"), ("rules", "pass")])
def test_a_changed_document_does_not_agree_with_its_digest(
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


def test_the_digest_does_not_hang_on_how_the_keys_are_ordered() -> None:
    document = {"b": 1, "a": {"d": "é", "c": [1, 2]}}
    turned = json.loads('{"a": {"c": [1, 2], "d": "\\u00e9"}, "b": 1}')
    assert digest_of(document) == digest_of(turned)


def test_later_rules_do_not_undo_a_pass_or_move_the_goal(db: Session) -> None:
    learner = make_learner(db)
    change_rules(db, **{"pass": 100, "modules": ["first", "second", "third"]})
    assert pass_course(db, learner).completed
    assert _record(db).document["rules"]["pass"] == 80


def test_the_certificate_says_the_course_and_the_time_and_no_name(db: Session) -> None:
    learner = make_learner(db)
    pass_course(db, learner)
    certificate = certificate_of(db, learner.enrolment_id)
    assert certificate is not None
    assert (certificate.register_number, certificate.number) == (1, "000001-1")
    assert certificate.title == {"fr": "Petit séminaire", "en": "Small seminar"}
    assert (certificate.minutes, certificate.modules, certificate.issued_at) == (8, 2, NOW)


def test_many_who_pass_at_once_get_numbers_without_gaps(real_database: Database) -> None:
    with real_database.write() as db:
        cohort = make_cohort(db)
        learners = [make_learner(db, cohort=cohort) for _ in range(PEOPLE)]
        for learner in learners:
            pass_module(db, learner, 1)
            read_module(db, learner, 2)
        db.commit()

    def last(learner: Learner) -> Callable[[Session], Submitted]:
        return lambda db: take_quiz(db, learner, 2)

    done, refused = at_once(real_database, [last(learner) for learner in learners])
    assert refused == []
    assert all(one.completed for one in done)
    with real_database.read() as db:
        numbers = db.scalars(select(Certificate.register_number)).all()
    assert sorted(numbers) == list(range(1, PEOPLE + 1))


def test_a_pass_that_is_rolled_back_leaves_no_gap(real_database: Database) -> None:
    with real_database.write() as db:
        cohort = make_cohort(db)
        pass_course(db, make_learner(db, cohort=cohort))
        db.commit()
        pass_course(db, make_learner(db, cohort=cohort))
        db.rollback()
        pass_course(db, make_learner(db, cohort=cohort))
        db.commit()
        assert sorted(db.scalars(select(Certificate.register_number))) == [1, 2]


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
        assert certificate_of(db, learner.enrolment_id) is not None
