"""Forty people of an agency, for the story of the whole programme."""

import csv
import io
import json
import re
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.agencies.models import Agency
from lms.completion.signed import Judged
from lms.enrolment.models import Enrolment
from lms.exchange.lines import write_file
from lms.exchange.message import Direction
from lms.exchange.queries import messages_of
from lms.exchange.signed import judge_lines, read_line
from lms.journey.due_files import advance_due_files
from lms.kernel.signing import public_key
from lms.progress.queries import load_progress
from tests import factories
from tests.factories import KEYS
from tests.pdf import squeezed, text_of
from tests.web.browser import Browser
from tests.web.site import Person, Site

PEOPLE = 40
PASSES = 36
LEAVE = 2
WORDS = {"completed": PASSES, "withdrawn": LEAVE, "not_completed": PEOPLE - PASSES - LEAVE}
PASSWORD = "une phrase assez longue 7"
_HEAD = (
    *("reference", "language", "deadline", "arrangement", "decided_by", "decided_on"),
    *("first_time", "no_minor", "accepts", "lawyer_told"),
)
_CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}-[0-9A-Z]")


def sheet(site: Site) -> bytes:
    """Write the agency's file: forty references, every other in English."""
    today = site.clock().date()
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEAD)
    for number in range(PEOPLE):
        row = [f"LG-{number:04}", "en" if number % 2 else "fr", today + timedelta(days=90)]
        writer.writerow([*row, "no", "prosecutor", today, "yes", "yes", "yes", "yes"])
    return text.getvalue().encode()


def codes_on(letters: bytes) -> tuple[str, ...]:
    """Read the codes from the paper, one a person."""
    printed = text_of(letters)
    codes = tuple(dict.fromkeys(_CODE.findall(printed)))
    assert len(codes) == PEOPLE
    assert squeezed("LG-0039") in printed
    return codes


def enrol(site: Site, code: str, number: int) -> Person:
    """Let somebody type his code, choose a login, and agree to the notice."""
    browser = site.stranger()
    assert browser.post("/fr/begin", {"code": code}).status_code == 303
    login = f"personne-{number}"
    account = {"login": login, "password": PASSWORD, "password_again": PASSWORD}
    made = browser.post("/fr/begin/account", account)
    assert made.status_code == 303, made.text
    browser.get("/fr/notice")
    assert browser.post("/fr/notice", {"agree": "yes", "language": "fr"}).status_code == 303
    return find_person(site, login, browser)


def find_person(site: Site, login: str, browser: Browser) -> Person:
    """Give whoever chose this login, with his browser."""

    def load(db: Session) -> Person:
        user = db.scalars(select(User).where(User.login == login)).one()
        enrolment = db.scalars(select(Enrolment).where(Enrolment.user_id == user.id)).one()
        return Person(browser, user, enrolment, factories.learner_of(db, enrolment))

    return site.do(load)


def advance(site: Site) -> None:
    """Let the job run that moves files."""
    site.do(advance_due_files, keys=KEYS, review=True, now=site.clock())


def words(site: Site, agency: Agency) -> list[dict[str, Any]]:
    """Give what was sent to the agency, each message checked with the site's public key."""

    def read(db: Session) -> bytes:
        sent = messages_of(db, agency.id, Direction.OUT, after=0, limit=100)
        return b"".join(write_file(sent))

    return genuine(site.do(read))


def genuine(file: bytes) -> list[dict[str, Any]]:
    """Check a signed file with the site's public key, from the first message on; gives them."""
    judged, lines = judge_lines(file, public_key(KEYS.signing))
    assert judged is Judged.GENUINE
    assert lines == tuple(f"line {at}: number {at}" for at in range(1, len(lines) + 1))  # no gap
    return [read_line(line)["message"] for line in file.splitlines()]


def pass_rest(db: Session, person: Person, now: datetime) -> None:
    """Pass each module of the course that is not passed yet."""
    passed = load_progress(db, person.enrolment.id).passed
    for number, module_id in enumerate(person.learner.rules.modules, start=1):
        if module_id not in passed:
            factories.pass_module(db, person.learner, number, now=now)


def are_told(sent: list[dict[str, Any]], people: list[Person]) -> None:
    """One word for each, and no message tells a pseudonym, a login, or any other field."""
    assert Counter(one["status"] for one in sent) == WORDS
    assert {one["reference"] for one in sent} == {f"LG-{number:04}" for number in range(PEOPLE)}
    text = json.dumps(sent)
    for person in people:
        assert person.enrolment.pseudonym not in text
        assert person.user.login not in text
        assert str(person.enrolment.id) not in text
    keys = {frozenset(one) for one in sent}
    assert len(keys) <= 2  # with a certificate's number, and without
