"""The access matrix of docs/: who gets which answer from which page."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.web.scene import ROLES

PATH = Path(__file__).parents[2] / "docs" / "access-matrix.csv"


@dataclass(frozen=True, slots=True)
class Row:
    """One endpoint and method, with the status that each role gets."""

    endpoint: str
    method: str
    status: Mapping[str, int]


def read_matrix() -> list[Row]:
    """Read the table."""
    with PATH.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert tuple(reader.fieldnames or ()) == ("endpoint", "method", *ROLES)
        return [
            Row(line["endpoint"], line["method"], {role: int(line[role]) for role in ROLES})
            for line in reader
        ]


def expected() -> dict[tuple[str, str], Row]:
    """Give the rows by endpoint and method."""
    return {(row.endpoint, row.method): row for row in read_matrix()}
