"""Follow-up reports as lines of a table: reference, months, yes or no, month. All or nothing."""

import csv
import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.errors import BadInputError
from lms.outcomes.follow_up import (
    TERMS,
    KnownOnError,
    StillOpenError,
    TooEarlyError,
    record_follow_up,
)
from lms.referrals.models import Referral

MOST_LINES = 1000
_CELLS = (3, 4)  # the month may be left out
_WORDS = {"yes": True, "oui": True, "no": False, "non": False}
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])(?:-[0-9]{2})?")


class LineFault(StrEnum):
    """Why a line cannot be taken."""

    CELLS = "cells"
    MONTHS = "months"
    WORD = "word"
    MONTH = "month"
    UNKNOWN = "unknown"
    TWICE = "twice"
    STILL_OPEN = "still-open"
    TOO_EARLY = "too-early"
    KNOWN_ON = "known-on"


@dataclass(frozen=True, slots=True)
class Given:
    """What one line says."""

    line: int
    reference: str
    months: int
    known_again: bool
    known_on: date | None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one line, from 1."""

    line: int
    why: LineFault


def read_lines(text: str) -> tuple[list[Given], list[Fault]]:
    """Read lines of cells parted by commas, semicolons or tabs; a head line is passed over."""
    given, faults = list[Given](), list[Fault]()
    seen: set[tuple[str, int]] = set()
    for number, cells in _rows(text):
        found = _line(number, cells)
        if isinstance(found, Given) and (found.reference, found.months) in seen:
            found = Fault(number, LineFault.TWICE)
        if isinstance(found, Fault):
            faults.append(found)
        else:
            seen.add((found.reference, found.months))
            given.append(found)
    return given, faults


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    lines = text.removeprefix("\ufeff").splitlines()
    parted = next((one for one in "\t;" if any(one in line for line in lines)), ",")
    for number, line in enumerate(lines, start=1):
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=parted), [])]
        is_head = number == 1 and len(cells) > 1 and not cells[1].isdecimal()
        if any(cells) and not is_head:
            yield number, cells


def _line(number: int, cells: Sequence[str]) -> Given | Fault:
    if not _CELLS[0] <= len(cells) <= _CELLS[1] or not cells[0]:
        return Fault(number, LineFault.CELLS)
    if cells[1] not in {str(one) for one in TERMS}:
        return Fault(number, LineFault.MONTHS)
    known = _WORDS.get(cells[2].casefold())
    if known is None:
        return Fault(number, LineFault.WORD)
    text = cells[3] if len(cells) == _CELLS[1] else ""
    month = _MONTH.fullmatch(text)
    if text and month is None:
        return Fault(number, LineFault.MONTH)
    known_on = None if month is None else date(int(month[1]), int(month[2]), 1)
    return Given(number, cells[0], int(cells[1]), known, known_on)


def take_lines(
    db: Session, agency_id: uuid.UUID, given: Sequence[Given], *, now: datetime
) -> list[Fault]:
    """Keep the reports of an agency's files; gives what is wrong: then the caller undoes all."""
    references = [one.reference for one in given]
    files = {
        one.reference: one
        for one in db.scalars(
            select(Referral).where(
                Referral.agency_id == agency_id, Referral.reference.in_(references)
            )
        )
    }
    faults = []
    for one in given:
        why = _record(db, files.get(one.reference), one, now)
        if why is not None:
            faults.append(Fault(one.line, why))
    return faults


def _record(db: Session, file: Referral | None, one: Given, now: datetime) -> LineFault | None:
    if file is None:
        return LineFault.UNKNOWN
    try:
        record_follow_up(db, file, one.months, one.known_again, one.known_on, now)
    except BadInputError as fault:
        return _FAULTS[type(fault)]
    return None


_FAULTS: dict[type[BadInputError], LineFault] = {
    StillOpenError: LineFault.STILL_OPEN,
    TooEarlyError: LineFault.TOO_EARLY,
    KnownOnError: LineFault.KNOWN_ON,
}
