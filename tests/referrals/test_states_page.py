"""docs/STATES.md shows the table that the code obeys."""

from pathlib import Path

from lms.referrals.states import TRANSITIONS, Act, State
from lms.referrals.states_page import ACTS, STATES, page

PAGE = Path(__file__).parents[2] / "docs" / "STATES.md"


def test_the_page_is_as_the_table_makes_it() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_the_page_says_what_every_state_and_every_act_is() -> None:
    assert set(STATES) == set(State)
    assert set(ACTS) == set(Act) == {act for _, act in TRANSITIONS}


def test_the_picture_draws_every_step_but_those_that_can_happen_almost_anywhere() -> None:
    drawn = page()
    for (state, act), move in TRANSITIONS.items():
        anywhere = act in {Act.SUSPEND, Act.CANCEL, Act.REISSUE, Act.RESUME}
        assert (f"    {state} --> {move.to}: {act}\n" in drawn) is not anywhere
