"""Small bars beside a table: drawn by the server as SVG shapes, read from the table under them."""

from collections.abc import Sequence
from dataclasses import dataclass

_WIDTH = 14  # of a bar
_GAP = 6
_HEIGHT = 48  # of the whole drawing
_CAP = 6  # room above the highest bar for the mark of what is over the line
_LEAST = 2  # so that even nothing leaves a trace


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. `kind` is "" or "over" (above the line: it wears a mark) or "none" (no value)."""

    x: int
    y: int
    width: int
    height: int
    kind: str


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A row of bars with what it says in words; `line` is where the limit is drawn, 0 for none."""

    title: str
    width: int
    height: int
    bars: tuple[Bar, ...]
    line: int


def sparkline(
    title: str, values: Sequence[float | None], *, limit: float = 0, most: float = 0
) -> Sparkline:
    """Draw one bar a value; a value that is None has an empty place, above the limit a mark.

    `most` is what the full height stands for, so that two drawings can be compared.
    """
    top = max([limit, most, *(value for value in values if value is not None)], default=0) or 1
    bars = tuple(_bar(place, value, top, limit) for place, value in enumerate(values))
    width = max(len(values) * (_WIDTH + _GAP) - _GAP, _WIDTH)
    line = _HEIGHT - _scaled(limit, top) if limit else 0
    return Sparkline(title, width, _HEIGHT, bars, line)


def _bar(place: int, value: float | None, top: float, limit: float) -> Bar:
    x = place * (_WIDTH + _GAP)
    if value is None:
        return Bar(x, _HEIGHT - _LEAST, _WIDTH, _LEAST, "none")
    height = max(_scaled(value, top), _LEAST)
    is_over = bool(limit) and value > limit
    return Bar(x, _HEIGHT - height, _WIDTH, height, "over" if is_over else "")


def _scaled(value: float, top: float) -> int:
    return round((_HEIGHT - _CAP) * value / top)
