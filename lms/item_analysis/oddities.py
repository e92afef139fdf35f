"""Which questions to look at first, and the one thing that is odd about each.

The kinds stand in the order in which they are told: first what says that the key may be wrong, then
what says that the question misleads, then what is merely idle. A question shows its oddest only.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from lms.item_analysis.items import FEWEST, Estimate
from lms.item_analysis.languages import Difference, Size
from lms.item_analysis.thirds import OptionFigures

MOST = 3
FEWEST_FOR_NOBODY = (
    30  # of fewer, nobody choosing an option is no news: Wilson's bound is over 11 %
)
_NEARLY_ONE = 0.999


class Odd(StrEnum):
    """What is odd about a question, the oddest first."""

    PASSED_CHOSE_WRONG = "most-who-passed-chose-it"
    BELOW_CHANCE = "fewer-right-than-by-guessing"
    BEST_MISSED = "those-who-did-best-missed-it-more-often"
    LANGUAGES_DIFFER = "french-and-english-differ"
    NOBODY_CHOSE = "nobody-chose-it"


_ORDER = tuple(Odd)


@dataclass(frozen=True, slots=True)
class Oddity:
    """What is odd about a question; `position` is the option that it is about.

    `weight` orders oddities: the greater, the odder.
    """

    item: str
    odd: Odd
    weight: float
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Observed:
    """A question with its figures; `one_of` counts the options of one that has one right answer."""

    item: str
    n: int
    passed: int
    one_of: int
    facility: Estimate | None
    discrimination: Estimate | None
    options: tuple[OptionFigures, ...]
    difference: Difference | None


def look_first(questions: Iterable[Observed]) -> tuple[Oddity, ...]:
    """Give at most three questions to look at first, the oddest first."""
    found = (oddest for one in questions if (oddest := oddity(one)) is not None)
    return tuple(sorted(found, key=lambda one: -one.weight)[:MOST])


def oddity(question: Observed) -> Oddity | None:
    """Give the oddest thing about a question; None where nothing is odd, or too few were asked."""
    if question.n < FEWEST:
        return None
    return max(_oddities(question), key=lambda one: one.weight, default=None)


def _oddities(question: Observed) -> Iterator[Oddity]:
    yield from _by_options(question)
    facility, sorts, languages = question.facility, question.discrimination, question.difference
    by_chance = 1 / question.one_of if question.one_of else 0.0
    if facility and facility.interval and facility.interval.high < by_chance:
        yield _oddity(question, Odd.BELOW_CHANCE, by_chance - facility.value)
    if sorts and sorts.interval and sorts.interval.high < 0:
        yield _oddity(question, Odd.BEST_MISSED, -sorts.value)
    if languages and languages.size is not Size.NEGLIGIBLE:
        large = languages.size is Size.LARGE
        yield _oddity(question, Odd.LANGUAGES_DIFFER, large / 2 + abs(languages.delta) / 100)


def _by_options(question: Observed) -> Iterator[Oddity]:
    wrong = [option for option in question.options if not option.is_right]
    missed = sum(option.n for option in wrong)
    for option in wrong:
        if question.passed >= FEWEST and option.passed * 2 > question.passed:
            how_many = option.passed / question.passed
            yield _oddity(question, Odd.PASSED_CHOSE_WRONG, how_many, option.position)
        # Where hardly anybody is wrong, an option that nobody chose is no fault of the option.
        if not option.n and question.n >= FEWEST_FOR_NOBODY and missed >= FEWEST:
            few = FEWEST_FOR_NOBODY / question.n
            yield _oddity(question, Odd.NOBODY_CHOSE, 1 - few, option.position)


def _oddity(question: Observed, odd: Odd, how: float, position: int | None = None) -> Oddity:
    """Weigh an oddity: its kind first, then how strong it is."""
    weight = len(_ORDER) - 1 - _ORDER.index(odd) + min(max(how, 0.0), _NEARLY_ONE)
    return Oddity(question.item, odd, weight, position)
