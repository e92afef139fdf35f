"""A list from an agency: every fault of every row is told, and a good row says what it says."""

from datetime import date, timedelta

import pytest

from lms.referrals.eligibility import DecidedBy
from lms.referrals.spreadsheet import (
    FRENCH,
    MOST_BYTES,
    MOST_ROWS,
    Column,
    ColumnsError,
    Fault,
    NotACsvError,
    TooManyRowsError,
    Wrong,
    decode_csv,
    read_rows,
)

TODAY = date(2026, 11, 21)
GOOD = {
    Column.REFERENCE: "R-00012",
    Column.LANGUAGE: "fr",
    Column.DEADLINE: "2027-02-28",
    Column.ARRANGEMENT: "no",
    Column.DECIDED_BY: "prosecutor",
    Column.DECIDED_ON: "2026-11-02",
    Column.FIRST_TIME: "yes",
    Column.NO_MINOR: "yes",
    Column.ACCEPTS: "yes",
    Column.LAWYER_TOLD: "yes",
    Column.COMMITTED_ON: "2026-11-03",
    Column.COMMITMENT_VERSION: "2",
}


def _sheet(
    *rows: dict[Column, str], sign: str = ",", names: dict[Column, str] | None = None
) -> str:
    heads = names or {column: str(column) for column in Column}
    lines = [sign.join(heads.values())]
    lines += [sign.join((GOOD | row)[column] for column in heads) for row in rows]
    return "\n".join(lines) + "\n"


def _faults(**cells: str) -> list[Fault]:
    row = {Column[name.upper()]: text for name, text in cells.items()}
    return list(read_rows(_sheet(row), TODAY)[0].faults)


def test_a_good_row_says_all_that_the_agency_told() -> None:
    (row,) = read_rows(_sheet({}), TODAY)
    assert row.faults == ()
    assert row.line == 2
    assert row.referral is not None
    assert row.referral.reference == "R-00012"
    assert row.referral.deadline == date(2027, 2, 28)
    assert row.referral.decided_by is DecidedBy.PROSECUTOR
    assert row.referral.committed_on == date(2026, 11, 3)
    assert not row.referral.arrangement
    assert row.referral.accepts


