"""The author mends a file and publishes; the instructor finds the person and the answer."""

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from lms.accounts.models import User
from lms.demo.make import PASSWORD
from lms.enrolment.models import Enrolment
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


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_instructor_finds_the_person_and_the_answer(
    language: str, sqlite_site: Site, browser: Browser
) -> None:
    login = f"pour.formatrice.{language}"
    participant = Walker.enter(
        sqlite_site, browser, language, name=f"helped-{language}", most_looks=0
    )
    participant.begin(sqlite_site.new_code(), login, "trois mots ensemble")
    participant.read_module(1)
    participant.take_quiz(1, login, right=False)
    attempt_size = participant.page.locator(".result").count()
    participant.leave()

    walker = Walker.enter(sqlite_site, browser, language, name=f"instructor-{language}", size=DESK)
    walker.log_in("instructor.essai", PASSWORD)
    walker.press("main a[href*='/instructor/groups/']")
    walker.press(f"main tbody a:text-is('{_pseudonym(sqlite_site, login)}')")
    walker.press("main a[href*='/instructor/attempts/']")
    assert walker.page.locator("main li, main tr").count() > attempt_size
    walker.leave()


def _pseudonym(site: Site, login: str) -> str:
    """Give the made-up name under which staff see somebody."""
    with site.database.read() as db:
        found = db.scalar(
            select(Enrolment.pseudonym)
            .join(User, User.id == Enrolment.user_id)
            .where(User.login == login)
        )
    assert found is not None
    return found
