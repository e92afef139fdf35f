"""`lms privacy`: what is kept no longer, a person's own file, and purges after a restore."""

import sys
from pathlib import Path
from typing import TextIO

import click

from lms.accounts.service import clean_login
from lms.app import create_app
from lms.cli.edge import ready_database, transaction
from lms.journey.read import today_in_programme
from lms.kernel.clock import system_clock
from lms.privacy.journal import FILE_NAME, read_lines
from lms.privacy.models import RetentionReport
from lms.privacy.person import person_by_login
from lms.privacy.replay import replay
from lms.privacy.retention import Run, retain
from lms.privacy.subject_file import note_export
from lms.settings import Settings, load_settings, site_keys
from lms.web.participant.own_file import write_own_files


@click.group()
def privacy() -> None:
    """Delete what is over, hand a person his file, purge again after a restore."""


@privacy.command("retain")
@click.option("--dry-run", is_flag=True, help="Say what would go, and leave everything as it is.")
def retain_command(dry_run: bool) -> None:
    """Delete what has been kept long enough; `lms serve` does it every night."""
    settings = load_settings()
    run = _run(settings, is_rehearsal=dry_run)
    try:
        _say(retain(run))
    finally:
        run.database.engine.dispose()


@privacy.command("replay-purges")
@click.argument("journal", type=click.File("r", encoding="ascii"), required=False)
def replay_command(journal: TextIO | None) -> None:
    """After a backup came back: do again every purge of the journal that it does not know.

    Without a file, the journal in the instance folder is read.
    """
    settings = load_settings()
    path = settings.instance / FILE_NAME
    if journal is None and not path.exists():
        raise click.UsageError(f"{path}: there is no journal here; name the copy that was kept")
    with journal or path.open(encoding="ascii") as lines:
        entries = read_lines(lines)
    run = _run(settings)
    try:
        click.echo(f"{replay(run, entries)} of {len(entries)} purges done again")
    finally:
        run.database.engine.dispose()


@privacy.command("export")
@click.option("--login", required=True, help="Of the participant who asks for it.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True,
              help="A folder; it is made, and nothing in it is overwritten.")  # fmt: skip
def export_command(login: str, out: Path) -> None:
    """Write a participant's whole file: JSON for machines, HTML to be read (French, English).

    That it was taken is written into the audit chain.
    """
    settings = load_settings()
    keys, now = site_keys(settings), system_clock()
    with transaction(settings) as db:
        person = person_by_login(db, clean_login(login))
        note_export(db, person, audit_key=keys.audit, now=now)
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            app = create_app(settings, database=ready_database(settings), keys=keys)
            paths = write_own_files(app, db, person, keys, (out, now))
        except FileExistsError as error:
            raise click.UsageError(f"{error.filename}: this file is there already") from error
    for path in paths:
        click.echo(path)


def purge_nightly(settings: Settings) -> int:
    """Do what `lms privacy retain` does; gives how many people something was purged of."""
    run = _run(settings)
    try:
        report = retain(run)
    finally:
        run.database.engine.dispose()
    return int(sum(report.counts["people"].values()))


def _run(settings: Settings, *, is_rehearsal: bool = False) -> Run:
    now = system_clock()
    return Run(
        database=ready_database(settings),
        keys=site_keys(settings),
        instance=settings.instance,
        now=now,
        today=today_in_programme(now),
        is_rehearsal=is_rehearsal,
    )


def _say(report: RetentionReport) -> None:
    """Print a report: people by rule, then rows."""
    click.echo("dry run: nothing was changed" if report.is_dry_run else "done")
    for name, count in report.counts["people"].items():
        click.echo(f"{name}: {count} people")
    for name, count in report.counts["rows"].items():
        click.echo(f"{name}: {count} rows")
    sys.stdout.flush()
