"""A list from an agency: looked at, then taken; nothing is written in between, nor kept on disk."""

import csv
import io
import re
import tempfile
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lms.accounts.roles import Role
from lms.agencies.models import Agency, Agreement
from lms.referrals.models import Referral
from tests.factories import NOW, make_agency, make_user
from tests.web.browser import Browser
from tests.web.markup import Html
from tests.web.site import Site

HOME = "/en/coordinator/files/import"
HEADS = "reference;language;deadline;decided_by;decided_on;first_time;no_minor;accepts;lawyer_told"
GOOD = "fr;2027-02-28;prosecutor;2026-11-02;yes;yes;yes;yes"


@pytest.fixture
def coordinator(site: Site) -> Browser:
    """Sign a coordinator in."""
    return site.staff(Role.COORDINATOR)


def _sheet(*rows: str) -> bytes:
    return "\n".join([HEADS, *(row if ";" in row else f"{row};{GOOD}" for row in rows)]).encode()


def _send(browser: Browser, agency: Agency, data: bytes, name: str = "liste.csv") -> TestResponse:
    browser.get(HOME)
    fields: dict[str, Any] = {
        "csrf_token": browser.token,
        "agency": str(agency.id),
        "sheet": (io.BytesIO(data), name),
    }
    return browser.send("POST", HOME, data=fields, content_type="multipart/form-data")


def _looked(answer: TestResponse) -> dict[str, str]:
    assert answer.status_code == 200, answer.text
    values = {one["name"]: one["value"] for one in Html.of(answer.text).all("input")}
    return {"looked": values["looked"]}


def _files(site: Site) -> list[str]:
    with site.database.read() as db:
        query = select(Referral.reference).order_by(Referral.reference)
        return [one or "" for one in db.scalars(query)]


def test_the_page_says_which_columns_a_list_has(coordinator: Browser) -> None:
    page = coordinator.page(HOME).text
    for word in ("lawyer_told", "avocat_informe", "dernier_jour", "at most 500 rows"):
        assert word in page


def test_each_row_is_told_and_nothing_is_written_before_she_confirms(
    site: Site, coordinator: Browser
) -> None:
    agency = site.do(make_agency)
    answer = _send(coordinator, agency, _sheet("R-1", "R-2", "no number", "R-3;es;x"))
    page = Html.of(answer.text).text
    assert "2 rows can be taken in." in page
    assert "2 rows cannot." in page
    assert "reference: letters without accents and numbers" in page
    assert "language: write fr or en." in page
    assert "deadline: write a day, year first" in page
    assert _files(site) == []
    taken = coordinator.post(f"{HOME}/take", _looked(answer))
    assert taken.status_code == 303
    shown = coordinator.page(taken.location).text
    assert "2 files are taken in." in shown
    assert "2 rows were not taken." in shown
    assert _files(site) == ["R-1", "R-2"]


def test_rows_that_cannot_be_taken_come_as_a_file_that_says_why(
    site: Site, coordinator: Browser
) -> None:
    agency = site.do(make_agency)
    answer = _send(coordinator, agency, _sheet("R-1", "=cmd|x1"))
    sheet = coordinator.post(f"{HOME}/rows", _looked(answer))
    assert sheet.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(sheet.text.removeprefix("\ufeff"))))
    assert rows[0][0] == "reference"
    assert rows[0][-1] == "What is wrong"
    assert len(rows) == 2
    assert rows[1][0] == "'=cmd|x1"
    assert rows[1][-1].startswith("reference: letters")
    assert _files(site) == []


def test_a_list_sent_twice_brings_each_file_once(site: Site, coordinator: Browser) -> None:
    agency = site.do(make_agency)
    looked = _looked(_send(coordinator, agency, _sheet("R-1", "R-2")))
    coordinator.post(f"{HOME}/take", looked)
    again = coordinator.post(f"{HOME}/take", looked)
    shown = coordinator.page(again.location).text
    assert "2 rows were not taken." in shown
    assert _files(site) == ["R-1", "R-2"]
    page = Html.of(_send(coordinator, agency, _sheet("R-1", "R-9", "r-9")).text).text
    assert "this reference was used before." in page
    assert "this reference stands in the file more than once." in page


