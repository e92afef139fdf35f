"""Who could use a hand, and who is left in peace."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from lms.reporting.follow_up import (
    Help,
    ModuleStanding,
    Moment,
    Path,
    Reason,
    Why,
    follow_up,
    help_for,
)

NOW = datetime(2026, 11, 21, 14, tzinfo=UTC)
TODAY = date(2026, 11, 21)
MOMENT = Moment(NOW, TODAY)


def _standing(
    attempts: int, *, passed: bool = False, ago: timedelta = timedelta(0), lifted: bool = False
) -> ModuleStanding:
    return ModuleStanding(
        attempts,
        best_percent=50,
        passed=passed,
        last_submitted_at=NOW - ago,
        pause_lifted_at=NOW if lifted else None,
    )


def _path(
    *,
    seen: timedelta | None = timedelta(hours=1),
    enrolled: timedelta = timedelta(days=20),
    days_left: int | None = 60,
    finished: bool = False,
    modules: int = 2,
    pause: timedelta = timedelta(minutes=10),
    **tries: ModuleStanding,
) -> Path:
    return Path(
        enrolled_at=NOW - enrolled,
        seen_at=None if seen is None else NOW - seen,
        deadline=None if days_left is None else TODAY + timedelta(days=days_left),
        finished=finished,
        standings=tries,
        modules=modules,
        pause=pause,
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
    halfway = _path(days_left=days_left, first=_standing(1, passed=True))
    assert follow_up(halfway, MOMENT) == expected


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


@pytest.mark.parametrize(
    ("ago", "called"),
    [(timedelta(hours=23), False), (timedelta(days=1), True), (timedelta(days=9), True)],
)
def test_whoever_has_not_come_back_for_a_day_after_a_try_has_stopped(
    ago: timedelta, called: bool
) -> None:
    path = _path(seen=ago, first=_standing(1, ago=ago))
    expected = (Reason(Why.PAUSED, ago.days, module_id="first"),) if called else ()
    assert follow_up(path, MOMENT) == expected


def test_whoever_reads_again_since_his_try_is_under_way() -> None:
    path = _path(seen=timedelta(hours=1), first=_standing(2, ago=timedelta(days=3)))
    assert follow_up(path, MOMENT) == ()


@pytest.mark.parametrize(("lifted", "holds"), [(False, True), (True, False)])
def test_a_pause_that_still_runs_is_told_and_one_that_was_lifted_is_not(
    lifted: bool, holds: bool
) -> None:
    ago, pause = timedelta(days=2), timedelta(days=5)
    path = _path(seen=ago, pause=pause, first=_standing(1, ago=ago, lifted=lifted))
    until = NOW - ago + pause if holds else None
    assert follow_up(path, MOMENT) == (Reason(Why.PAUSED, 2, module_id="first", until=until),)


def test_after_three_tries_it_is_the_tries_that_are_told_and_not_the_pause() -> None:
    ago = timedelta(days=2)
    path = _path(seen=ago, first=_standing(3, ago=ago), second=_standing(1, ago=ago))
    assert [one.why for one in follow_up(path, MOMENT)] == [Why.TRIES]


@pytest.mark.parametrize(
    ("days_left", "passed", "called"),
    [(21, 1, True), (8, 1, True), (22, 1, False), (7, 1, False), (15, 2, False), (15, 0, True)],
)
def test_time_is_short_within_three_weeks_with_less_than_half_passed(
    days_left: int, passed: int, called: bool
) -> None:
    standings = {f"m{number}": _standing(1, passed=True) for number in range(passed)}
    path = replace(_path(days_left=days_left, modules=4), standings=standings)
    reasons = follow_up(path, MOMENT)
    short = [one for one in reasons if one.why is Why.TIME_SHORT]
    assert [(one.count, one.left) for one in short] == [(days_left, 4 - passed)] * called


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        ((Reason(Why.QUIET, 9),), Help.WRITE),
        ((Reason(Why.NOT_STARTED, 9),), Help.WRITE),
        ((Reason(Why.TRIES, 3),), Help.TALK),
        ((Reason(Why.PAUSED, 2),), Help.WRITE),
        ((Reason(Why.PAUSED, 2, until=NOW),), Help.LIFT_PAUSE),
        ((Reason(Why.TIME_SHORT, 15),), Help.EXTEND),
        ((Reason(Why.DEADLINE, 2),), Help.EXTEND),
        ((Reason(Why.DEADLINE, 2), Reason(Why.QUIET, 9)), Help.WRITE),
        ((Reason(Why.DEADLINE, -2), Reason(Why.QUIET, 9)), Help.EXTEND),
        ((Reason(Why.DEADLINE, 2), Reason(Why.TRIES, 3)), Help.TALK),
    ],
)
def test_there_is_one_thing_that_helps_most(reasons: tuple[Reason, ...], expected: Help) -> None:
    assert help_for(reasons) is expected
