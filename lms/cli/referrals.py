"""`lms referral import`: files from a CSV, as the coordinator's page takes them."""

from collections.abc import Sequence
from pathlib import Path

import click

from lms.agencies.queries import agencies, agreement_in_force
from lms.cli.agencies import agency_named
from lms.cli.edge import transaction
from lms.kernel.clock import system_clock
from lms.kernel.days import today_in_programme
from lms.kernel.errors import VirageError
from lms.referrals.bulk import judge_rows, take_rows
from lms.referrals.spreadsheet import (
    ColumnsError,
    NotACsvError,
    Row,
    TooManyRowsError,
    decode_csv,
    read_rows,
)
from lms.settings import load_settings, site_keys


@click.group()
def referral() -> None:
    """Take in files that an agency refers."""


@referral.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--agency", "name", required=True, help="The agency that refers, by its name.")
@click.option("--dry-run", is_flag=True, help="Tell what is wrong with each row, write nothing.")
def import_(path: Path, name: str, dry_run: bool) -> None:
    """Take in the good rows of a CSV file; exit code 1 when a row was not taken."""
    settings, now = load_settings(), system_clock()
    keys, today = site_keys(settings), today_in_programme(now)
    with transaction(settings) as db:
        agency = agency_named(agencies(db), name)
        if agreement_in_force(db, agency.id, today) is None:
            raise VirageError(
                f"no written agreement with {name!r} is in force: nothing is exchanged with it"
            )
        try:
            rows = judge_rows(db, agency.id, read_rows(decode_csv(path.read_bytes()), today), keys)
        except (NotACsvError, TooManyRowsError, ColumnsError) as fault:
            raise VirageError(f"{path}: {_words(fault)}") from fault
        good = [row for row in rows if row.referral is not None]
        refused: Sequence[Row] = [row for row in rows if row.referral is None]
        taken = len(good)
        if not dry_run:
            files, late = take_rows(db, agency.id, good, by=None, keys=keys, now=now, today=today)
            taken, refused = len(files), [*refused, *late]
    for row in refused:
        faults = ", ".join(f"{one.column}: {one.wrong}" for one in row.faults)
        click.echo(f"{path}:{row.line}: {faults}", err=True)
    verb = "can be taken in" if dry_run else "taken in"
    click.echo(f"{verb}: {taken}; refused: {len(refused)}")
    if refused:
        raise SystemExit(1)


def _words(fault: Exception) -> str:
    return str(fault) or str(type(fault).__doc__)