def test_what_was_looked_at_is_taken_by_whoever_looked_and_within_two_hours(
    site: Site, coordinator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    agency = site.do(make_agency)
    looked = _looked(_send(coordinator, agency, _sheet("R-1")))
    other = site.staff(Role.COORDINATOR, site.do(make_user, role=Role.COORDINATOR))
    refusal = "This was looked at too long ago."
    assert refusal in other.post(f"{HOME}/take", looked).text
    changed = {"looked": looked["looked"][::-1]}
    for path in ("take", "rows"):
        answer = coordinator.post(f"{HOME}/{path}", changed)
        assert (answer.status_code, refusal in answer.text) == (422, True)
    monkeypatch.setattr("lms.web.coordinator.imports.HOURS", -1)  # as if it were long ago
    assert refusal in coordinator.post(f"{HOME}/take", looked).text
    assert _files(site) == []


def test_an_agreement_that_ended_in_between_stops_it(site: Site, coordinator: Browser) -> None:
    agency = site.do(make_agency)
    looked = _looked(_send(coordinator, agency, _sheet("R-1")))

    def end(db: Session) -> None:
        one = db.scalars(select(Agreement).where(Agreement.agency_id == agency.id)).one()
        one.in_force_until = NOW.date() - timedelta(days=1)

    site.do(end)
    refusal = "No written agreement with this agency is in force"
    taken = coordinator.post(f"{HOME}/take", looked)
    assert (taken.status_code, refusal in taken.text) == (422, True)
    sent = _send(coordinator, agency, _sheet("R-1"))
    assert (sent.status_code, refusal in sent.text) == (422, True)
    assert _files(site) == []


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "Choose a CSV file."),
        (b"PK\x03\x04\x00\x00", "This is not a CSV file in UTF-8"),
        ("référence".encode("latin-1"), "This is not a CSV file in UTF-8"),
        (b"reference;name\nR-1;Somebody\n", "The headings are not those expected."),
        (HEADS.encode() + b";reference", "a column twice"),
        (_sheet(*(f"R-{number}" for number in range(501))), "A file has at most 500 rows."),
        (b"a" * 200_001, "This is not a CSV file in UTF-8"),
    ],
)
def test_a_file_that_is_no_list_is_told_as_such(
    site: Site, coordinator: Browser, data: bytes, fault: str
) -> None:
    agency = site.do(make_agency)
    answer = _send(coordinator, agency, data, name="liste.csv" if data else "")
    assert answer.status_code == 422
    assert fault in answer.text


def test_a_file_that_is_far_too_large_is_not_even_read(site: Site, coordinator: Browser) -> None:
    agency = site.do(make_agency)
    assert _send(coordinator, agency, b"a" * 500_000).status_code == 413


def test_without_an_agency_nothing_is_looked_at(coordinator: Browser) -> None:
    answer = coordinator.post(HOME)
    assert answer.status_code == 422
    assert "Choose an agency." in answer.text


def test_five_hundred_rows_travel_in_the_page_and_stand_on_no_disk(
    site: Site, coordinator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    agency = site.do(make_agency)

    def refuse(*_given: object, **_named: object) -> None:
        raise AssertionError("a file was made")

    def refuse_to_roll(_self: object) -> None:
        raise AssertionError("what was sent went to a disk")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", refuse_to_roll)
    sheet = _sheet(*(f"REF-{number:030}" for number in range(500)))
    answer = _send(coordinator, agency, sheet)
    assert "500 rows can be taken in." in Html.of(answer.text).text
    assert coordinator.post(f"{HOME}/take", _looked(answer)).status_code == 303
    with site.database.read() as db:
        assert db.scalar(select(func.count()).select_from(Referral)) == 500


def test_the_columns_are_named_in_the_language_of_the_page(
    site: Site, coordinator: Browser
) -> None:
    agency = site.do(make_agency)
    coordinator.get(HOME)
    fields = {
        "csrf_token": coordinator.token,
        "agency": str(agency.id),
        "sheet": (io.BytesIO(_sheet("R-1;fr;x")), "x.csv"),
    }
    path = HOME.replace("/en/", "/fr/")
    answer = coordinator.send("POST", path, data=fields, content_type="multipart/form-data")
    assert re.search(r"dernier_jour\s*:", Html.of(answer.text).text)
