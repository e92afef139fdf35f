"""A year of the programme: forty referred, forty letters, and forty words for the agency.

A file of forty referrals becomes forty letters; forty people come. The instructor finds a question
whose key is wrong, and has it mended on the way. Thirty-six pass, two withdraw, two run out of
time. The agency learns forty words and nothing else.
"""

import csv
import io
import json
import re
import uuid
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.agencies.models import Agency
from lms.completion.signed import Judged
from lms.enrolment.models import Cohort, Enrolment
from lms.exchange.lines import write_file
from lms.exchange.message import Direction
from lms.exchange.queries import messages_of
from lms.exchange.signed import judge_lines
from lms.journey.due_files import advance_due_files
from lms.kernel.signing import public_key
from lms.progress.queries import load_progress
from lms.referrals.models import Referral, ReferralEvent
from tests import factories
from tests.factories import KEYS
from tests.pdf import squeezed, text_of
from tests.web import mending
from tests.web.browser import Browser
from tests.web.site import Person, Site

PEOPLE = 40
PASSES = 36
LEAVE = 2
HEAD = (
    *("reference", "language", "deadline", "arrangement", "decided_by", "decided_on"),
    *("first_time", "no_minor", "accepts", "lawyer_told"),
)
CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}-[0-9A-Z]")


def _sheet(site: Site) -> bytes:
    """Write the agency's file: forty references, every other in English."""
    today = site.clock().date()
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEAD)
    for number in range(PEOPLE):
        row = [f"LG-{number:04}", "en" if number % 2 else "fr", today + timedelta(days=90)]
        writer.writerow([*row, "no", "prosecutor", today, "yes", "yes", "yes", "yes"])
    return text.getvalue().encode()


def _take_in(site: Site, coordinator: Browser, agency: Agency) -> None:
    """Let the coordinator look at the file and take it in."""
    data = {"agency": str(agency.id), "sheet": (io.BytesIO(_sheet(site)), "file.csv")}
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
    words = text_of(made.data)
    codes = tuple(dict.fromkeys(CODE.findall(words)))
    assert len(codes) == PEOPLE
    assert squeezed("LG-0039") in words
    return codes


def _enrol(site: Site, code: str, number: int) -> Person:
    """Let somebody type his code, choose a login, and agree to the notice."""
    browser = site.stranger()
    assert browser.post("/fr/begin", {"code": code}).status_code == 303
    login, password = f"personne-{number}", "une phrase assez longue 7"
    account = {"login": login, "password": password, "password_again": password}
    made = browser.post("/fr/begin/account", account)
    assert made.status_code == 303, made.text
    browser.get("/fr/notice")
    assert browser.post("/fr/notice", {"agree": "yes", "language": "fr"}).status_code == 303

    def load(db: Session) -> Person:
        user = db.scalars(select(User).where(User.login == login)).one()
        enrolment = db.scalars(select(Enrolment).where(Enrolment.user_id == user.id)).one()
        return Person(browser, user, enrolment, factories.learner_of(db, enrolment))

    return site.do(load)


def _advance(site: Site) -> None:
    """Let the job run that moves files."""
    site.do(advance_due_files, keys=KEYS, review=True, now=site.clock())


def _confirm_all(instructor: Browser) -> int:
    """Let the instructor look at each result, and confirm it."""
    page = instructor.get("/fr/corrections/results").text
    ids = set(re.findall(r"/fr/corrections/results/([0-9a-f-]{36})", page))
    for one in ids:
        answer = instructor.post(f"/fr/corrections/results/{one}/confirm")
        assert answer.status_code == 303
    return len(ids)


def _words(site: Site, agency: Agency) -> list[dict[str, Any]]:
    """Give what was sent to the agency, each message checked with the site's public key."""

    def read(db: Session) -> list[dict[str, Any]]:
        sent = messages_of(db, agency.id, Direction.OUT, after=0, limit=100)
        assert [one.number for one in sent] == list(range(1, len(sent) + 1))  # no gap
        data = b"".join(write_file(sent))
        assert judge_lines(data, public_key(KEYS.signing))[0] is Judged.GENUINE
        return [one.body for one in sent]

    return site.do(read)


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


def _pass_rest(db: Session, person: Person, now: datetime) -> None:
    """Pass each module of the course that is not passed yet."""
    passed = load_progress(db, person.enrolment.id).passed
    for number, module_id in enumerate(person.learner.rules.modules, start=1):
        if module_id not in passed:
            factories.pass_module(db, person.learner, number, now=now)


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
    people = [_enrol(site, code, number) for number, code in enumerate(codes)]
    assert site.stranger().post("/fr/begin", {"code": codes[0]}).status_code == 422  # once

    _mend_question(site, instructor, cohort, people[:PASSES])
    for person in people[:PASSES]:
        site.do(_pass_rest, person, site.clock())
    mending.count_answers(site)
    rest = PASSES - mending.SITTERS
    mending.is_odd_no_more(site.staff(Role.INSTRUCTOR, instructor), cohort, rest)
    for person in people[PASSES : PASSES + LEAVE]:
        left = person.browser.post("/fr/my-file/stop", {"stop": "yes"})
        assert left.status_code == 303, left.text
    _advance(site)
    assert _confirm_all(site.staff(Role.INSTRUCTOR, instructor)) == PASSES
    for person in people[:PASSES]:
        attested = person.browser.post("/fr/certificate/attest", {"attest": "yes"})
        assert attested.status_code == 303, attested.text
    _advance(site)
    site.clock.advance(days=91)
    _advance(site)

    sent = _words(site, agency)
    assert Counter(one["status"] for one in sent) == {
        "completed": PASSES,
        "withdrawn": LEAVE,
        "not_completed": PEOPLE - PASSES - LEAVE,
    }
    assert {one["reference"] for one in sent} == {f"LG-{number:04}" for number in range(PEOPLE)}
    _tells_nothing_else(sent, people)
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


def _tells_nothing_else(sent: list[dict[str, Any]], people: list[Person]) -> None:
    """No message holds a pseudonym, a login, a score, or any word beside its fields."""
    text = json.dumps(sent)
    for person in people:
        assert person.enrolment.pseudonym not in text
        assert person.user.login not in text
        assert str(person.enrolment.id) not in text
    keys = {frozenset(one) for one in sent}
    assert len(keys) <= 2  # with a certificate's number, and without


def _stays_told(site: Site, agency: Agency) -> None:
    """Another run says nothing twice, and every step of every file is on record."""
    before = len(_words(site, agency))
    _advance(site)
    assert len(_words(site, agency)) == before == PEOPLE

    def steps(db: Session) -> dict[uuid.UUID, list[int]]:
        found: dict[uuid.UUID, list[int]] = {}
        for one in db.execute(
            select(ReferralEvent.referral_id, ReferralEvent.number).order_by(ReferralEvent.number)
        ):
            found.setdefault(one.referral_id, []).append(one.number)
        return found

    for numbers in site.do(steps).values():
        assert numbers == list(range(1, len(numbers) + 1))
