"""The year's figures as tables of words: files, times, exchanges, costs, MOBILIS beside them."""

from collections.abc import Iterable, Sequence
from datetime import date

from flask_babel import format_currency, format_date, format_decimal, format_percent

from lms.outcomes.figures import Costs, Figures, Row, Share
from lms.outcomes.printing import Column, FigureTable, Section
from lms.outcomes.suppression import TOTAL
from lms.outcomes.way import Column as Way
from lms.outcomes.way import Span
from lms.web.coordinator.exchange_words import kind_text
from lms.web.words import _, day_text

HIDDEN = "–"


def number(value: int | None) -> str:
    """Write a count; a dash where it is not shown."""
    return HIDDEN if value is None else str(format_decimal(value))


def percent(share: float) -> str:
    """Write a share in whole percent."""
    return str(format_percent(share))


def dollars(cents: int | None) -> str:
    """Write an amount; a dash where it is not shown."""
    return HIDDEN if cents is None else str(format_currency(cents / 100, "CAD"))


def share_text(share: Share) -> str:
    """Write a share with its interval."""
    return _("%(share)s (interval: %(low)s to %(high)s)",
             share=percent(share.share), low=percent(share.low),
             high=percent(share.high))  # fmt: skip


def way_names() -> dict[str, str]:
    """Name the columns of files."""
    return {
        Way.REFERRED: _("Files referred"),
        Way.ELIGIBLE: _("Eligible"),
        Way.ENROLLED: _("Enrolled"),
        Way.UNDER_WAY: _("Under way"),
        Way.COMPLETED: _("Completed"),
        Way.RETURNED: _("Returned to the prosecutor"),
        Way.WITHDRAWN: _("Withdrawals"),
    }


def way_section(figures: Figures) -> Section:
    """Give the files of the year, by group and by month of referral."""
    way = figures.way
    before = [
        _("Counted are the files that were referred in %(year)s, where they stand now. Files that "
          "were called off are left out. Under way, completed, returned and withdrawn are parts "
          "of those enrolled.", year=str(figures.year))
    ]  # fmt: skip
    if figures.completion is not None:
        share = share_text(figures.completion)
        before.append(_("Of those enrolled, %(share)s have completed.", share=share))
    names = {row.name: row.label or _("No group yet") for row in way.cohorts}
    months = {row.name: _month(row.name) for row in way.months}
    return Section(
        _("From referral to outcome"),
        tuple(before),
        (
            _way_table("groups", _("By group"), _("Group"), (way.cohorts, way.total), names),
            _way_table(
                "months", _("By month of referral"), _("Month"), (way.months, way.total), months
            ),
        ),
    )


def _way_table(
    name: str,
    caption: str,
    head: str,
    rows: tuple[Sequence[Row], Row],
    labels: dict[str, str],
) -> FigureTable:
    columns = way_names()
    lines = [(labels[row.name], *_cells(row, columns)) for row in rows[0]]
    lines.append((_("All"), *_cells(rows[1], columns)))
    heads = (Column(head), *(Column(label, number=True) for label in columns.values()))
    return FigureTable(name, caption, heads, tuple(lines))


def _cells(row: Row, columns: Iterable[str]) -> Iterable[str]:
    return (number(row.cells.get(column)) for column in columns)


def _month(text: str) -> str:
    return str(format_date(date.fromisoformat(text), "MMMM y"))


def span_section(figures: Figures) -> Section:
    """Give how long the steps took."""
    names = {
        Span.TO_ENROLMENT: _("From referral to enrolment"),
        Span.TO_COMPLETION: _("From enrolment to completion"),
        Span.WHOLE: _("From referral to completion"),
    }
    rows = [
        (names[Span(one.name)], number(one.lower), number(one.median), number(one.upper))
        for one in figures.spans
    ]
    heads = (
        Column(_("Step")),
        Column(_("A quarter took at most"), number=True),
        Column(_("Half took at most"), number=True),
        Column(_("Three quarters took at most"), number=True),
    )
    table = FigureTable("times", _("Days between the steps"), heads, tuple(rows))
    return Section(_("Times"), (), (table,))


def exchange_section(figures: Figures) -> Section:
    """Give the exchanges with the agencies, by kind."""
    rows = [
        (_("All") if one.name == TOTAL else kind_text(one.name), *_cells(one, ["messages"]))
        for one in (*figures.exchange[1:], figures.exchange[0])
    ]
    heads = (Column(_("Kind")), Column(_("Messages"), number=True))
    table = FigureTable("exchange", _("Exchanges with the agencies"), heads, tuple(rows))
    return Section(_("Exchanges"), (), (table,))


def cost_section(costs: Costs) -> Section:
    """Give the costs as they were entered, and how much that is for each completed file."""
    if not costs.rows:
        return Section(_("Costs"), (_("No cost has been entered for this year."),))
    rows = [
        (
            one.label,
            day_text(date.fromisoformat(one.from_day)),
            day_text(date.fromisoformat(one.until_day)),
            dollars(one.cents),
        )
        for one in costs.rows
    ]
    rows.append((_("All"), "", "", dollars(costs.total)))
    heads = (
        Column(_("What for")),
        Column(_("First day")),
        Column(_("Last day")),
        Column(_("Part in this year"), number=True),
    )
    table = FigureTable("costs", _("Costs entered by hand"), heads, tuple(rows))
    after = _("For each completed file: %(amount)s.", amount=dollars(costs.per_completed))
    return Section(_("Costs"), (), (table,), (after,))


def mobilis_section(figures: Figures) -> Section:
    """Give MOBILIS's own table with this programme beneath; what is not kept here is said so."""
    not_here = _("not kept here")
    heads = (
        Column(_("Project")),
        Column(_("Buyers arrested"), number=True),
        Column(_("Prosecuted"), number=True),
        Column(_("Pleaded guilty"), number=True),
        Column(_("Girls removed from the sex trade"), number=True),
        Column(_("Formal exchanges"), number=True),
        Column(_("Cost"), number=True),
    )
    mobilis = (
        _("MOBILIS, 2008 to 2011 (P15)"),
        *(number(90), number(81), _("%(count)s (all)", count=number(81))),
        *(number(238), number(81)),
        _("about $%(amount)s", amount=number(553_000)),
    )
    here = (
        _("This programme, %(year)s", year=str(figures.year)),
        *(not_here, not_here, not_here, not_here),
        number(figures.exchange[0].cells["messages"]),
        dollars(figures.costs.total) if figures.costs.rows else HIDDEN,
    )
    table = FigureTable("mobilis", _("The table of MOBILIS"), heads, (mobilis, here))
    return Section(
        _("Beside MOBILIS"),
        (),
        (table,),
        (
            _("MOBILIS was another project: police and the youth centre exchanged information "
              "about minors. Its figures come from its internal evaluation, over three years. They "
              "are here to compare the columns, not the results."),
        ),
    )  # fmt: skip
