"""A certificate and a reference: they belong together, or not; nothing else is ever said."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.agencies.models import AgencyMember
from lms.completion.match import MOST_TRIES
from lms.completion.models import CompletionRecord, Revocation
from lms.kernel.ids import new_id
from lms.referrals.eligibility import reference_mark
from lms.referrals.models import Referral
from tests import factories
from tests.factories import KEYS, NOW
from tests.web.browser import Browser, without_tokens
from tests.web.markup import Html
from tests.web.site import Site

URL = "/en/agency/certificate"


@dataclass(frozen=True, slots=True)
class Paper:
    """A certificate, the file it belongs to, and the officer who referred the person."""

    number: str
    referral: Referral
    browser: Browser


@pytest.fixture
def paper(site: Site) -> Paper:
    """Let somebody who was referred complete the course."""
    person = site.participant()
    site.do(factories.pass_course, person.learner)
    certificate = site.do(factories.attest, person.learner)
    agency = site.do(factories.make_agency)
    referral = site.do(
        factories.make_referral,
        agency=agency,
        reference="2026-0042",
        reference_mark=reference_mark(KEYS, agency.id, "2026-0042"),
        enrolment_id=person.enrolment.id,
        state="reported",
        outcome="completed",
        outcome_on=NOW.date(),
    )
    browser = site.staff(Role.AGENCY, site.do(factories.make_member, referral))
    browser.get(URL)
    return Paper(certificate.number, referral, browser)


def ask(browser: Browser, number: str, reference: str) -> bool:
    """Ask whether they belong together; the answer is one of two headings."""
    browser.get(URL)
    response = browser.post(URL, {"number": number, "reference": reference})
    assert response.status_code == 200
    headings = {"Yes: they belong together": True, "No: they do not belong together": False}
    return headings[Html.of(response.text).h1]


def test_the_right_number_and_the_right_reference_belong_together(paper: Paper) -> None:
    assert ask(paper.browser, paper.number, "2026-0042")
    assert ask(paper.browser, paper.number.lower().replace("-", " "), " 2026 0042 ".replace(
        " 0042", "/0042"))  # fmt: skip
    for number, reference in (
        (paper.number, "2026-0043"),
        ("000002-2", "2026-0042"),
        ("000000-0", "2026-0042"),
        ("ZZZZZZZZZZZZZZZZZZ", "2026-0042"),
        ("9" * 40, "2026-0042"),
        (paper.number, "Jean Tremblay"),
        ("' OR 1=1 --", "' OR 1=1 --"),
    ):
        assert not ask(paper.browser, number, reference), (number, reference)


def test_whoever_may_not_see_the_file_gets_no(site: Site, paper: Paper) -> None:
    def colleague(db: Session, *, is_lead: bool) -> User:
        user = factories.with_second_factor(db, factories.make_user(db, role=Role.AGENCY))
        agency_id = paper.referral.agency_id
        db.add(AgencyMember(user_id=user.id, agency_id=agency_id, is_lead=is_lead))
        return user

    other = site.staff(Role.AGENCY, site.do(colleague, is_lead=False))
    lead = site.staff(Role.AGENCY, site.do(colleague, is_lead=True))
    stranger = site.staff(Role.AGENCY, site.do(factories.make_member, is_lead=True))
    assert not ask(other, paper.number, "2026-0042")
    assert ask(lead, paper.number, "2026-0042")
    assert not ask(stranger, paper.number, "2026-0042")


def test_a_certificate_that_was_revoked_belongs_to_nothing(site: Site, paper: Paper) -> None:
    def revoke(db: Session) -> None:
        kept = db.get_one(Referral, paper.referral.id)
        mine = CompletionRecord.enrolment_id == kept.enrolment_id
        found = db.scalars(select(CompletionRecord).where(mine)).one()
        db.add(
            Revocation(
                completion_id=found.id,
                programme_id=kept.programme_id,
                correction_id=new_id(),
                reason="a reason",
                revoked_at=NOW,
            )
        )

    site.do(revoke)
    assert not ask(paper.browser, paper.number, "2026-0042")


def test_every_no_is_the_same_page_and_a_yes_differs_by_one_word(paper: Paper) -> None:
    pages = set()
    for number, reference in (
        (paper.number, "2026-0043"),
        ("000002-2", "2026-0042"),
        ("nothing", "2026-0042"),
    ):
        answer = paper.browser.post(URL, {"number": number, "reference": reference})
        pages.add(without_tokens(answer.text))
    assert len(pages) == 1
    yes = paper.browser.post(URL, {"number": paper.number, "reference": "2026-0042"})
    no = pages.pop()
    assert without_tokens(yes.text).replace("Yes: they belong", "No: they do not belong") == no


def test_the_same_statements_are_run_whatever_is_wrong(site: Site, paper: Paper) -> None:
    counts = set()
    for number, reference in (
        (paper.number, "2026-0042"),
        (paper.number, "2026-0043"),
        ("nothing", "2026-0042"),
        (paper.number, "Jean"),
    ):
        with site.statements() as seen:
            paper.browser.post(URL, {"number": number, "reference": reference})
        counts.add(tuple(one.split(maxsplit=1)[0] for one in seen))
    assert len(counts) == 1


def test_numbers_cannot_be_tried_out_one_after_the_other(site: Site, paper: Paper) -> None:
    answers = [
        paper.browser.post(URL, {"number": f"{number}", "reference": "2026-0042"}).status_code
        for number in range(MOST_TRIES + 3)
    ]
    assert answers == [200] * MOST_TRIES + [429] * 3
    site.clock.advance(minutes=15)
    paper.browser.get(URL)
    assert ask(paper.browser, paper.number, "2026-0042")


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_an_empty_question_asks_for_what_is_missing(paper: Paper) -> None:
    response = paper.browser.post(URL, {"number": " "})
    assert response.status_code == 422
    page = Html.of(response.text)
    assert {one["href"] for one in page.all("a")} >= {"#number", "#reference"}
