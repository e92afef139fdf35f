"""What a participant may do at any time: leave quickly, change the language."""

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import Site
from tests.journeys.story import PASSWORD
from tests.journeys.walker import Walker

pytestmark = pytest.mark.journey


def test_somebody_who_leaves_quickly_leaves_no_page_behind(
    sqlite_site: Site, browser: Browser
) -> None:
    walker = Walker.enter(sqlite_site, browser, "fr", name="exit", most_looks=0)
    walker.begin(sqlite_site.new_code(), "sortie.rapide", PASSWORD)
    for _ in range(3):
        walker.page.keyboard.press("Shift")
    walker.page.wait_for_url("**/healthz")  # it stands for the weather page
    walker.page.goto(f"{sqlite_site.url}/fr/course")
    assert walker.page.locator("[name=password]").count() == 1, "the session is over"
    walker.leave()


def test_a_switch_of_language_in_a_question_keeps_what_was_chosen(
    sqlite_site: Site, browser: Browser
) -> None:
    walker = Walker.enter(sqlite_site, browser, "fr", name="switch", most_looks=0)
    walker.begin(sqlite_site.new_code(), "change.langue", PASSWORD)
    walker.read_module(1)
    walker.go("/module/1/quiz")
    walker.press("main > form button")
    while walker.page.locator("#question input[type=radio]").count() == 0:
        walker.answer(
            int(walker.page.url.rsplit("/", 1)[1]),
            walker.attempt(1, "change.langue"),
            right=True,
        )
        walker.press("#question button.primary")
    walker.page.locator("#question input[type=radio]").nth(1).check()
    value = walker.page.locator("#question input:checked").get_attribute("value")
    walker.press("button[name=switch]")
    assert "/en/module/1/quiz/" in walker.page.url
    assert walker.page.locator("#question input:checked").get_attribute("value") == value
    walker.leave()
