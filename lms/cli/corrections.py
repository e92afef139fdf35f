"""`lms corrections`: what waits for a second person, and which passes a person has to decide on."""

import json
import uuid

import click
from sqlalchemy.orm import Session

from lms.accounts.service import find_user
from lms.cli.edge import transaction
from lms.cli.regrade import format_option
from lms.corrections.kinds import Desk
from lms.corrections.queries import (
    CorrectionView,
    latest_corrections,
    lost_passes,
    waiting_corrections,
)
from lms.corrections.scope import staff_of
from lms.corrections.service import decide, keep_pass
from lms.kernel.clock import system_clock
from lms.kernel.keys import Keys
from lms.settings import load_settings, site_keys

by_option = click.option(
    "--by", "login", required=True, help="An instructor (own groups) or a coordinator."
)


@click.group()
def corrections() -> None:
    """List and decide corrections; whoever proposes does not decide."""


@corrections.command("list")
@by_option
@click.option("--waiting", is_flag=True, help="Only what waits for a second person.")
@format_option
def list_(login: str, waiting: bool, shape: str) -> None:
    """List the last corrections that this account may see, or those that wait."""
    with transaction() as db:
        staff = staff_of(find_user(db, login))
        found = waiting_corrections(db, staff) if waiting else latest_corrections(db, staff)
        rows = [_document(one) for one in found]
    if shape == "json":
        click.echo(json.dumps(rows))
        return
    for row in rows:
        who = row["person"] or "all who were asked"
        click.echo(f"{row['id']}  {row['kind']}  {row['module'] or '-'}  {who}  {row['state']}")
        click.echo(f"    {row['proposed_by']}: {' '.join(str(row['reason']).split())}")


def _document(view: CorrectionView) -> dict[str, str]:
    return {
        "id": str(view.id),
        "kind": view.kind,
        "module": view.module_id,
        "person": view.pseudonym,
        "state": view.state,
        "reason": view.reason,
        "proposed_by": view.proposed_by,
        "decided_by": view.decided_by,
    }


@corrections.command("confirm")
@click.argument("correction_id", type=click.UUID)
@by_option
def confirm(correction_id: uuid.UUID, login: str) -> None:
    """Confirm what somebody else proposed: it takes effect."""
    _decide(correction_id, login, accepted=True)


@corrections.command("refuse")
@click.argument("correction_id", type=click.UUID)
@by_option
def refuse(correction_id: uuid.UUID, login: str) -> None:
    """Refuse what somebody else proposed: nothing changes."""
    _decide(correction_id, login, accepted=False)


def _decide(correction_id: uuid.UUID, login: str, *, accepted: bool) -> None:
    settings = load_settings()
    keys = site_keys(settings)
    with transaction(settings) as db:
        decide(db, correction_id, _desk(db, login, keys), accepted=accepted)
    click.echo(f"{correction_id}: {'confirmed' if accepted else 'refused'}")


@corrections.command("passes")
@by_option
@format_option
def passes(login: str, shape: str) -> None:
    """List the passes that a regrade would have taken away: they stay until a person decides."""
    with transaction() as db:
        found = lost_passes(db, staff_of(find_user(db, login)))
    if shape == "json":
        rows = [
            {
                "correction": str(one.correction_id),
                "attempt": str(one.attempt_id),
                "person": one.pseudonym,
                "module": one.module_id,
                "item": one.item_id,
            }
            for one in found
        ]
        click.echo(json.dumps(rows))
        return
    for one in found:
        click.echo(
            f"{one.pseudonym}  {one.module_id}/{one.item_id}  attempt {one.attempt_number}"
            f"  {one.attempt_id}  correction {one.correction_id}"
        )


@corrections.command("keep")
@click.argument("correction_id", type=click.UUID)
@click.argument("attempt_id", type=click.UUID)
@click.option("--reason", required=True, help="Why; 1 to 500 characters, kept for ever.")
@by_option
def keep(correction_id: uuid.UUID, attempt_id: uuid.UUID, reason: str, login: str) -> None:
    """Decide that a listed pass stays; it is listed no more."""
    settings = load_settings()
    keys = site_keys(settings)
    with transaction(settings) as db:
        keep_pass(db, correction_id, attempt_id, reason, _desk(db, login, keys))
    click.echo(f"{attempt_id}: the pass stays")


def _desk(db: Session, login: str, keys: Keys) -> Desk:
    return Desk(staff_of(find_user(db, login)), keys, system_clock())
