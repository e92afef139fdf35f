"""The partner of those who speak: sees what was agreed, how often they were read; and no reader."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.kernel.audit import AuditEntry, latest_entries, verify_chain
from lms.publishing.consent_register import events_of
from tests.factories import KEYS, published_course, read_module
from tests.testimony_sample import CANARY, publish_lea
from tests.web.browser import Browser
from tests.web.site import Site

LIST = "/en/partner"
LEA = "/en/partner/testimonies/lea"


@pytest.fixture
def partner(site: Site) -> Browser:
    """Give a partner's browser, on a site that shows her words."""
    site.do(publish_lea)
    return site.staff(Role.PARTNER)


def _last(site: Site) -> AuditEntry:
    return site.do(lambda db: latest_entries(db, subject="testimony:lea", limit=1)[0])


def _acts(site: Site) -> list[str]:
    return site.do(lambda db: [event.act for event in events_of(db, "lea")])


def test_a_partner_sees_each_testimony_with_its_consent(partner: Browser) -> None:
    page = partner.get(LIST).text
    assert "lea" in page
    assert "Original testimony" in page
    assert "In force" in page
    assert "May 1, 2027" in page


def test_a_partner_reads_what_participants_read(partner: Browser) -> None:
    page = partner.get(LEA).text
    for language in ("fr", "en"):
        assert f"{CANARY}-WORDS-{language}" in page
    assert "PARTNER-014" not in page
    assert "Consent given" in page


def test_a_partner_reads_only_the_languages_that_are_agreed_to(partner: Browser) -> None:
    fields = [("until", "2027-05-01"), ("courses", "seminar"), ("languages", "fr")]
    assert partner.post(LEA, fields).status_code == 303
    page = partner.get(LEA).text
    assert f"{CANARY}-WORDS-fr" in page
    assert f"{CANARY}-WORDS-en" not in page


def test_a_partner_sees_how_often_and_never_who_or_when(site: Site, partner: Browser) -> None:
    people = [site.participant() for _ in range(3)]
    for person in people:
        site.do(read_module, person.learner, 1)
    page = partner.get(LEA).text
    assert "Read 3 times by all participants together." in page
    whole = page + partner.get(LIST).text
    for person in people:
        assert person.enrolment.pseudonym not in whole
        assert person.user.login not in whole
        assert str(person.enrolment.id) not in whole


def test_a_partner_sees_no_page_of_a_participant(site: Site, partner: Browser) -> None:
    attempt = site.taker()[1]
    for url in ("/en/course", f"/en/result/{attempt}", "/en/instructor", "/en/author"):
        assert partner.get(url).status_code == 403


def test_a_partner_takes_a_testimony_back_after_one_question(site: Site, partner: Browser) -> None:
    ask = partner.get(f"{LEA}/withdraw")
    assert "Take back the testimony lea?" in ask.text
    assert _acts(site) == ["given"]  # to ask changes nothing
    done = partner.post(f"{LEA}/withdraw", {"reason": "She asked for it."})
    assert done.status_code == 303
    page = partner.get(LEA).text
    assert CANARY not in page
    assert "The testimony is taken back." in page
    assert "Withdrawn" in page
    assert "their gates were proved again" in page
    entry = _last(site)
    assert (entry.act, entry.reason) == ("testimony.withdrawn", "She asked for it.")
    assert entry.actor != "site"
    assert site.do(lambda db: verify_chain(db, KEYS.audit)).is_whole


def test_a_partner_need_not_say_why(site: Site, partner: Browser) -> None:
    assert partner.post(f"{LEA}/withdraw", {}).status_code == 303
    assert _acts(site) == ["given", "withdrawn"]
    assert partner.post(f"{LEA}/withdraw", {}).status_code == 303  # sent twice
    assert _acts(site) == ["given", "withdrawn"]


BOTH = [("languages", "fr"), ("languages", "en")]


@pytest.mark.parametrize(
    ("fields", "act"),
    [
        ([("until", "2028-05-01"), ("courses", "seminar"), *BOTH], "renewed"),
        ([("until", "2026-12-31"), ("courses", "seminar"), *BOTH], "narrowed"),
        ([("until", "2027-05-01"), ("courses", "seminar"), ("languages", "fr")], "narrowed"),
    ],
)
def test_a_partner_renews_and_narrows(
    site: Site, partner: Browser, fields: list[tuple[str, str]], act: str
) -> None:
    assert partner.post(LEA, fields).status_code == 303
    assert _acts(site) == ["given", act]
    event = site.do(lambda db: events_of(db, "lea")[-1])
    assert date.fromisoformat(event.terms["until"]).isoformat() == dict(fields)["until"]
    assert _last(site).act == f"testimony.{act}"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ([("until", "soon"), ("courses", "seminar"), *BOTH], "Enter a day, year first"),
        ([("until", ""), ("courses", "seminar"), *BOTH], "Enter the last day"),
        ([("until", "2028-05-01"), *BOTH], "Choose at least one of the courses shown."),
        ([("until", "2028-05-01"), ("courses", "camp"), *BOTH], "Choose at least one of the"),
        ([("until", "2028-05-01"), ("courses", "seminar")], "Choose at least one of the lang"),
        ([("until", "2027-05-01"), ("courses", "seminar"), *BOTH], "nothing changes"),
        ([("until", "2026-04-01"), ("courses", "seminar"), *BOTH], "not before the first day"),
        ([("until", "2028-05-01"), ("courses", "seminar"), ("reason", "\x1b"), *BOTH], "hidden"),
    ],
)
def test_what_cannot_be_agreed_comes_back_with_its_fault(
    site: Site, partner: Browser, fields: list[tuple[str, str]], words: str
) -> None:
    page = partner.post(LEA, fields)
    assert page.status_code == 422
    assert words in page.text
    assert _acts(site) == ["given"]


def test_terms_of_what_was_taken_back_are_not_changed(site: Site, partner: Browser) -> None:
    partner.post(f"{LEA}/withdraw", {})
    fields = [("until", "2030-01-01"), ("courses", "seminar"), *BOTH]
    assert partner.post(LEA, fields).status_code == 409
    assert _acts(site) == ["given", "withdrawn"]


def test_what_is_nobodys_own_words_has_nothing_to_take_back(partner: Browser) -> None:
    for url in ("/en/partner/testimonies/nobody", "/en/partner/testimonies/nobody/withdraw"):
        assert partner.get(url).status_code == 404


def test_a_site_without_testimonies_says_so(site: Site) -> None:
    def publish(db: Session) -> None:
        published_course(db)

    site.do(publish)
    assert "No testimony is published yet." in site.staff(Role.PARTNER).get(LIST).text
