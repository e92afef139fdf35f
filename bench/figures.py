"""Figures, and the budgets of DESIGN.md that they are held against."""

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

_SIGNS: Mapping[str, Callable[[float, float], bool]] = {"≥": operator.ge, "≤": operator.le}
_NUMBERS = 100  # from here on no decimals are shown


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; `budget` is empty where there is none, and `within` then says nothing."""

    name: str
    value: float
    unit: str
    budget: str = ""
    within: bool | None = None


def figure(name: str, value: float, unit: str, budget: str = "") -> Figure:
    """Hold a value against its budget, written as in `≥ 0.6`."""
    shown = round(value) if value >= _NUMBERS else round(value, 2)
    if not budget:
        return Figure(name, shown, unit)
    sign, limit = budget.split(" ")
    return Figure(name, shown, unit, budget, _SIGNS[sign](value, float(limit)))


def compared(
    name: str, unit: str, pairs: Sequence[tuple[float, float]], budget: str = ""
) -> list[Figure]:
    """Give both sides and their ratio from rounds of (bare, Virage): the median of each.

    The ratio is taken round by round: what disturbs the machine disturbs both sides of a round.
    """
    return [
        figure(f"{name}, bare", median(one for one, _ in pairs), unit),
        figure(f"{name}, Virage", median(two for _, two in pairs), unit),
        figure(f"{name}, Virage ÷ bare", median(two / one for one, two in pairs), "×", budget),
    ]


def table(figures: Sequence[Figure]) -> str:
    """Write the figures as a Markdown table."""
    lines = ["| what | figure | budget | |", "|---|--:|---|---|"]
    for one in figures:
        judged = {None: "", True: "✓", False: "**missed**"}[one.within]
        lines.append(f"| {one.name} | {one.value:g} {one.unit} | {one.budget} | {judged} |")
    return "\n".join(lines)


def write(figures: Sequence[Figure], path: Path) -> None:
    """Write the figures as JSON."""
    text = json.dumps([asdict(one) for one in figures], ensure_ascii=False, indent=1)
    path.write_text(f"{text}\n", encoding="utf-8")
