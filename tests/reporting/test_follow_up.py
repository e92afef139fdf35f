"""Who could use a hand, and who is left in peace."""

from datetime import UTC, date, datetime, timedelta

import pytest

from lms.reporting.follow_up import ModuleStanding, Moment, Path, Reason, Why, follow_up

NOW = datetime(2026, 11, 21, 14, tzinfo=UTC)
TODAY = date(2026, 11, 21)
MOMENT = Moment(NOW, TODAY)


def _standing(attempts: int, *, passed: bool = False) -> ModuleStanding:
    return ModuleStanding(attempts, best_percent=50, passed=passed, last_submitted_at=NOW)


def _path(
    *,
    seen: timedelta | None = timedelta(hours=1),
    enrolled: timedelta = timedelta(days=20),
    days_left: int | None = 60,
    finished: bool = False,
    **tries: ModuleStanding,
) -> Path:
    return Path(
        enrolled_at=NOW - enrolled,
        seen_at=None if seen is None else NOW - seen,
        deadline=None if days_left is None else TODAY + timedelta(days=days_left),
        finished=finished,
        standings=tries,
    )


def test_somebody_who_gets_on_is_left_in_peace() -> None:
    path = _path(first=_standing(2), second=_standing(9, passed=True))
    assert follow_up(path, MOMENT) == ()


@pytest.mark.parametrize(("tries", "called"), [(2, False), (3, True), (7, True)])
def test_three_tries_at_a_module_without_passing_call_for_a_talk(tries: int, called: bool) -> None:
    expected = (Reason(Why.TRIES, tries, module_id="first"),) if called else ()
    assert follow_up(_path(first=_standing(tries)), MOMENT) == expected


def test_of_two_modules_tried_often_the_one_tried_most_is_named() -> None:
    path = _path(first=_standing(3), second=_standing(4))
    assert follow_up(path, MOMENT) == (Reason(Why.TRIES, 4, module_id="second"),)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (timedelta(days=7) - timedelta(seconds=1), ()),
        (timedelta(days=7), (Reason(Why.QUIET, 7),)),
        (timedelta(days=12), (Reason(Why.QUIET, 12),)),
    ],
)
def test_seven_days_without_activity_are_noticed(
    seen: timedelta, expected: tuple[Reason, ...]
) -> None:
    assert follow_up(_path(seen=seen), MOMENT) == expected


@pytest.mark.parametrize(("days", "called"), [(6, False), (8, True)])
def test_whoever_has_not_started_is_counted_from_his_enrolment(days: int, called: bool) -> None:
    expected = (Reason(Why.NOT_STARTED, days),) if called else ()
    assert follow_up(_path(seen=None, enrolled=timedelta(days=days)), MOMENT) == expected


@pytest.mark.parametrize(
    ("days_left", "called"), [(8, False), (7, True), (0, True), (-30, True), (-31, False)]
)
def test_a_deadline_counts_from_a_week_before_to_a_month_after(
    days_left: int, called: bool
) -> None:
    day = TODAY + timedelta(days=days_left)
    expected = (Reason(Why.DEADLINE, days_left, day=day),) if called else ()
    assert follow_up(_path(days_left=days_left), MOMENT) == expected


def test_all_reasons_are_told_and_the_deadline_first() -> None:
    path = _path(seen=timedelta(days=9), days_left=2, first=_standing(3))
    assert [reason.why for reason in follow_up(path, MOMENT)] == [
        Why.DEADLINE,
        Why.TRIES,
        Why.QUIET,
    ]


def test_whoever_has_passed_everything_needs_nobody() -> None:
    path = _path(seen=timedelta(days=90), days_left=1, finished=True)
    assert follow_up(path, MOMENT) == ()
