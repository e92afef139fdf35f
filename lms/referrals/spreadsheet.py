"""Referrals as rows of a CSV file: what each row says, and what is wrong in which column. Pure.

A spreadsheet saves with commas or semicolons, with or without the byte-order mark; headings may
be the English or the French ones. Every fault of every row is told, not the first one alone.
"""

import csv
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from lms.kernel.errors import BadInputError
from lms.referrals.eligibility import (
    LANGUAGES,
    LONGEST_FILE,
    DecidedBy,
    NewReferral,
    ReferenceFormError,
    clean_reference,
)

MOST_ROWS = 500
MOST_BYTES = 200_000
_DATE_SIGNS = 10
_VERSION_SIGNS = 20


class Column(StrEnum):
    """The columns, as an English file heads them."""

    REFERENCE = "reference"
    LANGUAGE = "language"
    DEADLINE = "deadline"
    ARRANGEMENT = "arrangement"
    DECIDED_BY = "decided_by"
    DECIDED_ON = "decided_on"
    FIRST_TIME = "first_time"
    NO_MINOR = "no_minor"
    ACCEPTS = "accepts"
    LAWYER_TOLD = "lawyer_told"
    COMMITTED_ON = "committed_on"
    COMMITMENT_VERSION = "commitment_version"


FRENCH: Mapping[Column, str] = MappingProxyType({
    Column.REFERENCE: "reference",
    Column.LANGUAGE: "langue",
    Column.DEADLINE: "dernier_jour",
    Column.ARRANGEMENT: "amenagement",
    Column.DECIDED_BY: "decide_par",
    Column.DECIDED_ON: "decide_le",
    Column.FIRST_TIME: "premiere_fois",
    Column.NO_MINOR: "aucun_mineur",
    Column.ACCEPTS: "accepte",
    Column.LAWYER_TOLD: "avocat_informe",
    Column.COMMITTED_ON: "engagement_le",
    Column.COMMITMENT_VERSION: "version_engagement",
})  # fmt: skip
OPTIONAL = frozenset({Column.ARRANGEMENT, Column.COMMITTED_ON, Column.COMMITMENT_VERSION})


class Wrong(StrEnum):
    """What can be wrong with a cell."""

    EMPTY = "empty"
    REFERENCE_FORM = "reference-form"
    REPEATED = "repeated"  # in this file
    USED = "used"  # by an earlier referral
    LANGUAGE = "language"
    DATE = "date"
    PAST = "past"
    TOO_FAR = "too-far"
    FUTURE = "future"
    YES_OR_NO = "yes-or-no"
    NOT_ELIGIBLE = "not-eligible"
    OFFICE = "office"
    VERSION = "version"


class NotACsvError(BadInputError):
    """The file cannot be read as a CSV in UTF-8 with one row of headings."""


class TooManyRowsError(BadInputError):
    """A file has at most 500 rows."""


class ColumnsError(BadInputError):
    """Columns are missing, or there are some that nobody knows."""

    def __init__(self, missing: tuple[Column, ...], unknown: tuple[str, ...]) -> None:
        super().__init__(f"missing: {', '.join(missing)}; unknown: {', '.join(unknown)}")
        self.missing = missing
        self.unknown = unknown


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one column of a row."""

    column: Column
    wrong: Wrong


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line in the file, its cells as typed, and a referral or all that is wrong."""

    line: int
    cells: Mapping[Column, str]
    faults: tuple[Fault, ...]
    referral: NewReferral | None


def decode_csv(data: bytes) -> str:
    """Give the text of an uploaded file; NotACsvError where it is not UTF-8, or too large."""
    if len(data) > MOST_BYTES or b"\x00" in data:
        raise NotACsvError
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotACsvError from error


def read_rows(text: str, today: date) -> tuple[Row, ...]:
    """Read every row; raises NotACsvError, ColumnsError, TooManyRowsError."""
    table = _table(text)
    columns = _columns(next(table, (0, []))[1])
    rows: list[Row] = []
    for line, cells in table:
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) == MOST_ROWS:
            raise TooManyRowsError
        rows.append(_row(line, dict(zip(columns, cells, strict=False)), today))
    return tuple(rows)


def with_fault(row: Row, fault: Fault) -> Row:
    """Give the row with one more thing wrong: it is no referral then."""
    return Row(row.line, row.cells, (*row.faults, fault), None)


def _table(text: str) -> Iterator[tuple[int, list[str]]]:
    """Read lines with their numbers; a semicolon anywhere in the headings makes it the sign."""
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    sign = ";" if ";" in first else ","
    reader = csv.reader(lines, delimiter=sign, strict=True)
    try:
        for cells in reader:
            if cells:
                yield reader.line_num, cells
    except csv.Error as error:
        raise NotACsvError from error


