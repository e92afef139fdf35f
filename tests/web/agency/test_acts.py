"""What an agency does: refer, suspend, resume, cancel, set a day; and never a word of its own."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from lms.kernel.audit import verify_chain
from lms.referrals.models import Referral, ReferralEvent
from tests.factories import KEYS, make_agency
from tests.web.agency.people import GOOD, TODAY, cells, officer, own_file, state_of, urls
from tests.web.markup import Html
from tests.web.site import Site
from tests.web.wellmade import page_faults


def test_an_officer_refers_somebody_and_sees_the_file(site: Site) -> None:
    agency = site.do(make_agency)
    user, browser = officer(site, agency)
    browser.get("/fr/agency/new")
    made = browser.post("/fr/agency/new", GOOD)
    assert made.status_code == 303
    page = browser.page(made.headers["Location"])
    assert cells(page)[0] == "2026-00417"
    with site.database.read() as db:
        kept = db.scalars(select(Referral)).one()
        assert (kept.agency_id, kept.referred_by, kept.source) == (agency.id, user.id, "form")
        assert (kept.deadline, kept.language, kept.arrangement) == (date(2027, 2, 15), "fr", False)
        assert verify_chain(db, KEYS.audit).is_whole
    again = browser.post("/fr/agency/new", GOOD)
    assert again.status_code == 422
    assert ("reference", "2026-00417") in Html.of(again.text).form("/agency/new").fields


BAD: list[dict[str, str | list[str]]] = [
    {"first_time": "no"},
    {"no_minor": ""},
    {"accepts": "true"},
    {"lawyer_told": "on"},
    {"lawyer_told": ["yes", "yes"]},
    {"reference": "Jean Tremblay"},
    {"reference": ""},
    {"reference": "x" * 41 + "1"},
    {"reference": ["A-1", "A-2"]},
    {"language": "de"},
    {"language": ""},
    {"arrangement": "because"},
    {"decided_by": "me"},
    {"decided_on": "2026-11-22"},
    {"decided_on": "yesterday"},
    {"deadline": "2026-11-20"},
    {"deadline": "2027-13-01"},
    {"deadline": "2028-11-21"},
    {"deadline": ["2027-01-01", "2027-01-02"]},
]


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("changes", BAD, ids=str)
def test_what_cannot_be_taken_is_named_and_nobody_is_referred(
    site: Site, changes: dict[str, str | list[str]]
) -> None:
    _user, browser = officer(site, site.do(make_agency))
    browser.get("/en/agency/new")
    fields = [
        (name, value)
        for name, given in (GOOD | changes).items()
        for value in (given if isinstance(given, list) else [given])
    ]
    refused = browser.post("/en/agency/new", fields)
    assert refused.status_code == 422
    assert list(page_faults(refused, "en")) == []
    page = Html.of(refused.text)
    assert page.title.startswith("Error:")
    assert [one for one in page.all("p") if one["class"] == "error"]
    with site.database.read() as db:
        assert db.scalar(select(func.count()).select_from(Referral)) == 0


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_which_of_the_four_was_no_is_not_said_back(site: Site) -> None:
    _user, browser = officer(site, site.do(make_agency))
    browser.get("/en/agency/new")
    faults = set()
    for name in ("first_time", "no_minor", "accepts", "lawyer_told"):
        page = Html.of(browser.post("/en/agency/new", GOOD | {name: "no"}).text)
        faults.add(tuple(one["href"] for one in page.all("a") if one["href"].startswith("#l")))
    assert faults == {("#lawyer_told",)}


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_no_form_of_an_agency_takes_a_text(site: Site) -> None:
    """Free text is how what must stay at the agency leaks: there is no field for any."""
    referral, browser = own_file(site)
    kinds = set()
    for url in urls(referral):
        response = browser.get(url)
        if response.status_code != 409:
            page = Html.of(response.text)
            assert page.all("textarea") == []
            kinds |= {one["name"] for one in page.all("input") if one["type"] == "text"}
    assert kinds == {"reference", "number", "deadline", "decided_on"}


def test_a_file_is_suspended_and_goes_on_from_where_it_stood(site: Site) -> None:
    referral, browser = own_file(site, state="ready")
    url = f"/fr/agency/referrals/{referral.id}"
    assert browser.get(f"{url}/resume").status_code == 409
    assert browser.post(f"{url}/resume").status_code == 409
    browser.page(f"{url}/suspend")
    assert browser.post(f"{url}/suspend").status_code == 303
    assert state_of(site, referral) == "suspended"
    assert browser.get(f"{url}/suspend").status_code == 409
    browser.page(f"{url}/resume")
    assert browser.post(f"{url}/resume").status_code == 303
    assert state_of(site, referral) == "ready"


def test_a_file_is_cancelled_for_one_of_two_reasons(site: Site) -> None:
    referral, browser = own_file(site)
    url = f"/fr/agency/referrals/{referral.id}/cancel"
    browser.page(url)
    for why in ("", "other", "he is a drunkard"):
        refused = browser.post(url, {"why": why})
        assert refused.status_code == 422
        assert "drunkard" not in refused.text
    assert state_of(site, referral) == "referred"
    assert browser.post(url, {"why": "wrong person"}).status_code == 303
    assert state_of(site, referral) == "cancelled"
    with site.database.read() as db:
        last = db.scalars(select(ReferralEvent).order_by(ReferralEvent.number.desc())).first()
        assert last is not None
        assert (last.act, last.reason) == ("cancel", "wrong person")
    assert browser.post(url, {"why": "wrong person"}).status_code == 409


def test_the_last_day_can_be_moved_within_a_year_of_the_referral(site: Site) -> None:
    referral, browser = own_file(site)
    url = f"/fr/agency/referrals/{referral.id}/deadline"
    shown = dict(Html.of(browser.get(url).text).form("/deadline").fields)["deadline"]
    assert shown == referral.deadline.isoformat()
    for day in ("", "2026-11-20", "2028-01-01", "soon"):
        assert browser.post(url, {"deadline": day}).status_code == 422, day
    new = TODAY + timedelta(days=120)
    assert browser.post(url, {"deadline": new.isoformat()}).status_code == 303
    with site.database.read() as db:
        assert db.get_one(Referral, referral.id).deadline == new


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_is_over_offers_nothing_to_do(site: Site) -> None:
    referral, browser = own_file(site, state="reported", outcome="completed", outcome_on=TODAY)
    url = f"/fr/agency/referrals/{referral.id}"
    links = browser.page(url).links()
    assert not [one for one in links if one.startswith(f"{url}/")]
    for act in ("suspend", "resume", "cancel", "deadline"):
        assert browser.get(f"{url}/{act}").status_code == 409
        assert browser.post(f"{url}/{act}", GOOD | {"why": "wrong person"}).status_code == 409
