"""`lms content export`: what is published into the folder, or a module's questions into a file."""

import sys
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from lms.authoring.export import Export, plan_export, write_export
from lms.authoring.publication import house_of
from lms.cli.content_publish import show_conflicts
from lms.cli.edge import NotAtHeadError, ready_database
from lms.cli.questions import write_questions
from lms.cli.three_way_text import printable
from lms.journey.read import today_in_programme
from lms.kernel.clock import system_clock
from lms.publishing.consent_register import closed_testimonies
from lms.settings import Settings, load_settings
from lms.web.request import LANGUAGES

FORMATS = ("gift", "qti21", "qti30", "moodle-xml", "csv")


@click.command("export")
@click.argument("what", required=False)
@click.option("--dry-run", is_flag=True, help="Name the files; write nothing.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Export a module's questions.")
@click.option("--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), help="Where that module is.")
@click.option("--output", type=click.Path(path_type=Path), help="Where the questions go.")
def export_command(
    what: str | None,
    dry_run: bool,
    form: str | None,
    language: str,
    folder: Path | None,
    output: Path | None,
) -> None:
    """Write what is published into the folder WHAT; with --format, the questions of module WHAT.

    A file that is newer in the folder is never written over.
    """
    if form is None:
        _export_folder(Path(what) if what else None, dry_run=dry_run)
    elif what is None or dry_run:
        raise click.UsageError("with --format, name a module; nothing can be tried dry")
    else:
        settings = load_settings()
        closed = _closed_on(settings)
        write_questions(folder or settings.content, what, language, form, output, closed=closed)


def _closed_on(settings: Settings) -> frozenset[str]:
    """Give the testimonies that the site's register has closed; without a site, none."""
    try:
        with ready_database(settings).read() as session:
            return closed_testimonies(session, today_in_programme(system_clock()))
    except (NotAtHeadError, SQLAlchemyError):
        click.echo("lms: there is no site here: consent is read from the folder alone", err=True)
        return frozenset()


def _export_folder(folder: Path | None, *, dry_run: bool) -> None:
    settings = load_settings()
    database = ready_database(settings)
    house = house_of(settings, {}, folder)
    if house.folder.exists() and not house.folder.is_dir():
        raise click.UsageError(f"{house.folder}: this is not a folder")
    with database.write() as session:
        export = plan_export(session, house, today_in_programme(system_clock()))
        if export.conflicts:
            show_conflicts(session, house.folder)
            cure = "settle these files first: `lms content publish --take …`"
            click.echo(f"lms: nothing was written; {cure}", err=True)
            sys.exit(1)
        if not dry_run:
            write_export(session, export)
            session.commit()
    _show(export, "would be written" if dry_run else "written")


def _show(export: Export, done: str) -> None:
    told = (
        (export.written, done),
        (export.newer, "newer in the folder; left alone"),
        (export.removed, "gone from the folder; left alone"),
        (export.closed, "belongs to a testimony that may not be shown; not written"),
    )
    for paths, words in told:
        for path in sorted(paths):
            click.echo(f"{printable(path)}: {words}")
    if not export.written:
        click.echo("nothing to write: the folder has all that is published")
