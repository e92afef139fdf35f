"""`lms content`: check, rules, ids, new, publish."""

import getpass
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from time import monotonic

import click

from lms.app import create_app
from lms.cli.edge import ready_database
from lms.content.check import check_content
from lms.content.ids import missing_ids
from lms.content.model import Content, Problem
from lms.content.new import new_module, new_testimony
from lms.content.report import as_github, as_json, as_text, has_errors, rules_as_text
from lms.journey.read import today_in_programme
from lms.kernel.clock import system_clock
from lms.publishing.media import Keeper, media_folder
from lms.publishing.queries import published_content
from lms.publishing.service import (
    Change,
    Press,
    Step,
    append_pressed,
    plan_publication,
    press_content,
)
from lms.settings import load_settings
from lms.web.request import LANGUAGES
from lms.web.words import content_words

FORMATS = {"text": as_text, "json": as_json, "github": as_github}
BAR_AFTER = 1.0  # seconds
folder_argument = click.argument("folder", type=click.Path(path_type=Path), required=False)


@click.group()
def content() -> None:
    """Check and publish what authors write."""


@content.command()
@folder_argument
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text")
@click.option("--strict", is_flag=True, help="Refuse warnings too.")
def check(folder: Path | None, form: str, strict: bool) -> None:
    """Read everything, stop at nothing, print one line a problem."""
    _, problems = _checked(folder)
    click.echo(FORMATS[form](problems), nl=False)
    sys.exit(1 if has_errors(problems, strict=strict) else 0)


@content.command()
def rules() -> None:
    """List the rules of the check."""
    click.echo(rules_as_text(), nl=False)


@content.command()
@folder_argument
@click.option("--dry-run", is_flag=True, help="Name the files; write nothing.")
def ids(folder: Path | None, dry_run: bool) -> None:
    """Write the ids that questions and sections lack."""
    for home in sorted((folder or load_settings().content).glob("modules/*/")):
        texts = {path: _text(path) for path in sorted(home.glob("*.md"), key=_french_first)}
        like = ""
        for path, text in texts.items():
            written = missing_ids(text, like)
            like = like or written
            if written == text:
                continue
            if not dry_run:
                path.write_bytes(written.encode())
            click.echo(path)


def _text(path: Path) -> str:
    """Read a file with its line endings; one that cannot be read is the check's to tell."""
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _french_first(path: Path) -> tuple[bool, str]:
    return path.name != "fr.md", path.name


@content.group()
def new() -> None:
    """Begin a module or a testimony."""


@new.command("module")
@click.argument("module_id")
@click.option("--title-fr", required=True)
@click.option("--title-en", required=True)
@folder_argument
def module_(module_id: str, title_fr: str, title_en: str, folder: Path | None) -> None:
    """Write the files of a new module, in both languages."""
    titles = {"fr": title_fr, "en": title_en}
    try:
        files = new_module(folder or load_settings().content, module_id, titles, _today())
    except ValueError as fault:
        raise click.UsageError(str(fault)) from fault
    _write_new(files)


@new.command("testimony")
@click.argument("testimony_id")
@folder_argument
def testimony(testimony_id: str, folder: Path | None) -> None:
    """Write the files of a new testimony, in both languages."""
    try:
        files = new_testimony(folder or load_settings().content, testimony_id, LANGUAGES)
    except ValueError as fault:
        raise click.UsageError(str(fault)) from fault
    _write_new(files)


def _write_new(files: Mapping[Path, str]) -> None:
    """Write files that are not there yet; one that is there is never overwritten."""
    for path in files:
        if path.exists():
            raise click.UsageError(f"{path}: this file is there already")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        click.echo(path)


@content.command()
@folder_argument
@click.option("--dry-run", is_flag=True, help="Say what would be done; change nothing.")
def publish(folder: Path | None, dry_run: bool) -> None:
    """Publish the folder: all of it or nothing, a new revision only for what changed."""
    settings = load_settings()
    database = ready_database(settings)
    with database.read() as session:
        found, problems = _checked(folder, published_content(session))
    if has_errors(problems):
        click.echo(as_text(problems), nl=False, err=True)
        click.echo("lms: nothing was published; mend the errors first", err=True)
        sys.exit(1)
    source = folder or settings.content
    if dry_run:
        with database.read() as session:
            _show(plan_publication(session, found, source), done=False)
        return
    with create_app(settings, database=database).app_context():
        press = Press(content_words(), Keeper(source, media_folder(settings)))
    with database.read() as session:
        pressed = press_content(session, found, press, progress=_bar)
    with database.write() as session:
        plan = append_pressed(session, pressed, by=getpass.getuser(), now=system_clock())
        session.commit()
    _show(plan, done=True)


def _checked(
    folder: Path | None, published: Content | None = None
) -> tuple[Content, tuple[Problem, ...]]:
    """Check a folder; one that cannot be read at all is wrong usage."""
    found, problems = check_content(
        folder or load_settings().content, _today(), published=published
    )
    unreadable = [one for one in problems if one.rule == "unreadable-folder"]
    if unreadable:
        click.echo(as_text(unreadable), nl=False, err=True)
        sys.exit(2)
    return found, problems


def _today() -> date:
    return today_in_programme(system_clock())


def _show(plan: Sequence[Step], *, done: bool) -> None:
    words = {
        Change.NEW: "published" if done else "would be published",
        Change.CHANGED: "changed" if done else "would change",
        Change.UNCHANGED: "unchanged",
    }
    for step in plan:
        click.echo(f"{step.kind} {step.id}: {words[step.change]} (revision {step.number})")


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
