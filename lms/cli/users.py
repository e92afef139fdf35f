"""`lms user`: staff accounts."""

import json
import uuid

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.passwords import MINIMUM_LENGTH
from lms.accounts.roles import STAFF_ROLES, Role
from lms.accounts.second_factor import factor_of, take_off
from lms.accounts.service import (
    LoginFormError,
    LoginTakenError,
    PasswordFormError,
    disable_user,
    find_user,
    make_user,
    reset_password,
)
from lms.agencies.models import Agency
from lms.agencies.service import add_member
from lms.cli.edge import transaction
from lms.kernel.clock import system_clock
from lms.kernel.errors import BadInputError, NotFoundError, VirageError
from lms.settings import load_settings, site_keys

password_option = click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True,
    help="Asked for when it is not given; a shell keeps what is typed in its history.",
)  # fmt: skip


@click.group()
def user() -> None:
    """Add, list and disable staff accounts."""


@user.command()
@click.argument("login")
@click.option("--role", type=click.Choice([str(role) for role in STAFF_ROLES]), required=True)
@click.option("--language", type=click.Choice(["fr", "en"]), default="fr")
@click.option("--agency", "agency_name", help="With the role agency: where the account works.")
@click.option("--lead", "is_lead", is_flag=True, help="Sees all files of the agency.")
@password_option
def add(
    login: str, role: str, language: str, agency_name: str | None, password: str, *, is_lead: bool
) -> None:
    """Make a staff account; an agency's sets up its second factor when it first signs in."""
    if (role == Role.AGENCY) != bool(agency_name) or (is_lead and not agency_name):
        raise click.UsageError("--agency NAME comes with --role agency, and --lead with both")
    with transaction() as db:
        try:
            made = make_user(
                db, login, password, role=Role(role), language=language, now=system_clock()
            )
        except BadInputError as fault:
            raise VirageError(_words(fault)) from fault
        if agency_name:
            add_member(db, _agency_named(db, agency_name), made, is_lead)
        click.echo(f"{made.login}: {role}")


@user.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(as_json: bool) -> None:
    """List staff accounts."""
    with transaction() as db:
        rows = db.scalars(
            select(User).where(User.role != Role.PARTICIPANT).order_by(User.login)
        ).all()
        found = [
            {"login": row.login, "role": row.role, "disabled": row.disabled_at is not None}
            for row in rows
        ]
    if as_json:
        click.echo(json.dumps(found))
        return
    for one in found:
        click.echo(f"{one['login']}  {one['role']}{'  (disabled)' if one['disabled'] else ''}")


@user.command()
@click.argument("login")
def disable(login: str) -> None:
    """Close an account and end its sessions."""
    with transaction() as db:
        disable_user(db, login, now=system_clock())
    click.echo(f"{login}: disabled, sessions ended")


@user.command("reset-password")
@click.argument("login")
@password_option
def reset_password_(login: str, password: str) -> None:
    """Set a new password and end all sessions."""
    with transaction() as db:
        try:
            reset_password(db, login, password, now=system_clock())
        except PasswordFormError as fault:
            raise VirageError(_words(fault)) from fault
    click.echo(f"{login}: new password, sessions ended")


@user.command("second-factor")
@click.argument("login")
@click.option("--reset", "is_reset", is_flag=True, help="Take it away, and end all sessions.")
def second_factor(login: str, *, is_reset: bool) -> None:
    """Say whether a second factor is on, or take it away from whoever lost it."""
    settings = load_settings()
    keys, now = site_keys(settings), system_clock()
    with transaction(settings) as db:
        if is_reset:
            take_off(db, login, audit_key=keys.audit, now=now)
            click.echo(f"{login}: second factor off, recovery codes gone, sessions ended")
            return
        found = factor_of(db, find_user(db, login).id, field_key=keys.field)
        since = f"on since {found.since:%Y-%m-%d}" if found.since else "off"
        click.echo(f"{login}: second factor {since}; {found.codes_left} recovery codes left")


def _agency_named(db: Session, name: str) -> uuid.UUID:
    found = db.scalar(select(Agency.id).where(Agency.name == name))
    if found is None:
        raise NotFoundError(f"there is no agency named {name!r}")
    return found


def _words(fault: BadInputError) -> str:
    match fault:
        case LoginTakenError():
            return "this login is taken; choose another one"
        case LoginFormError():
            return "a login has 3 to 64 letters without accents, digits, dots or hyphens"
        case PasswordFormError():
            return f"a password has {MINIMUM_LENGTH} characters or more and is not a common one"
        case _:
            return str(fault)
