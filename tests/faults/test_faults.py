"""Every other fault of docs/FAULTS.md, a few rounds each; `make faults` tries them for long."""

import os
from collections.abc import Callable

import pytest

from tests.faults.clock_jump import clock_jump
from tests.faults.expired import expired
from tests.faults.full_disk import full_disk
from tests.faults.gone import gone
from tests.faults.graders import graders
from tests.faults.grounds import Grounds
from tests.faults.left import left
from tests.faults.outcome import NotHereError, Tally
from tests.faults.race import race
from tests.faults.tabs import tabs
from tests.faults.twice import twice


def assert_kept(
    attempt: Callable[[Grounds, str, int], Tally], grounds: Grounds, engine_name: str, rounds: int
) -> None:
    """Try a fault; expect that something was acknowledged, and that all of it held, once."""
    tally = attempt(grounds, engine_name, rounds)
    assert (tally.lost, tally.double, tally.half_applied) == ([], [], [])
    assert tally.acknowledged > 0


def test_on_a_full_disk_he_is_told_and_goes_on_when_there_is_space(
    grounds: Grounds, engine_name: str
) -> None:
    try:
        assert_kept(full_disk, grounds, engine_name, 2)
    except NotHereError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))


def test_while_the_database_is_gone_gates_stay_closed_and_all_is_well_when_it_is_back(
    grounds: Grounds, engine_name: str
) -> None:
    assert_kept(gone, grounds, engine_name, 1)


def test_a_form_that_is_sent_twenty_times_counts_once_then_and_an_hour_later(
    grounds: Grounds, engine_name: str
) -> None:
    assert_kept(twice, grounds, engine_name, 4)


def test_a_tab_that_is_behind_is_told_and_overwrites_nothing(
    grounds: Grounds, engine_name: str
) -> None:
    assert_kept(tabs, grounds, engine_name, 16)


def test_what_was_saved_counts_for_whoever_closes_his_tab_and_never_returns(
    grounds: Grounds, engine_name: str
) -> None:
    assert_kept(left, grounds, engine_name, 1)


def test_no_answer_changes_after_it_is_handed_in(grounds: Grounds, engine_name: str) -> None:
    assert_kept(race, grounds, engine_name, 10)


def test_what_he_typed_while_his_session_ran_out_is_there_after_signing_in(
    grounds: Grounds, engine_name: str
) -> None:
    assert_kept(expired, grounds, engine_name, 8)


def test_of_two_who_grade_the_same_answer_the_second_is_told_what_the_first_gave(
    grounds: Grounds, engine_name: str
) -> None:
    assert_kept(graders, grounds, engine_name, 10)


def test_a_clock_that_jumps_gives_and_takes_no_time(grounds: Grounds, engine_name: str) -> None:
    assert_kept(clock_jump, grounds, engine_name, 6)
