"""Every page of the staff can be used by everybody: on a phone in the dark, and on a desk."""

from collections.abc import Mapping

import pytest
from playwright.sync_api import Browser

from lms.accounts.roles import Role
from lms.demo.make import PASSWORD
from tests.journeys.conftest import Site
from tests.journeys.walker import DESK, PHONE, Walker

pytestmark = pytest.mark.journey
PAGES = {
    Role.AUTHOR: (
        "/author",
        "/author/courses/1/packages",
        "/author/courses/1/preview",
        "/author/drafts/new/module",
        "/author/drafts/new/testimony",
        "/author/facts",
        "/author/facts/T01",
        "/author/media",
        "/author/media/new?folder=content/modules/03-health",
        "/author/modules/2/fr",
        "/author/modules/2/fr/questions",
        "/author/modules/2/languages",
        "/author/modules/2/preview",
        "/author/modules/2/preview/2",
        "/author/modules/2/preview/quiz",
        "/author/modules/2/quality",
        "/author/new-fact",
        "/author/problems",
        "/author/publish",
        "/author/publish/conflicts",
        "/author/quality",
        "/author/rules",
    ),
    Role.COORDINATOR: (
        "/coordinator",
        "/coordinator/agencies",
        "/coordinator/agencies/new",
        "/coordinator/classes",
        "/coordinator/exchanges",
        "/coordinator/files",
        "/coordinator/files/fees",
        "/coordinator/files/import",
        "/coordinator/files/new",
        "/coordinator/lists",
        "/coordinator/overview",
        "/coordinator/programme",
        "/coordinator/programme/costs",
        "/coordinator/programme/follow-up",
        "/corrections/results",
    ),
    Role.INSTRUCTOR: ("/instructor", "/instructor/answers", "/corrections/results"),
    Role.PARTNER: ("/partner", "/partner/testimonies/lea"),
    Role.PRIVACY: (
        "/privacy-office",
        "/privacy-office/incidents",
        "/privacy-office/incidents/new",
        "/privacy-office/kept",
        "/privacy-office/lists",
        "/privacy-office/retention",
        "/privacy-office/views",
    ),
}


@pytest.mark.parametrize("role", sorted(PAGES))
@pytest.mark.parametrize(("size", "dark", "language"), [(PHONE, True, "fr"), (DESK, False, "en")])
def test_each_page_fits_and_has_no_barrier(
    role: Role,
    size: Mapping[str, int],
    dark: bool,
    language: str,
    sqlite_site: Site,
    browser: Browser,
) -> None:
    name = f"workshop-{role}-{language}"
    walker = Walker.enter(sqlite_site, browser, language, name=name, size=size, dark=dark)
    walker.log_in(f"{role}.essai", PASSWORD)
    refused: list[str] = []
    walker.page.on("response", lambda one: None if one.ok else refused.append(one.url))
    for path in PAGES[role]:
        walker.go(path)  # axe looks at it, and a picture is kept
        width = walker.page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], path
    assert refused == []
    walker.leave()
