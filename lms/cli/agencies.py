"""`lms agency add | list | agreement`, as the coordinator's pages do."""

import json
from datetime import datetime

import click

from lms.accounts.service import find_user
from lms.agencies.models import Agency
from lms.agencies.queries import agencies, agreement_in_force
from lms.agencies.service import (
    AgencyNameError,
    AgencyNameTakenError,
    AgreementError,
    NewAgreement,
    make_agency,
    record_agreement,
)
from lms.cli.edge import transaction
from lms.cli.exchange import agency
from lms.cli.regrade import format_option
from lms.enrolment.queries import first_programme
from lms.enrolment.service import make_programme
from lms.kernel.audit import SITE, Act, append_audit
from lms.kernel.clock import system_clock
from lms.kernel.days import today_in_programme
from lms.kernel.errors import VirageError
from lms.settings import load_settings, site_keys

__all__ = ["agency"]

day_type = click.DateTime(["%Y-%m-%d"])


@agency.command("add")
@click.argument("name")
@click.option("--language", type=click.Choice(["fr", "en"]), default="fr", show_default=True)
def add(name: str, language: str) -> None:
    """Make an agency; nothing is exchanged with it before an agreement is recorded."""
    settings, now = load_settings(), system_clock()
    keys = site_keys(settings)
    with transaction(settings) as db:
        programme = first_programme(db) or make_programme(db, "Programme", now=now)
        try:
            made = make_agency(db, programme.id, name, language, now)
        except AgencyNameTakenError as fault:
            raise VirageError(f"there is an agency named {name!r}") from fault
        except AgencyNameError as fault:
            raise VirageError("a name has 1 to 120 characters") from fault
        append_audit(db, keys.audit, Act(SITE, "make-agency", f"agency:{made.id}"), now=now)
        click.echo(made.name)


@agency.command("list")
@format_option
def list_(shape: str) -> None:
    """List the agencies, and say with which of them something may be exchanged today."""
    today = today_in_programme(system_clock())
    with transaction() as db:
        rows = []
        for one in agencies(db):
            found = agreement_in_force(db, one.id, today)
            until = found.in_force_until.isoformat() if found else None
            closed = one.closed_at is not None
            rows.append({"name": one.name, "agreement_until": until, "closed": closed})
    if shape == "json":
        click.echo(json.dumps(rows))
        return
    for row in rows:
        state = f"agreement until {row['agreement_until']}" if row["agreement_until"] else None
        word = "closed" if row["closed"] else state or "no agreement in force"
        click.echo(f"{row['name']}  {word}")


@agency.command("agreement")
@click.argument("name")
@click.option("--purpose", required=True)
@click.option("--nature", required=True)
@click.option("--method", required=True)
@click.option("--security", required=True)
@click.option("--frequency", required=True)
@click.option("--duration", required=True)
@click.option("--from", "first_day", type=day_type, required=True)
@click.option("--until", "last_day", type=day_type, required=True)
@click.option("--by", "login", required=True, help="The coordinator who records it.")
def agreement(name: str, first_day: datetime, last_day: datetime, login: str, **parts: str) -> None:
    """Record what a signed agreement says, and from when until when it is in force."""
    settings, now = load_settings(), system_clock()
    keys = site_keys(settings)
    new = NewAgreement(**parts, in_force_from=first_day.date(), in_force_until=last_day.date())
    with transaction(settings) as db:
        one, user = agency_named(agencies(db), name), find_user(db, login)
        try:
            made = record_agreement(db, one.id, new, user.id, now)
        except AgreementError as fault:
            raise VirageError(str(fault)) from fault
        act = Act(str(user.id), "record-agreement", f"agreement:{made.id}")
        append_audit(db, keys.audit, act, now=now)
    click.echo(f"{name}: in force from {first_day.date()} to {last_day.date()}")


def agency_named(known: tuple[Agency, ...], name: str) -> Agency:
    """Give the agency with this name, or say that there is none."""
    found = next((one for one in known if one.name == name), None)
    if found is None:
        raise VirageError(f"there is no agency named {name!r}; see `lms agency list`")
    return found
