"""Steps over days: how many had come so far, from nobody at the bottom to everybody at the top."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_SQUARE = 1000  # the line lies on a square of so many units, stretched to the space there is


@dataclass(frozen=True, slots=True)
class StepPlot:
    """A plot as it is drawn; `first` and `last` stand under its ends, `end` over the last."""

    id: str
    title: str
    description: str
    square: int
    line: str
    area: str
    first: str
    last: str
    end: str


def step_plot(
    name: str, words: tuple[str, str], line: str, labels: tuple[str, str, str]
) -> StepPlot:
    """Draw steps with their title and description; `labels` are first, last and end."""
    area = f"{line}V{_SQUARE}H0Z"
    return StepPlot(name, *words, _SQUARE, line, area, *labels)


def steps_of(days: Sequence[tuple[date, int]], ends: tuple[date, date], most: int) -> str:
    """Give the line from the first of `ends` to the last; the full height stands for `most`."""
    first, last = ends
    span = max((last - first).days, 1)
    line = f"M0 {_SQUARE}"
    for day, n in days:
        across = _part((day - first).days, span)
        line += f"H{across}V{_SQUARE - _part(n, max(most, 1))}"
    return f"{line}H{_SQUARE}"


def _part(part: int, whole: int) -> int:
    return round(_SQUARE * max(0, min(part, whole)) / whole)
