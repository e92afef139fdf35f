"""Guessing is slow, for the guesser alone, and a restart does not help him."""

import time

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Throttle
from lms.accounts.throttle import (
    LOGIN_FAILURES,
    count_a_try,
    count_failure,
    forget_failures,
    refuse_if_too_often,
)
from lms.kernel.database import Database, open_database
from lms.kernel.errors import TooOftenError
from tests.clocks import FixedClock
from tests.factories import NOW, PASSWORD, log_in, make_user
from tests.threads import at_once


def _fail(db: Session, times: int, clock: FixedClock, subject: str = "login:anna:") -> None:
    for _ in range(times):
        count_failure(db, subject, now=clock())


def test_after_ten_wrong_passwords_even_the_right_one_must_wait(
    db: Session, clock: FixedClock
) -> None:
    make_user(db, "anna")
    _fail(db, LOGIN_FAILURES - 1, clock)
    assert log_in(db, "anna", "wrong", now=clock()) is None
    clock.advance(minutes=5)
    with pytest.raises(TooOftenError) as refused:
        log_in(db, "anna", PASSWORD, now=clock())
    assert refused.value.retry_after == 10 * 60 + 1


def test_after_a_quarter_of_an_hour_he_may_try_again(db: Session, clock: FixedClock) -> None:
    make_user(db, "anna")
    _fail(db, LOGIN_FAILURES, clock)
    clock.advance(minutes=15)
    assert log_in(db, "anna", PASSWORD, now=clock()) is not None


def test_a_new_window_begins_with_one_failure(db: Session, clock: FixedClock) -> None:
    _fail(db, LOGIN_FAILURES, clock)
    clock.advance(minutes=15)
    _fail(db, 1, clock)
    row = db.scalars(select(Throttle)).one()
    assert (row.failures, row.window_started_at) == (1, clock())


def test_wrong_passwords_for_one_person_do_not_stop_another(db: Session, clock: FixedClock) -> None:
    make_user(db, "anna")
    make_user(db, "bruno")
    _fail(db, LOGIN_FAILURES, clock)
    assert log_in(db, "bruno", PASSWORD, now=clock()) is not None


def test_a_stranger_does_not_lock_somebody_out_of_his_own_browser(
    db: Session, clock: FixedClock
) -> None:
    make_user(db, "anna")
    _fail(db, LOGIN_FAILURES, clock)
    assert log_in(db, "anna", PASSWORD, device="her-browser", now=clock()) is not None


def test_an_unknown_login_is_counted_like_a_known_one(db: Session, clock: FixedClock) -> None:
    _fail(db, LOGIN_FAILURES - 1, clock, "login:nobody:")
    assert log_in(db, "nobody", "wrong", now=clock()) is None
    with pytest.raises(TooOftenError):
        log_in(db, "nobody", "wrong", now=clock())


def test_signing_in_takes_the_count_away(db: Session, clock: FixedClock) -> None:
    make_user(db, "anna")
    _fail(db, LOGIN_FAILURES - 1, clock)
    assert log_in(db, "ANNA ", PASSWORD, now=clock()) is not None
    assert db.scalars(select(Throttle)).all() == []


def test_the_count_holds_over_a_restart(real_database: Database, clock: FixedClock) -> None:
    with real_database.write() as db:
        _fail(db, LOGIN_FAILURES, clock)
        db.commit()
    real_database.engine.dispose()
    again = open_database(real_database.engine.url.render_as_string(hide_password=False))
    with again.write() as db, pytest.raises(TooOftenError):
        log_in(db, "anna", PASSWORD, now=clock())
    again.engine.dispose()


def test_the_table_does_not_tell_whose_failures_it_counts(db: Session, clock: FixedClock) -> None:
    _fail(db, 1, clock, "login:jean.tremblay:")
    assert "jean" not in db.scalars(select(Throttle.subject)).one()


def test_failures_at_the_same_moment_are_all_counted(real_database: Database) -> None:
    at_once(real_database, [lambda db: count_failure(db, "anna", now=NOW)] * 12)
    with real_database.read() as db:
        assert db.scalars(select(Throttle.failures)).all() == [12]


def test_guesses_at_the_same_moment_do_not_pass_the_limit(real_database: Database) -> None:
    with real_database.write() as db:
        count_failure(db, "anna", now=NOW)
        db.commit()

    def guess(db: Session) -> None:
        refuse_if_too_often(db, "anna", limit=5, now=NOW)
        time.sleep(0.005)  # the password is being compared
        count_failure(db, "anna", now=NOW)

    done, refused = at_once(real_database, [guess] * 12)
    assert (len(done), len(refused)) == (4, 8)


def test_first_guesses_at_the_same_moment_do_not_pass_the_limit_either(
    real_database: Database,
) -> None:
    def guess(db: Session) -> None:
        count_a_try(db, "anna", limit=5, now=NOW)
        time.sleep(0.005)  # before the count is committed

    done, refused = at_once(real_database, [guess] * 12)
    assert (len(done), len(refused)) == (5, 7)


def test_forgetting_somebody_who_never_failed_is_no_fault(db: Session) -> None:
    forget_failures(db, "login:anna:")
    refuse_if_too_often(db, "login:anna:", limit=1, now=NOW)
