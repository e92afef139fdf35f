"""An author who has never seen Markdown mends a sentence, adds a question, is told, and saves."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page

from lms.authoring import drafts
from lms.demo.make import PASSWORD
from lms.publishing.preview import start
from tests.journeys.conftest import Site
from tests.journeys.walker import DESK, PHONE, Walker

pytestmark = pytest.mark.journey
PATH = "content/modules/05-support/{}.md"
TOLD = {"fr": "À ÉCRIRE", "en": "TO WRITE"}
SENTENCE = {"fr": "Voici une phrase corrigée.", "en": "Here is a corrected sentence."}
SAVED = {"fr": "Enregistré|Saved at", "en": "Saved at"}
PATIENCE = 40.0
LOOK_AT = 5  # problems left


@pytest.fixture(autouse=True, scope="module")
def _end_previews() -> Iterator[None]:
    """End the processes that made previews for these stories."""
    yield
    for server in list(start.started.values()):
        if server.stdin is not None:
            server.stdin.close()
        server.wait(20)
    start.started.clear()


def until(is_so: Callable[[], object]) -> None:
    """Wait until something is so; no script may be evaluated from a text on these pages."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


def enter(  # a window of one kind
    site: Site, browser: Browser, language: str, name: str, **window: object
) -> Walker:
    """Log an author in and open the editor on the module about support."""
    walker = Walker.enter(site, browser, language, name=name, **window)  # type: ignore[arg-type]  # as the walker has it
    walker.log_in("author.essai", PASSWORD)
    return walker


def open_editor(walker: Walker) -> Page:
    """Press the button of the list that opens the draft of the module in this language."""
    path = PATH.format(walker.language)
    form = f"form:has([name=path][value='{path}']) button"
    if walker.page.locator(form).count() == 0:
        with walker.site.database.read() as db:
            draft = drafts.open_draft(db, path)
        assert draft is not None, "the list offers neither a new draft nor one that is open"
        walker.go(f"/author/drafts/{draft.id}")
    else:
        walker.press(form)
    assert re.search(r"/author/drafts/[0-9a-f-]{36}$", walker.page.url)
    return walker.page


def text_in(page: Page) -> str:
    """Give what stands in the box."""
    return page.locator("#text").input_value()


@pytest.mark.parametrize(("language", "size", "dark"), [("fr", PHONE, True), ("en", DESK, False)])
def test_an_author_mends_a_sentence_and_adds_a_question_with_the_keyboard_alone(
    language: str, size: dict[str, int], dark: bool, sqlite_site: Site, browser: Browser
) -> None:
    name = f"editor-{language}"
    walker = enter(sqlite_site, browser, language, name, size=size, dark=dark)
    page = open_editor(walker)
    box, status = page.locator("#text"), page.locator("#saved")
    until(lambda: page.locator("#counted").inner_text())
    before = text_in(page)

    # He types at the end of the first paragraph of the first page: it is shown and saved.
    box.focus()
    place_caret(page, before.index("\n\n", before.index("\n\n", before.index("\n## ") + 1) + 2))
    page.keyboard.type(f" {SENTENCE[language]}")
    until(lambda: SENTENCE[language] in page.locator("#preview").inner_text())
    until(lambda: re.match(SAVED[language], status.inner_text()))

    # From the box back to the row of buttons; the arrows lead to the kind of question.
    while page.evaluate("document.activeElement.closest('[role=toolbar]') === null"):
        page.keyboard.press("Shift+Tab")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "text"
    chosen = page.evaluate(
        "(box => box.value.slice(box.selectionStart, box.selectionEnd))"
        "(document.getElementById('text'))"
    )
    assert chosen.startswith(TOLD[language])
    page.keyboard.type("Ready?")
    assert "### Ready?\n<!-- id: question-1" in text_in(page)

    # He is told what he left out, feedback too; each problem leads to its line, and he mends it.
    told = TOLD[language]
    for left in range(text_in(page).count(told), 0, -1):
        until(lambda left=left: len(to_write(page)) == left)
        to_write(page)[0].focus()
        if left == LOOK_AT:
            walker.look()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "text"
        line = rest_of_line(page)
        assert line.startswith(told)
        for _ in line:
            page.keyboard.press("Shift+ArrowRight")
        page.keyboard.type(f"{SENTENCE[language]} ({left})")
    page.keyboard.press("Control+s")
    until(lambda: not to_write(page))
    until(lambda: told not in drafted(walker))
    walker.look()

    # What he did is undone by the browser's own undo, and done again.
    page.keyboard.press("Control+z")
    assert text_in(page) != drafted(walker)
    page.keyboard.press("Control+y")
    until(lambda: text_in(page) == drafted(walker))
    assert SENTENCE[language] in drafted(walker)
    walker.leave()


