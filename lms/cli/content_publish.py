"""`lms content publish` and `drafts`: what goes to participants, and what is on its way there."""

import getpass
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.app import create_app
from lms.authoring.conflict import find_conflicts
from lms.authoring.drafts import open_drafts
from lms.authoring.effects import ModuleEffect, effects_of
from lms.authoring.plan import plan_folder
from lms.authoring.publication import House, Publication, Publisher, append, house_of, press
from lms.authoring.sides import Side
from lms.authoring.workspace import ROOT, Meeting
from lms.cli.edge import ready_database
from lms.cli.three_way_text import conflicts_as_text, printable
from lms.content.model import Problem
from lms.content.report import as_text
from lms.journey.read import today_in_programme
from lms.kernel.clock import system_clock
from lms.kernel.database import Database
from lms.publishing.service import Change, Step
from lms.settings import Settings, load_settings, site_keys
from lms.web.words import content_words

BAR_AFTER = 1.0  # seconds
_NEWER = {Meeting.BROWSER, Meeting.BROWSER_ONLY}


@click.command("publish")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--dry-run", is_flag=True, help="Say what would be done; change nothing.")
@click.option(
    "--take",
    type=(click.Choice([one.value for one in Side]), str),
    multiple=True,
    metavar="SIDE PATH",
    help="Where both changed a file: `folder` or `browser`, and the file. May be given again.",
)
def publish_command(folder: Path | None, dry_run: bool, take: tuple[tuple[str, str], ...]) -> None:
    """Publish the folder: all of it or nothing, a new revision only for what changed."""
    settings = load_settings()
    database = ready_database(settings)
    house = house_of(settings, {}, folder)
    sides = {_rooted(path): Side(side) for side, path in take}
    with database.read() as session:
        plan = plan_folder(session, house, today_in_programme(system_clock()), sides)
        _refuse(session, plan, house)
        if dry_run:
            _show(plan.steps, {one.step.id: one for one in effects_of(session, plan)}, done=False)
            _show_files(plan)
            return
    _show(_publish(settings, database, house, plan), {}, done=True)
    _show_files(plan)


@click.command("drafts")
def drafts_command() -> None:
    """List the open drafts: the file, where the draft stands, who wrote last and when."""
    with ready_database(load_settings()).read() as session:
        drafts = open_drafts(session)
        logins = _logins(session, {draft.updated_by for draft in drafts})
    for draft in drafts:
        when = f"{draft.updated_at:%Y-%m-%d %H:%M} UTC"
        click.echo(f"{draft.path}: {draft.state} ({logins[draft.updated_by]}, {when})")


def exit_if_unreadable(problems: Iterable[Problem]) -> None:
    """End with 2 where there is no folder that could be read."""
    unreadable = [one for one in problems if one.rule == "unreadable-folder"]
    if unreadable:
        click.echo(as_text(unreadable), nl=False, err=True)
        sys.exit(2)


def show_conflicts(session: Session, folder: Path) -> None:
    """Print what both sides changed."""
    found = find_conflicts(session, folder, today_in_programme(system_clock()))
    click.echo(conflicts_as_text(found), nl=False, err=True)


def _refuse(session: Session, plan: Publication, house: House) -> None:
    """End where there is no folder, where both sides changed a file, and where there are errors."""
    exit_if_unreadable(plan.problems)
    if plan.conflicts:
        show_conflicts(session, house.folder)
        cure = "name the side that stands with `--take folder PATH` or `--take browser PATH`"
        click.echo(f"lms: nothing was published; {cure}", err=True)
        sys.exit(1)
    if plan.errors:
        click.echo(as_text(plan.problems), nl=False, err=True)
        click.echo("lms: nothing was published; mend the errors first", err=True)
        sys.exit(1)


def _publish(
    settings: Settings, database: Database, house: House, plan: Publication
) -> Sequence[Step]:
    with create_app(settings, database=database).app_context():
        house = replace(house, words=content_words())
    publisher = Publisher(getpass.getuser(), audit_key=site_keys(settings).audit)
    with database.read() as session:
        ready = press(session, plan, house, progress=_bar)
    with database.write() as session:
        steps = append(session, ready, publisher, now=system_clock())
        session.commit()
    return steps


def _rooted(path: str) -> str:
    """Give a path as files are named here, whether or not `content/` was typed before it."""
    return path if path.startswith(f"{ROOT}/") else f"{ROOT}/{path}"


def _logins(session: Session, ids: Iterable[object]) -> dict[object, str]:
    rows = session.execute(select(User.id, User.login).where(User.id.in_(list(ids))))
    return {row[0]: row[1] for row in rows}


def _show(steps: Sequence[Step], effects: Mapping[str, ModuleEffect], *, done: bool) -> None:
    words = {
        Change.NEW: "published" if done else "would be published",
        Change.CHANGED: "changed" if done else "would change",
        Change.UNCHANGED: "unchanged",
    }
    for step in steps:
        click.echo(f"{step.kind} {step.id}: {words[step.change]} (revision {step.number})")
        if step.kind == "module" and step.id in effects:
            for line in _effect_lines(effects[step.id]):
                click.echo(f"    {line}")


def _effect_lines(effect: ModuleEffect) -> Iterator[str]:
    """Say what changes in a module, and whom it finds at work; nothing where nothing changes."""
    named = (
        ("sections changed", effect.sections_changed),
        ("sections added", effect.sections_added),
        ("sections removed", effect.sections_removed),
        ("questions changed", effect.items_changed),
        ("questions added", effect.items_added),
        ("questions removed", effect.items_removed),
        ("another answer is right", effect.rekeyed),
    )
    for words, ids in named:
        if ids:
            yield f"{words}: {', '.join(ids)}"
    if effect.step.change is Change.CHANGED:
        yield f"open attempts, each on its own edition: {effect.open_attempts}"
        yield f"passes that stay: {effect.passes}"


def _show_files(plan: Publication) -> None:
    """Name the files that only the browser has changed, and those that the folder has lost."""
    for path, one in plan.sides.items():
        if one.how in _NEWER and path in plan.before:
            where = "newer in the browser; `lms content export` brings it here"
            click.echo(f"{printable(path)}: {where}")
    for path in plan.removed:
        click.echo(f"{printable(path)}: gone from the folder; it stands no longer")


def _bar(steps: Sequence[Step]) -> Iterator[Step]:
    """Show a bar on a terminal once publishing has taken over a second."""
    started, shown = monotonic(), False
    for done, step in enumerate(steps):
        if sys.stderr.isatty() and monotonic() - started > BAR_AFTER:
            shown = True
            filled = "#" * (30 * done // len(steps))
            click.echo(f"\r[{filled:30}] {done}/{len(steps)}", nl=False, err=True)
        yield step
    if shown:
        click.echo(f"\r[{'#' * 30}] {len(steps)}/{len(steps)}", err=True)
