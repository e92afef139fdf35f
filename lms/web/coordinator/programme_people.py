"""The year's figures as tables of words: what people think, and who is known again.

The statements beside the rate are those of the register of facts, by their ids: they speak of
other programmes, and say how little a rate tells.
"""

from collections.abc import Mapping

from flask_babel import format_decimal
from sqlalchemy.orm import Session

from lms.completion.plain import plain_text
from lms.outcomes.figures import ChangeRow, Figures, SurveyFigures, TermRate
from lms.outcomes.printing import Column, FigureTable, Section
from lms.surveys.queries import find_survey
from lms.web.coordinator.programme_tables import HIDDEN, percent, share_text
from lms.web.request import language
from lms.web.words import _, plural


def survey_section(db: Session, figures: Figures) -> Section:
    """Give what changed in the anonymous survey."""
    heading = _("What participants think, before and after")
    survey = figures.survey
    if survey is None:
        return Section(heading, (_("No course asks the same survey before and after."),))
    before = _("Anonymous and optional: nobody can see who answered what, and it decides nothing. "
               "Each statement is answered on a scale from 0 to %(most)s; more is nearer to what "
               "the training teaches. Only whole sheets are counted.",
               most=survey.most)  # fmt: skip
    if survey.paired is None and survey.everybody is None:
        none = _("Not shown: fewer than ten people, or too few more than last time.")
        return Section(heading, (before, none))
    after = _("Effect: g is the difference divided by the mean of both standard deviations "
              "(g_av), with Hedges’ correction; for two groups, by the pooled one. d_z is the "
              "difference divided by the standard deviation of the differences. It measures an "
              "attitude on a day, not what somebody does later. All intervals are of 95 "
              "percent.")  # fmt: skip
    return Section(heading, (before,), (_survey_table(db, survey),), (after,))


def _survey_table(db: Session, survey: SurveyFigures) -> FigureTable:
    names = _questions(db, survey.survey_id)
    lines = []
    if survey.paired is not None:
        lines.append(_change(_("All statements, paired"), survey.paired))
        lines += [_change(names.get(one.name, one.name), one) for one in survey.questions]
    if survey.everybody is not None:
        lines.append(_change(_("All statements, all sheets"), survey.everybody))
    heads = (
        Column(_("Statement")),
        Column(_("Sheets before, after"), number=True),
        Column(_("Mean before"), number=True),
        Column(_("Mean after"), number=True),
        Column(_("Difference (interval)"), number=True),
        Column(_("Effect g (interval)"), number=True),
        Column(_("d_z"), number=True),
    )
    return FigureTable("survey", _("Change from before to after"), heads, tuple(lines))


def _questions(db: Session, survey_id: str) -> Mapping[str, str]:
    """Give each statement in the reader's language, without marks."""
    page = find_survey(db, survey_id, language())
    return {} if page is None else {one.id: plain_text(one.prompt) for one in page.questions}


def _change(label: str, row: ChangeRow) -> tuple[str, ...]:
    return (
        label,
        f"{row.n_before}, {row.n_after}",
        _two(row.before),
        _two(row.after),
        _between(row.difference, row.low, row.high),
        _between(row.g, row.g_low, row.g_high),
        _two(row.d_z),
    )


def _two(value: float | None) -> str:
    return HIDDEN if value is None else str(format_decimal(value, "0.00"))


def _between(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return HIDDEN
    return _("%(value)s (%(low)s to %(high)s)", value=_two(value), low=_two(low), high=_two(high))


def known_section(figures: Figures) -> Section:
    """Give who is known again to the agency, and beside it what others said of other programmes."""
    rows = [
        (
            plural("%(num)s month", "%(num)s months", one.months),
            HIDDEN if one.rate is None else str(one.rate.n),
            HIDDEN if one.rate is None else share_text(one.rate),
            _years(one),
        )
        for one in figures.follow_up
    ]
    heads = (
        Column(_("After")),
        Column(_("People followed"), number=True),
        Column(_("Known again to the agency")),
        Column(_("Completed in")),
    )
    table = FigureTable("known", _("Known again, of those who completed"), heads, tuple(rows))
    before = _("The agency reports “known again” or “not known” for each reference at 12 and at "
               "24 months. Known again is not the same as having done it again: some may not be "
               "caught.")  # fmt: skip
    return Section(_("Known again"), (before,), (table,), quotations())


def _years(term: TermRate) -> str:
    if term.first_year is None:
        return HIDDEN
    if term.first_year == term.last_year:
        return str(term.first_year)
    return _("%(first)s to %(last)s", first=str(term.first_year), last=str(term.last_year))


def quotations() -> tuple[str, ...]:
    """Give what others said, each with the id of its fact and what it is."""
    return (
        _("Figure quoted by the police chief for programmes elsewhere, not a result of this one "
          "(P02): %(share)s re-offend.", share=percent(0.07)),
        _("Range given by a radio for cities that have such a programme (P03): from %(low)s to "
          "%(high)s re-offend.", low=percent(0.07), high=percent(0.3)),
        _("In 2019 Edmonton police told Quebec’s commission that in three years, among hundreds "
          "arrested, they re-arrested only two. The officer himself added that some may simply "
          "not be caught (P25)."),
        _("The official evaluation of the San Francisco programme concluded that re-arrest fell "
          "after the programme began and that displacement did not explain the fall. The men "
          "themselves did not report that they would be less likely to buy again (P20)."),
        _("Critics (Lovell and Jordan) answered that the San Francisco study had no random control "
          "group, that re-arrests were already falling two years before the programme, and that "
          "the comparison with the rest of California was not sound. The summary states that such "
          "schools do not reduce re-offending (P22). The experts disagree."),
    )  # fmt: skip


def curve_section(figures: Figures) -> Section:
    """Give the curve's figures: the share that is not known again, from month to month."""
    heading = _("Not known again, month by month")
    curve = figures.curve
    if curve is None:
        return Section(heading, (_("Not shown: fewer than ten people have been followed."),))
    rows = [
        (
            plural("%(num)s month", "%(num)s months", round(step.months)),
            percent(step.share),
            HIDDEN if step.low is None else percent(step.low),
            HIDDEN if step.high is None else percent(step.high),
        )
        for step in curve.steps
    ]
    heads = (
        Column(_("From month")),
        Column(_("Not known again"), number=True),
        Column(_("Lower end of the interval"), number=True),
        Column(_("Upper end of the interval"), number=True),
    )
    table = FigureTable("curve-figures", heading, heads, tuple(rows))
    before = _("Kaplan and Meier’s estimate for %(n)s people, drawn as long as ten of them are "
               "followed. Intervals of 95 percent: Greenwood’s, on the scale of log(-log).",
               n=curve.n)  # fmt: skip
    return Section(heading, (before,), (table,) if rows else ())
