"""The exchange by hand: the register, an agency's messages as a file, and a report line by line."""

import csv
import json
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.agencies.models import Agency, Agreement
from lms.exchange.deliver import settle, take_due
from lms.exchange.models import ExchangeDelivery, ExchangeMessage
from lms.exchange.service import report_outcome
from lms.exchange.signed import open_document, read_line
from lms.kernel.signing import public_key
from lms.privacy.models import ViewEntry
from lms.referrals.models import Referral
from tests import factories
from tests.exchange.desk import Sender, make_sender
from tests.exchange.test_service import DONE
from tests.factories import KEYS, NOW
from tests.web.browser import Browser
from tests.web.markup import Html
from tests.web.site import Site


def path(agency: Agency) -> str:
    """Give the address of an agency's messages."""
    return f"/en/coordinator/agencies/{agency.id}/exchange"


def report(db: Session, agency: Agency, reference: str = "R-1") -> ExchangeMessage:
    """Tell an agency an outcome."""
    referral = factories.make_referral(db, agency=agency, reference=reference, **DONE)
    return report_outcome(db, referral, certificate_number=None, keys=KEYS, now=NOW)


def end_agreements(db: Session) -> None:
    """End all agreements today."""
    for one in db.scalars(select(Agreement)):
        one.ended_on = NOW.date()


def send(browser: Browser, sender: Sender, data: bytes, act: str = "take") -> Any:  # noqa: ANN401 - an answer
    """Send a file."""
    url = path(sender.agency)
    return browser.post(url, {"act": act, "messages": (BytesIO(data), "messages.jsonl")})


def file_of(*documents: dict[str, Any]) -> bytes:
    """Write a file of documents."""
    return b"".join(json.dumps(one).encode() + b"\n" for one in documents)


def count(site: Site, table: type[Any]) -> int:
    """Count the rows of a table."""
    with site.database.read() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def test_the_file_that_is_downloaded_is_what_was_signed_and_is_written_down(site: Site) -> None:
    agency = site.do(factories.make_agency)
    for reference in ("R-1", "R-2", "R-3"):
        site.do(report, agency, reference)
    browser = site.staff(Role.COORDINATOR)
    answer = browser.post(f"{path(agency)}/file", {"after": "1"})
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="messages-2-3.jsonl"'
    lines = answer.data.splitlines()
    signed = [open_document(read_line(line)) for line in lines]
    assert [one.message["number"] for one in signed] == [2, 3]
    assert all(one.is_by(public_key(KEYS.signing)) for one in signed)
    again = browser.post(f"{path(agency)}/file", {"after": "1"})
    assert again.data == answer.data
    assert count(site, ExchangeDelivery) == 2


@pytest.mark.parametrize("after", ["", "-1", "x", "3", "99999999999", "١"])
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_number_that_gives_nothing_is_told_and_kept(site: Site, after: str) -> None:
    agency = site.do(factories.make_agency)
    site.do(report, agency)
    answer = site.staff(Role.COORDINATOR).post(f"{path(agency)}/file", {"after": after})
    assert answer.status_code == 422
    assert ("after", after) in Html.of(answer.text).form(f"{path(agency)}/file").fields
    assert count(site, ExchangeDelivery) == 0


def test_nothing_goes_either_way_without_an_agreement(site: Site) -> None:
    sender = site.do(make_sender)
    site.do(report, sender.agency)
    site.do(end_agreements)
    browser = site.staff(Role.COORDINATOR)
    answer = browser.post(f"{path(sender.agency)}/file", {"after": "0"})
    assert answer.status_code == 422
    assert b"R-1" not in answer.data.replace(b"<td>R-1</td>", b"")
    taken = send(browser, sender, file_of(sender.document("referral", "R-2")))
    assert "No written agreement with this agency is in force." in taken.text
    assert count(site, ExchangeMessage) == 1
    assert count(site, Referral) == 1


def test_a_file_is_taken_line_by_line_and_each_line_is_told(site: Site) -> None:
    sender, browser = site.do(make_sender), site.staff(Role.COORDINATOR)
    data = file_of(sender.document("referral", "R-1"), sender.document("cancel", "R-9")) + b"{\n"
    looked = send(browser, sender, data, act="look")
    assert "What would become of each line" in looked.text
    assert count(site, ExchangeMessage) == count(site, Referral) == 0
    taken = send(browser, sender, data)
    assert taken.status_code == 200
    text = " ".join(Html.of(taken.text).text.split())
    assert "1 1 Referral Taken" in text
    assert "2 2 Cancellation Not taken This agency has no file with this reference." in text
    assert "3 Not taken It does not have the agreed form. The agency must write it anew." in text
    assert (count(site, ExchangeMessage), count(site, Referral)) == (1, 1)
    again = send(browser, sender, data)
    assert "1 1 Referral Taken before" in " ".join(Html.of(again.text).text.split())
    assert (count(site, ExchangeMessage), count(site, Referral)) == (1, 1)


