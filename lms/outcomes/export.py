"""The year's figures line by line: table, row, column, value. An empty value is not shown."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict

from lms.outcomes.figures import Figures, Share

Line = tuple[str, str, str, str]
HEADER: Line = ("table", "row", "column", "value")


def figure_lines(figures: Figures) -> Iterator[Line]:
    """Give the header, then every figure; the words are the same in every language."""
    yield HEADER
    yield "year", "", "year", str(figures.year)
    yield "year", "", "as_of", figures.as_of
    way = figures.way
    for table, rows in (
        ("files", (way.total,)),
        ("files_by_group", way.cohorts),
        ("files_by_month", way.months),
        ("exchange", figures.exchange),
    ):
        for row in rows:
            yield from _cells(table, row.label or row.name, row.cells)
    if figures.completion is not None:
        yield from _share("completion", "", figures.completion)
    for span in figures.spans:
        yield from _cells("days", span.name, asdict(span))
    yield from _costs(figures)
    yield from _survey(figures)
    yield from _follow_up(figures)


def _cells(table: str, row: str, cells: Mapping[str, object]) -> Iterator[Line]:
    for column, value in cells.items():
        if column != "name":
            yield table, row, column, "" if value is None else str(value)


def _share(table: str, row: str, share: Share | None) -> Iterator[Line]:
    cells = dict.fromkeys(("n", "share", "low", "high")) if share is None else asdict(share)
    yield from _cells(table, row, cells)


def _costs(figures: Figures) -> Iterator[Line]:
    for one in figures.costs.rows:
        yield from _cells("cost", one.label, asdict(one))
    yield from _cells(
        "costs",
        "",
        {"total": figures.costs.total, "per_completed": figures.costs.per_completed},
    )


def _survey(figures: Figures) -> Iterator[Line]:
    if figures.survey is None:
        return
    rows = {"paired": figures.survey.paired, "all": figures.survey.everybody}
    for name, row in rows.items():
        if row is not None:
            yield from _cells("survey", name, asdict(row))
    for question in figures.survey.questions:
        yield from _cells("survey_question", question.name, asdict(question))


def _follow_up(figures: Figures) -> Iterator[Line]:
    for term in figures.follow_up:
        yield from _share("known_again", str(term.months), term.rate)
    if figures.curve is not None:
        yield "not_known_again", "", "n", str(figures.curve.n)
        yield "not_known_again", "", "until", str(figures.curve.until)
        for step in figures.curve.steps:
            yield from _cells("not_known_again", str(step.months), asdict(step))
