"""`lms init | serve | demo | config | db`: a site from nothing to running."""

import json
import logging

import click
from granian import Granian
from granian.constants import Interfaces

from lms.app import create_app
from lms.cli.edge import ready_database, transaction
from lms.cli.jobs import work_beside
from lms.demo.make import Demo, claim_instance, make_demo, reset_demo
from lms.kernel.database import open_database
from lms.kernel.ids import grouped
from lms.kernel.keys import make_keys
from lms.kernel.migrate import downgrade, new_revision, upgrade
from lms.kernel.schema import status
from lms.settings import Settings, check_production, load_settings, masked, site_keys
from lms.web.words import content_words


@click.command()
def init() -> None:
    """Make the instance folder (0700), its keys (0600), and the database."""
    settings = load_settings()
    _prepare(settings)
    click.echo(settings.instance)


def _prepare(settings: Settings) -> None:
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_keys(settings.keys_folder)
    upgrade(settings.database_url)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; default: LMS_WORKERS.")
@click.option("--jobs/--no-jobs", default=True, help="Also run the jobs; on one host of many.")
def serve(host: str, port: int, workers: int | None, *, jobs: bool) -> None:
    """Serve the site with granian, or say why it cannot start."""
    settings = load_settings()
    check_production(settings)
    site_keys(settings)
    ready_database(settings).engine.dispose()
    logging.getLogger("granian").setLevel(logging.WARNING)
    if jobs:
        work_beside()
    Granian(
        "lms.wsgi:make",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers or settings.workers,
        blocking_threads=1,
        backpressure=64,
        respawn_failed_workers=True,
        websockets=False,
    ).serve()


@click.command()
@click.option("--reset", is_flag=True, help="Throw the demonstration away and start anew.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def demo(reset: bool, as_json: bool) -> None:
    """Make a demonstration with plainly invented people, and print how to sign in and try it."""
    settings = claim_instance(load_settings())
    if reset:
        reset_demo(settings)
    _prepare(settings)
    with create_app(settings).app_context():
        words = content_words()
    with transaction(settings) as session:
        made = make_demo(session, settings, words)
    if as_json:
        click.echo(json.dumps(made.as_document()))
    else:
        _show(made)


def _show(made: Demo) -> None:
    click.echo(f"\nVirage, démonstration: {made.url}\n")
    for account in made.accounts:
        click.echo(f"  {account.role:22} {account.login:27} {account.password}")
    factor = made.second_factor
    key = grouped(factor.key).replace("-", " ")
    click.echo(f"\n  second factor of the agency, a key for any authenticator app: {key}")
    for login, codes in factor.recovery_codes.items():
        click.echo(f"  or, each good once: {login:27} {', '.join(codes)}")
    click.echo("\n  enrolment codes:")
    for code in made.codes:
        click.echo(f"  {code}")
    if made.class_codes is not None:
        click.echo("\n  a class of the awareness track:")
        click.echo(f"  {made.url}/fr/class       {made.class_codes.code}")
        click.echo(f"  {made.url}/fr/class/lead  {made.class_codes.leader_code}")
    for note in made.notes:
        click.echo(f"\n  {note}")
    click.echo()


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
