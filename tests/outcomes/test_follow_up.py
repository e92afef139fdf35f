"""Known again, or not: what an agency may say, when, and what is made of it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.exchange.models import ExchangeMessage
from lms.outcomes.follow_up import (
    KnownOnError,
    StillOpenError,
    TermError,
    TooEarlyError,
    record_follow_up,
    take_follow_ups,
)
from lms.outcomes.known_again import spans_of
from lms.outcomes.models import FollowUp
from lms.outcomes.months import months_after, months_between
from lms.outcomes.publication import publish_figures
from lms.outcomes.queries import Report
from lms.outcomes.report import year_figures
from lms.referrals.models import Referral
from tests.factories import KEYS, NOW
from tests.outcomes.samples import make_files

LATER = datetime(2028, 6, 1, 12, tzinfo=UTC)  # all files ended on 8 April 2026
TODAY = LATER.date()


@pytest.fixture
def file(db: Session) -> Referral:
    """Give a completed file."""
    return make_files(db, {"completed": 1})[0]


def rows(db: Session) -> list[tuple[int, bool, date | None]]:
    found = db.scalars(select(FollowUp).order_by(FollowUp.months))
    return [(one.months, one.known_again, one.known_on) for one in found]


def test_the_month_is_kept_and_not_the_day(db: Session, file: Referral) -> None:
    record_follow_up(db, file, 12, True, date(2026, 9, 17), LATER)
    record_follow_up(db, file, 24, True, None, LATER)
    assert rows(db) == [(12, True, date(2026, 9, 1)), (24, True, None)]


def test_the_same_report_again_changes_nothing_and_another_takes_its_place(
    db: Session, file: Referral
) -> None:
    for hours in range(2):
        record_follow_up(db, file, 12, False, None, LATER + timedelta(hours=hours))
    assert db.scalars(select(FollowUp.reported_at)).one() == LATER
    record_follow_up(db, file, 12, True, None, LATER)
    assert rows(db) == [(12, True, None)]


def test_what_cannot_be_is_refused(db: Session, file: Referral) -> None:
    open_file = make_files(db, {"under_way": 1})[0]
    with pytest.raises(TermError):
        record_follow_up(db, file, 6, False, None, LATER)
    with pytest.raises(StillOpenError):
        record_follow_up(db, open_file, 12, False, None, LATER)
    a_day_early = datetime(2027, 4, 7, 12, tzinfo=UTC)
    with pytest.raises(TooEarlyError):
        record_follow_up(db, file, 12, False, None, a_day_early)
    record_follow_up(db, file, 12, False, None, a_day_early + timedelta(days=1))
    for month in (date(2026, 3, 31), date(2027, 5, 1)):
        with pytest.raises(KnownOnError):
            record_follow_up(db, file, 12, True, month, LATER)
    with pytest.raises(KnownOnError):
        record_follow_up(db, file, 12, False, date(2026, 9, 1), LATER)


def send(db: Session, file: Referral, number: int, at: datetime, **said: object) -> None:
    """Put a message of the agency there as the exchange keeps it."""
    db.add(
        ExchangeMessage(
            programme_id=file.programme_id,
            agency_id=file.agency_id,
            referral_id=file.id,
            direction="in",
            number=number,
            kind="follow_up",
            body={"months": 12, "known_again": False, "known_on": "2027-04-08", **said},
            digest=f"{number:064}",
            signature="0" * 128,
            key_id="0" * 16,
            carrier="file",
            at=at,
        )
    )
    db.flush()


def test_messages_of_the_agency_are_taken_once_and_the_last_counts(
    db: Session, file: Referral
) -> None:
    send(db, file, 1, LATER)
    assert take_follow_ups(db) == 1
    assert take_follow_ups(db) == 0
    assert rows(db) == [(12, False, None)]
    send(db, file, 2, LATER + timedelta(days=1), known_again=True, known_on="2026-12-24")
    assert take_follow_ups(db) == 1
    assert rows(db) == [(12, True, date(2026, 12, 1))]
    assert take_follow_ups(db) == 0


def test_a_message_that_comes_too_early_hurts_nobody(db: Session, file: Referral) -> None:
    send(db, file, 1, NOW)
    assert take_follow_ups(db) == 0
    assert rows(db) == []


def test_a_report_by_hand_is_not_undone_by_an_older_message(db: Session, file: Referral) -> None:
    send(db, file, 1, LATER)
    record_follow_up(db, file, 12, True, None, LATER + timedelta(days=2))
    assert take_follow_ups(db) == 0
    assert rows(db) == [(12, True, None)]


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 4, 8), 12, date(2027, 4, 8)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 1), 24, date(2028, 12, 1)),
    ],
)
def test_months_later(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected
    assert months_between(day, expected) == months


def report_all(db: Session, files: list[Referral], known: int, months: int = 12) -> None:
    for place, one in enumerate(files):
        record_follow_up(db, one, months, place < known, None, LATER)


def test_the_rate_of_thirty_six_with_its_interval_and_period(db: Session) -> None:
    report_all(db, make_files(db, {"completed": 36}), 2)
    first, second = year_figures(db, 2026, TODAY).follow_up
    assert first.rate is not None
    assert first.rate.n == 36
    assert first.rate.share == pytest.approx(2 / 36)
    assert first.rate.low == pytest.approx(0.0154, abs=0.0001)
    assert first.rate.high == pytest.approx(0.1814, abs=0.0001)
    assert (first.first_year, first.last_year) == (2026, 2026)
    assert (second.months, second.rate) == (24, None)


def test_nine_reports_are_no_rate_and_no_curve(db: Session) -> None:
    report_all(db, make_files(db, {"completed": 9}), 1)
    figures = year_figures(db, 2026, TODAY)
    assert [one.rate for one in figures.follow_up] == [None, None]
    assert figures.curve is None


def test_who_has_not_completed_is_no_part_of_the_rate(db: Session) -> None:
    report_all(db, make_files(db, {"completed": 10, "withdrawn": 5}), 0)
    rate = year_figures(db, 2026, TODAY).follow_up[0].rate
    assert rate is not None
    assert rate.n == 10


def test_the_curve_begins_at_one_and_falls_where_somebody_is_known_again(db: Session) -> None:
    files = make_files(db, {"completed": 20})
    for place, one in enumerate(files):
        known_on = date(2026, 10, 1) if place < 4 else None
        record_follow_up(db, one, 12, place < 4, known_on, LATER)
    curve = year_figures(db, 2026, TODAY).curve
    assert curve is not None
    assert (curve.n, curve.until) == (20, 12)
    (step,) = curve.steps
    assert (step.months, step.share) == (6, 0.8)
    assert step.low is not None
    assert step.low < 0.8


def test_one_more_report_than_last_time_is_not_told(db: Session) -> None:
    files = make_files(db, {"completed": 21})
    report_all(db, files[:12], 1)
    figures = year_figures(db, 2026, TODAY)
    assert figures.curve is not None
    publish_figures(db, figures, by="site", key=KEYS.audit, now=LATER)
    record_follow_up(db, files[12], 12, True, None, LATER)
    second = year_figures(db, 2026, TODAY)
    assert second.follow_up[0].rate is None
    assert second.curve is None
    another_year = year_figures(db, 2027, TODAY)
    assert another_year.follow_up[0].rate is None  # the same people, and the one more


def test_a_report_that_was_mended_is_not_told_beside_the_first(db: Session) -> None:
    files = make_files(db, {"completed": 12})
    report_all(db, files, 1)
    publish_figures(db, year_figures(db, 2026, TODAY), by="site", key=KEYS.audit, now=LATER)
    record_follow_up(db, files[5], 12, True, None, LATER)
    assert year_figures(db, 2026, TODAY).follow_up[0].rate is None


def test_how_long_somebody_was_looked_at() -> None:
    done = date(2026, 4, 8)
    reports = [
        Report("a", done, 12, known_again=False, known_on=None),
        Report("a", done, 24, known_again=False, known_on=None),
        Report("b", done, 12, known_again=True, known_on=date(2026, 9, 1)),
        Report("c", done, 12, known_again=False, known_on=None),
        Report("c", done, 24, known_again=True, known_on=None),
    ]
    spans = [(one.months, one.happened) for one in spans_of(reports)]
    assert spans == [(24, False), (5, True), (24, True)]
