"""Rows of bars: under a label, lines of one bar each, and at its end what it stands for."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDEST = 78.0  # percent of the width: the rest is for the words at the end
_LABEL = 1.5  # letters high, as all below
_LINE = 1.25
_BAR = 0.85
_GAP = 0.55
_BASE = 0.72  # from the top of a bar to the foot of the words beside it


@dataclass(frozen=True, slots=True)
class Part:
    """A share of a line, and how it is filled: solid or hatched."""

    share: float
    kind: str = "solid"


@dataclass(frozen=True, slots=True)
class Line:
    """The parts of one bar, and the words at its end."""

    parts: tuple[Part, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A label with its lines."""

    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class DrawnPart:
    """Where a part lies: from the left and how wide in percent of the width, from the top in em."""

    x: float
    y: float
    width: float
    kind: str


@dataclass(frozen=True, slots=True)
class DrawnText:
    """Where words stand."""

    x: float
    y: float
    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class BarPlot:
    """A plot as it is drawn; `legend` tells what each filling means, where there are two."""

    id: str
    title: str
    description: str
    height: float
    bar: float
    parts: tuple[DrawnPart, ...]
    texts: tuple[DrawnText, ...]
    legend: tuple[tuple[str, str], ...]


def bar_plot(
    name: str,
    words: tuple[str, str],
    rows: Sequence[Row],
    legend: tuple[tuple[str, str], ...] = (),
) -> BarPlot:
    """Draw rows of bars; `words` are the title and the description, `legend` (kind, meaning)."""
    parts: list[DrawnPart] = []
    texts: list[DrawnText] = []
    top = 0.0
    for row in rows:
        texts.append(DrawnText(0, _rounded(top + 1), row.label, "label"))
        top += _LABEL
        for line in row.lines:
            drawn = _line(line, top)
            parts += drawn
            end = max((one.x + one.width for one in drawn), default=0.0)
            texts.append(DrawnText(_rounded(end + 1.5), _rounded(top + _BASE), line.text))
            top += _LINE
        top += _GAP
    height = _rounded(max(top, _LINE))
    return BarPlot(name, *words, height, _BAR, tuple(parts), tuple(texts), legend)


def _line(line: Line, top: float) -> list[DrawnPart]:
    drawn: list[DrawnPart] = []
    left = 0.0
    for part in line.parts:
        width = max(0.0, min(part.share, 1.0)) * WIDEST
        if width:
            drawn.append(DrawnPart(_rounded(left), _rounded(top), _rounded(width), part.kind))
        left += width
    return drawn


def _rounded(value: float) -> float:
    return round(value, 2)
