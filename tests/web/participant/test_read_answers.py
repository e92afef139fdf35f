"""A participant whose open answer is read by an instructor: told before, told while, told after."""

import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.conversations.reading import Reading
from lms.enrolment.models import CohortInstructor
from lms.journey.open_answers import Desk, read_answer
from tests.conversations.people import count_open_question, place_of
from tests.conversations.people import site as mail_site
from tests.factories import KEYS, make_user, published_course, read_module
from tests.web.quizzes import hand_in
from tests.web.site import Person, Site


def _make(db: Session) -> None:
    published_course(db)
    count_open_question(db)


@pytest.fixture
def person(site: Site) -> Person:
    """Give somebody who has read the first module of a course that counts its open question."""
    site.do(_make)
    return site.reader()


def _read(site: Site, person: Person, result: str, *, done: bool, folder: Path) -> None:
    attempt_id = uuid.UUID(result.rpartition("/")[2])

    def read(db: Session) -> None:
        reader: User = make_user(db, role=Role.INSTRUCTOR)
        db.add(CohortInstructor(cohort_id=person.enrolment.cohort_id, user_id=reader.id))
        db.flush()
        words = Reading(1, is_done=done, comment="" if done else "Il manque\nun exemple.")
        desk = Desk(reader.id, replace(mail_site(folder), smtp_host=""), KEYS, site.clock())
        read_answer(db, (attempt_id, place_of(db, attempt_id)), words, desk)

    site.do(read)


def test_he_is_told_before_he_begins_that_somebody_will_read_it(person: Person) -> None:
    words = "An instructor of your group reads what you write in an open question"
    assert words in person.browser.get("/en/module/1/quiz").text
    person.browser.post("/fr/module/1/quiz")
    places = [person.browser.get(f"/en/module/1/quiz/{place}").text for place in range(1, 9)]
    told = ["An instructor of your group reads this answer" in page for page in places]
    assert sum(told) == 1
    assert told.index(True) == next(i for i, page in enumerate(places) if "<textarea" in page)


def test_where_nothing_of_it_counts_nobody_is_told_anything(site: Site) -> None:
    person = site.reader()
    assert "An instructor of your group reads" not in person.browser.get("/en/module/1/quiz").text
    result = hand_in(site, person, 1).replace("/fr/", "/en/")
    assert "An instructor reads what you wrote" not in person.browser.get(result).text


def test_while_it_waits_the_result_says_so_and_the_next_module_is_open(
    site: Site, person: Person
) -> None:
    result = hand_in(site, person, 1).replace("/fr/", "/en/")
    page = person.browser.get(result).text
    assert "An instructor reads what you wrote" in page
    assert "Written: an instructor reads it" in page
    assert "Module 1 is passed" in page
    assert person.browser.get("/en/module/2").status_code == 200


def test_done_is_told_and_the_certificate_comes(site: Site, person: Person, tmp_path: Path) -> None:
    result = hand_in(site, person, 1)
    site.do(read_module, person.learner, 2)
    hand_in(site, person, 2)
    assert "There is nothing for you to do." in person.browser.get("/en/course").text
    assert person.browser.get("/en/certificate/attest").status_code == 404
    _read(site, person, result, done=True, folder=tmp_path)
    page = person.browser.get(result.replace("/fr/", "/en/")).text
    assert "Read by an instructor: done" in page
    assert person.browser.get("/en/certificate/attest").status_code == 200


def test_read_before_the_last_quiz_the_completion_comes_with_it(
    site: Site, person: Person, tmp_path: Path
) -> None:
    result = hand_in(site, person, 1)
    _read(site, person, result, done=True, folder=tmp_path)
    site.do(read_module, person.learner, 2)
    hand_in(site, person, 2)
    assert person.browser.get("/en/certificate/attest").status_code == 200


def test_not_done_yet_he_reads_why_and_tries_once_more(
    site: Site, person: Person, tmp_path: Path
) -> None:
    result = hand_in(site, person, 1)
    _read(site, person, result, done=False, folder=tmp_path)
    page = person.browser.get(result.replace("/fr/", "/en/")).text
    assert "One of your answers is not done yet" in page
    assert "<p>Il manque</p><p>un exemple.</p>" in page.replace("\n", "")
    assert "Module 1 is open once more" in page
    assert "Module 1 is passed" not in page
    assert "Il manque" in person.browser.get("/en/module/1/quiz").text
    assert "1 new message" in person.browser.get("/en/course").text
    assert "Il manque" in person.browser.get("/en/messages").text
    again = hand_in(site, person, 1)
    assert again != result
    old = person.browser.get(result.replace("/fr/", "/en/")).text
    assert "Module 1 is open once more" not in old
