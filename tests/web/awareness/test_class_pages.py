"""A class reads, answers and leaves; nobody asks who he is, and the seminar is out of reach."""

import re

import pytest
from sqlalchemy import select

from lms.accounts.roles import Role
from lms.accounts.throttle import CODE_FAILURES
from lms.awareness.models import AwarenessResult
from lms.awareness.service import NewClass, make_class
from tests import factories
from tests.web.browser import Browser
from tests.web.site import Site


@pytest.fixture
def made(site: Site) -> NewClass:
    """Make a class of the small course, published as an awareness course."""
    site.do(factories.published_course)
    site.do(factories.change_rules, kind="awareness")
    return site.do(make_class, "seminar", now=site.clock())


def _pupil(site: Site, made: NewClass, lang: str = "fr") -> Browser:
    browser = site.stranger()
    response = browser.post(f"/{lang}/class", {"code": made.class_code})
    assert response.status_code == 303
    assert response.headers["Location"] == f"/{lang}/class/course"
    return browser


def _answers(page: str) -> dict[str, str]:
    """Give an answer to every field of the page of questions, and its mark."""
    fields = {"mark": re.findall(r'name="mark" value="(\d+)"', page)[0]}
    for name in re.findall(r'name="(q\d+-[a-z0-9]+)"', page):
        is_typed = re.search(rf'<input type="text"[^>]*name="{name}"', page)
        fields.setdefault(name, "7" if is_typed else "0")
    lines = sorted(name for name in fields if "-line" in name)
    for name in lines:
        fields[name] = name.rpartition("line")[2]
    return fields


def test_a_class_reads_answers_and_sees_what_is_right(site: Site, made: NewClass) -> None:
    browser = _pupil(site, made)
    page = browser.get("/fr/class/course").text
    assert page.count("À lire") == 3  # two pages of the first module, one of the second
    shown = browser.get("/fr/class/1/page/1").text
    assert "practice-1" in shown
    practised = browser.post("/fr/class/1/page/1/practice/1", {"p1-answer": "0"})
    assert practised.status_code == 200
    assert "result-" in practised.text
    assert browser.post("/fr/class/1/page/1").headers["Location"] == "/fr/class/1/page/2"
    assert browser.post("/fr/class/1/page/2").headers["Location"] == "/fr/class/1/questions"
    assert browser.get("/fr/class/course").text.count("À lire") == 1
    fields = _answers(browser.get("/fr/class/1/questions").text)
    first = browser.post("/fr/class/1/questions", fields)
    assert first.status_code == 200
    assert first.text.count('class="result ') == 7  # the open one is not asked here
    browser.post("/fr/class/1/questions", fields)  # a double click
    rows = site.do(lambda db: db.scalars(select(AwarenessResult.asked_count)).all())
    assert rows == [7]


def test_what_was_answered_survives_a_question_that_was_left_out(
    site: Site, made: NewClass
) -> None:
    browser = _pupil(site, made)
    fields = _answers(browser.get("/fr/class/1/questions").text)
    gone = fields.pop("q1-answer")
    assert gone == "0"
    refused = browser.post("/fr/class/1/questions", fields)
    assert refused.status_code == 422
    assert 'href="#question-1"' in refused.text
    assert re.search(r'name="q2-answer" value="0" checked', refused.text)
    assert f'name="mark" value="{fields["mark"]}"' in refused.text
    assert site.do(lambda db: db.scalars(select(AwarenessResult.id)).all()) == []


def test_without_a_class_code_there_is_nothing_to_see(site: Site, made: NewClass) -> None:
    assert made.class_code
    for path in ("course", "1/page/1", "1/questions"):
        response = site.stranger().get(f"/fr/class/{path}")
        assert (response.status_code, response.headers["Location"]) == (303, "/fr/class"), path
    assert site.stranger().get("/fr/class/figures").headers["Location"] == "/fr/class/lead"


def test_the_next_at_the_computer_finds_nothing(site: Site, made: NewClass) -> None:
    browser = _pupil(site, made)
    browser.post("/fr/class/leave")
    assert browser.get("/fr/class/course").status_code == 303


def test_no_page_of_the_track_leads_to_the_seminar(site: Site, made: NewClass) -> None:
    browser = _pupil(site, made)
    paths = ("", "/course", "/1/page/1", "/1/questions", "/lead", "/plan")
    for lang in ("fr", "en"):
        for path in paths:
            page = browser.get(f"/{lang}/class{path}").text
            links = set(re.findall(r'href="(/[^"#?]*)', page))
            inside = re.compile(r"/(fr|en)/(class|help|leaving|exit)|/(fr/|en/)?exit|/static/")
            assert [one for one in links if not inside.match(one)] == [], (lang, path)


def test_who_is_signed_in_is_nobody_here(site: Site) -> None:
    person = site.participant()
    site.do(factories.change_rules, kind="awareness")
    made = site.do(make_class, "seminar", now=site.clock())
    page = person.browser.post("/fr/class", {"code": made.class_code})
    assert page.status_code == 303
    shown = person.browser.get("/fr/class/course").text
    assert person.user.login not in shown
    assert "logout" not in shown


def test_whoever_leads_sees_figures_from_ten_sheets_on(site: Site, made: NewClass) -> None:
    leader = site.stranger()
    assert leader.post("/en/class/lead", {"code": made.class_code}).status_code == 422
    assert leader.post("/en/class/lead", {"code": made.leader_code}).status_code == 303
    assert "Fewer than 10 sheets" in leader.get("/en/class/figures").text
    for _ in range(10):
        browser = _pupil(site, made, "en")
        browser.post("/en/class/1/questions", _answers(browser.get("/en/class/1/questions").text))
    page = leader.get("/en/class/figures").text
    assert "10 sheets are counted" in page
    assert page.count('<th scope="row">') == 7
    assert made.class_code not in page


def test_codes_cannot_be_guessed_for_long(site: Site, made: NewClass) -> None:
    browser = site.stranger()
    for _ in range(CODE_FAILURES):
        assert browser.post("/fr/class", {"code": "0000"}).status_code == 422
    assert browser.post("/fr/class", {"code": made.class_code}).status_code == 429


def test_a_coordinator_makes_a_class_and_sees_its_codes_once(site: Site, made: NewClass) -> None:
    assert made.class_code
    browser = site.staff(Role.COORDINATOR)
    shown = browser.post("/en/coordinator/classes", {"course": "seminar"})
    assert shown.status_code == 200
    code = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]", shown.text)[0]
    assert code not in browser.get("/en/coordinator/classes").text
    pupil = site.stranger()
    assert pupil.post("/en/class", {"code": code}).status_code == 303
