"""Questions in and out of a module's quiz: `lms content import`, and what `export` writes."""

import os
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import BinaryIO

import click

from lms.content.files import Files, load
from lms.content.model import Consent, Module, TestimonyKind
from lms.content.read import read
from lms.content.words import nearest
from lms.interchange.decode import MOST_BYTES
from lms.interchange.formats import READERS, bring_in, guess, take_out
from lms.interchange.loss import BadFileError, as_lines
from lms.interchange.put import home_of, items_of, put_questions
from lms.interchange.questions import Brought, Home
from lms.journey.read import today_in_programme
from lms.kernel.clock import system_clock
from lms.settings import load_settings
from lms.web.request import LANGUAGES


@click.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--format", "form", type=click.Choice(list(READERS)), help="Without it: a guess.")
@click.option("--into", "module_id", metavar="MODULE", help="The id of the module.")
@click.option("--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), help="Without it: the site's content.")
@click.option("--print", "is_print", is_flag=True, help="Print the Markdown; change nothing.")
def import_(
    file: BinaryIO,
    form: str | None,
    module_id: str | None,
    language: str,
    folder: Path | None,
    is_print: bool,
) -> None:
    """Bring questions into a module's quiz, and say what of them did not survive.

    FILE may be - for standard input. With --print the Markdown goes to standard output and the
    report to standard error, and nothing is changed; a module need not be named then.
    """
    if not module_id and not is_print:
        raise click.UsageError("say which module: --into MODULE, or --print to change nothing")
    home, path = _home(folder or load_settings().content, module_id, language)
    try:
        brought = _bring(file.read(MOST_BYTES + 1), form, home)
        if is_print:
            click.echo(brought.markdown, nl=False)
        elif brought.items and path is not None:
            _write(path, put_questions(_text(path), brought.markdown, language))
            click.echo(path)
    except BadFileError as error:
        click.echo(f"lms: {getattr(file, 'name', '-')}: {error}", err=True)
        sys.exit(1)
    click.echo(as_lines(brought.report), nl=False, err=True)
    sys.exit(0 if brought.items else 1)


def write_questions(
    folder: Path,
    module_id: str,
    language: str,
    form: str,
    output: Path | None,
    *,
    closed: frozenset[str] = frozenset(),
) -> None:
    """Write the questions of a module to a file or to standard output; the report to the other.

    Those that rest on a testimony in `closed`, or on one whose consent the folder says is over,
    stay here. A module that is not there is wrong usage.
    """
    files = load(folder)
    module, _ = _module(files, module_id, language)
    written = take_out(items_of(module), form, language, closed | _closed(files))
    if output is None:
        with click.open_file("-", "wb") as stream:
            stream.write(written.data)
    else:
        try:
            output.write_bytes(written.data)
        except OSError as error:
            click.echo(f"lms: {output}: {error.strerror}", err=True)
            sys.exit(1)
        click.echo(output)
    click.echo(as_lines(written.report), nl=False, err=True)


def _bring(data: bytes, form: str | None, home: Home) -> Brought:
    if form is None:
        form = guess(data)
        click.echo(f"lms: taken for {form}; say otherwise with --format", err=True)
    return bring_in(data, form, home)


def _home(folder: Path, module_id: str | None, language: str) -> tuple[Home, Path | None]:
    """Return what the questions must fit in, and the module's file if one is named."""
    if module_id is None:
        return Home(language), None
    files = load(folder)
    module, name = _module(files, module_id, language)
    base = name.rpartition("/")[0]
    twins = (f"{base}/{other}.md" for other in LANGUAGES if other != language)
    twin = next((files.texts[one] for one in twins if one in files.texts), b"")
    home = home_of(module.source, language, twin.decode("utf-8", "replace"))
    return home, folder.resolve().parent / name


def _module(files: Files, module_id: str, language: str) -> tuple[Module, str]:
    """Return a module and the name of its file; the command ends where there is none."""
    modules = read(files).content.modules
    module = modules.get((module_id, language))
    if module is None:
        known = [name for name, one in modules if one == language]
        hint = nearest(module_id, known) if known else "no module can be read"
        raise click.UsageError(f"there is no module `{module_id}` in {language}; {hint}")
    return module, module.place.path


def _closed(files: Files) -> frozenset[str]:
    """Return the original testimonies whose consent, as the folder has it, is not in force."""
    today = today_in_programme(system_clock())
    return frozenset(
        name
        for (name, _), one in read(files).content.testimonies.items()
        if one.kind is TestimonyKind.ORIGINAL
        and not (one.consent and _in_force(one.consent, today))
    )


def _in_force(consent: Consent, today: date) -> bool:
    return consent.withdrawn is None and consent.given <= today <= consent.until


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def _write(path: Path, text: str) -> None:
    """Put a text in the place of a file: wholly, or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    with os.fdopen(handle, "wb") as file:
        file.write(text.encode())
    Path(name).chmod(path.stat().st_mode & 0o777)
    Path(name).replace(path)
