"""Two people save at once, a query fails, a moment is kept: what both databases must do."""

import threading
import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from lms.accounts.models import Throttle, User
from lms.enrolment.models import Cohort
from lms.kernel.database import Database
from tests.factories import NOW, make_programme, make_user

only_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
THREADS, ROUNDS = 6, 25


@only_sqlite
def test_every_connection_to_sqlite_is_set_for_safety(real_database: Database) -> None:
    wanted = {
        "foreign_keys": 1,
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "busy_timeout": 5000,
        "secure_delete": 1,
        "trusted_schema": 0,
        "recursive_triggers": 1,
    }
    with real_database.read() as first, real_database.write() as second:
        for session in (first, second):
            found = {name: session.scalar(text(f"PRAGMA {name}")) for name in wanted}
            assert found == wanted


@only_sqlite
def test_of_many_writers_at_once_none_is_refused_and_none_is_lost(
    real_database: Database,
) -> None:
    with real_database.write() as db:
        db.add(Throttle(subject="count", window_started_at=NOW, failures=0))
        db.commit()
    faults: list[Exception] = []

    def add_up() -> None:
        for _ in range(ROUNDS):
            try:
                with real_database.write() as db:
                    row = db.get_one(Throttle, "count")
                    row.failures += 1
                    db.commit()
            except Exception as fault:  # noqa: BLE001 - a thread's fault is judged below
                faults.append(fault)

    threads = [threading.Thread(target=add_up) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with real_database.read() as db:
        assert db.get_one(Throttle, "count").failures == THREADS * ROUNDS


def test_somebody_reads_while_another_one_writes(real_database: Database) -> None:
    with real_database.write() as writer, real_database.read() as reader:
        make_user(writer, "anna")
        assert reader.scalars(select(User)).all() == []
        writer.commit()
    with real_database.read() as reader:
        assert [user.login for user in reader.scalars(select(User))] == ["anna"]


def test_what_is_not_committed_never_was(real_database: Database) -> None:
    with real_database.write() as db:
        make_user(db, "anna")
    with real_database.read() as db:
        assert db.scalars(select(User)).all() == []


def test_a_row_cannot_refer_to_nothing(db: Session) -> None:
    nowhere = uuid.uuid4()
    cohort = Cohort(programme_id=nowhere, course_id="seminar", name="A", created_at=NOW)
    db.add(cohort)
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        db.flush()


def test_a_fault_of_the_database_does_not_tell_the_values(db: Session) -> None:
    make_user(db, "anna.tremblay")
    with pytest.raises(IntegrityError) as fault:
        make_user(db, "anna.tremblay", password_hash="a-secret-hash")
    assert "a-secret-hash" not in str(fault.value)
    assert "parameters hidden" in str(fault.value)


def test_a_moment_comes_back_the_same_in_utc(db: Session) -> None:
    eastern = timezone(timedelta(hours=-5))
    moment = datetime(2026, 11, 1, 1, 30, 0, 123456, tzinfo=eastern)
    db.add(Throttle(subject="moment", window_started_at=moment, failures=0))
    db.flush()
    db.expire_all()
    found = db.get_one(Throttle, "moment").window_started_at
    assert found == moment
    assert found.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(db: Session) -> None:
    bare = NOW.replace(tzinfo=None)
    values = {"subject": "bare", "window_started_at": bare, "failures": 0}
    with pytest.raises(StatementError, match="a moment needs a time zone"):
        db.execute(insert(Throttle).values(**values))


def test_a_row_shows_its_table_and_key_alone(db: Session) -> None:
    user = make_user(db, "anna.tremblay")
    assert repr(user) == f"<User {str(user.id)[-6:]}>"
    assert repr(make_programme(db)).startswith("<Programme ")
