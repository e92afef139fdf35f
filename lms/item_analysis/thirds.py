"""Who did best and who did least, and what each of them chose.

Groups are made of whole percents. The lower third are the lowest percents that together hold at
most a third of the people, the upper third the highest ones; whoever has the percent that crosses
the border is in the middle. A lowest or highest percent that alone holds more than a third is that
group: nobody in it can be told from the others. Where all have the same there are no groups.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import ascii_uppercase

from lms.item_analysis.items import Estimate
from lms.item_analysis.sums import share

Counts = Mapping[int, int]  # by percent


@dataclass(frozen=True, slots=True)
class Thirds:
    """The percents of those who did least and of those who did best."""

    lower: frozenset[int] = frozenset()
    upper: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class OptionFigures:
    """How many chose an option, and how large a share of all and of each third they are.

    `passed` counts those of them who passed. A share is None where the group is too small.
    """

    position: int
    is_right: bool
    n: int
    passed: int
    everybody: Estimate | None
    lower: Estimate | None
    upper: Estimate | None


def letter(position: int) -> str:
    """Name an option by its place in the file: A, B, C and so on."""
    at = position % len(ascii_uppercase)
    return ascii_uppercase[at] * (1 + position // len(ascii_uppercase))


def thirds(counts: Counts) -> Thirds:
    """Divide people, counted by percent."""
    held = sorted(percent for percent, n in counts.items() if n)
    if len(held) < 2:  # noqa: PLR2004 - one percent cannot be divided
        return Thirds()
    return Thirds(_third(held, counts), _third(held[::-1], counts))


def _third(in_order: list[int], counts: Counts) -> frozenset[int]:
    whole, taken = sum(counts.values()), 0
    group = {in_order[0]}
    for percent in in_order:
        taken += counts[percent]
        if taken * 3 > whole:
            break
        group.add(percent)
    return frozenset(group)


def option_figures(
    option: tuple[int, bool], chosen: Counts, asked: Counts, passing: frozenset[int]
) -> OptionFigures:
    """Count an option, (position, whether it is right), among those who were asked.

    `passing` are the percents that pass.
    """
    groups = thirds(asked)
    return OptionFigures(
        position=option[0],
        is_right=option[1],
        n=sum(chosen.values()),
        passed=_within(chosen, passing),
        everybody=share(sum(chosen.values()), sum(asked.values())),
        lower=share(_within(chosen, groups.lower), _within(asked, groups.lower)),
        upper=share(_within(chosen, groups.upper), _within(asked, groups.upper)),
    )


def _within(counts: Counts, percents: Iterable[int]) -> int:
    return sum(counts.get(percent, 0) for percent in percents)
