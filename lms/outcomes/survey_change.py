"""What changed in the survey of a year: from anonymous sheets to figures. Pure.

A pair belongs to the year of its second sheet, a sheet without a twin to its own.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from lms.outcomes.change import LEAST, Change, paired_change, wave_change
from lms.outcomes.figures import ChangeRow, Figures, Group, SurveyFigures
from lms.outcomes.queries import Period
from lms.outcomes.snapshots import may_tell
from lms.surveys.sheet import Sheet, SurveyPage, Wave, scores_of

PAIRED, EVERYBODY = "survey-paired", "survey-all"  # the groups of people
Scores = Mapping[str, Mapping[str, int]]  # by token, by question


@dataclass(frozen=True, slots=True)
class SurveyOutcome:
    """The figures of a survey, and the groups of people that they are about."""

    figures: SurveyFigures
    groups: Mapping[str, Group]


def survey_outcome(
    page: SurveyPage, sheets: Sequence[Sheet], period: Period, earlier: Sequence[Figures]
) -> SurveyOutcome:
    """Give what changed among those whose sheets belong to the period, where it may be told."""
    before, after = _waves(page, sheets, period)
    both = sorted(before.keys() & after.keys())
    found = wave_change(_means(before), _means(after))
    groups = {PAIRED: _group(both), EVERYBODY: _group([*sorted(before), "", *sorted(after)])}
    told = {name for name, group in groups.items() if may_tell(name, group, earlier)}
    sizes = frozenset(_sizes(earlier))
    paired = found.paired if PAIRED in told and _is_clear(found.paired, sizes) else None
    everybody = found.everybody if EVERYBODY in told else None
    everybody = everybody if _is_clear(everybody, sizes) else None
    figures = SurveyFigures(
        survey_id=page.survey_id,
        most=max((len(one.choices) for one in page.questions), default=1) - 1,
        paired=None if paired is None else _row("", paired),
        questions=() if paired is None else tuple(_questions(page, both, before, after)),
        everybody=None if everybody is None else _row("", everybody),
    )
    shown = {PAIRED: paired, EVERYBODY: everybody}
    return SurveyOutcome(figures, {n: one for n, one in groups.items() if shown[n] is not None})


def _sizes(earlier: Sequence[Figures]) -> Iterable[int]:
    """Give the numbers of sheets that were told: those of the pairs are among those of all."""
    for one in earlier:
        rows = (one.survey.paired, one.survey.everybody) if one.survey else ()
        for row in rows:
            yield from () if row is None else (row.n_before, row.n_after)


def _is_clear(change: Change | None, sizes: Collection[int], least: int = LEAST) -> bool:
    """Whether no number of sheets differs by 1 to 9 from one that was told."""
    mine = () if change is None else (change.n_before, change.n_after)
    return not any(0 < abs(one - told) < least for one in mine for told in sizes)


def _waves(page: SurveyPage, sheets: Sequence[Sheet], period: Period) -> tuple[Scores, Scores]:
    whole = {(one.token, one.wave): one for one in sheets if one.day <= period.last}
    mine: dict[Wave, dict[str, Mapping[str, int]]] = {Wave.BEFORE: {}, Wave.AFTER: {}}
    for (token, wave), sheet in whole.items():
        last = whole.get((token, Wave.AFTER), sheet)
        scores = scores_of(page, sheet.answers)
        if scores is not None and last.day >= period.first:
            mine[wave][token] = scores
    return mine[Wave.BEFORE], mine[Wave.AFTER]


def _means(scores: Scores) -> dict[str, float]:
    return {token: fmean(one.values()) for token, one in scores.items()}


def _questions(
    page: SurveyPage, both: Sequence[str], before: Scores, after: Scores
) -> Iterable[ChangeRow]:
    for question in page.questions:
        early = [before[token][question.id] for token in both]
        late = [after[token][question.id] for token in both]
        yield _row(question.id, paired_change(early, late))


def _group(tokens: Sequence[str]) -> Group:
    """Give how many people, and a mark of exactly whom; the empty word parts two waves."""
    mark = hashlib.sha256("\n".join(tokens).encode()).hexdigest()
    return Group(len([one for one in tokens if one]), mark)


def _row(name: str, change: Change) -> ChangeRow:
    effect = change.effect
    return ChangeRow(
        name=name,
        n_before=change.n_before,
        n_after=change.n_after,
        before=change.before,
        after=change.after,
        difference=change.difference,
        low=change.interval.low,
        high=change.interval.high,
        g=None if effect is None else effect.g,
        g_low=None if effect is None else effect.interval.low,
        g_high=None if effect is None else effect.interval.high,
        d_z=change.d_z,
    )
