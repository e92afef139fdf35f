"""Time is credited fairly: what was spent counts, and nothing that was not."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.gates.ending import ABANDONED_AFTER, EndedBy, attempt_ending
from lms.gates.gate import Closed, section_gate
from lms.gates.seat_time import (
    LONGEST_REPORT,
    Arrangement,
    Credited,
    Report,
    credit_ms,
    fallback_ms,
    minimum_ms,
)

NOON = datetime(2026, 11, 21, 17, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def report(active: int, *, opened: datetime = NOON, view: str = "a") -> Report:
    return Report(view, opened, active * 1000)


def after(seconds: int) -> datetime:
    return NOON + seconds * SECOND


def test_time_in_view_counts() -> None:
    assert credit_ms(report(20), Credited(), after(30)) == 20_000


def test_no_report_is_worth_more_than_the_time_that_passed() -> None:
    assert credit_ms(report(500), Credited(), after(30)) == 30_000


def test_the_same_report_twice_counts_once() -> None:
    known = Credited(after(30), "a", 20_000)
    assert credit_ms(report(20), known, after(90)) == 0


def test_a_report_says_the_whole_so_a_lost_one_is_made_good() -> None:
    known = Credited(after(30), "a", 20_000)
    assert credit_ms(report(75), known, after(100)) == 55_000


def test_a_second_tab_gets_no_time_that_the_first_has() -> None:
    known = Credited(after(30), "a", 30_000)
    assert credit_ms(report(40, view="b"), known, after(40)) == 10_000


def test_time_before_the_page_was_opened_is_not_its_time() -> None:
    known = Credited(NOON - timedelta(hours=3), "z", 1)
    assert credit_ms(report(900, opened=NOON), known, after(10)) == 10_000


def test_a_clock_set_back_takes_nothing_away_and_gives_nothing() -> None:
    known = Credited(NOON + timedelta(days=1), "a", 0)
    assert credit_ms(report(10), known, after(10)) == 0


def test_a_page_that_was_opened_before_the_clock_was_set_back_counts_on() -> None:
    tomorrow = NOON + timedelta(days=1)
    known = Credited(after(10), "a", 0)
    assert credit_ms(report(20, opened=tomorrow), known, after(30)) == 20_000
    assert credit_ms(report(20, opened=tomorrow), Credited(), after(30)) == 0
    assert credit_ms(report(20, opened=tomorrow, view="b"), known, after(30)) == 0


def test_a_clock_set_forward_credits_what_was_read_and_not_the_jump() -> None:
    assert credit_ms(report(10), Credited(), NOON + timedelta(days=1)) == 10_000


def test_one_report_has_a_limit() -> None:
    day = 86_400
    assert credit_ms(report(day), Credited(), after(day)) == LONGEST_REPORT // (SECOND / 1000)


class Reader:
    """Somebody who sends whatever he likes; the bookkeeping is the product's."""

    def __init__(self) -> None:
        self.known = Credited()
        self.total = 0

    def send(self, one: Report, now: datetime) -> None:
        """Send a report, true or not."""
        self.total += credit_ms(one, self.known, now)
        same = self.known.view == one.view
        told = max(one.active_ms, self.known.view_ms) if same else one.active_ms
        self.known = Credited(now, one.view, told)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 600),  # seconds since the report before
            st.sampled_from("abcdefgh"),  # tab or device
            st.integers(0, 10**6),  # seconds that it says
            st.integers(0, 3000),  # when its page was opened, before the report
        ),
        max_size=40,
    )
)
def test_whatever_is_sent_no_more_is_credited_than_went_by(
    sent: list[tuple[int, str, int, int]],
) -> None:
    reader, now = Reader(), NOON
    for pause, view, active, age in sent:
        now += pause * SECOND
        opened = max(NOON, now - age * SECOND)
        reader.send(Report(view, opened, active * 1000), now)
        assert 0 <= reader.total <= (now - NOON) // (SECOND / 1000)


def test_eight_tabs_for_a_minute_make_a_minute() -> None:
    reader = Reader()
    for second in range(1, 61):
        for tab in "abcdefgh":
            reader.send(report(second, view=tab), after(second))
    assert reader.total == 60_000


@pytest.mark.parametrize(
    "night", [datetime(2026, 3, 8, 6, 30, tzinfo=UTC), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)]
)
def test_the_night_when_clocks_change_is_like_any_other(night: datetime) -> None:
    reader = Reader()
    for minute in range(1, 121):
        reader.send(Report("a", night, minute * 60_000), night + minute * 60 * SECOND)
    assert reader.total == 120 * 60_000


def test_without_a_script_the_time_on_the_page_counts_up_to_its_reading_time() -> None:
    assert fallback_ms(NOON, after(40), 120) == 40_000
    assert fallback_ms(NOON, after(4000), 120) == 120_000
    assert fallback_ms(after(10), NOON, 120) == 0


@pytest.mark.parametrize(
    ("seconds", "percent", "arrangement", "expected"),
    [
        (100, 70, Arrangement(), 70_000),
        (100, 0, Arrangement(), 0),
        (0, 70, Arrangement(), 0),
        (100, 70, Arrangement(time_credit_percent=100), 35_000),
        (100, 70, Arrangement(time_credit_percent=50), 46_667),  # 46.6… rounded up
        (100, 70, Arrangement(read_aloud=True), 0),
        (100, 70, Arrangement(no_pause=True), 70_000),
    ],
)
def test_what_a_page_asks_for(
    seconds: int, percent: int, arrangement: Arrangement, expected: int
) -> None:
    assert minimum_ms(seconds, percent, arrangement) == expected


def test_one_goes_on_when_the_minimum_is_reached_and_is_told_when_that_is() -> None:
    shut = section_gate(20_000, 70_000, NOON)
    assert (shut.closed, shut.until) == (Closed.TIME_SHORT, after(50))
    assert section_gate(70_000, 70_000, NOON).is_open
    assert section_gate(0, 0, NOON).is_open


def test_an_attempt_is_open_while_there_is_time_and_somebody_comes_back() -> None:
    deadline = NOON + timedelta(days=3)
    assert attempt_ending(deadline=deadline, touched_at=NOON, now=deadline - SECOND) is None
    still = NOON + ABANDONED_AFTER - SECOND
    assert attempt_ending(deadline=None, touched_at=NOON, now=still) is None


def test_an_attempt_ends_with_the_last_day_or_when_it_was_left_whichever_is_first() -> None:
    late = NOON + timedelta(days=400)
    soon, far = NOON + timedelta(days=3), NOON + timedelta(days=30)
    left = NOON + ABANDONED_AFTER
    assert attempt_ending(deadline=soon, touched_at=NOON, now=late) == (EndedBy.DEADLINE, soon)
    assert attempt_ending(deadline=far, touched_at=NOON, now=late) == (EndedBy.ABANDONED, left)
    assert attempt_ending(deadline=None, touched_at=NOON, now=left) == (EndedBy.ABANDONED, left)
