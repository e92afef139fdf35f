"""A file of signed messages: one a line (JSON Lines), written and taken line by line."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from lms.completion.signed import canonical_json
from lms.exchange.deliver import signed_of
from lms.exchange.faults import REFUSALS, Fault, fault_of
from lms.exchange.fields import LAST_NUMBER, write_moment
from lms.exchange.message import VERSION, Kind, MessageError, read_message
from lms.exchange.models import ExchangeMessage
from lms.exchange.service import NumberGapError, Taken
from lms.exchange.signed import Signed, open_document, read_line, sign_receipt
from lms.kernel.errors import BadInputError

MOST_LINES = 2000
Take = Callable[[Session, Mapping[str, Any]], Taken]


class FileError(BadInputError):
    """The file has no line, or more than 2,000."""


class _UndoError(Exception):
    """The end of a dry run: all that it did is undone."""


class Became(StrEnum):
    """What became of a line."""

    TAKEN = "taken"
    KNOWN = "known"  # taken before; nothing was done again
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class LineReport:
    """What became of one line; where it was refused, why, and which number would be next."""

    line: int
    became: Became
    number: int | None = None
    kind: str = ""
    fault: Fault | None = None
    expected: int | None = None


def write_file(messages: Iterable[ExchangeMessage]) -> Iterator[bytes]:
    """Give a file of messages, line by line, each as it was signed."""
    for message in messages:
        yield signed_of(message).line() + b"\n"


def write_receipts(messages: Iterable[ExchangeMessage], key: bytes) -> Iterator[bytes]:
    """Give a file of receipts for messages that were taken; the same bytes each time."""
    for message in messages:
        yield canonical_json(receipt_of(message, key)) + b"\n"


def receipt_of(message: ExchangeMessage, key: bytes) -> dict[str, Any]:
    """Give the signed receipt of a message that was taken: always the same one."""
    receipt = {
        "version": VERSION,
        "agency": str(message.agency_id),
        "number": message.number,
        "kind": message.kind,
        "digest": message.digest,
        "received_at": write_moment(message.at),
    }
    return sign_receipt(receipt, key)


def take_file(
    db: Session, data: bytes, take: Take, *, dry_run: bool = False
) -> tuple[LineReport, ...]:
    """Take the messages of a file, each wholly or not at all; FileError for an unusable file.

    A dry run does the same and undoes it: the report is what would come of it now.
    """
    lines = [(at, line) for at, line in enumerate(data.splitlines(), 1) if line.strip()]
    if not 1 <= len(lines) <= MOST_LINES:
        raise FileError
    reports: tuple[LineReport, ...] = ()
    with suppress(_UndoError), db.begin_nested():
        reports = tuple(_take_line(db, at, line, take) for at, line in lines)
        if dry_run:
            raise _UndoError
    db.expire_all()
    return reports


def named_references(data: bytes) -> set[str]:
    """Give the references that a file names, for the lines that can be read."""
    found = set()
    for line in data.splitlines()[:MOST_LINES]:
        try:
            found.add(read_message(open_document(read_line(line)).message)[0].reference)
        except MessageError:
            continue
    return found


def _take_line(db: Session, at: int, line: bytes, take: Take) -> LineReport:
    number, kind = None, ""
    try:
        document = read_line(line)
        number, kind = _named(open_document(document))
        with db.begin_nested():
            taken = take(db, document)
    except NumberGapError as gap:
        return LineReport(at, Became.REFUSED, number, kind, fault_of(gap), gap.expected)
    except REFUSALS as error:
        return LineReport(at, Became.REFUSED, number, kind, fault_of(error))
    became = Became.TAKEN if taken.is_new else Became.KNOWN
    return LineReport(at, became, taken.message.number, taken.message.kind)


def _named(signed: Signed) -> tuple[int | None, str]:
    """Give number and kind as the line says them, where they are ones."""
    number: Any = signed.message.get("number")
    kind: Any = signed.message.get("kind")
    is_number = isinstance(number, int) and 0 < number <= LAST_NUMBER
    is_kind = isinstance(kind, str) and kind in set(Kind)
    return (int(number) if is_number else None), (str(kind) if is_kind else "")
