"""`lms results`: the figures of questions."""

import json
from typing import Any, TextIO

import click

from lms.item_analysis.items import Analysis, Estimate, ItemFigures, analyse
from lms.item_analysis.matrix import MatrixError, read_matrix


@click.group()
def results() -> None:
    """See what answers say about the questions."""


@results.command()
@click.option(
    "--from",
    "file",
    type=click.File(encoding="utf-8-sig"),
    required=True,
    help="A CSV of people by items: first line ids, cells scores from 0 to 1; - is stdin.",
)
@click.option("--points", help="What each item is worth, in order: 3,1,1. Default: 1 each.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def items(file: TextIO, points: str | None, form: str) -> None:
    """Compute facility, discrimination and reliability from any matrix of people and items."""
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
        "reliability": _estimate(analysis.reliability),
        "items": [
            {
                "item": one.item,
                "n": one.n,
                "too_few": one.is_too_few,
                "facility": _estimate(one.facility),
                "discrimination": _estimate(one.discrimination),
            }
            for one in analysis.items
        ],
    }


def _estimate(found: Estimate | None) -> dict[str, Any] | None:
    if found is None:
        return None
    interval = found.interval and [found.interval.low, found.interval.high]
    return {"value": found.value, "interval": interval, "n": found.n}


def _text(analysis: Analysis) -> str:
    head = f"{'item':24} {'n':>6}  {'facility':24}{'discrimination':24}"
    lines = [head.rstrip(), *(_line(one) for one in analysis.items)]
    reliability = _figure(analysis.reliability) or "cannot be told"
    return "\n".join([*lines, f"reliability (Cronbach's alpha): {reliability}"])


def _line(one: ItemFigures) -> str:
    if one.is_too_few:
        return f"{one.item:24} {one.n:6}  too few to judge"
    facility, sorts = _figure(one.facility), _figure(one.discrimination)
    return f"{one.item:24} {one.n:6}  {facility:24}{sorts or 'nobody differs':24}".rstrip()


def _figure(found: Estimate | None) -> str:
    if found is None:
        return ""
    if found.interval is None:
        return f"{found.value:.2f}"
    return f"{found.value:.2f} ({found.interval.low:.2f} to {found.interval.high:.2f})"
