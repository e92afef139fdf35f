"""A pass is a pass: whatever people, authors, staff and clocks do, and in whatever order."""

from pathlib import Path

import hypothesis
from hypothesis.stateful import run_state_machine_as_test

from tests.proof.machine import Proof
from tests.proof.search import proving, settings_for

SEQUENCES = 200  # in every run; the nightly profile asks for more
# What the sequences must have met, or they prove nothing.
MET = (
    "attempts",
    "closed: already-passed",
    "closed: deadline",
    "closed: earlier-module",
    "closed: no-attempt-left",
    "closed: pause",
    "closed: sections-unread",
    "completed",
    "ended: abandoned",
    "ended: deadline",
    "handed in",
    "read",
    "saved",
    "stale",
    "too soon",
    "unfinished",
)


def test_a_pass_was_earned_no_answer_is_lost_and_nobody_is_stuck(sqlite_template: Path) -> None:
    sequences = max(hypothesis.settings().max_examples, SEQUENCES)
    with proving(sqlite_template) as seen:
        run_state_machine_as_test(Proof, settings=settings_for(sequences))
    assert seen["sequences"] >= sequences
    assert [name for name in MET if not seen[name]] == []
