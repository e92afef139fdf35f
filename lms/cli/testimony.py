"""`lms testimony`: the register of living consent: list it, withdraw, renew."""

import getpass
import json

import click

from lms.cli.edge import transaction
from lms.content.words import as_date
from lms.journey.read import today_in_programme
from lms.kernel.clock import system_clock
from lms.kernel.errors import VirageError
from lms.publishing.consent import Terms
from lms.publishing.consent_register import (
    Clerk,
    NothingChangesError,
    TermsError,
    agreed_from,
    change_terms,
    events_of,
    standing_events,
    withdraw_testimony,
)
from lms.publishing.expiring import expiring
from lms.settings import load_settings, site_keys

_REASON = "Kept in the register and on the audit chain; write no name."


@click.group()
def testimony() -> None:
    """Show and change what was agreed with those who speak in testimonies."""


@testimony.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(as_json: bool) -> None:
    """List original testimonies: what holds, until when, and whether it ends soon."""
    with transaction() as db:
        today = today_in_programme(system_clock())
        soon = {one.testimony_id: one.days_left for one in expiring(db, today)}
        found = [
            {
                "id": name,
                "act": event.act,
                **agreed_from(event).terms.as_document(),
                "in_force": agreed_from(event).is_in_force(today),
                "days_left": soon.get(name),
                "gates": event.terms.get("gates", []),
            }
            for name, event in sorted(standing_events(db).items())
        ]
    if as_json:
        click.echo(json.dumps(found))
        return
    for one in found:
        state = "in force" if one["in_force"] else "not shown"
        left = f"  ends in {one['days_left']} days" if one["days_left"] is not None else ""
        click.echo(f"{one['id']}  {one['act']}  until {one['until']}  {state}{left}")


@testimony.command()
@click.argument("testimony_id")
@click.option("--reason", default="", help=_REASON)
def withdraw(testimony_id: str, reason: str) -> None:
    """Take a testimony back: at once, everywhere, and for good."""
    clerk = _clerk()
    with transaction() as db:
        event = withdraw_testimony(db, testimony_id, clerk, reason=reason)
        gates = list(event.terms.get("gates", ()))
    click.echo(f"{testimony_id}: withdrawn; it is not shown any more, anywhere")
    for path in gates:
        click.echo(f"{testimony_id}: a gate does not hold without its questions: {path}", err=True)


@testimony.command()
@click.argument("testimony_id")
@click.option("--until", required=True, help="The last day, like 2028-05-01.")
@click.option("--reason", default="", help=_REASON)
def renew(testimony_id: str, until: str, reason: str) -> None:
    """Write down another last day for the same courses and languages."""
    last = as_date(until)
    if last is None:
        raise click.BadParameter("write a day like 2028-05-01", param_hint="--until")
    clerk = _clerk()
    with transaction() as db:
        events = events_of(db, testimony_id)
        if not events:
            raise VirageError(f"the register has no testimony {testimony_id!r}")
        before = agreed_from(events[-1]).terms
        terms = Terms(before.given, last, before.courses, before.languages)
        try:
            event = change_terms(db, testimony_id, terms, clerk, reason=reason)
        except (NothingChangesError, TermsError) as fault:
            raise VirageError(f"{type(fault).__doc__}") from fault
    click.echo(f"{testimony_id}: {event.act}, until {last}")


def _clerk() -> Clerk:
    """Give who writes: the site itself, under the name of the account that runs the command."""
    key = site_keys(load_settings()).audit
    return Clerk(getpass.getuser(), system_clock(), audit_key=key)
