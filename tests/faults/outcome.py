"""What came of a fault: how much was acknowledged, and what of it was lost, doubled or halved."""

import threading
from dataclasses import dataclass, field

COLUMNS = ("fault", "database", "rounds", "acknowledged", "lost", "double", "half-applied", "s")
_WIDTHS = (7, 11, 7, 13, 5, 7, 13, 6)
_SHOWN = 5  # findings of one kind; a fault that shows up once shows up often


class BrokenPromiseError(Exception):
    """A fault was not answered as docs/FAULTS.md promises; the message says what came instead."""


class NotHereError(Exception):
    """A fault that cannot be tried on this machine or this database; the message says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of the report."""

    fault: str
    database: str
    rounds: int
    acknowledged: int
    lost: tuple[str, ...] = ()
    double: tuple[str, ...] = ()
    half_applied: tuple[str, ...] = ()
    seconds: float = 0.0
    note: str = ""

    @property
    def findings(self) -> tuple[str, ...]:
        """Give all that was found, in sentences."""
        return (*self.lost, *self.double, *self.half_applied)

    def line(self) -> str:
        """Give the line with its figures under COLUMNS, and the first findings below it."""
        counts = (len(self.lost), len(self.double), len(self.half_applied))
        cells = (self.fault, self.database, self.rounds, self.acknowledged, *counts)
        row = columns(*map(str, cells), f"{self.seconds:.1f}")
        first = [f"        {text}" for text in self.findings[:_SHOWN]]
        return "\n".join([f"{row}  {self.note}".rstrip(), *first])


def columns(*cells: str) -> str:
    """Lay the cells of a line out under each other."""
    first = [cell.ljust(width) for cell, width in zip(cells[:2], _WIDTHS[:2], strict=True)]
    rest = [cell.rjust(width) for cell, width in zip(cells[2:], _WIDTHS[2:], strict=True)]
    return " ".join(["".join(first), *rest])


@dataclass(slots=True)
class Tally:
    """The figures of a fault while it is tried, from any number of threads."""

    rounds: int = 0
    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    double: list[str] = field(default_factory=list)
    half_applied: list[str] = field(default_factory=list)
    note: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def findings(self) -> tuple[str, ...]:
        """Give all that was found, in sentences."""
        return (*self.lost, *self.double, *self.half_applied)

    def acknowledge(self, count: int = 1) -> None:
        """Count what was acknowledged."""
        with self._lock:
            self.acknowledged += count

    def outcome(self, fault: str, database: str, seconds: float) -> Outcome:
        """Give the line of the report."""
        return Outcome(
            fault=fault,
            database=database,
            rounds=self.rounds,
            acknowledged=self.acknowledged,
            lost=tuple(dict.fromkeys(self.lost)),
            double=tuple(dict.fromkeys(self.double)),
            half_applied=tuple(dict.fromkeys(self.half_applied)),
            seconds=seconds,
            note=self.note,
        )
