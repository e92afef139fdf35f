"""An agency's pages: its own files, five fields each, and nothing that leads further."""

import re
import uuid
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.agencies.models import Agency, AgencyMember, Agreement
from lms.exchange.models import ExchangeMessage
from lms.privacy.models import ViewEntry
from lms.referrals.models import Referral, ReferralEvent
from lms.referrals.states import State
from tests import factories
from tests.factories import NOW, make_agency, make_member, make_referral
from tests.web.agency.people import GOOD, TODAY, cells, officer, own_file, state_of, urls
from tests.web.browser import Browser
from tests.web.markup import Html
from tests.web.site import Site
from tests.web.wellmade import page_faults


def test_an_officer_sees_his_own_files_and_a_lead_all_of_the_agencys(site: Site) -> None:
    agency = site.do(make_agency)
    one, his = officer(site, agency)
    two, hers = officer(site, agency)
    _lead, leads = officer(site, agency, is_lead=True)
    for number, user in ((1, one), (2, two)):
        fields = {"reference": f"AA-{number}", "referred_by": user.id}
        site.do(make_referral, agency=agency, **fields)
    site.do(make_referral, agency=agency, reference="AA-3")  # by the API: nobody's own
    site.do(make_referral, reference="BB-1")  # another agency's

    def listed(browser: Browser) -> set[str]:
        return set(re.findall(r"\b(?:AA|BB)-\d", browser.page("/fr/agency").text))

    assert listed(his) == {"AA-1"}
    assert listed(hers) == {"AA-2"}
    assert listed(leads) == {"AA-1", "AA-2", "AA-3"}


def test_a_file_of_somebody_else_is_not_there_whatever_is_asked_of_it(site: Site) -> None:
    agency = site.do(make_agency)
    one, _his = officer(site, agency)
    _two, colleague = officer(site, agency)
    referral = site.do(make_referral, agency=agency, referred_by=one.id)
    stranger = site.staff(Role.AGENCY, site.do(make_member))
    strange_lead = site.staff(Role.AGENCY, site.do(make_member, is_lead=True))
    nobody = uuid.UUID(int=7 << 76 | 2 << 62)
    fields = {"why": "wrong person", "deadline": "2027-01-01"}
    for browser in (colleague, stranger, strange_lead):
        browser.get("/fr/agency")
        for place in ("", "/suspend", "/resume", "/cancel", "/deadline"):
            url = f"/fr/agency/referrals/{referral.id}{place}"
            assert browser.get(url).status_code == 404, place
            assert browser.get(url.replace(str(referral.id), str(nobody))).status_code == 404
            if place:
                assert browser.post(url, fields).status_code == 404, place
    assert state_of(site, referral) == "referred"
    with site.database.read() as db:
        assert db.get_one(Referral, referral.id).deadline == referral.deadline
        assert db.scalar(select(func.count()).select_from(ReferralEvent)) == 0
        looked = select(ViewEntry).where(ViewEntry.subject == "referral")
        assert db.scalars(looked).all() == []


def test_a_page_shows_five_fields_and_no_word_of_anything_else(site: Site) -> None:
    """Whatever the file and the person's rows hold, the cells hold these and no others."""
    cohort = site.do(factories.make_cohort, "canary-group")
    person = site.reader(2, cohort=cohort)
    referral, browser = own_file(
        site,
        cohort=cohort,
        reference="AA-7",
        state="needs_follow_up",
        enrolment_id=person.enrolment.id,
        code_id=person.enrolment.code_id,
        fee_state="waived",
        fee_receipt="canary-receipt",
        arrangement=True,
        commitment_version="canary-version",
    )
    site.do(_say, referral)
    rows = {"/en/agency": ["AA-7", "Under way", "November 21, 2026", "February 19, 2027",
                           "Code used"]}  # fmt: skip
    rows[f"/en/agency/referrals/{referral.id}"] = [
        *rows["/en/agency"], "4", "To you", "Status", "November 21, 2026",
    ]  # fmt: skip
    for url, wanted in rows.items():
        response = browser.get(url)
        assert cells(Html.of(response.text)) == wanted
        for secret in ("canary", person.enrolment.pseudonym, str(person.enrolment.id), "waived",
                       "follow_up", person.user.login, str(cohort.id)):  # fmt: skip
            assert secret not in response.text, (url, secret)


def _say(db: Session, referral: Referral) -> None:
    """Send a message about a file, and one of another agency's under the same file's id."""
    for agency_id, number in ((referral.agency_id, 4), (make_agency(db).id, 5)):
        db.add(
            ExchangeMessage(
                programme_id=referral.programme_id,
                agency_id=agency_id,
                referral_id=referral.id,
                direction="out",
                number=number,
                kind="status",
                body={"status": "canary-body"},
                digest="0" * 64,
                signature="0" * 128,
                key_id="0" * 16,
                carrier="file",
                at=NOW,
            )
        )


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("state", [one for one in State if one is not State.PURGED])
def test_every_state_has_a_word_that_an_agency_may_read(
    site: Site, state: State, lang: str
) -> None:
    referral, browser = own_file(site, state=state.value, reference="AA-1")
    page = browser.page(f"/{lang}/agency")
    assert len([one for one in cells(page) if one]) == 5
    assert not [one for one in cells(page) if "_" in one]
    answer = browser.get(f"/{lang}/agency/referrals/{referral.id}")
    assert list(page_faults(answer, lang)) == []


