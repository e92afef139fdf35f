"""The author mends a file and publishes."""

import pytest
from playwright.sync_api import Browser

from lms.demo.make import PASSWORD
from tests.journeys.conftest import Site
from tests.journeys.walker import DESK, Walker

pytestmark = pytest.mark.journey
NAMES = {"fr": "Français", "en": "English"}


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
    row = f".file-row:has(.file-label:has-text('{NAMES[language]}'))"
    walker.press(f"main {row} a.file-problems")
    assert walker.page.locator("main a[href*='one-right-answer']").count() == 1

    path.write_text(right.replace("## ", "## ", 1) + "\n", encoding="utf-8")
    walker.go("/author/publish")
    walker.press("main form button.primary")
    assert walker.page.locator(".notice-success[role=status]").count() == 1
    path.write_text(right, encoding="utf-8")
    walker.leave()
