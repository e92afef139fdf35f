"""What may happen to a file, and who may do it: no sequence of acts leaves the table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.referrals.states import (
    BEFORE_ENROLMENT,
    OPEN,
    TRANSITIONS,
    UNDER_WAY,
    Act,
    MoveRefusedError,
    Outcome,
    Party,
    State,
    after,
    can,
    outcome_of,
)

STEPS = st.lists(st.tuples(st.sampled_from(Act), st.sampled_from(Party)), max_size=80)
# PROGRAMME: the way of a file, word by word.
HAPPY = [
    (Act.CHARGE, Party.COORDINATOR, "fee_due"),
    (Act.SETTLE, Party.COORDINATOR, "ready"),
    (Act.ENROL, Party.PERSON, "enrolled"),
    (Act.BEGIN, Party.RULES, "in_progress"),
    (Act.FINISH, Party.RULES, "completed_pending_review"),
    (Act.FOLLOW_UP, Party.INSTRUCTOR, "needs_follow_up"),
    (Act.GO_ON, Party.INSTRUCTOR, "in_progress"),
    (Act.FINISH, Party.RULES, "completed_pending_review"),
    (Act.CONFIRM, Party.INSTRUCTOR, "completed"),
    (Act.REPORT, Party.RULES, "reported"),
    (Act.CLOSE, Party.RULES, "closed"),
    (Act.PURGE, Party.RULES, "purged"),
]


class File:
    """A file that goes where the table lets it, and remembers where it stood."""

    def __init__(self, state: State = State.REFERRED) -> None:
        self.state = state
        self.before: State | None = None
        self.way = [state]

    def act(self, act: Act, party: Party) -> bool:
        """Try an act; whether it was let."""
        try:
            to = after(self.state, act, party, self.before)
        except MoveRefusedError:
            return False
        self.before = self.state if act is Act.SUSPEND else None
        self.state = to
        self.way.append(to)
        return True


def test_a_file_goes_from_the_referral_to_the_purge_by_way_of_a_talk() -> None:
    file = File()
    for act, party, state in HAPPY:
        assert file.act(act, party)
        assert file.state == state


@given(STEPS)
def test_whatever_is_tried_a_completion_is_never_undone(steps: list[tuple[Act, Party]]) -> None:
    file = File(State.COMPLETED)
    for act, party in steps:
        file.act(act, party)
    assert set(file.way) <= {State.COMPLETED, State.REPORTED, State.CLOSED, State.PURGED}


@given(STEPS)
def test_whatever_is_tried_every_step_is_one_of_the_table(steps: list[tuple[Act, Party]]) -> None:
    file = File()
    edges = {(state, move.to) for (state, _), move in TRANSITIONS.items()}
    edges |= {(State.SUSPENDED, state) for state in OPEN}
    for act, party in steps:
        file.act(act, party)
    assert set(zip(file.way, file.way[1:], strict=False)) <= edges


@given(STEPS)
def test_a_file_is_closed_only_once_it_was_told_returned_or_cancelled(
    steps: list[tuple[Act, Party]],
) -> None:
    file = File()
    for act, party in steps:
        file.act(act, party)
    if State.CLOSED in file.way:
        before = file.way[file.way.index(State.CLOSED) - 1]
        assert before in {State.REPORTED, State.RETURNED_TO_PROSECUTOR, State.CANCELLED}
    if State.REPORTED in file.way:
        assert State.COMPLETED_PENDING_REVIEW in file.way


@given(st.sampled_from(OPEN), STEPS)
def test_a_suspended_file_waits_and_goes_on_from_where_it_stood(
    stood: State, steps: list[tuple[Act, Party]]
) -> None:
    file = File(stood)
    assert file.act(Act.SUSPEND, Party.AGENCY)
    for act, party in steps:
        if act not in {Act.RESUME, Act.CANCEL, Act.WITHDRAW}:
            assert not file.act(act, party)
    assert file.act(Act.RESUME, Party.AGENCY)
    assert file.state is stood


@pytest.mark.parametrize("wrong", [None, State.CLOSED, State.COMPLETED, State.SUSPENDED])
def test_a_suspended_file_that_forgot_where_it_stood_goes_nowhere(wrong: State | None) -> None:
    with pytest.raises(MoveRefusedError):
        after(State.SUSPENDED, Act.RESUME, Party.AGENCY, wrong)


@pytest.mark.parametrize(
    ("act", "parties"),
    [
        (Act.SUSPEND, {Party.AGENCY}),
        (Act.RESUME, {Party.AGENCY}),
        (Act.CANCEL, {Party.AGENCY, Party.COORDINATOR}),
        (Act.WITHDRAW, {Party.PERSON}),
        (Act.ENROL, {Party.PERSON}),
        (Act.CONFIRM, {Party.COORDINATOR, Party.INSTRUCTOR, Party.RULES}),
        (Act.FOLLOW_UP, {Party.COORDINATOR, Party.INSTRUCTOR}),
        (Act.FINISH, {Party.RULES}),
        (Act.EXPIRE, {Party.RULES}),
        (Act.REPORT, {Party.RULES}),
        (Act.CLOSE, {Party.RULES}),
        (Act.REISSUE, {Party.COORDINATOR}),
    ],
)
def test_an_act_belongs_to_whom_it_belongs(act: Act, parties: set[Party]) -> None:
    for state in State:
        doing = {party for party in Party if can(state, act, party)}
        assert doing in (set(), parties)
    assert any(can(state, act, party) for state in State for party in parties)


@pytest.mark.parametrize("party", Party)
def test_whoever_may_not_do_something_is_refused_when_he_tries(party: Party) -> None:
    for state, act in TRANSITIONS:
        file = File(state)
        file.before = State.READY
        assert file.act(act, party) is can(state, act, party)


@pytest.mark.parametrize("state", OPEN)
def test_the_agency_can_stop_any_open_file(state: State) -> None:
    assert after(state, Act.SUSPEND, Party.AGENCY) is State.SUSPENDED
    assert after(state, Act.CANCEL, Party.AGENCY) is State.CANCELLED


@pytest.mark.parametrize("state", [*UNDER_WAY, State.SUSPENDED])
def test_whoever_is_enrolled_can_leave_until_his_result_is_final(state: State) -> None:
    assert after(state, Act.WITHDRAW, Party.PERSON) is State.WITHDRAWN
    assert not can(State.COMPLETED, Act.WITHDRAW, Party.PERSON)


@pytest.mark.parametrize("state", [*BEFORE_ENROLMENT, *UNDER_WAY])
def test_time_runs_out_for_all_but_who_only_waits_for_the_review(state: State) -> None:
    waits = state is State.COMPLETED_PENDING_REVIEW
    assert can(state, Act.EXPIRE, Party.RULES) is not waits


def test_a_file_gets_its_word_as_it_is_completed_or_goes_back_and_at_no_other_step() -> None:
    back = State.RETURNED_TO_PROSECUTOR
    words = {
        (before, to): outcome_of(before, to)
        for before in State
        for to in State
        if outcome_of(before, to) is not None
    }
    assert {pair: word for pair, word in words.items() if pair[1] is not State.COMPLETED} == {
        (State.EXPIRED, back): Outcome.NOT_COMPLETED,
        (State.WITHDRAWN, back): Outcome.WITHDRAWN,
    }
    confirmed = (State.COMPLETED_PENDING_REVIEW, State.COMPLETED)
    assert words[confirmed] is Outcome.COMPLETED
