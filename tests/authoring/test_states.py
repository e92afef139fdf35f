"""What may happen to a draft stands in one table, and the table keeps its promises."""

from itertools import product

import pytest

from lms.authoring.states import OPEN, TRANSITIONS, DraftAct, DraftState, after

ACTS = [act for act in DraftAct if act is not DraftAct.START]


def test_nothing_reaches_participants_that_was_not_approved_as_it_stands() -> None:
    to_published = [key for key, state in TRANSITIONS.items() if state is DraftState.PUBLISHED]
    assert to_published == [(DraftState.APPROVED, DraftAct.PUBLISH)]
    to_approved = [key for key, state in TRANSITIONS.items() if state is DraftState.APPROVED]
    assert to_approved == [(DraftState.IN_REVIEW, DraftAct.APPROVE)]


@pytest.mark.parametrize("state", sorted(OPEN))
def test_whoever_changes_a_text_takes_it_out_of_review(state: DraftState) -> None:
    assert after(state, DraftAct.EDIT) is DraftState.DRAFT


@pytest.mark.parametrize("state", sorted(OPEN))
def test_a_draft_can_be_taken_back_at_any_time(state: DraftState) -> None:
    assert after(state, DraftAct.WITHDRAW) is DraftState.WITHDRAWN


def test_a_closed_draft_stays_closed() -> None:
    closed = set(DraftState) - OPEN
    assert [after(state, act) for state, act in product(closed, ACTS)] == [None] * 2 * len(ACTS)


def test_every_open_draft_can_be_published_in_some_way() -> None:
    for state in OPEN:
        reached = {state}
        for _ in DraftState:
            reached |= {to for (at, _act), to in TRANSITIONS.items() if at in reached}
        assert DraftState.PUBLISHED in reached


def test_a_draft_is_begun_once() -> None:
    assert not [key for key in TRANSITIONS if key[1] is DraftAct.START]
