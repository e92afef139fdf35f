"""A matrix of people by items as a table of text: the first line names the items."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lms.item_analysis.intervals import Scores


class MatrixError(ValueError):
    """A table that cannot be read as a matrix of scores; the message names the line."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Ids of items, and for each person a score from 0 to 1 an item, None where not asked."""

    items: tuple[str, ...]
    people: tuple[Scores, ...]


def read_matrix(lines: Iterable[str]) -> Matrix:
    """Read comma-separated lines; an empty cell is an item that the person was not asked."""
    rows = csv.reader(lines)
    items = tuple(name.strip() for name in next(rows, ()))
    if not items or "" in items or len(set(items)) < len(items):
        raise MatrixError("line 1: the id of each item is wanted, each once")
    people = tuple(_scores(row, len(items), rows.line_num) for row in rows if row)
    return Matrix(items, people)


def _scores(row: Sequence[str], count: int, line: int) -> Scores:
    if len(row) != count:
        raise MatrixError(f"line {line}: {count} cells are wanted, {len(row)} are there")
    return tuple(_score(cell.strip(), line) for cell in row)


def _score(cell: str, line: int) -> float | None:
    if not cell:
        return None
    try:
        score = float(cell)
    except ValueError:
        score = -1.0
    if not 0 <= score <= 1:
        raise MatrixError(f"line {line}: a score from 0 to 1 is wanted, not {cell[:20]!r}")
    return score
