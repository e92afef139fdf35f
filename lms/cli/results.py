"""`lms results`: the figures of questions, from the counters or from any table, and the rebuild."""

import json
from typing import Any, TextIO

import click

from lms.assessment.statistics import PurgedError, begin_rebuild, take_in
from lms.cli.edge import ready_database
from lms.cli.exports import export
from lms.cli.item_text import estimate_document, figure_text, module_document, module_text
from lms.item_analysis.items import Analysis, ItemFigures, analyse
from lms.item_analysis.matrix import MatrixError, read_matrix
from lms.kernel.errors import NotFoundError
from lms.reporting.item_figures import COMPARED, module_figures
from lms.reporting.item_slice import Slice
from lms.settings import load_settings

_BATCH = 500  # attempts in a transaction of the rebuild: others write in between


@click.group()
def results() -> None:
    """See what answers say about the questions."""


@results.command()
@click.argument("module", required=False)
@click.option("--language", type=click.Choice(COMPARED), help="Answers in this language alone.")
@click.option("--revision", type=click.IntRange(1), help="Answers to this edition alone.")
@click.option(
    "--from",
    "file",
    type=click.File(encoding="utf-8-sig"),
    help="A CSV of people by items: first line ids, cells scores from 0 to 1; - is stdin.",
)
@click.option("--points", help="With --from: what each item is worth, in order: 3,1,1.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def items(
    module: str | None,
    language: str | None,
    revision: int | None,
    file: TextIO | None,
    points: str | None,
    form: str,
) -> None:
    """Show the figures of a MODULE's questions, or of any matrix of people and items."""
    if (module is None) == (file is None):
        raise click.UsageError("name a module, or give a table with --from: one of both")
    if file is not None:
        _of_table(file, points, form)
        return
    chosen = Slice(language or "", revision or 0)
    database = ready_database(load_settings())
    try:
        with database.read() as db:
            found = module_figures(db, module or "", chosen)
    except NotFoundError as error:
        raise click.ClickException(f"nothing is published or answered: {error}") from error
    finally:
        database.engine.dispose()
    click.echo(json.dumps(module_document(found)) if form == "json" else module_text(found))


@results.command()
@click.option("--even-if-purged", is_flag=True, help="Forget what deleted answers told.")
def rebuild(*, even_if_purged: bool) -> None:
    """Count every answer anew. It may be stopped at any time: the jobs go on with the rest."""
    database = ready_database(load_settings())
    try:
        with database.write() as db:
            waiting = begin_rebuild(db, even_if_purged=even_if_purged)
            db.commit()
        with click.progressbar(length=waiting, label="attempts") as bar:
            while True:
                with database.write() as db:
                    done = take_in(db, _BATCH)
                    db.commit()
                bar.update(done)
                if not done:
                    return
    except PurgedError as error:
        raise click.ClickException(f"{error}; --even-if-purged does it all the same") from error
    finally:
        database.engine.dispose()


def _of_table(file: TextIO, points: str | None, form: str) -> None:
    try:
        matrix = read_matrix(file)
    except (MatrixError, UnicodeDecodeError) as fault:
        name = getattr(file, "name", "-")  # standard input may have none
        raise click.ClickException(f"{name}: {fault}") from fault
    worth = _points(points, len(matrix.items))
    analysis = analyse(matrix.items, worth, matrix.people)
    click.echo(json.dumps(_document(analysis)) if form == "json" else _text(analysis))


def _points(given: str | None, count: int) -> list[int]:
    if given is None:
        return [1] * count
    worth = [int(one) if one.strip().isdecimal() else 0 for one in given.split(",")]
    if len(worth) != count or 0 in worth:
        raise click.UsageError(f"--points: {count} whole numbers from 1 are wanted")
    return worth


def _document(analysis: Analysis) -> dict[str, Any]:
    return {
        "people": analysis.people,
        "reliability": estimate_document(analysis.reliability),
        "items": [
            {
                "item": one.item,
                "n": one.n,
                "too_few": one.is_too_few,
                "facility": estimate_document(one.facility),
                "discrimination": estimate_document(one.discrimination),
            }
            for one in analysis.items
        ],
    }


def _text(analysis: Analysis) -> str:
    head = f"{'item':24} {'n':>6}  {'facility':24}{'discrimination':24}"
    lines = [head.rstrip(), *(_line(one) for one in analysis.items)]
    reliability = figure_text(analysis.reliability) or "cannot be told"
    return "\n".join([*lines, f"reliability (Cronbach's alpha): {reliability}"])


def _line(one: ItemFigures) -> str:
    if one.is_too_few:
        return f"{one.item:24} {one.n:6}  too few to judge"
    facility, sorts = figure_text(one.facility), figure_text(one.discrimination)
    return f"{one.item:24} {one.n:6}  {facility:24}{sorts or 'nobody differs':24}".rstrip()


results.add_command(export)
