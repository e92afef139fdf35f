"""Write rows into a file: CSV or XLSX; text stays text in both, and memory stays small."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from pathlib import Path

import xlsxwriter

from lms.reporting.spreadsheet import csv_text

SHEET_ROWS = 1_048_576  # what one sheet of XLSX holds
REPORT_EVERY = 1000


class Form(StrEnum):
    """The form of a file."""

    CSV = "csv"
    XLSX = "xlsx"


def write_file(
    path: Path,
    form: Form,
    head: tuple[str, ...],
    rows: Iterable[tuple[str, ...]],
    told: Callable[[int], None] = lambda _count: None,
) -> int:
    """Write a file, calling `told` with the number of rows now and then; gives how many there are.

    The file is there whole or not at all: it is written beside its place and moved there.
    """
    beside = path.with_suffix(path.suffix + ".part")
    beside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside.unlink(missing_ok=True)
    beside.touch(mode=0o600)
    counter = _Counter(told)
    if form is Form.CSV:
        with beside.open("w", encoding="utf-8", newline="") as file:
            file.writelines(csv_text(_with_head(head, counter.watch(rows))))
    else:
        _write_xlsx(beside, head, counter.watch(rows))
    beside.replace(path)
    return counter.count


class _Counter:
    def __init__(self, told: Callable[[int], None]) -> None:
        self.count = 0
        self._told = told

    def watch(self, rows: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
        for row in rows:
            yield row
            self.count += 1
            if self.count % REPORT_EVERY == 0:
                self._told(self.count)


def _with_head(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    yield head
    yield from rows


def _write_xlsx(path: Path, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    # Text that looks like a formula, a number or an address is written as the text that it is.
    as_text = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    options = {"constant_memory": True, "tmpdir": str(path.parent), **as_text}
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True})
        sheet, line = None, SHEET_ROWS
        for row in _at_least_once(rows):
            if line >= SHEET_ROWS:
                sheet = book.add_worksheet()
                sheet.freeze_panes(1, 0)
                sheet.write_row(0, 0, head, bold)
                line = 1
            if sheet is not None and row:
                for column, cell in enumerate(row):
                    sheet.write_string(line, column, cell)
                line += 1


def _at_least_once(rows: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Give the rows; an empty one where there is none, so that a sheet is made with its head."""
    is_empty = True
    for row in rows:
        is_empty = False
        yield row
    if is_empty:
        yield ()
