"""A file of messages, taken line by line."""

import json
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lms.exchange.apply import file_of
from lms.exchange.faults import Fault
from lms.exchange.lines import Became, FileError, take_file
from lms.exchange.service import (
    take,
)
from tests.exchange.desk import Sender, desk, make_sender
from tests.exchange.test_service import counted
from tests.factories import KEYS


def file_with(*documents: dict[str, Any]) -> bytes:
    """Write a file of documents."""
    return b"".join(json.dumps(one).encode() + b"\n" for one in documents)


def taken_from(db: Session, sender: Sender, data: bytes, *, dry_run: bool = False) -> list[Any]:
    """Take a file, and give what became of each line."""
    reports = take_file(
        db,
        data,
        lambda session, one: take(session, sender.agency.id, one, desk()),
        dry_run=dry_run,
    )
    return [(one.line, one.number, one.kind, one.became, one.fault) for one in reports]


def test_a_file_is_told_line_by_line_and_a_refused_line_stops_those_after_it(
    db: Session,
) -> None:
    sender = make_sender(db)
    good = [sender.document("referral", f"R-{at}") for at in (1, 2)]
    bad = sender.document("cancel", "R-404")
    after = sender.document("cancel", "R-1")
    data = file_with(*good) + b"\n" + file_with(bad, after) + b"nonsense\n"
    assert taken_from(db, sender, data) == [
        (1, 1, "referral", Became.TAKEN, None),
        (2, 2, "referral", Became.TAKEN, None),
        (4, 3, "cancel", Became.REFUSED, Fault.NO_FILE),
        (5, 4, "cancel", Became.REFUSED, Fault.NUMBER_GAP),
        (6, None, "", Became.REFUSED, Fault.FORM),
    ]
    assert counted(db) == 2
    sender.number = 2
    mended = file_with(*good, sender.document("cancel", "R-1"))
    assert [one[3] for one in taken_from(db, sender, mended)] == ["known", "known", "taken"]


def test_a_dry_run_tells_the_same_and_does_nothing(db: Session) -> None:
    sender = make_sender(db)
    data = file_with(*(sender.document("referral", f"R-{at}") for at in (1, 2)))
    told = taken_from(db, sender, data, dry_run=True)
    assert [one[3] for one in told] == ["taken", "taken"]
    assert counted(db) == 0
    assert file_of(db, KEYS, sender.agency.id, "R-1") is None
    assert taken_from(db, sender, data) == told


@pytest.mark.parametrize("data", [b"", b"\n\n", b"x\n" * 2001])
def test_a_file_without_a_line_or_of_too_many_is_refused_whole(db: Session, data: bytes) -> None:
    with pytest.raises(FileError):
        taken_from(db, make_sender(db), data)
