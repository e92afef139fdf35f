"""Somebody takes her words back: on the next page they are nowhere, in no process, for nobody."""

import dataclasses
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import BuildError
from werkzeug.test import TestResponse

from lms.accounts.roles import Role
from lms.app import create_app
from lms.kernel.database import open_database
from tests import factories
from tests.testimony_sample import CANARY, consent_files, publish_lea, take_back, write_files
from tests.web.browser import Browser
from tests.web.crawl import crawl
from tests.web.markup import Html
from tests.web.quizzes import answer_one
from tests.web.scene import Scene, make_scene, rules
from tests.web.site import Person, Site

PAGE = "/en/module/1/page/1"
WORDS = f"{CANARY}-WORDS"
STARTS: Mapping[str, tuple[str, ...]] = {
    "participant-own": ("/fr/course", "/en/module/2/quiz/check"),
    "author": ("/en/author",),
    "instructor-own": ("/en/instructor",),
    "coordinator": ("/en/coordinator",),
    "partner": ("/en/partner",),
}
# Where authors write: the questions are their own words, and stand there until they change them.
WRITTEN_BY_AUTHORS = "author."


@pytest.fixture
def scene(site: Site, tmp_path: Path) -> Scene:
    """Set the scene on a course that shows her words, and in its author's folder."""
    settings = site.app.extensions["virage_settings"]
    folder = write_files(tmp_path, consent_files())
    mine = dataclasses.replace(settings, content=folder)
    site.app.extensions["virage_settings"] = mine
    site.do(publish_lea)
    return make_scene(site)


def _all_of(response: TestResponse) -> str:
    """Give all that the browser received: address, headers, body, and what a package holds."""
    body = response.get_data()
    parts = [body]
    if body.startswith(b"PK"):
        with ZipFile(BytesIO(body)) as package:
            parts += [package.read(name) for name in package.namelist()]
    text = "\n".join(part.decode("utf-8", "replace") for part in parts)
    return f"{response.request.url}\n{response.headers}\n{text}"


def _asked(scene: Scene) -> Iterator[tuple[str, str]]:
    """Give (endpoint, answer) of every address and form, for every role."""
    for rule, method in rules(scene.site):
        for role in STARTS:
            if not _may_enter(scene, role, rule.endpoint):
                continue
            browser = scene.browser(role, rule.endpoint)
            try:
                url = scene.url(rule, "en")
            except (BuildError, ValueError):
                continue  # it names what this scene has not; links lead there, where there is one
            with scene.site.undone():
                if method == "POST":
                    response = browser.post(url, {"p1-answer": "0", "q2-answer": "0"})
                else:
                    response = browser.send(method, url)
            assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, url
            yield rule.endpoint, _all_of(response)


def _may_enter(scene: Scene, role: str, endpoint: str) -> bool:
    """Whether a page is for this role; for the others there is one answer, and no words in it."""
    surface = scene.site.app.blueprints.get(endpoint.partition(".")[0])
    name = role.removesuffix("-own")
    return role == "author" if surface is None else name in getattr(surface, "roles", ())


def _crawled(scene: Scene, *roles: str) -> Iterator[tuple[str, str]]:
    """Give (endpoint, answer) of all that the links of these roles lead to."""
    for role in roles:
        browser = scene.browsers[role].copy()
        for response in crawl(browser, *STARTS[role]):
            with scene.site.app.test_request_context(response.request.path) as context:
                endpoint = context.request.endpoint or ""
            assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, response.request.url
            yield endpoint, _all_of(response)


def _showing(scene: Scene, *roles: str) -> dict[str, set[str]]:
    """Give the endpoints where her words are found, and those where any mark of them is."""
    told = [*_asked(scene), *_crawled(scene, *roles)]
    return {word: {name for name, text in told if word in text} for word in (WORDS, CANARY)}


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_her_words_and_what_rests_on_them_are_nowhere_once_taken_back(scene: Scene) -> None:
    before = _showing(scene, "participant-own")
    assert before[WORDS] >= {"author.preview_section", "participant.section", "partner.testimony"}
    assert before[CANARY] >= {
        "author.preview_quiz",
        "author.preview_section",
        "instructor.attempt",
        "participant.check_answers",
        "participant.practise",
        "participant.question",
        "participant.result",
    }
    scene.site.do(take_back)
    after = _showing(scene, *STARTS)
    assert after[WORDS] == set()
    left = after[CANARY] - {"participant.own_file"}  # what he typed himself stays his own
    assert {one for one in left if not one.startswith(WRITTEN_BY_AUTHORS)} == set()
    assert not left & {"author.preview_section", "author.preview_quiz", "author.try_quiz"}


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_they_are_nowhere_the_day_after_her_consent_ends(scene: Scene) -> None:
    scene.site.clock.advance(days=162)  # her consent ends on 1 May 2027
    for role in ("author", "partner", "instructor-own"):
        scene.browsers[role].enter(_new_session(scene, role))
    left = {name for name, text in _crawled(scene, "author", "partner") if CANARY in text}
    assert {one for one in left if not one.startswith(WRITTEN_BY_AUTHORS)} == set()
    person = scene.site.participant()
    assert CANARY not in person.browser.get(PAGE).text


