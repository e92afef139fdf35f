"""A year of the programme: forty referred, forty letters, and forty words for the agency.

A file of forty referrals becomes forty letters; forty people come. The instructor finds a question
whose key is wrong, and has it mended on the way. Thirty-six pass, two withdraw, two run out of
time. The agency learns forty words and nothing else.
"""

import io
import re
import uuid
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.agencies.models import Agency
from lms.enrolment.models import Cohort
from lms.referrals.models import Referral, ReferralEvent
from tests import factories
from tests.pdf import text_of
from tests.web import mending
from tests.web.browser import Browser
from tests.web.programme import (
    LEAVE,
    PASSES,
    PEOPLE,
    advance,
    are_told,
    codes_on,
    enrol,
    pass_rest,
    sheet,
    words,
)
from tests.web.site import Person, Site


def _take_in(site: Site, coordinator: Browser, agency: Agency) -> None:
    """Let the coordinator look at the file and take it in."""
    data = {"agency": str(agency.id), "sheet": (io.BytesIO(sheet(site)), "file.csv")}
    coordinator.get("/en/coordinator/files/import")
    shown = coordinator.send(
        "POST",
        "/en/coordinator/files/import",
        data={"csrf_token": coordinator.token, **data},
        content_type="multipart/form-data",
    )
    assert shown.status_code == 200, shown.text
    assert site.do(lambda db: db.scalars(select(Referral.id)).all()) == []  # only looked at
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', shown.text))
    taken = coordinator.post("/en/coordinator/files/import/take", {**hidden})
    assert taken.status_code == 303, taken.text


def _letters(site: Site, coordinator: Browser, cohort: Cohort) -> tuple[str, ...]:
    """Waive each fee, then have the letters made; gives the codes, read from the paper."""
    ids = site.do(lambda db: db.scalars(select(Referral.id).order_by(Referral.reference)).all())
    for referral_id in ids:
        url = f"/en/coordinator/files/{referral_id}/fee"
        assert coordinator.post(url, {"fee-fee": "waived"}).status_code == 303
    made = coordinator.post(
        f"/en/coordinator/groups/{cohort.id}/letters",
        [("contact", "450 555-0199"), ("in_language", "own")]
        + [("files", str(referral_id)) for referral_id in ids],
    )
    assert (made.status_code, made.mimetype) == (200, "application/pdf"), made.text
    return codes_on(made.data)


def _confirm_all(instructor: Browser) -> int:
    """Let the instructor look at each result, and confirm it."""
    page = instructor.get("/fr/corrections/results").text
    ids = set(re.findall(r"/fr/corrections/results/([0-9a-f-]{36})", page))
    for one in ids:
        answer = instructor.post(f"/fr/corrections/results/{one}/confirm")
        assert answer.status_code == 303
    return len(ids)


def _mend_question(site: Site, instructor: User, cohort: Cohort, people: list[Person]) -> None:
    """Let twenty-four sit the first quiz under a wrong key; it is found, mended, graded anew."""
    mending.sit_with_wrong_key(site, people)
    browser = site.staff(Role.INSTRUCTOR, instructor)
    mending.tells_passes(browser, cohort, mending.PASSED)
    mending.find_bad_question(browser, cohort)
    mending.mend_key(site)
    mending.grade_anew(site, browser, people)
    mending.tells_passes(browser, cohort, mending.PASSED_ANEW)
    site.clock.advance(minutes=10)  # the pause of those who have to try again


def test_forty_are_referred_and_the_agency_learns_forty_words_and_nothing_else(
    site: Site, tmp_path: Path
) -> None:
    mending.open_house(site, tmp_path)
    instructor = site.do(factories.make_user, role=Role.INSTRUCTOR)
    cohort = site.do(factories.make_cohort, instructors=[instructor])
    agency = site.do(factories.make_agency)
    coordinator = site.staff(Role.COORDINATOR)

    _take_in(site, coordinator, agency)
    codes = _letters(site, coordinator, cohort)
    people = [enrol(site, code, number) for number, code in enumerate(codes)]
    assert site.stranger().post("/fr/begin", {"code": codes[0]}).status_code == 422  # once

    _mend_question(site, instructor, cohort, people[:PASSES])
    for person in people[:PASSES]:
        site.do(pass_rest, person, site.clock())
    mending.count_answers(site)
    rest = PASSES - mending.SITTERS
    mending.is_odd_no_more(site.staff(Role.INSTRUCTOR, instructor), cohort, rest)
    for person in people[PASSES : PASSES + LEAVE]:
        left = person.browser.post("/fr/my-file/stop", {"stop": "yes"})
        assert left.status_code == 303, left.text
    advance(site)
    assert _confirm_all(site.staff(Role.INSTRUCTOR, instructor)) == PASSES
    for person in people[:PASSES]:
        attested = person.browser.post("/fr/certificate/attest", {"attest": "yes"})
        assert attested.status_code == 303, attested.text
    advance(site)
    site.clock.advance(days=91)
    advance(site)

    are_told(words(site, agency), people)
    _stays_told(site, agency)
    _prints_the_year(site.staff(Role.COORDINATOR))  # weeks later


def _prints_the_year(coordinator: Browser) -> None:
    """Let the coordinator print the year: everybody is counted, and nobody stands in it."""
    year = str(factories.NOW.year)
    page = coordinator.get(f"/en/coordinator/programme?year={year}").text
    assert len(re.findall(r"<td[^>]*>\s*40\s*<", page)) >= 3  # referred, eligible, enrolled
    assert not re.findall(r"<td[^>]*>\s*[1-9]\s*<", page[: page.index("MOBILIS")])  # under ten
    assert coordinator.post("/en/coordinator/programme", {"year": year}).status_code == 303
    paper = coordinator.get("/en/coordinator/programme.pdf")
    assert paper.mimetype == "application/pdf"
    assert "LG-0001" not in text_of(paper.data, spaces=True)


def _stays_told(site: Site, agency: Agency) -> None:
    """Another run says nothing twice, and every step of every file is on record."""
    before = len(words(site, agency))
    advance(site)
    assert len(words(site, agency)) == before == PEOPLE

    def steps(db: Session) -> dict[uuid.UUID, list[int]]:
        found: dict[uuid.UUID, list[int]] = {}
        for one in db.execute(
            select(ReferralEvent.referral_id, ReferralEvent.number).order_by(ReferralEvent.number)
        ):
            found.setdefault(one.referral_id, []).append(one.number)
        return found

    for numbers in site.do(steps).values():
        assert numbers == list(range(1, len(numbers) + 1))