def place_caret(page: Page, at: int) -> None:
    """Put the caret somewhere, as somebody does who clicks there."""
    page.evaluate(f"document.getElementById('text').setSelectionRange({at}, {at})")


def rest_of_line(page: Page) -> str:
    """Give what stands behind the caret on its line."""
    at = page.evaluate("document.getElementById('text').selectionStart")
    return text_in(page)[at:].partition("\n")[0]


def to_write(page: Page) -> list[Locator]:
    """Give the links of the problems that say: this is still to be written."""
    rows = page.locator("#problem-list li:has(a[href$='#to-write'])")
    return rows.locator("a[data-line]").all()


def drafted(walker: Walker) -> str:
    """Give the draft as the database has it."""
    with walker.site.database.read() as db:
        found = drafts.open_draft(db, PATH.format(walker.language))
    assert found is not None
    return found.text


@pytest.mark.parametrize(("language", "size"), [("en", PHONE), ("fr", DESK)])
def test_an_author_without_scripts_is_shown_his_page_and_led_to_the_line_of_a_problem(
    language: str, size: dict[str, int], sqlite_site: Site, browser: Browser
) -> None:
    name = f"editor-{language}-nojs"
    walker = enter(sqlite_site, browser, language, name, size=size, javascript=False)
    page = open_editor(walker)
    walker.look()
    text = page.locator("#text").input_value()
    mended = text.replace("- (x) ", "- ( ) ", 1).replace("\n\n", f"\n\n{SENTENCE[language]}\n\n", 4)
    page.locator("#text").fill(mended)
    walker.press("button[value=preview]")
    until(
        lambda: page.locator("#preview nav").count() and page.locator("li[class*=notice]").count()
    )
    walker.look()
    assert page.locator("a[href*='one-right-answer']").count() > 0
    row = page.locator("li:has(a[href*='one-right-answer']) a[data-line]").first
    number = row.get_attribute("data-line")
    row.click()
    assert page.locator(f"#line-{number} mark").count() == 1
    walker.look()
    walker.go(f"/author/drafts/{draft_id(walker)}")
    page.locator("#text").fill(text)
    walker.press("button[value=save]")
    assert drafted(walker) == text.replace("\r\n", "\n")
    walker.leave()


def test_a_text_survives_a_session_that_is_over_and_a_site_that_is_away(
    sqlite_site: Site, browser: Browser
) -> None:
    walker = enter(sqlite_site, browser, "en", "editor-lost", size=DESK)
    page = open_editor(walker)
    status = page.locator("#saved")
    before = text_in(page)
    page.context.set_offline(True)
    page.locator("#text").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("Typed offline.")
    until(lambda: "Not saved: no connection." in status.inner_text())
    page.context.set_offline(False)
    until(lambda: "Typed offline." in drafted(walker))

    sqlite_site.clock.advance(minutes=20)
    page.keyboard.type(" Typed after the session.")
    until(lambda: "your session is over" in status.inner_text())
    other = page.context.new_page()
    other.goto("/en/login")
    other.fill("[name=login]", "author.essai")
    other.fill("[name=password]", PASSWORD)
    other.locator("main form button").click()
    other.close()
    until(lambda: "Typed after the session." in drafted(walker))

    # The device goes down before the text has left it: it is offered, and not forced.
    page.context.set_offline(True)
    page.keyboard.type(" Typed before the crash.")
    until(lambda: "Not saved" in status.inner_text())
    crashed, page = page, page.context.new_page()
    crashed.close(run_before_unload=False)
    page.context.set_offline(False)
    page.goto(walker.site.url + f"/en/author/drafts/{draft_id(walker)}")
    assert "before the crash" not in text_in(page)
    page.locator("#kept [data-use]").click()
    assert "before the crash" in text_in(page)
    until(lambda: "before the crash" in drafted(walker))
    page.locator("#text").fill(before)
    until(lambda: drafted(walker) == before)
    walker.leave()


def draft_id(walker: Walker) -> object:
    """Give the id of the draft that is open."""
    with walker.site.database.read() as db:
        found = drafts.open_draft(db, PATH.format(walker.language))
    assert found is not None
    return found.id
