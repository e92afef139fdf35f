"""A pass holds only if every gate held; nobody is stuck; no answer is lost."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from hypothesis import HealthCheck
from hypothesis.stateful import run_state_machine_as_test

from tests.proof.machine import Proof
from tests.proof.world import World

SEQUENCES = 200  # in every run; the profile `nightly` asks for more


@pytest.fixture
def world(sqlite_template: Path) -> Iterator[World]:
    """Give a site in memory."""
    world = World(sqlite_template)
    yield world
    world.close()


def test_whatever_anybody_does_a_pass_was_earned_and_nobody_is_stuck(world: World) -> None:
    Proof.world, Proof.seen = world, Counter()
    profile = hypothesis.settings()
    settings = hypothesis.settings(
        max_examples=max(profile.max_examples, SEQUENCES),
        stateful_step_count=30,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Proof, settings=settings)
    print(Proof.seen)
