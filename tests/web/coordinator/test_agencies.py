"""What a coordinator does with agencies: nothing is exchanged before an agreement is in force."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.agencies.models import Agency, AgencyMember, Agreement
from lms.agencies.queries import agreement_in_force
from lms.kernel.audit import AuditEntry
from lms.kernel.ids import new_id
from tests.factories import NOW, make_agency, make_programme, make_user
from tests.web.browser import Browser, Fields
from tests.web.markup import Html
from tests.web.site import Site

HOME = "/en/coordinator/agencies"
PARTS = ("purpose", "nature", "method", "security", "frequency", "duration")
SIGNED: Fields = {
    **dict.fromkeys(PARTS, "As agreed."),
    "first_day": "2026-11-01",
    "last_day": "2027-10-31",
}


@pytest.fixture
def coordinator(site: Site) -> Browser:
    """Sign a coordinator in."""
    return site.staff(Role.COORDINATOR)


def _without_agreement(site: Site, name: str = "Organisme neuf") -> Agency:
    def make(db: Session) -> Agency:
        programme = make_programme(db)
        one = Agency(programme_id=programme.id, name=name, language="fr", created_at=NOW)
        db.add(one)
        db.flush()
        return one

    return site.do(make)


def _all(site: Site, query: Select[Any]) -> list[Any]:
    with site.database.read() as db:
        return list(db.scalars(query))


def test_a_coordinator_adds_an_agency_and_is_told_what_comes_next(
    site: Site, coordinator: Browser
) -> None:
    assert "There is no agency yet." in coordinator.page(HOME).text
    answer = coordinator.post(f"{HOME}/new", {"name": " Organisme  A ", "in_language": "fr"})
    assert answer.status_code == 303
    page = coordinator.page(answer.location)
    assert page.h1 == "Organisme A"
    assert "No written agreement with this agency is in force" in page.text
    assert "No agreement in force" in coordinator.page(HOME).text
    assert _all(site, select(AuditEntry.act)) == ["make-agency"]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({}, "Enter the name of the agency."),
        ({"name": "Neuf"}, "Choose a language."),
        ({"name": "Neuf", "in_language": "es"}, "Choose one of those shown."),
        ({"name": "x" * 121, "in_language": "fr"}, "Shorten this"),
        ({"name": "a\u202eb", "in_language": "fr"}, "Write it without hidden characters."),
        ({"name": "Pris", "in_language": "fr"}, "Another agency has this name."),
    ],
)
def test_an_agency_that_cannot_be_added_is_told_why(
    site: Site, coordinator: Browser, fields: Fields, fault: str
) -> None:
    site.do(make_agency, name="Pris")
    answer = coordinator.post(f"{HOME}/new", fields)
    assert answer.status_code == 422
    assert fault in answer.text
    assert _all(site, select(Agency.name)) == ["Pris"]


def test_an_agreement_is_recorded_with_its_six_parts_and_its_period(
    site: Site, coordinator: Browser
) -> None:
    agency = _without_agreement(site)
    answer = coordinator.post(f"{HOME}/{agency.id}/agreement", SIGNED)
    assert answer.status_code == 303
    page = coordinator.page(f"{HOME}/{agency.id}")
    assert "From November 1, 2026 to October 31, 2027" in page.text
    assert "In force" in page.text
    assert "nothing is exchanged with it" not in page.text
    assert page.text.count("As agreed.") == 6
    with site.database.read() as db:
        assert agreement_in_force(db, agency.id, NOW.date()) is not None
    assert "Agreement in force" in coordinator.page(HOME).text


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        *(({part: "  "}, "Write what the agreement says of this.") for part in PARTS),
        ({"purpose": "x" * 501}, "Shorten this"),
        ({"first_day": "1 Nov"}, "Enter a day, year first"),
        ({"last_day": ""}, "Enter the last day."),
        ({"last_day": "2026-10-31"}, "let the agreement end after it begins"),
    ],
)
def test_an_agreement_that_lacks_something_is_not_recorded_and_what_was_typed_stays(
    site: Site, coordinator: Browser, changed: dict[str, str], fault: str
) -> None:
    agency = _without_agreement(site)
    answer = coordinator.post(f"{HOME}/{agency.id}/agreement", {**dict(SIGNED), **changed})
    assert answer.status_code == 422
    assert fault in answer.text
    assert "As agreed." in answer.text
    assert _all(site, select(Agreement.id)) == []


def test_an_agreement_can_be_ended_today_and_no_other_agencys(
    site: Site, coordinator: Browser
) -> None:
    agency, other = site.do(make_agency), site.do(make_agency)
    page = coordinator.page(f"{HOME}/{agency.id}")
    form = page.form("/agreement/end")
    wrong = coordinator.post(f"{HOME}/{other.id}/agreement/end", form.fields)
    assert wrong.status_code == 404
    assert coordinator.post(form.action, form.fields).status_code == 303
    again = coordinator.post(form.action, form.fields)
    assert "This agreement has already ended." in coordinator.get(again.location).text
    with site.database.read() as db:
        assert agreement_in_force(db, agency.id, NOW.date()) is None
        assert agreement_in_force(db, other.id, NOW.date()) is not None
    assert "Over" in coordinator.page(f"{HOME}/{agency.id}").text


def test_an_agreement_that_begins_later_is_not_in_force_yet(
    site: Site, coordinator: Browser
) -> None:
    agency = _without_agreement(site)
    coordinator.post(f"{HOME}/{agency.id}/agreement", {**dict(SIGNED), "first_day": "2026-12-01"})
    page = coordinator.page(f"{HOME}/{agency.id}").text
    assert "Not in force yet" in page
    assert "nothing is exchanged with it" in page


def test_somebody_of_the_agency_gets_an_account_with_a_password_shown_once(
    site: Site, coordinator: Browser
) -> None:
    agency = site.do(make_agency)
    answer = coordinator.post(f"{HOME}/{agency.id}/members", {"login": "nouveau", "lead": "y"})
    assert answer.status_code == 200
    password = Html.of(answer.text).all("code")[1].text
    assert re.fullmatch(r"([0-9a-z]{4}-){3}[0-9a-z]{4}", password)
    assert answer.headers["Cache-Control"].startswith("no-store")
    page = coordinator.page(f"{HOME}/{agency.id}")
    assert password not in page.text
    assert "All files of the agency" in page.text
    with site.database.read() as db:
        user = db.scalars(select(User).where(User.login == "nouveau")).one()
        assert user.role == Role.AGENCY
        member = db.get_one(AgencyMember, user.id)
        assert (member.agency_id, member.is_lead) == (agency.id, True)
    assert password not in str(_all(site, select(AuditEntry.after)))
    entering = site.stranger().post("/en/login", {"login": "nouveau", "password": password})
    assert entering.status_code in {200, 303}  # a second factor may follow


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({}, "Enter a login."),
        ({"login": "é"}, "Use 3 to 64 letters"),
        ({"login": "taken"}, "Somebody has this login."),
    ],
)
def test_an_account_that_cannot_be_made_shows_no_password(
    site: Site, coordinator: Browser, fields: Fields, fault: str
) -> None:
    agency = site.do(make_agency)
    coordinator.post(f"{HOME}/{agency.id}/members", {"login": "taken"})
    answer = coordinator.post(f"{HOME}/{agency.id}/members", fields)
    assert answer.status_code == 422
    assert fault in answer.text
    assert "First password" not in answer.text


def test_a_member_can_be_made_lead_and_shut_out_by_his_own_agencys_page_alone(
    site: Site, coordinator: Browser
) -> None:
    agency, other = site.do(make_agency), site.do(make_agency)
    coordinator.post(f"{HOME}/{agency.id}/members", {"login": "membre"})
    with site.database.read() as db:
        user = db.scalars(select(User).where(User.login == "membre")).one()
    change = f"{HOME}/{agency.id}/members/change"
    assert coordinator.post(change, {"member": str(user.id), "act": "lead"}).status_code == 303
    with site.database.read() as db:
        assert db.get_one(AgencyMember, user.id).is_lead
    wrong = f"{HOME}/{other.id}/members/change"
    for act in ("member", "disable"):
        refused = coordinator.post(wrong, {"member": str(user.id), "act": act})
        assert refused.status_code == 404
    assert coordinator.post(change, {"member": str(user.id), "act": "disable"}).status_code == 303
    with site.database.read() as db:
        assert db.get_one(User, user.id).disabled_at == NOW
        assert db.get_one(AgencyMember, user.id).is_lead
    assert coordinator.post(change, {"member": str(new_id()), "act": "lead"}).status_code == 404
    assert coordinator.post(change, {"member": "x", "act": "lead"}).status_code == 404


def test_no_account_of_another_role_is_shut_by_an_agencys_page(
    site: Site, coordinator: Browser
) -> None:
    agency = site.do(make_agency)
    author = site.do(make_user, role=Role.AUTHOR)
    change = f"{HOME}/{agency.id}/members/change"
    assert coordinator.post(change, {"member": str(author.id), "act": "disable"}).status_code == 404


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("https://messages.example/virage?x=1", 303),
        ("", 303),
        ("http://messages.example/", 422),
        ("https://somebody:secret@messages.example/", 422),
        ("https:///path", 422),
        ("javascript:alert(1)", 422),
        ("https://messages.example/#part", 422),
        ("https://messages.example:99999/", 422),
        ("https://messages.example:8443/in", 303),
        ("https://127.0.0.1/", 422),
        ("https://[::1]/", 422),
        ("https://[::ffff:127.0.0.1]/", 422),
        ("https://2130706433/", 422),
        ("https://0x7f.1/", 422),
        ("https://169.254.169.254/latest", 422),
        ("https://localhost/", 422),
        ("https://a.LOCALHOST./", 422),
    ],
)
def test_messages_go_to_https_addresses_alone(
    site: Site, coordinator: Browser, address: str, status: int
) -> None:
    agency = site.do(make_agency, webhook_url="https://before.example/")
    answer = coordinator.post(f"{HOME}/{agency.id}/webhook", {"webhook": address})
    assert answer.status_code == status
    with site.database.read() as db:
        kept = db.get_one(Agency, agency.id).webhook_url
    assert kept == (address or None if status == 303 else "https://before.example/")


def test_with_a_closed_agency_nothing_is_exchanged(site: Site, coordinator: Browser) -> None:
    agency = site.do(make_agency)
    assert coordinator.post(f"{HOME}/{agency.id}/close").status_code == 303
    page = coordinator.page(f"{HOME}/{agency.id}")
    assert "This agency is closed" in page.text
    with site.database.read() as db:
        assert agreement_in_force(db, agency.id, NOW.date()) is None
    assert agency.name not in coordinator.page("/en/coordinator/files/new").text


def test_agreements_that_end_soon_and_agencies_without_one_are_told(
    site: Site, coordinator: Browser
) -> None:
    lasting, bare = site.do(make_agency), _without_agreement(site)
    ending = site.do(make_agency)

    def shorten(db: Session) -> None:
        query = select(Agreement).where(Agreement.agency_id == ending.id)
        one = db.scalars(query).one()
        one.in_force_until = NOW.date() + timedelta(days=20)

    site.do(shorten)
    page = coordinator.page("/en/coordinator/overview").text
    assert f"{ending.name}: Agreement in force until December 11, 2026" in page
    assert f"{bare.name}: No agreement in force" in page
    assert lasting.name not in page


def test_what_is_not_there_is_not_found(site: Site, coordinator: Browser) -> None:
    nowhere = f"{HOME}/{new_id()}"
    for path in (nowhere, f"{nowhere}/agreement"):
        assert coordinator.get(path).status_code == 404
    for path in ("webhook", "close", "members", "agreement"):
        assert coordinator.post(f"{nowhere}/{path}", SIGNED).status_code == 404
    assert _all(site, select(func.count()).select_from(Agreement)) == [0]
