"""The figures of each item, and the reliability of all of them together.

Facility is the mean scaled score; discrimination is the correlation of an item's score with the
person's score in all others that he was asked (the corrected point-biserial where scores are 0 and
1). Where all are asked the same, both are what Moodle shows in percent under these names.
Reliability is Cronbach's alpha (1951, Psychometrika 16, 297-334): KR-20 for scores of 0 and 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import StatisticsError, correlation, fmean, variance

from lms.item_analysis.intervals import Interval, Scores, bootstrap, fisher, wilson

FEWEST = 10  # people; below this a figure is noise, and a person could be told from it


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval, and on how many people it rests."""

    value: float
    interval: Interval | None
    n: int


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """What the scores say of one item; None where too few were asked, or where nobody differs."""

    item: str
    n: int
    facility: Estimate | None
    discrimination: Estimate | None

    @property
    def is_too_few(self) -> bool:
        """Whether too few people were asked to say anything."""
        return self.n < FEWEST


@dataclass(frozen=True, slots=True)
class Analysis:
    """Each item's figures, and the reliability of the items that all were asked."""

    people: int
    items: tuple[ItemFigures, ...]
    reliability: Estimate | None


def analyse(items: Sequence[str], points: Sequence[int], people: Sequence[Scores]) -> Analysis:
    """Analyse a matrix of people by items: scaled scores from 0 to 1, None where not asked.

    `points` says how much each item weighs in the score of the others.
    """
    figures = tuple(_figures(item, place, points, people) for place, item in enumerate(items))
    return Analysis(len(people), figures, _reliability(points, people))


def _figures(item: str, place: int, points: Sequence[int], people: Sequence[Scores]) -> ItemFigures:
    asked = [row for row in people if row[place] is not None]
    if len(asked) < FEWEST:
        return ItemFigures(item, len(asked), None, None)
    sorts = discrimination(asked, place, points)
    return ItemFigures(item, len(asked), facility(asked, place), sorts)


def facility(asked: Sequence[Scores], place: int) -> Estimate:
    """Give the mean score of an item: Wilson's interval where it is right or wrong, else drawn."""
    scores = [_score(row, place) for row in asked]
    value = fmean(scores)
    if set(scores) <= {0.0, 1.0}:
        return Estimate(value, wilson(round(sum(scores)), len(scores)), len(scores))
    drawn = bootstrap(asked, lambda sample: fmean(_score(row, place) for row in sample))
    return Estimate(value, drawn, len(scores))


def discrimination(asked: Sequence[Scores], place: int, points: Sequence[int]) -> Estimate | None:
    """Correlate an item with each person's score in the others; None where nobody differs."""
    rests = [_rest(row, place, points) for row in asked]
    pairs = [(_score(row, place), rest) for row, rest in zip(asked, rests, strict=True)
             if rest is not None]  # fmt: skip
    try:
        value = correlation([own for own, _ in pairs], [rest for _, rest in pairs])
    except StatisticsError:
        return None
    return Estimate(value, fisher(value, len(pairs)), len(pairs))


def alpha(points: Sequence[int], people: Sequence[Scores]) -> float | None:
    """Give Cronbach's alpha of people who were all asked everything; None where nobody differs."""
    marks = [[_score(row, at) * weight for at, weight in enumerate(points)] for row in people]
    totals: float = variance([sum(row) for row in marks])
    if len(points) < 2 or not totals:  # noqa: PLR2004 - one item is consistent with nothing
        return None
    apart: float = sum(variance(column) for column in zip(*marks, strict=True))
    return len(points) / (len(points) - 1) * (1 - apart / totals)


def _reliability(points: Sequence[int], people: Sequence[Scores]) -> Estimate | None:
    whole = [row for row in people if None not in row]
    value = alpha(points, whole) if len(whole) >= FEWEST else None
    if value is None:
        return None
    return Estimate(value, bootstrap(whole, lambda sample: alpha(points, sample)), len(whole))


def _rest(row: Scores, place: int, points: Sequence[int]) -> float | None:
    others = [
        (score * points[at], points[at])
        for at, score in enumerate(row)
        if at != place and score is not None
    ]
    return sum(mark for mark, _ in others) / sum(most for _, most in others) if others else None


def _score(row: Scores, place: int) -> float:
    return row[place] or 0.0
