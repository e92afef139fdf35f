"""Let the state machine look for a fault, and say what it found and how soon."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase
from hypothesis.stateful import run_state_machine_as_test

from lms.assessment import service
from lms.kernel.migrate import upgrade
from tests.proof.machine import Proof
from tests.proof.world import World

STEPS = 30


def settings_for(sequences: int, **more: Any) -> hypothesis.settings:  # noqa: ANN401 - of hypothesis
    """Give the settings of a run: so many sequences, none refused for being slow."""
    return hypothesis.settings(
        max_examples=sequences,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        **more,
    )


@contextmanager
def proving(template: Path) -> Iterator[Counter[str]]:
    """Give the machine a site in memory; gives what it will have seen there."""
    world = World(template)
    Proof.world, Proof.seen = world, Counter()
    with pytest.MonkeyPatch.context() as patch:  # what was found once must be found again
        patch.setattr(service, "secrets", SimpleNamespace(randbits=world.chance.getrandbits))
        try:
            yield Proof.seen
        finally:
            world.close()


def search(sequences: int) -> Mapping[str, Any]:
    """Look for a fault; gives it with the sequences before it and the steps in its own."""
    with TemporaryDirectory() as folder:
        template = Path(folder) / "virage.db"
        upgrade(f"sqlite:///{template}")
        with proving(template) as seen:
            settings = settings_for(
                sequences, derandomize=True, database=None, phases=[Phase.generate]
            )
            try:
                run_state_machine_as_test(Proof, settings=settings)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is what was looked for
                first = f"{type(error).__name__}: {error}".splitlines()[0]
                after, steps = seen["fault after"], seen["fault steps"]
                return {"fault": first, "sequences": after, "steps": steps}
            return {"fault": "", "sequences": seen["sequences"], "steps": 0}
