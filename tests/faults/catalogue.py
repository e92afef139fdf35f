"""The faults that are tried, and how often each is for so many kills."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.clock_jump import clock_jump
from tests.faults.expired import expired
from tests.faults.full_disk import full_disk
from tests.faults.gone import gone
from tests.faults.graders import graders
from tests.faults.grounds import Grounds
from tests.faults.kill import kill_nine, kill_served
from tests.faults.left import left
from tests.faults.outcome import Tally
from tests.faults.race import race
from tests.faults.tabs import tabs
from tests.faults.twice import twice


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: its number, how it is tried, and its rounds among a thousand."""

    name: str
    attempt: Callable[[Grounds, str, int], Tally]
    of_thousand: int

    def rounds(self, rounds: int) -> int:
        """Give how often it is tried, where F1 is tried so many times; once at the least."""
        return max(1, rounds * self.of_thousand // 1000)


FAULTS = (
    Fault("F1", kill_nine, 1000),
    Fault("F1S", kill_served, 20),
    Fault("F3", full_disk, 20),
    Fault("F4", gone, 5),
    Fault("F8", twice, 100),
    Fault("F9", tabs, 1000),
    Fault("F11", left, 20),
    Fault("F12", race, 500),
    Fault("F14", expired, 50),
    Fault("F15", graders, 200),
    Fault("F16", clock_jump, 200),
)