def _columns(headings: list[str]) -> tuple[Column, ...]:
    names = {str(one): one for one in Column} | {FRENCH[one]: one for one in Column}
    plain = [_plain(heading) for heading in headings]
    unknown = tuple(name[:40] for name in plain if name not in names)
    found = [names[name] for name in plain if name in names]
    missing = tuple(one for one in Column if one not in OPTIONAL and one not in found)
    if missing or unknown or len(set(found)) < len(found):
        raise ColumnsError(missing, unknown)
    return tuple(found)


def _plain(text: str) -> str:
    """Give a heading or a word without accents, capitals, blanks and hyphens."""
    letters = unicodedata.normalize("NFKD", text.strip().lower())
    plain = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return "_".join(plain.replace("-", " ").replace("_", " ").replace("'", " ").split())


def _row(line: int, cells: Mapping[Column, str], today: date) -> Row:
    given = {column: cells.get(column, "").strip() for column in Column}
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for column in Column:
        value = _READERS[column](given[column], today)
        if isinstance(value, Wrong):
            faults.append(Fault(column, value))
        else:
            values[column.value] = value
    return Row(line, given, tuple(faults), None if faults else NewReferral(**values))


def _reference(cell: str, _today: date) -> str | Wrong:
    if not cell:
        return Wrong.EMPTY
    try:
        return clean_reference(cell)
    except ReferenceFormError:
        return Wrong.REFERENCE_FORM


def _language(cell: str, _today: date) -> str | Wrong:
    words = {"francais": "fr", "french": "fr", "anglais": "en", "english": "en"}
    found = words.get(_plain(cell), _plain(cell))
    if not cell:
        return Wrong.EMPTY
    return found if found in LANGUAGES else Wrong.LANGUAGE


def _day(cell: str) -> date | Wrong:
    if not cell:
        return Wrong.EMPTY
    try:
        return date.fromisoformat(cell) if len(cell) == _DATE_SIGNS else Wrong.DATE
    except ValueError:
        return Wrong.DATE


def _deadline(cell: str, today: date) -> date | Wrong:
    day = _day(cell)
    if isinstance(day, Wrong):
        return day
    if day < today:
        return Wrong.PAST
    return day if day <= today + LONGEST_FILE else Wrong.TOO_FAR


def _past_day(cell: str, today: date) -> date | Wrong:
    day = _day(cell)
    return Wrong.FUTURE if isinstance(day, date) and day > today else day


def _past_day_or_none(cell: str, today: date) -> date | Wrong | None:
    return _past_day(cell, today) if cell else None


def _flag(cell: str, _today: date) -> bool | Wrong:
    words = {"yes": True, "oui": True, "no": False, "non": False, "": False}
    return words.get(_plain(cell), Wrong.YES_OR_NO)


def _must(cell: str, today: date) -> bool | Wrong:
    """Read one of the four: yes, or the row is not taken; which one it was is not kept."""
    if not cell:
        return Wrong.EMPTY
    found = _flag(cell, today)
    return Wrong.NOT_ELIGIBLE if found is False else found


def _office(cell: str, _today: date) -> DecidedBy | Wrong:
    words = {"procureur": "prosecutor", "poursuivant": "prosecutor", "policiers": "police"}
    found = words.get(_plain(cell), _plain(cell))
    if not cell:
        return Wrong.EMPTY
    return DecidedBy(found) if found in set(DecidedBy) else Wrong.OFFICE


def _version(cell: str, _today: date) -> str | Wrong:
    plain = cell.replace(".", "").replace("-", "")
    fits = len(cell) <= _VERSION_SIGNS and (not cell or (plain.isalnum() and plain.isascii()))
    return cell if fits else Wrong.VERSION


_READERS: Mapping[Column, Callable[[str, date], Any]] = MappingProxyType({
    Column.REFERENCE: _reference,
    Column.LANGUAGE: _language,
    Column.DEADLINE: _deadline,
    Column.ARRANGEMENT: _flag,
    Column.DECIDED_BY: _office,
    Column.DECIDED_ON: _past_day,
    Column.FIRST_TIME: _must,
    Column.NO_MINOR: _must,
    Column.ACCEPTS: _must,
    Column.LAWYER_TOLD: _must,
    Column.COMMITTED_ON: _past_day_or_none,
    Column.COMMITMENT_VERSION: _version,
})  # fmt: skip
