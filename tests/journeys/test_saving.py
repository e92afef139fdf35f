"""What he types is safe: saved while he types, kept when the line is cut, sent when it is back."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from lms.accounts.models import User
from lms.content.model import ItemKind
from lms.enrolment.models import Enrolment
from tests.factories import learner_of, read_module
from tests.journeys.conftest import Site
from tests.journeys.walker import Walker

pytestmark = pytest.mark.journey
PASSWORD = "trois mots ensemble"
CHOSEN = "#question input:checked"
SAVED = re.compile(r"Enregistré à \d\d h \d\d min \d\d s")


@pytest.fixture
def taker(sqlite_site: Site, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Walker]:
    """Give somebody before a question with options, nothing chosen."""
    login = f"essai.{abs(hash(request.node.name)) % 10**8}"
    walker = Walker.enter(sqlite_site, browser, "fr", name="saving", most_looks=0)
    walker.login = login
    walker.begin(sqlite_site.new_code(), login, PASSWORD)
    with sqlite_site.database.write() as db:
        person = select(Enrolment).join(User).where(User.login == login)
        learner = learner_of(db, db.scalars(person).one())
        read_module(db, learner, 1, now=sqlite_site.clock())
        db.commit()
    walker.go("/module/1/quiz")
    walker.press("main > form button")
    attempt = walker.attempt(1, login)
    kinds = {ItemKind.SINGLE, ItemKind.TRUE_FALSE}
    asked = enumerate(attempt.asked, start=1)
    place = next(at for at, one in asked if attempt.items[one.item].kind in kinds)
    walker.go(f"/module/1/quiz/{place}")
    yield walker
    walker.leave()


def choose(walker: Walker, number: int) -> None:
    walker.page.locator("#question input[type=radio]").nth(number).check()


def test_an_answer_is_saved_within_two_seconds_and_the_page_says_when(taker: Walker) -> None:
    clock = taker.page.clock
    clock.install(time=0)
    clock.pause_at(1)
    choose(taker, 1)
    clock.run_for(2000)
    expect(taker.page.locator("#saved")).to_have_text(SAVED)
    clock.resume()
    value = taker.page.locator(CHOSEN).get_attribute("value")
    taker.page.reload()
    assert taker.page.locator(CHOSEN).get_attribute("value") == value
    taker.look()


def test_enter_goes_on_and_changes_no_language(taker: Walker) -> None:
    before = taker.page.url
    choose(taker, 0)
    with taker.page.expect_navigation():
        taker.page.keyboard.press("Enter")
    assert "/fr/" in taker.page.url
    assert taker.page.url != before


def test_when_the_line_is_cut_he_is_told_and_when_it_is_back_it_is_sent(taker: Walker) -> None:
    page = taker.page
    taker.context.set_offline(True)
    choose(taker, 1)
    expect(page.locator("#offline")).to_be_visible()
    taker.look()
    page.locator("#question button.primary").click()  # it waits: nothing is thrown away
    assert page.locator(CHOSEN).count() == 1
    here = page.url
    taker.context.set_offline(False)
    page.wait_for_url(lambda url: url != here)
    page.goto(here)
    assert page.locator(CHOSEN).count() == 1


def test_a_server_that_does_not_answer_is_a_cut_line_too(taker: Walker) -> None:
    page = taker.page
    page.route("**/quiz/*", lambda route: route.abort() if route.request.method == "POST" else None)
    choose(taker, 1)
    expect(page.locator("#offline")).to_be_visible()
    page.unroute("**/quiz/*")
    expect(page.locator("#offline")).to_be_hidden()
    expect(page.locator("#saved")).to_have_text(SAVED)


def test_a_session_that_ran_out_while_he_wrote_loses_nothing(taker: Walker) -> None:
    taker.site.clock.advance(minutes=31)
    choose(taker, 1)
    expect(taker.page.locator("#saved")).to_contain_text("session")
    value = taker.page.locator(CHOSEN).get_attribute("value")
    here = taker.page.url
    taker.press("#question button.primary")
    taker.page.fill("[name=login]", taker.login)
    taker.page.fill("[name=password]", PASSWORD)
    taker.press("main form button")  # logs in
    taker.press("main form button")  # sends what he had chosen
    taker.page.goto(here)
    assert taker.page.locator(CHOSEN).get_attribute("value") == value


def test_a_second_tab_is_told_and_sees_both_answers(taker: Walker) -> None:
    other = taker.context.new_page()
    other.goto(taker.page.url)
    choose(taker, 0)
    expect(taker.page.locator("#saved")).to_have_text(SAVED)
    other.locator("#question input[type=radio]").nth(1).check()
    expect(other.locator("#saved")).to_contain_text("autre onglet")
    other.locator("#question button.primary").click()
    expect(other.locator(".notice-warning:visible")).to_contain_text("autre onglet")
    assert other.locator(CHOSEN).count() == 1


def test_a_page_that_is_hidden_or_left_alone_counts_no_time(taker: Walker) -> None:
    taker.go("/module/1/page/1")
    page = taker.page
    before = int(page.locator("[name=active]").get_attribute("value") or 0)
    page.clock.run_for(20 * 60_000)  # no key, no touch
    counted = int(page.locator("[name=active]").input_value())
    assert 170_000 <= counted - before <= 190_000
    page.mouse.move(50, 50)
    page.clock.run_for(30_000)
    assert int(page.locator("[name=active]").input_value()) - counted >= 25_000
