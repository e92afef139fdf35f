"""He reads at his own pace; the page says what it asks for and when he may go on."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.service import open_session
from lms.assessment.queries import find_open_attempt
from lms.progress.models import SeatKind, SeatTime
from tests.factories import NOW, save_all
from tests.web.markup import Html
from tests.web.site import Person, Site

PAGE = "/fr/module/1/page/1"
SEAT = "/fr/seat"


@pytest.fixture
def person(site: Site) -> Person:
    """Give a participant of a course that asks for half of the reading time."""
    return site.participant(seat_time=50)


def mark(page: Html) -> str:
    """Give the mark of a page view."""
    return next(one["value"] for one in page.all("input") if one["name"] == "view")


def save_wrong(db: Session, person: Person) -> None:
    attempt = find_open_attempt(db, person.enrolment.id, "first", NOW)
    assert attempt is not None
    save_all(db, attempt, right=False)


def fresh_session(db: Session, person: Person, now: datetime) -> str:
    return open_session(db, person.user, now=now).token


def credited(site: Site) -> dict[str, int]:
    with site.database.read() as db:
        rows = db.execute(select(SeatTime.kind, SeatTime.credited_ms))
        return {row[0]: row[1] for row in rows}


def test_a_page_says_what_it_asks_for_and_from_when_one_may_go_on(person: Person) -> None:
    text = person.browser.get(PAGE).text.replace("\xa0", " ")
    assert "Cette page demande 1 minute" in text
    assert "vous pourrez continuer à 09 h 00 min 23 s" in text


def test_too_soon_the_page_comes_back_with_its_time_and_later_one_goes_on(
    site: Site, person: Person
) -> None:
    page = person.browser.page(PAGE)
    site.clock.advance(seconds=20)
    early = person.browser.post(PAGE, {"view": mark(page), "active": ""})
    assert early.status_code == 409
    assert "Vous pourrez continuer à" in early.text
    assert credited(site) == {SeatKind.INSTRUCTION: 20_000}
    site.clock.advance(minutes=5)
    late = person.browser.post(PAGE, {"view": mark(Html.of(early.text)), "active": ""})
    assert (late.status_code, late.headers["Location"]) == (303, "/fr/module/1/page/2")


def test_with_a_script_what_it_reports_counts_and_not_the_time_in_a_drawer(
    site: Site, person: Person
) -> None:
    page = person.browser.page(PAGE)
    site.clock.advance(minutes=25)
    answer = person.browser.post(PAGE, {"view": mark(page), "active": "15000"})
    assert answer.status_code == 409
    assert credited(site) == {SeatKind.INSTRUCTION: 15_000}


def test_reports_are_answered_with_what_is_credited(site: Site, person: Person) -> None:
    view = mark(person.browser.page(PAGE))
    for seconds in (20, 40, 40):
        site.clock.advance(seconds=20)
        answer = person.browser.post(SEAT, {"view": view, "active": str(seconds * 1000)})
        assert answer.json == {"credited_ms": seconds * 1000}


@pytest.mark.parametrize("active", ["", "-5", "x", "1e9", "9" * 30, "\u0663", "5.5"])
def test_what_no_page_reports_is_worth_nothing(site: Site, person: Person, active: str) -> None:
    view = mark(person.browser.page(PAGE))
    site.clock.advance(minutes=1)
    answer = person.browser.post(SEAT, {"view": view, "active": active})
    assert answer.json == {"credited_ms": 0}


def test_a_mark_that_is_not_ones_own_is_refused(site: Site, person: Person) -> None:
    other = site.participant()
    view = mark(other.browser.page(PAGE))
    site.clock.advance(minutes=1)
    for sent in (view, view[:-2], "", "x.y.z"):
        answer = person.browser.post(SEAT, {"view": sent, "active": "60000"})
        assert answer.status_code == 422
    early = person.browser.post(PAGE, {"view": view, "active": ""})
    assert early.status_code == 409
    assert credited(site) == {SeatKind.INSTRUCTION: 0}


def test_a_form_without_its_mark_credits_nothing(site: Site, person: Person) -> None:
    person.browser.get(PAGE)
    site.clock.advance(minutes=25)
    assert person.browser.post(PAGE).status_code == 409


def test_a_page_that_moved_since_is_shown_and_not_taken_for_read(site: Site) -> None:
    plain = site.participant()
    other = mark(plain.browser.page("/fr/module/1/page/2"))
    answer = plain.browser.post(PAGE, {"view": other, "active": ""})
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    with site.database.read() as db:
        assert db.scalars(select(SeatTime)).all() == []


def test_the_mark_of_another_modules_page_opens_nothing(site: Site, person: Person) -> None:
    elsewhere = mark(person.browser.page(PAGE)).replace("~first~", "~second~")
    site.clock.advance(minutes=5)
    assert person.browser.post(PAGE, {"view": elsewhere, "active": ""}).status_code == 409


def test_time_at_the_questions_is_kept_apart_from_reading(site: Site) -> None:
    person, _attempt = site.taker()
    reading = credited(site)
    view = mark(person.browser.page("/fr/module/1/quiz/1"))
    site.clock.advance(seconds=30)
    person.browser.post(SEAT, {"view": view, "active": "30000"})
    assert credited(site) == {**reading, SeatKind.QUIZ: 30_000}


def test_a_report_costs_three_statements_however_long_the_history(
    site: Site, person: Person
) -> None:
    view = mark(person.browser.page(PAGE))
    for _ in range(3):
        site.clock.advance(seconds=10)
        with site.statements() as seen:
            answer = person.browser.post(SEAT, {"view": view, "active": "60000"})
        assert answer.status_code == 200
        assert len(seen) <= 3, seen


def test_the_course_page_says_how_much_of_the_time_is_there(person: Person) -> None:
    page = person.browser.get("/en/course").text
    assert "Reading time: 0 of 1 minute." in page


def test_where_a_course_asks_for_no_time_none_is_spoken_of(site: Site) -> None:
    plain = site.participant()
    assert "Temps de lecture" not in plain.browser.get("/fr/course").text
    assert "Cette page demande" not in plain.browser.get(PAGE).text
    assert plain.browser.post(PAGE).status_code == 303


def test_whoever_missed_a_question_is_told_what_to_read_and_when_it_opens(site: Site) -> None:
    person, attempt_id = site.taker()
    site.do(save_wrong, person)
    result = person.browser.post(f"/en/module/1/quiz/{attempt_id}/submit").headers["Location"]
    text = person.browser.get(result).text
    assert "there is 1 page to read again." in text
    assert "The questions open again at 21 November, 09:10" in text
    assert 'href="/en/module/1/page/1"' in text
    site.clock.advance(minutes=11)
    onward = person.browser.post("/en/module/1/page/1")
    assert onward.headers["Location"] == "/en/module/1/quiz"
    assert "You can try again now" in person.browser.get("/en/module/1/quiz").text


def test_after_the_last_day_an_answer_ends_the_attempt_and_shows_what_counted(site: Site) -> None:
    person, attempt_id = site.taker()
    assert person.learner.deadline is not None
    site.clock.now = site.clock.now + timedelta(days=91)
    person.browser.enter(site.do(fresh_session, person, site.clock()))
    answer = person.browser.post("/en/module/1/quiz/1", {"answer": "0", "version": "0"})
    assert answer.headers["Location"] == f"/en/result/{attempt_id}"
    text = person.browser.get(answer.headers["Location"]).text
    assert "The answers that you had saved were counted." in text