@pytest.mark.parametrize("sign", [",", ";"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_spreadsheet_may_save_as_it_likes(sign: str, mark: bytes, end: str) -> None:
    data = mark + _sheet({}, {Column.REFERENCE: "R-2"}, sign=sign).replace("\n", end).encode()
    rows = read_rows(decode_csv(data), TODAY)
    assert [row.cells[Column.REFERENCE] for row in rows] == ["R-00012", "R-2"]
    assert all(row.referral for row in rows)


def test_headings_and_words_may_be_french_and_in_any_order() -> None:
    heads = dict(reversed(list(FRENCH.items())))
    heads[Column.DEADLINE] = " Dernier jour "
    heads[Column.ARRANGEMENT] = "Aménagement"
    french = {
        Column.LANGUAGE: "Français",
        Column.ARRANGEMENT: "OUI",
        Column.DECIDED_BY: "procureur",
        **dict.fromkeys((Column.FIRST_TIME, Column.NO_MINOR, Column.ACCEPTS), "oui"),
        Column.LAWYER_TOLD: "Oui",
    }
    (row,) = read_rows(_sheet(french, sign=";", names=heads), TODAY)
    assert row.faults == ()
    assert row.referral is not None
    assert row.referral.language == "fr"
    assert row.referral.arrangement


@pytest.mark.parametrize(
    ("column", "cell", "wrong"),
    [
        ("reference", "", Wrong.EMPTY),
        ("reference", "Un nom", Wrong.REFERENCE_FORM),
        ("reference", "R" * 41 + "1", Wrong.REFERENCE_FORM),
        ("language", "", Wrong.EMPTY),
        ("language", "es", Wrong.LANGUAGE),
        ("deadline", "", Wrong.EMPTY),
        ("deadline", "28/02/2027", Wrong.DATE),
        ("deadline", "2027-02-30", Wrong.DATE),
        ("deadline", "20270228", Wrong.DATE),
        ("deadline", "2026-11-20", Wrong.PAST),
        ("deadline", "2027-11-23", Wrong.TOO_FAR),
        ("arrangement", "maybe", Wrong.YES_OR_NO),
        ("decided_by", "", Wrong.EMPTY),
        ("decided_by", "judge", Wrong.OFFICE),
        ("decided_on", "", Wrong.EMPTY),
        ("decided_on", "2026-11-22", Wrong.FUTURE),
        ("first_time", "no", Wrong.NOT_ELIGIBLE),
        ("no_minor", "non", Wrong.NOT_ELIGIBLE),
        ("accepts", "", Wrong.EMPTY),
        ("lawyer_told", "1", Wrong.YES_OR_NO),
        ("committed_on", "soon", Wrong.DATE),
        ("committed_on", "2026-11-22", Wrong.FUTURE),
        ("commitment_version", "v 2", Wrong.VERSION),
        ("commitment_version", "2" * 21, Wrong.VERSION),
    ],
)
def test_what_is_wrong_is_told_by_its_column(column: str, cell: str, wrong: Wrong) -> None:
    assert _faults(**{column: cell}) == [Fault(Column(column), wrong)]


@pytest.mark.parametrize("day", ["2026-11-21", "2027-11-22"])
def test_today_and_a_year_after_are_still_last_days(day: str) -> None:
    assert date.fromisoformat(day) in {TODAY, TODAY + timedelta(days=366)}
    assert _faults(deadline=day) == []


def test_a_row_with_many_faults_tells_them_all_and_is_no_referral() -> None:
    sheet = _sheet({Column.REFERENCE: "", Column.LANGUAGE: "x", Column.DEADLINE: "x"})
    (row,) = read_rows(sheet, TODAY)
    assert [one.column for one in row.faults] == [
        Column.REFERENCE,
        Column.LANGUAGE,
        Column.DEADLINE,
    ]
    assert row.referral is None


def test_empty_lines_are_no_rows_and_lines_are_counted_as_the_file_has_them() -> None:
    lines = _sheet({}, {Column.REFERENCE: "R-2"}).splitlines()
    text = "\n".join([lines[0], "", lines[1], ",,,,,,,,,,,", lines[2]])
    assert [row.line for row in read_rows(text, TODAY)] == [3, 5]


def test_a_row_that_is_too_short_lacks_what_it_lacks() -> None:
    heads = _sheet().splitlines()[0]
    (row,) = read_rows(f"{heads}\nR-1,fr\n", TODAY)
    assert Fault(Column.DEADLINE, Wrong.EMPTY) in row.faults


@pytest.mark.parametrize(
    ("headings", "missing", "unknown"),
    [
        ("", tuple(one for one in Column if one not in {
            Column.ARRANGEMENT, Column.COMMITTED_ON, Column.COMMITMENT_VERSION}), ()),
        ("reference,language,deadline,decided_by,decided_on,first_time,no_minor,accepts",
         (Column.LAWYER_TOLD,), ()),
        (",".join([*Column, "name"]), (), ("name",)),
        (",".join([*Column, "reference"]), (), ()),
    ],
)  # fmt: skip
def test_columns_that_are_missing_unknown_or_twice_are_told(
    headings: str, missing: tuple[Column, ...], unknown: tuple[str, ...]
) -> None:
    with pytest.raises(ColumnsError) as told:
        read_rows(headings, TODAY)
    assert (told.value.missing, told.value.unknown) == (missing, unknown)


def test_five_hundred_rows_are_taken_and_one_more_is_too_many() -> None:
    rows = [{Column.REFERENCE: f"R-{number}"} for number in range(MOST_ROWS)]
    assert len(read_rows(_sheet(*rows), TODAY)) == 500
    with pytest.raises(TooManyRowsError):
        read_rows(_sheet(*rows, {}), TODAY)


@pytest.mark.parametrize(
    "data",
    [
        "référence".encode("latin-1"),
        b"PK\x03\x04\x00",
        b"a" * (MOST_BYTES + 1),
    ],
)
def test_what_is_no_csv_in_utf8_is_refused(data: bytes) -> None:
    with pytest.raises(NotACsvError):
        decode_csv(data)


def test_a_quote_that_nobody_closes_is_no_csv() -> None:
    with pytest.raises(NotACsvError):
        read_rows(_sheet() + '"R-1,fr\n', TODAY)
