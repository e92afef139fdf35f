"""Seat time in the database: one clock a person, whatever is sent and from wherever."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.gates.gate import Closed
from lms.gates.seat_time import Report
from lms.journey.actor import Learner
from lms.journey.read import course_states, open_section, read_on, view_of
from lms.journey.seat import NoPageViewError, PageView, read_view, report_time, seal_view
from lms.kernel.database import Database
from lms.progress.models import SeatTime
from lms.progress.queries import load_progress
from lms.progress.service import Seat, credit_time, grant_time
from tests.factories import KEYS, NOW, go_on, make_learner
from tests.threads import at_once

SECOND = timedelta(seconds=1)
ASKED = {"seat_time": 50}


def view(db: Session, learner: Learner, page: int = 1, *, at: int = 0) -> PageView:
    moment = NOW + at * SECOND
    return view_of(learner, open_section(db, learner, (1, page), "fr", moment), moment)


def total(db: Session) -> int:
    return db.scalar(select(func.sum(SeatTime.credited_ms))) or 0


def test_reports_of_a_page_add_up_to_the_time_in_view(db: Session) -> None:
    page = view(db, make_learner(db))
    for at in (20, 40, 60):
        report_time(db, page, (at - 5) * 1000, NOW + at * SECOND)
    assert total(db) == 55_000


def test_two_tabs_side_by_side_are_one_reader(db: Session) -> None:
    learner = make_learner(db)
    tabs = [view(db, learner), view(db, learner, 2)]
    for at in range(5, 65, 5):
        for tab in tabs:
            report_time(db, tab, at * 1000, NOW + at * SECOND)
    assert total(db) == 60_000


def test_the_same_report_sent_again_an_hour_later_is_worth_nothing(db: Session) -> None:
    page = view(db, make_learner(db))
    assert report_time(db, page, 30_000, NOW + 30 * SECOND) == 30_000
    assert report_time(db, page, 30_000, NOW + timedelta(hours=1)) == 30_000


def test_what_was_read_offline_counts_once_when_the_line_is_back(db: Session) -> None:
    page = view(db, make_learner(db))
    report_time(db, page, 20_000, NOW + 20 * SECOND)
    back = NOW + 300 * SECOND
    assert report_time(db, page, 290_000, back) == 290_000
    assert report_time(db, page, 290_000, back + SECOND) == 290_000


def test_a_clock_set_back_a_day_does_not_cost_a_day(db: Session) -> None:
    learner = make_learner(db)
    report_time(db, view(db, learner), 10_000, NOW + timedelta(days=1))
    page = view(db, learner)
    report_time(db, page, 5_000, NOW + 5 * SECOND)
    assert report_time(db, page, 25_000, NOW + 25 * SECOND) == 10_000 + 20_000


def test_reports_that_overtake_each_other_by_a_moment_are_not_counted_twice(db: Session) -> None:
    learner = make_learner(db)
    one, two = view(db, learner), view(db, learner, 2)
    for at in range(1, 61):
        report_time(db, one, at * 1000, NOW + at * SECOND)
        report_time(db, two, at * 1000, NOW + at * SECOND - 400 * SECOND / 1000)
    assert total(db) <= 60_000


def test_twenty_reports_at_one_moment_are_worth_that_moment(real_database: Database) -> None:
    with real_database.write() as db:
        learner = make_learner(db)
        page = view(db, learner)
        db.commit()

    reports = [Report(f"tab{which}", NOW, 60_000) for which in range(20)]
    moment = NOW + 60 * SECOND
    acts = [partial(credit_time, seat=page.seat, report=one, now=moment) for one in reports]
    _, refused = at_once(real_database, acts)
    assert not refused
    with real_database.read() as db:
        assert total(db) == 60_000


def test_a_page_that_is_left_too_soon_says_when_and_keeps_the_time(db: Session) -> None:
    learner = make_learner(db, **ASKED)
    found = open_section(db, learner, (1, 1), "fr", NOW)
    assert found.minimum_ms > 10_000
    soon = NOW + 10 * SECOND
    gate = read_on(db, learner, found, (view_of(learner, found, NOW), None), soon)
    assert gate.closed is Closed.TIME_SHORT
    assert gate.until == NOW + timedelta(milliseconds=found.minimum_ms)
    again = open_section(db, learner, (1, 1), "fr", soon)
    assert (again.is_due, again.credited_ms) == (True, 10_000)


def test_after_the_minimum_one_goes_on(db: Session) -> None:
    learner = make_learner(db, **ASKED)
    found = open_section(db, learner, (1, 1), "fr", NOW)
    ready = NOW + timedelta(milliseconds=found.minimum_ms)
    assert read_on(db, learner, found, (view_of(learner, found, NOW), None), ready).is_open
    assert not open_section(db, learner, (1, 1), "fr", ready).is_due


def test_another_pages_time_opens_nothing_here(db: Session) -> None:
    learner = make_learner(db, **ASKED)
    other = view(db, learner, 2)
    found = open_section(db, learner, (1, 1), "fr", NOW)
    gate = read_on(db, learner, found, (other, None), NOW + timedelta(hours=1))
    assert gate.closed is Closed.TIME_SHORT


def test_nobody_reports_for_somebody_else_or_makes_up_a_page(db: Session) -> None:
    anna, bruno = make_learner(db), make_learner(db)
    sealed = seal_view(KEYS.session, view(db, anna))
    assert read_view(KEYS.session, anna, sealed).seat.enrolment_id == anna.enrolment_id
    for learner, text in ((bruno, sealed), (anna, sealed[:-1] + "x"), (anna, ""), (anna, "a.b")):
        with pytest.raises(NoPageViewError):
            read_view(KEYS.session, learner, text)


def test_a_page_view_survives_its_travel(db: Session) -> None:
    learner = make_learner(db)
    page = view(db, learner, at=7)
    assert read_view(KEYS.session, learner, seal_view(KEYS.session, page)) == page


def test_the_balance_counts_of_each_page_no_more_than_it_asks_for(db: Session) -> None:
    learner = make_learner(db, **ASKED)
    report_time(db, view(db, learner), 1_500_000, NOW + timedelta(minutes=25))
    (first, second) = course_states(db, learner, "fr")
    least = open_section(db, learner, (1, 1), "fr", NOW).minimum_ms
    assert first.seat.credited_ms == least < first.seat.required_ms
    assert second.seat.credited_ms == 0


def test_granted_time_counts_like_time_that_was_spent(db: Session) -> None:
    learner = make_learner(db, **ASKED)
    seat: Seat = view(db, learner).seat
    grant_time(db, seat, 90_000, NOW)
    own = load_progress(db, learner.enrolment_id).of("first")
    assert own.credited("listening") == 90_000


def test_what_he_had_before_him_when_he_went_on_stays_on_record(db: Session) -> None:
    learner = make_learner(db)
    go_on(db, learner, (1, 1))
    row = db.scalars(select(SeatTime)).one()
    first = (row.read_at, row.language, row.module_revision_id)
    found = open_section(db, learner, (1, 1), "en", NOW)
    report_time(db, view_of(learner, found, NOW), 5_000, NOW + timedelta(days=1))
    db.refresh(row)
    assert (row.read_at, row.language, row.module_revision_id) == first