def test_the_outcome_is_what_counts_once_there_is_one_and_it_has_its_own_day(site: Site) -> None:
    _file, browser = own_file(
        site, state="closed", outcome="not_completed", outcome_on=date(2026, 3, 4), reference="A-1"
    )
    assert cells(browser.page("/en/agency"))[1:3] == ["Not completed", "March 4, 2026"]


def test_the_day_of_a_status_is_a_day_of_the_programmes_zone(site: Site) -> None:
    """A file that moved at half past eight in the evening moved on that day, not on the next."""
    referral, browser = own_file(site, reference="A-1")

    def move_late(db: Session) -> None:
        kept = db.get_one(Referral, referral.id)
        kept.state_since = NOW.replace(day=22, hour=1, minute=30)

    site.do(move_late)
    assert cells(browser.page("/en/agency"))[2] == "November 21, 2026"


def test_a_file_that_was_purged_is_nowhere(site: Site) -> None:
    referral, browser = own_file(site, reference="AA-1")

    def purge(db: Session) -> None:
        kept = db.get_one(Referral, referral.id)
        kept.reference, kept.purged_at = None, NOW

    site.do(purge)
    assert cells(browser.page("/fr/agency")) == []
    assert browser.get(f"/fr/agency/referrals/{referral.id}").status_code == 404


def test_each_look_is_written_down_with_who_looked_at_what(site: Site) -> None:
    referral, browser = own_file(site)
    browser.get("/fr/agency")
    browser.get(f"/fr/agency/referrals/{referral.id}")
    with site.database.read() as db:
        seen = [(one.subject, one.subject_id, one.what) for one in db.scalars(select(ViewEntry))]
    assert sorted(seen) == sorted(
        [("agency", referral.agency_id, "list"), ("referral", referral.id, "status")]
    )


def many(db: Session, agency: Agency, user: User) -> None:
    for number in range(120):
        reference = f"AA-{number:03}"
        make_referral(db, agency=agency, referred_by=user.id, reference=reference)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_long_list_has_pages_and_can_be_searched_by_reference(site: Site) -> None:
    agency = site.do(make_agency)
    user, browser = officer(site, agency)
    site.do(many, agency, user)
    seen: list[str] = []
    for page in (1, 2, 3):
        seen += re.findall(r"AA-\d{3}", browser.page(f"/fr/agency?page={page}").text)
    assert sorted(seen) == [f"AA-{number:03}" for number in range(120)]
    assert browser.page("/fr/agency?page=99").text == browser.page("/fr/agency?page=3").text
    found = browser.page("/fr/agency?reference=aa-01")
    assert len(re.findall(r"AA-01\d", found.text)) == 10
    for nothing in ("%25", "_", "x" * 300, "AA-01' OR 1=1 --"):
        answer = browser.get("/fr/agency", query_string={"reference": nothing})
        assert answer.status_code == 200
        assert not re.search(r"AA-\d{3}", answer.text.replace(nothing, "")), nothing


def end_agreements(db: Session, agency_id: uuid.UUID, day: date) -> None:
    for one in db.scalars(select(Agreement).where(Agreement.agency_id == agency_id)):
        one.ended_on = day


def test_without_an_agreement_in_force_every_page_says_so_and_shows_nothing(site: Site) -> None:
    referral, browser = own_file(site, reference="AA-77")
    browser.get("/fr/agency")
    site.do(end_agreements, referral.agency_id, TODAY)
    for url in urls(referral):
        for response in (browser.get(url), browser.post(url, GOOD)):
            if response.status_code == 405:
                continue
            assert response.status_code == 403, url
            assert "Aucune entente" in response.text or "agreement" in response.text, url
            assert "AA-77" not in response.text
            assert list(page_faults(response, "fr")) == []
    assert state_of(site, referral) == "referred"
    with site.database.read() as db:
        assert db.scalar(select(func.count()).select_from(Referral)) == 1
        assert db.scalar(select(func.count()).select_from(ViewEntry)) == 1


def test_an_account_that_belongs_to_no_agency_sees_nothing(site: Site) -> None:
    user = site.do(
        lambda db: factories.with_second_factor(db, factories.make_user(db, role=Role.AGENCY))
    )
    assert site.staff(Role.AGENCY, user).get("/fr/agency").status_code == 403


def test_an_agency_that_was_closed_sees_nothing_though_its_agreement_runs(site: Site) -> None:
    referral, browser = own_file(site)

    def close(db: Session) -> None:
        db.get_one(Agency, referral.agency_id).closed_at = NOW

    site.do(close)
    assert browser.get("/fr/agency").status_code == 403


def test_an_agreement_holds_on_both_its_days_of_the_programmes_zone(site: Site) -> None:
    referral, browser = own_file(site)

    def last_day(db: Session) -> None:
        for one in db.scalars(select(Agreement).where(Agreement.agency_id == referral.agency_id)):
            one.in_force_until = TODAY

    site.do(last_day)
    site.clock.advance(hours=14, minutes=45)  # 23.45 in Longueuil, the next day in UTC

    def signed_in() -> Browser:
        with site.database.read() as db:
            query = select(User).join(AgencyMember, AgencyMember.user_id == User.id)
            user = db.scalars(query.where(AgencyMember.agency_id == referral.agency_id)).one()
        return site.staff(Role.AGENCY, user)

    assert signed_in().get("/fr/agency").status_code == 200
    site.clock.advance(minutes=15)
    assert signed_in().get("/fr/agency").status_code == 403
    assert browser is not None
