"""`lms outcomes`: the figures of a year, as the coordinator's page shows them."""

import csv
import json
import sys

import click

from lms.cli.edge import ready_database
from lms.kernel.clock import system_clock
from lms.kernel.days import today_in_programme
from lms.outcomes.export import figure_lines
from lms.outcomes.plain import as_document
from lms.outcomes.report import year_figures
from lms.settings import load_settings


@click.group()
def outcomes() -> None:
    """See what came of the programme."""


@outcomes.command()
@click.option("--year", type=click.IntRange(2000, 2999), help="Default: this year.")
@click.option("--format", "form", type=click.Choice(["json", "csv"]), default="json")
def report(year: int | None, form: str) -> None:
    """Print the figures of a year; null, or an empty value, is a figure that is not shown.

    Nothing is published by this: publish on the coordinator's page what is to leave the house.
    """
    today = today_in_programme(system_clock())
    database = ready_database(load_settings())
    try:
        with database.read() as session:
            figures = year_figures(session, year or today.year, today)
    finally:
        database.engine.dispose()
    if form == "json":
        click.echo(json.dumps(as_document(figures), ensure_ascii=False))
    else:
        csv.writer(sys.stdout).writerows(figure_lines(figures))
