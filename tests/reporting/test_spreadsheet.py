"""Results as a file: no cell is ever a formula."""

import csv
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest

from lms.reporting.spreadsheet import csv_text, moment_text, safe_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+1", "-5", "@SUM(A1)", "\tx", "\rx", " =1", "\n=1",
        '=HYPERLINK("https://example.org")', "\u00a0=1",
        "\uff1d1", "\uff0b1", "\uff0d1", "\uff20x",
    ],
)  # fmt: skip
def test_a_cell_that_looks_like_a_formula_is_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "P-7F3K2A", "85", "2026-11-21T14:00:00Z", "oui", "a=b"])
def test_an_ordinary_cell_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text


def test_a_file_reads_back_cell_by_cell_whatever_stands_in_it() -> None:
    rows = [["é", 'a "quoted" word', "two\nlines"], ["=1", "a,b", ""]]
    text = "".join(csv_text(rows))
    assert text.startswith("\ufeff")
    read = list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline="")))
    assert read == [["é", 'a "quoted" word', "two\nlines"], ["'=1", "a,b", ""]]


def test_every_cell_is_quoted() -> None:
    assert "".join(csv_text([["a", "1"]])) == '\ufeff"a","1"\r\n'


def test_a_long_file_leaves_in_pieces_before_all_of_it_is_read() -> None:
    given = 0

    def rows() -> Iterator[list[str]]:
        nonlocal given
        for number in range(10_000):
            given = number
            yield [str(number)]

    pieces = csv_text(rows())
    next(pieces)
    assert given < 9_999
    assert len(list(pieces)) > 1


def test_a_moment_is_written_in_utc_to_the_second() -> None:
    local = datetime(2026, 11, 21, 9, 0, 0, 5, tzinfo=ZoneInfo("America/Toronto"))
    assert moment_text(local) == "2026-11-21T14:00:00Z"
    assert moment_text(None) == ""
