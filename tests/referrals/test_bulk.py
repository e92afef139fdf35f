"""Many files at once: what was used, what stands twice, and the good ones taken all the same."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.agencies.models import Agency, Agreement
from lms.referrals.bulk import judge_rows, take_rows
from lms.referrals.models import Referral
from lms.referrals.service import NoAgreementError
from lms.referrals.spreadsheet import Column, Row, Wrong, read_rows
from tests.factories import KEYS, NOW, make_agency

TODAY = NOW.date()
HEADS = "reference,language,deadline,decided_by,decided_on,first_time,no_minor,accepts,lawyer_told"


def _rows(*references: str) -> tuple[Row, ...]:
    rest = "fr,2027-02-28,prosecutor,2026-11-02,yes,yes,yes,yes"
    return read_rows("\n".join([HEADS, *(f"{one},{rest}" for one in references)]), TODAY)


def _judged(db: Session, agency: Agency, *references: str) -> tuple[Row, ...]:
    return judge_rows(db, agency.id, _rows(*references), KEYS)


def _take(
    db: Session, agency: Agency, rows: tuple[Row, ...]
) -> tuple[tuple[Referral, ...], tuple[Row, ...]]:
    return take_rows(db, agency.id, rows, by=None, keys=KEYS, now=NOW, today=TODAY)


def _wrong(rows: tuple[Row, ...]) -> list[list[Wrong]]:
    return [[one.wrong for one in row.faults] for row in rows]


def test_good_rows_become_files_and_bad_ones_do_not(db: Session) -> None:
    agency = make_agency(db)
    rows = _judged(db, agency, "R-1", "no number", "R-2")
    files, refused = _take(db, agency, rows)
    assert [file.reference for file in files] == ["R-1", "R-2"]
    assert {file.source for file in files} == {"csv"}
    assert [row.line for row in refused] == [3]
    assert db.scalar(select(func.count()).select_from(Referral)) == 2


def test_a_reference_that_was_used_is_told_also_when_it_is_written_otherwise(db: Session) -> None:
    agency = make_agency(db)
    _take(db, agency, _rows("R-1"))
    assert _wrong(_judged(db, agency, "r1", "R-2")) == [[Wrong.USED], []]
    assert _wrong(_judged(db, make_agency(db), "R-1")) == [[]]  # another agency's own numbers


def test_of_two_rows_with_one_reference_neither_is_taken(db: Session) -> None:
    agency = make_agency(db)
    rows = _judged(db, agency, "R-1", "R-2", "r-1")
    assert _wrong(rows) == [[Wrong.REPEATED], [], [Wrong.REPEATED]]
    files, _ = _take(db, agency, rows)
    assert [file.reference for file in files] == ["R-2"]


def test_a_reference_that_was_used_since_it_was_looked_at_stops_nobody_else(db: Session) -> None:
    agency = make_agency(db)
    rows = _judged(db, agency, "R-1", "R-2")
    _take(db, agency, _rows("R-1"))
    files, refused = _take(db, agency, rows)
    assert [file.reference for file in files] == ["R-2"]
    assert [(row.line, one.column, one.wrong) for row in refused for one in row.faults] == [
        (2, Column.REFERENCE, Wrong.USED)
    ]


def test_a_last_day_that_ran_out_since_is_told(db: Session) -> None:
    agency = make_agency(db)
    later = NOW + timedelta(days=120)
    rows = _judged(db, agency, "R-1")
    files, refused = take_rows(
        db, agency.id, rows, by=None, keys=KEYS, now=later, today=later.date()
    )
    assert files == ()
    assert _wrong(refused) == [[Wrong.PAST]]


def test_without_an_agreement_in_force_nothing_is_taken(db: Session) -> None:
    agency = make_agency(db)
    rows = _judged(db, agency, "R-1", "R-2")
    agreement = db.scalars(select(Agreement).where(Agreement.agency_id == agency.id)).one()
    agreement.ended_on = TODAY
    db.flush()
    with pytest.raises(NoAgreementError):
        _take(db, agency, rows)
    assert db.scalar(select(func.count()).select_from(Referral)) == 0
