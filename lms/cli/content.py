"""`lms content`: check, rules, ids, new; what publishes, exports and measures stands beside it."""

import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import click

from lms.cli.content_export import export_command
from lms.cli.content_publish import drafts_command, exit_if_unreadable, publish_command
from lms.cli.due import due_command, links_command, quality_command
from lms.cli.questions import import_
from lms.content.check import check_content
from lms.content.ids import missing_ids
from lms.content.model import Content, Problem
from lms.content.new import new_module, new_testimony
from lms.content.report import as_github, as_json, as_text, has_errors, rules_as_text
from lms.journey.read import today_in_programme
from lms.kernel.clock import system_clock
from lms.settings import load_settings
from lms.web.request import LANGUAGES

FORMATS = {"text": as_text, "json": as_json, "github": as_github}
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


def _checked(folder: Path | None) -> tuple[Content, tuple[Problem, ...]]:
    """Check a folder; one that cannot be read at all is wrong usage."""
    found, problems = check_content(folder or load_settings().content, _today())
    exit_if_unreadable(problems)
    return found, problems


def _today() -> date:
    return today_in_programme(system_clock())


for command in (
    publish_command,
    drafts_command,
    export_command,
    import_,
    due_command,
    quality_command,
    links_command,
):
    content.add_command(command)
