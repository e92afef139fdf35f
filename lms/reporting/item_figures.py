"""The figures of a module's questions, from the counters: what pages and the command line show.

Where a group is small nothing is told (docs/ITEM_ANALYSIS.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from lms.assessment.tally import CHOICES, NO_ANSWER
from lms.assessment.values import QuizItem
from lms.content.model import ItemKind
from lms.item_analysis.items import FEWEST, Estimate
from lms.item_analysis.languages import Difference, Stratum, difference
from lms.item_analysis.oddities import Observed, Oddity, look_first, oddity
from lms.item_analysis.reliability import Question, Reliability, Totals, Why, reliability
from lms.item_analysis.sums import Sums, added, discrimination, facility, share
from lms.item_analysis.thirds import OptionFigures, option_figures
from lms.kernel.errors import NotFoundError
from lms.reporting.item_counts import Edition, ItemCell, OptionCell, QuizCell, load_counts
from lms.reporting.item_slice import Slice, View, view_of

COMPARED = ("fr", "en")
BIN = 10  # percents in a bar of the distribution; the last holds 100 as well
_ONE_RIGHT = frozenset({ItemKind.SINGLE, ItemKind.TRUE_FALSE})


@dataclass(frozen=True, slots=True)
class ScoreBin:
    """How many attempts earned from `low` to `high` percent, and how many of them passed."""

    low: int
    high: int
    n: int
    passed: int


@dataclass(frozen=True, slots=True)
class QuestionFigures:
    """One question: asked of `n` people, of whom `passed` passed the quiz and some left it blank.

    `n` is None where it may not be told.
    """

    place: int
    item: QuizItem
    n: int | None
    passed: int = 0
    unanswered: int = 0
    facility: Estimate | None = None
    discrimination: Estimate | None = None
    options: tuple[OptionFigures, ...] = ()
    difference: Difference | None = None
    oddity: Oddity | None = None

    @property
    def is_too_few(self) -> bool:
        """Whether too few were asked to say anything."""
        return self.n is None or self.n < FEWEST


@dataclass(frozen=True, slots=True)
class ModuleFigures:
    """A module's quiz and its questions; `n` first attempts, None where it may not be told.

    `edition` is the one whose questions are shown; `waiting` attempts of the site are not counted
    yet.
    """

    module_id: str
    chosen: Slice
    edition: Edition
    editions: tuple[int, ...]
    n: int | None
    later: int | None
    waiting: int
    passed: Estimate | None
    scores: tuple[ScoreBin, ...]
    reliability: Reliability
    questions: tuple[QuestionFigures, ...]
    first_looks: tuple[Oddity, ...]


def module_figures(
    db: Session, module_id: str, chosen: Slice, *, guarded: bool = False
) -> ModuleFigures:
    """Compute a module's figures; a module or an edition that nobody was asked is not found.

    `guarded` is for those who may see groups of ten only.
    """
    counts = load_counts(db, module_id)
    if counts is None:
        raise NotFoundError(f"module {module_id!r}")
    view = view_of(counts, chosen, guarded=guarded)
    shows = view.may_show(
        (one.edition, one.language, one.n) for one in counts.quizzes if one.is_first
    )
    quizzes = [one for one in counts.quizzes if shows and view.holds(one.edition, one.language)]
    first = [one for one in quizzes if one.is_first]
    n = sum(one.n for one in first)
    scores = score_bins((one.percent, one.n, one.passed) for one in first)
    questions = _questions(view, first) if shows else _hidden(view.edition)
    return ModuleFigures(
        module_id=module_id,
        chosen=chosen,
        edition=view.edition,
        editions=tuple(one.number for one in counts.editions),
        n=n if shows else None,
        later=sum(one.n for one in quizzes) - n if shows else None,
        waiting=counts.waiting,
        passed=share(sum(one.passed for one in first), n),
        scores=from_first_held(scores, lowest_held(scores)),
        reliability=_reliability(view, first),
        questions=questions,
        first_looks=look_first(_observed(one) for one in questions),
    )


def score_bins(cells: Iterable[tuple[int, int, int]]) -> tuple[ScoreBin, ...]:
    """Give the distribution of (percent, how many, how many of them passed) in bars of ten."""
    last = 100 // BIN - 1
    held = [[0, 0] for _ in range(last + 1)]
    for percent, n, passed in cells:
        place = min(percent // BIN, last)
        held[place] = [held[place][0] + n, held[place][1] + passed]
    return tuple(
        ScoreBin(place * BIN, 100 if place == last else place * BIN + BIN - 1, n, passed)
        for place, (n, passed) in enumerate(held)
    )


def from_first_held(scores: Sequence[ScoreBin], lowest: int) -> tuple[ScoreBin, ...]:
    """Throw the bars below a percent together: where nobody is, there is nothing to see."""
    below = [one for one in scores if one.high < lowest]
    if len(below) < 2:  # noqa: PLR2004 - one bar is as it is
        return tuple(scores)
    held = ScoreBin(0, below[-1].high, sum(b.n for b in below), sum(b.passed for b in below))
    return (held, *scores[len(below) :])


def lowest_held(scores: Iterable[ScoreBin]) -> int:
    """Give the lowest percent of the first bar that anybody is in."""
    return min((one.low for one in scores if one.n), default=0)


def _graded(edition: Edition) -> list[tuple[int, QuizItem]]:
    return [(at, item) for at, item in enumerate(edition.items, start=1) if item.graded]


def _hidden(edition: Edition) -> tuple[QuestionFigures, ...]:
    return tuple(QuestionFigures(place, item, None) for place, item in _graded(edition))


def _questions(view: View, quizzes: Sequence[QuizCell]) -> tuple[QuestionFigures, ...]:
    """Compute each question; `passing` are the percents that most of who has them pass with."""
    n = _by_percent((one.percent, one.n) for one in quizzes)
    passed = _by_percent((one.percent, one.passed) for one in quizzes)
    passing = frozenset(percent for percent, count in passed.items() if count * 2 > n[percent])
    cells: dict[str, list[ItemCell]] = {}
    options: dict[str, list[OptionCell]] = {}
    for cell in filter(view.pools, view.counts.items):
        cells.setdefault(cell.item, []).append(cell)
    for option in filter(view.pools, view.counts.options):
        options.setdefault(option.item, []).append(option)
    return tuple(
        _question(view, asked, cells.get(asked[1].id, []), options.get(asked[1].id, []), passing)
        for asked in _graded(view.edition)
    )


def _question(
    view: View,
    asked: tuple[int, QuizItem],
    cells: Sequence[ItemCell],
    options: Sequence[OptionCell],
    passing: frozenset[int],
) -> QuestionFigures:
    place, item = asked
    if not view.may_show((one.edition, one.language, one.sums.n) for one in cells):
        return QuestionFigures(place, item, None)
    held = [one for one in cells if view.holds(one.edition, one.language)]
    chosen = [one for one in options if view.holds(one.edition, one.language)]
    sums = added(one.sums for one in held)
    figures = QuestionFigures(
        place=place,
        item=item,
        n=sums.n,
        passed=sum(one.sums.n for one in held if one.percent in passing),
        unanswered=sum(one.n for one in chosen if one.position == NO_ANSWER),
        facility=facility(sums),
        discrimination=discrimination(sums),
        options=_options(item, held, chosen, passing),
        difference=_difference(view.of_editions(cells)),
    )
    return replace(figures, oddity=oddity(_observed(figures)))


def _options(
    item: QuizItem,
    held: Sequence[ItemCell],
    chosen: Sequence[OptionCell],
    passing: frozenset[int],
) -> tuple[OptionFigures, ...]:
    if item.kind not in CHOICES:
        return ()
    asked = _by_percent((one.percent, one.sums.n) for one in held)
    return tuple(
        option_figures(
            (position, position in item.correct),
            _by_percent((one.percent, one.n) for one in chosen if one.position == position),
            asked,
            passing,
        )
        for position in range(item.size)
    )


def _difference(cells: Sequence[ItemCell]) -> Difference | None:
    """Compare French and English at equal totals; None where one of them is too few."""
    first, other = (_by_total(cells, language) for language in COMPARED)
    if min(sum(one.n for one in held.values()) for held in (first, other)) < FEWEST:
        return None
    return difference(
        Stratum(mine.right, mine.n - mine.right, theirs.right, theirs.n - theirs.right)
        for mine, theirs in ((first[at], other[at]) for at in sorted(first.keys() & other.keys()))
    )


def _by_total(cells: Sequence[ItemCell], language: str) -> dict[int, Sums]:
    found: dict[int, Sums] = {}
    for one in cells:
        if one.language == language:
            found[one.percent] = added([found.get(one.percent, Sums()), one.sums])
    return found


def _by_percent(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    found: dict[int, int] = {}
    for percent, n in pairs:
        found[percent] = found.get(percent, 0) + n
    return found


def _observed(one: QuestionFigures) -> Observed:
    return Observed(
        item=one.item.id,
        n=one.n or 0,
        passed=one.passed,
        one_of=one.item.size if one.item.kind in _ONE_RIGHT else 0,
        facility=one.facility,
        discrimination=one.discrimination,
        options=one.options,
        difference=one.difference,
    )


def _reliability(view: View, quizzes: Sequence[QuizCell]) -> Reliability:
    """Tell the reliability of one edition's quiz; of several together there is none."""
    held = {one.edition for one in quizzes}
    if len(held) != 1:
        return Reliability(why=Why.EDITIONS_DIFFER if held else Why.TOO_FEW)
    edition = next(one for one in view.counts.editions if one.number in held)
    items = [item for _, item in _graded(edition)]
    cells = [
        one
        for one in view.counts.items
        if one.edition in held and view.holds(one.edition, one.language)
    ]
    questions = tuple(
        Question(item.points, added(one.sums for one in cells if one.item == item.id))
        for item in items
    )
    pools = [item.pool for item in items]
    drawn = sum(min(count, pools.count(pool)) for pool, count in edition.draw.items())
    totals = Totals(
        sum(one.n for one in quizzes), sum(one.t for one in quizzes), sum(one.tt for one in quizzes)
    )
    return reliability(questions, drawn + pools.count(""), totals)
