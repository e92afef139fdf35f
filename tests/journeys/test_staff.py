"""The author mends a file and publishes; the instructor finds the person and the answer."""

import pytest
from playwright.sync_api import Browser

from lms.demo.make import PASSWORD
from tests.journeys.conftest import Site
from tests.journeys.walker import DESK, Walker

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_author_breaks_a_file_sees_the_problem_mends_it_and_publishes(
    language: str, sqlite_site: Site, browser: Browser
) -> None:
    path = sqlite_site.content / "modules" / "03-health" / f"{language}.md"
    right = path.read_text(encoding="utf-8")
    broken = right.replace("- (x) ", "- ( ) ", 1)
    path.write_text(broken, encoding="utf-8")
    walker = Walker.enter(sqlite_site, browser, language, name=f"author-{language}", size=DESK)
    walker.log_in("author.essai", PASSWORD)
    assert "/author" in walker.page.url
    walker.press(f"main a[href*='/author/']:has-text('{_problem_link(walker)}')")
    assert "one-right-answer" in walker.page.locator("main").inner_text()

    path.write_text(right.replace("## ", "## ", 1) + "\n", encoding="utf-8")
    walker.go("/author/publish")
    walker.press("main form button.primary")
    assert walker.page.locator(".notice-success").count() == 1
    path.write_text(right, encoding="utf-8")
    walker.leave()


def _problem_link(walker: Walker) -> str:
    """Give the words of the link to the problems of the module that has some."""
    row = walker.page.locator("tr", has=walker.page.locator(".tag-stop")).first
    return row.locator("a").first.inner_text()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_instructor_finds_the_person_and_the_answer(
    language: str, sqlite_site: Site, browser: Browser
) -> None:
    login = f"pour.formatrice.{language}"
    participant = Walker.enter(sqlite_site, browser, language, name=f"helped-{language}")
    participant.begin(sqlite_site.new_code(), login, "trois mots ensemble")
    participant.read_module(1)
    participant.take_quiz(1, login, right=False)
    participant.leave()

    walker = Walker.enter(sqlite_site, browser, language, name=f"instructor-{language}", size=DESK)
    walker.log_in("instructor.essai", PASSWORD)
    walker.press("main a[href*='/instructor/groups/']")
    walker.press("main tbody a[href*='/instructor/people/']")
    walker.press("main a[href*='/instructor/attempts/']")
    assert walker.page.locator("main").inner_text()
    walker.leave()
