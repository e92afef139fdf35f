"""`lms results export`: a table of everybody, or of one group, into a file; any size."""

from pathlib import Path

import click
from sqlalchemy import select

from lms.cli.edge import ready_database
from lms.enrolment.models import Cohort
from lms.exports.tables import Kind, Scope, columns, count_rows, rows
from lms.exports.write import Form, write_file
from lms.kernel.errors import NotFoundError
from lms.settings import load_settings


@click.command()
@click.argument("kind", type=click.Choice([one.value for one in Kind]))
@click.option("--group", "name", help="The name of one group; without it, everybody.")
@click.option("--form", type=click.Choice([one.value for one in Form]), default="csv")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
def export(kind: str, name: str | None, form: str, out: Path) -> None:
    """Write people, attempts or responses into a file, by pseudonym, with a progress bar."""
    database = ready_database(load_settings())
    try:
        with database.read() as db:
            cohort_id = None
            if name is not None:
                cohort_id = db.scalar(select(Cohort.id).where(Cohort.name == name))
                if cohort_id is None:
                    raise NotFoundError(f"there is no group named {name}")
            scope, table = Scope(cohort_id), Kind(kind)
            total = count_rows(db, table, scope)
            with click.progressbar(length=total, label=kind) as bar:
                count = write_file(
                    out,
                    Form(form),
                    columns(db, table, scope),
                    rows(db, table, scope),
                    lambda done: bar.update(done - bar.pos),
                )
                bar.update(count - bar.pos)
    finally:
        database.engine.dispose()
    click.echo(f"{out}: {count} rows")
