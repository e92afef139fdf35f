"""`lms content due`, `quality`, `links`: what is to be done, what can be measured and followed."""

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import click

from lms.cli.link_check import Verdict, check_link
from lms.content.check import check_content
from lms.content.due import due, due_as_calendar, due_as_text
from lms.content.model import Content, Problem
from lms.content.outside_links import outside_links
from lms.content.quality import ModuleQuality, quality
from lms.content.quality_report import quality_as_json, quality_as_text
from lms.content.report import as_text
from lms.journey.read import today_in_programme
from lms.kernel.clock import system_clock
from lms.settings import load_settings

_MOST_DAYS = 3660
_MEASURES: Mapping[str, Callable[[Iterable[ModuleQuality]], str]] = {
    "text": quality_as_text,
    "json": quality_as_json,
}
_BAD = {Verdict.GONE, Verdict.FAILS}
_folder = click.argument("folder", type=click.Path(path_type=Path), required=False)


@click.command("due")
@_folder
@click.option("--days", type=click.IntRange(0, _MOST_DAYS), default=30, show_default=True,
              help="How many days ahead.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "ics"]), default="text")
def due_command(folder: Path | None, days: int, form: str) -> None:
    """Print what is due: facts, modules, consents that end, phone numbers to dial."""
    now = system_clock()
    today = today_in_programme(now)
    content, _ = _read(folder)
    found = due(content, today, days)
    text = due_as_calendar(found, now) if form == "ics" else due_as_text(found, today)
    # As bytes: a calendar ends its lines with CRLF, whatever the system makes of a line.
    click.echo(text.encode(), nl=False)


@click.command("quality")
@_folder
@click.option("--format", "form", type=click.Choice(list(_MEASURES)), default="text")
def quality_command(folder: Path | None, form: str) -> None:
    """Measure every module: reading grade, minutes, questions, pools, links, pictures, facts."""
    content, problems = _read(folder)
    today = today_in_programme(system_clock())
    click.echo(_MEASURES[form](quality(content, problems, today)), nl=False)


@click.command("links")
@_folder
@click.option("--check", is_flag=True, help="Ask each site from this machine: https, HEAD.")
def links_command(folder: Path | None, check: bool) -> None:
    """List the addresses of other sites; with --check, exit 1 where one does not answer."""
    content, _ = _read(folder)
    is_bad = False
    for address, places in outside_links(content).items():
        said = ""
        if check:
            answer = check_link(address)
            is_bad = is_bad or answer.verdict in _BAD
            said = f"  {answer.verdict} ({answer.detail})"
        where = ", ".join(f"{place.path}:{place.line}" for place in places)
        line = f"{address}{said}  [{where}]"
        click.echo("".join(sign if sign.isprintable() else " " for sign in line))
    sys.exit(1 if is_bad else 0)


def _read(folder: Path | None) -> tuple[Content, tuple[Problem, ...]]:
    """Read a folder as far as it can be read; one that is not there is wrong usage."""
    content, problems = check_content(
        folder or load_settings().content, today_in_programme(system_clock())
    )
    unreadable = [one for one in problems if one.rule == "unreadable-folder"]
    if unreadable:
        click.echo(as_text(unreadable), nl=False, err=True)
        sys.exit(2)
    return content, problems
