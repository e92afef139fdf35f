"""`lms demo`: a site that shows everything, with plainly invented people."""

import json

import click

from lms.app import create_app
from lms.cli.edge import transaction
from lms.cli.site import prepare
from lms.demo.make import Demo, claim_instance, make_demo, reset_demo
from lms.kernel.ids import grouped
from lms.settings import load_settings
from lms.web.words import content_words


@click.command()
@click.option("--reset", is_flag=True, help="Throw the demonstration away and start anew.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def demo(reset: bool, as_json: bool) -> None:
    """Make a demonstration with plainly invented people, and print how to sign in and try it."""
    settings = claim_instance(load_settings())
    if reset:
        reset_demo(settings)
    prepare(settings)
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