def _new_session(scene: Scene, role: str) -> str:
    from lms.accounts.service import open_session  # noqa: PLC0415 - beside its only use

    def enter(db: Session) -> str:
        user = factories.make_user(db, role=Role(role.removesuffix("-own")))
        return open_session(db, user, now=scene.site.clock()).token

    return scene.site.do(enter)


@pytest.fixture
def reader(site: Site) -> Person:
    """Give somebody before the page with her words."""
    site.do(publish_lea)
    return site.participant()


def test_a_participant_reads_a_note_before_and_help_after(reader: Person) -> None:
    page = reader.browser.get(PAGE).text
    order = ["Testimony of a real person", "CANARY-WARNING", "Skip it", WORDS, "Help, day or night"]
    places = [page.index(one) for one in order]
    assert places == sorted(places)
    assert 'href="tel:911"' in page
    assert "autoplay" not in page


def test_a_participant_may_skip_her_words_and_come_back(reader: Person) -> None:
    page = reader.browser.page(PAGE)
    [skip] = [one for one in page.links() if "instead=1" in one and "/en/" in one]
    instead = reader.browser.get(skip)
    assert CANARY not in instead.text
    assert "What is known of it, en." in instead.text
    assert "Factual summary" in instead.text
    assert PAGE in Html.of(instead.text).links()
    [form] = [one for one in Html.of(instead.text).forms() if "page/1" in one.action]
    done = reader.browser.post(form.action, dict(form.fields))
    assert done.headers["Location"].endswith("/en/module/1/page/2")


def test_who_stands_before_the_page_as_it_goes_is_told_and_goes_on(
    site: Site, reader: Person
) -> None:
    site.do(take_back)
    page = reader.browser.page(PAGE)
    text = reader.browser.get(PAGE).text
    assert "What is known of it, en." in text
    assert "This question rested on a testimony that was taken back." in text
    assert not [one for one in page.links() if "instead=1" in one]
    assert reader.browser.post(f"{PAGE}/practice/1", {"p1-answer": "0"}).status_code == 404


def test_a_question_that_goes_while_it_is_open_is_passed_over(site: Site) -> None:
    site.do(publish_lea)
    person, _attempt = site.taker()
    url = next(
        f"/en/module/1/quiz/{place}"
        for place in range(1, 9)
        if f"{CANARY}-ASKED" in person.browser.get(f"/en/module/1/quiz/{place}").text
    )
    place = int(url.rsplit("/", 1)[1])
    site.do(take_back)
    page = person.browser.get(url)
    assert page.status_code == HTTPStatus.OK
    assert "This question rested on a testimony that was taken back." in page.text
    assert CANARY not in page.text
    gone = person.browser.post(url, {"answer": "0", "version": "0"})
    assert gone.status_code == HTTPStatus.SEE_OTHER
    following = f"/quiz/{place + 1}" if place < 8 else "/quiz/check"
    assert gone.headers["Location"].endswith(following)
    script = {"Accept": "application/json"}
    told = person.browser.post(url, {"answer": "0", "version": "0"}, headers=script)
    assert (told.status_code, told.get_json()) == (HTTPStatus.CONFLICT, {"stale": True})


def test_a_page_costs_three_statements_with_her_words_and_without(
    site: Site, reader: Person
) -> None:
    for url in (PAGE, f"{PAGE}?instead=1"):
        with site.statements() as seen:
            assert reader.browser.get(url).status_code == 200
        assert len(seen) <= 3, seen
    site.do(take_back)
    with site.statements() as seen:
        assert WORDS not in reader.browser.get(PAGE).text
    assert len(seen) <= 3, seen


@pytest.mark.parametrize("taken", [False, True])
def test_saving_an_answer_costs_five_statements_where_questions_rest_on_her(
    site: Site, *, taken: bool
) -> None:
    site.do(publish_lea)
    person, _attempt = site.taker()
    if taken:
        site.do(take_back)
    person.browser.get("/fr/module/1/quiz/1")
    for place in range(1, 9):
        url, fields = answer_one(site, person, 1, place)
        with site.statements() as seen:
            assert person.browser.post(url, fields).status_code == HTTPStatus.SEE_OTHER
        assert len(seen) <= 5, seen


def test_what_one_process_takes_back_is_gone_in_the_other(
    real_site: Site, shared_app: Flask
) -> None:
    """Two applications on one database: no memory of one is asked by the other."""
    site = real_site
    site.do(publish_lea)
    person = site.participant()
    partner = site.staff(Role.PARTNER)
    database = open_database(site.database.engine.url.render_as_string(hide_password=False))
    settings = shared_app.extensions["virage_settings"]
    other = create_app(settings, database=database, keys=factories.KEYS, clock=site.clock)
    try:
        there = Browser(other)
        for name, value in person.browser.cookies().items():
            there.client.set_cookie(name, value)
        here = person.browser
        pages = (PAGE, "/fr/module/1/page/1", f"{PAGE}?instead=1")
        assert WORDS in here.get(PAGE).text
        assert WORDS in there.get(PAGE).text
        done = partner.post("/en/partner/testimonies/lea/withdraw", {"reason": ""})
        assert done.status_code == HTTPStatus.SEE_OTHER
        for browser in (there, here):
            for url in pages:
                response = browser.get(url)
                assert response.status_code == HTTPStatus.OK
                assert CANARY not in response.text
    finally:
        database.engine.dispose()
