"""`lms init | config | db`: a site from nothing, and its database."""

import json

import click

from lms.cli.agency_role import agency_role
from lms.kernel.database import open_database
from lms.kernel.keys import make_keys
from lms.kernel.migrate import downgrade, new_revision, upgrade
from lms.kernel.schema import status
from lms.settings import Settings, load_settings, masked


@click.command()
def init() -> None:
    """Make the instance folder (0700), its keys (0600), and the database."""
    settings = load_settings()
    prepare(settings)
    click.echo(settings.instance)


def prepare(settings: Settings) -> None:
    """Make the folder, the keys that are missing, and the tables."""
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_keys(settings.keys_folder)
    upgrade(settings.database_url)


@click.command()
@click.option("--json", "as_json", is_flag=True)
def config(as_json: bool) -> None:
    """Print the settings, with secrets masked."""
    shown = masked(load_settings())
    if as_json:
        click.echo(json.dumps(shown))
        return
    for name, value in shown.items():
        click.echo(f"LMS_{name.upper()}={value}")


@click.group()
def db() -> None:
    """Migrate the database, or say where it stands."""


@db.command("upgrade")
def upgrade_() -> None:
    """Bring the database to the newest schema."""
    upgrade(load_settings().database_url)


@db.command("downgrade")
@click.argument("revision")
def downgrade_(revision: str) -> None:
    """Bring the database back to an earlier schema (`base`: no tables)."""
    downgrade(load_settings().database_url, revision)


@db.command("status")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def status_(context: click.Context, as_json: bool) -> None:
    """Say which migration the database is at; exit 1 when it is not the newest."""
    found = status(open_database(load_settings().database_url).engine)
    if as_json:
        click.echo(json.dumps({"current": found.current, "head": found.head}))
    else:
        click.echo(f"current: {found.current or 'none'}, head: {found.head}")
    context.exit(0 if found.at_head else 1)


@db.command("revision")
@click.argument("message")
def revision(message: str) -> None:
    """Write the next migration from how the models differ from the database (for developers)."""
    click.echo(new_revision(load_settings().database_url, message))


db.add_command(agency_role)
