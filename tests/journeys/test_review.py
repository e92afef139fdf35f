"""One writes, another reads and approves; whoever is in the middle of a quiz notices nothing."""

import pytest
from playwright.sync_api import Browser

from lms.accounts.roles import Role
from lms.accounts.service import make_user
from lms.authoring.revisions import published_texts
from lms.demo.make import PASSWORD
from tests.journeys.conftest import Site
from tests.journeys.walker import DESK, PHONE, Walker

pytestmark = pytest.mark.journey
PATH = "content/modules/01-trafficking-realities/fr.md"
REVISED = "(revue)"


def _second_author(site: Site) -> str:
    """Make another author's account; gives its login."""
    with site.database.write() as db:
        make_user(
            db, "relecture.essai", PASSWORD, role=Role.AUTHOR, language="fr", now=site.clock()
        )
        db.commit()
    return "relecture.essai"


def _publish_folder(walker: Walker) -> None:
    """Publish what the folder holds, if anything of it is not published yet."""
    walker.go("/author/publish")
    button = walker.page.locator("form[action$='/author/publish'] button.primary")
    if button.count():
        walker.press("form[action$='/author/publish'] button.primary")


def _revised(text: str) -> str:
    """Change the words of every question, and the key of none."""
    head, mark, quiz = text.partition("\n## Questionnaire")
    lines = [f"{line} {REVISED}" if line.startswith("### ") else line for line in quiz.split("\n")]
    return head + mark + "\n".join(lines)


def _write_and_send(author: Walker) -> None:
    """Change the questions in the editor and send them to review."""
    author.log_in("author.essai", PASSWORD)
    _publish_folder(author)
    author.go("/author")
    author.press(f"form:has(input[value='{PATH}']) button")
    text = author.page.locator("#text").input_value()
    author.page.locator("#text").fill(_revised(text))
    author.press("#editor button[value=review]")
    assert author.page.locator("ins").count() > 10
    author.page.locator("[name=send-reason]").fill("Chaque question a été revue.")
    author.press("form[action$='/send'] button")


def _read_and_approve(reader: Walker) -> None:
    """Find what waits on the start page, read it, approve it."""
    reader.log_in(_second_author(reader.site), PASSWORD)
    reader.press("main .notice a[href$='/review']")
    assert reader.page.get_by_text("Chaque question a été revue.").count() == 1
    assert REVISED in reader.page.locator(".diff ins").first.inner_text()
    reader.page.locator(".diff summary").first.click()
    reader.press("form[action$='/approve'] button")


def test_a_second_person_reads_and_publishes_while_a_participant_answers_undisturbed(
    sqlite_site: Site, browser: Browser
) -> None:
    site = sqlite_site
    taker = Walker.enter(site, browser, "fr", name="undisturbed", size=PHONE, most_looks=0)
    taker.begin(site.new_code(), "au.milieu", "trois mots ensemble")
    taker.read_module(1)
    taker.go("/module/1/quiz")
    taker.press("main > form button")
    asked = taker.page.locator("#question").inner_text()

    author = Walker.enter(
        site, browser, "fr", name="review-author", size=DESK, dark=True, most_looks=1
    )
    _write_and_send(author)
    reader = Walker.enter(site, browser, "fr", name="review-reader", size=PHONE, most_looks=1)
    _read_and_approve(reader)
    reader.press("main a.button[href$='/author/publish']")
    reader.press("#drafts button:not([name=look])")
    with site.database.read() as db:
        assert REVISED in published_texts(db)[PATH]

    taker.page.reload()
    assert taker.page.locator("#question").inner_text() == asked
    assert REVISED not in asked
    reader.go("/author")
    history = reader.page.locator("a[href*='/author/history/']").first.get_attribute("href")
    reader.go(str(history).removeprefix("/fr"))
    reader.press("form[action$='/author/compare'] button")
    assert reader.page.locator("del, ins").count() > 10
    for walker in (taker, author, reader):
        walker.leave()