def test_a_file_for_another_agency_is_not_taken_there(site: Site) -> None:
    sender, browser = site.do(make_sender), site.staff(Role.COORDINATOR)
    other = site.do(factories.make_agency)
    data = file_of(sender.document("referral", "R-1"))
    answer = browser.post(path(other), {"act": "take", "messages": (BytesIO(data), "a.jsonl")})
    assert "It names another agency." in answer.text
    assert count(site, Referral) == 0


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_no_file_an_empty_one_and_one_that_is_too_long_are_refused(site: Site) -> None:
    sender, browser = site.do(make_sender), site.staff(Role.COORDINATOR)
    assert browser.post(path(sender.agency), {"act": "take"}).status_code == 422
    assert send(browser, sender, b"").status_code == 422
    assert send(browser, sender, b"x" * 500_000).status_code == 413


def test_the_register_counts_and_a_spreadsheet_says_the_same(site: Site) -> None:
    agency = site.do(factories.make_agency, name="=Organisme")
    site.do(report, agency, "R-1")
    site.do(report, agency, "R-2")
    browser = site.staff(Role.COORDINATOR)
    page = browser.page("/en/coordinator/exchanges")
    assert "2 exchanges." in page.text
    assert "=Organisme November 2026 To the agency Status 2" in " ".join(page.text.split())
    sheet = browser.get("/en/coordinator/exchanges/register.csv?first=2026-11-01&last=2026-11-30")
    rows = list(csv.reader(StringIO(sheet.text.removeprefix("\ufeff"))))
    assert rows == [
        ["Agency", "Month", "Direction", "Kind", "Messages"],
        ["'=Organisme", "2026-11", "To the agency", "Status", "2"],
    ]
    empty = browser.page("/en/coordinator/exchanges?first=2025-01-01&last=2025-12-31")
    assert "Nothing was exchanged in this period." in empty.text


@pytest.mark.parametrize(
    "query",
    [
        "first=x",
        "first=2026-02-30",
        "first=2026-12-01&last=2026-01-01",
        "first=0001-01-01&last=9999-12-31",
        "first=9995-01-01&last=9999-12-31",
    ],
)
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_period_that_is_none_shows_a_page_all_the_same(site: Site, query: str) -> None:
    browser = site.staff(Role.COORDINATOR)
    assert browser.get(f"/en/coordinator/exchanges?{query}").status_code == 200
    assert browser.get(f"/en/coordinator/exchanges/register.csv?{query}").status_code == 200


@pytest.mark.parametrize("where", ["/en/coordinator/exchanges", "/en/coordinator/overview"])
def test_the_coordinator_is_told_of_messages_that_do_not_arrive(site: Site, where: str) -> None:
    agency = site.do(factories.make_agency, name="Organisme A", webhook_url="https://a.example/")
    site.do(report, agency)
    browser = site.staff(Role.COORDINATOR)
    told = "Messages that did not arrive"
    assert told not in browser.get(where).text

    def fail(db: Session) -> None:
        parcel = take_due(db, keys=KEYS, now=NOW + timedelta(days=6, hours=23))
        assert parcel is not None
        settle(db, parcel, "status-503", now=NOW + timedelta(days=7))

    site.do(fail)
    text = " ".join(browser.page(where).text.split())
    assert told in text
    assert "Organisme A, message 1 : The agency’s server answered: 503." in text.replace(
        "1:", "1 :"
    )
    assert "It is not tried any more." in text
    browser.post(f"{path(agency)}/file", {"after": "0"})
    assert told not in browser.get(where).text


def test_each_look_at_an_agencys_messages_is_written_down(site: Site) -> None:
    agency = site.do(factories.make_agency)
    site.staff(Role.COORDINATOR).page(path(agency))
    with site.database.read() as db:
        looks = [(one.subject, one.subject_id, one.what) for one in db.scalars(select(ViewEntry))]
    assert looks == [("agency", agency.id, "messages")]
