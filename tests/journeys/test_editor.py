"""An author who has never seen Markdown mends a sentence, adds a question, is told, and saves."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Error, Locator, Page

from lms.authoring import drafts
from lms.demo.make import PASSWORD
from tests.journeys.conftest import Site
from tests.journeys.walker import DESK, PHONE, Walker
from tests.previews import eager_previews  # noqa: F401 - a fixture

pytestmark = pytest.mark.journey
PATH = "content/modules/05-support/{}.md"
TOLD = {"fr": "À ÉCRIRE", "en": "TO WRITE"}
SENTENCE = {"fr": "Voici une phrase corrigée.", "en": "Here is a corrected sentence."}
SAVED = {"fr": "Enregistré|Saved at", "en": "Saved at"}
PATIENCE = 120.0  # seconds: whoever makes previews gives way to all the other tests
LOOK_AT = 5  # problems left
ROW = "li[class*=notice]"


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
    walker.go("/author")  # in his language, whatever that of the account is
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
    walker = enter(sqlite_site, browser, language, f"editor-{language}", size=size, dark=dark)
    page = open_editor(walker)
    until(lambda: page.locator("#counted").inner_text())
    type_in_the_first_paragraph(walker)
    insert_with_the_arrows(page, "ArrowRight", "ArrowRight")
    chosen = "(box => box.value.slice(box.selectionStart, box.selectionEnd))"
    words = page.evaluate(f"{chosen}(document.getElementById('text'))")
    assert words.startswith(TOLD[language])
    page.keyboard.type("Ready?")
    assert "### Ready?\n<!-- id: question-1" in text_in(page)
    mend_what_the_check_names(walker)
    page.keyboard.press("Control+s")
    until(lambda: TOLD[language] not in drafted(walker))
    walker.look()

    # What he did is undone by the browser's own undo, and done again.
    page.keyboard.press("Control+z")
    assert text_in(page) != drafted(walker)
    page.keyboard.press("Control+y")
    until(lambda: text_in(page) == drafted(walker))
    assert SENTENCE[language] in drafted(walker)
    walker.leave()


def type_in_the_first_paragraph(walker: Walker) -> None:
    """Type a sentence at the end of the first paragraph of the first page; see it, see it saved."""
    page, sentence = walker.page, SENTENCE[walker.language]
    text = text_in(page)
    page.locator("#text").focus()
    place_caret(page, text.index("\n\n", text.index("\n\n", text.index("\n## ") + 1) + 2))
    page.keyboard.type(f" {sentence}")
    until(lambda: sentence in page.locator("#preview").inner_text())
    until(lambda: re.match(SAVED[walker.language], page.locator("#saved").inner_text()))


def insert_with_the_arrows(page: Page, *arrows: str) -> None:
    """Go from the box back to the row of buttons, along it, and press the one that is reached."""
    while page.evaluate("document.activeElement.closest('[role=toolbar]') === null"):
        page.keyboard.press("Shift+Tab")
    for arrow in arrows:
        page.keyboard.press(arrow)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "text"


def mend_what_the_check_names(walker: Walker) -> None:
    """Follow each problem to its line, feedback that is missing too, and write what is asked."""
    page, told = walker.page, TOLD[walker.language]
    for left in range(text_in(page).count(told), 0, -1):
        wait_for_problems(page, left)
        to_write(page)[0].focus()
        if left == LOOK_AT:
            walker.look()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "text"
        line = rest_of_line(page)
        assert line.startswith(told)
        for _ in line:
            page.keyboard.press("Shift+ArrowRight")
        page.keyboard.type(f"{SENTENCE[walker.language]} ({left})")
    wait_for_problems(page, 0)


def wait_for_problems(page: Page, count: int) -> None:
    """Wait until so many problems say that something is still to be written."""
    until(lambda: len(to_write(page)) == count)


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
    until(lambda: page.locator("#preview nav").count() and page.locator(ROW).count())
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


def test_a_text_survives_a_connection_that_is_lost(sqlite_site: Site, browser: Browser) -> None:
    walker = enter(sqlite_site, browser, "en", "editor-offline", size=DESK, most_looks=0)
    page = open_editor(walker)
    page.context.set_offline(offline=True)
    type_at_the_end(page, "Typed offline.")
    until(lambda: "Not saved: no connection." in page.locator("#saved").inner_text())
    assert "Typed offline." not in drafted(walker)
    page.context.set_offline(offline=False)
    until(lambda: "Typed offline." in drafted(walker))
    walker.leave()


def test_a_text_survives_a_session_that_is_over(sqlite_site: Site, browser: Browser) -> None:
    walker = enter(sqlite_site, browser, "en", "editor-session", size=DESK, most_looks=0)
    page = open_editor(walker)
    sqlite_site.clock.advance(minutes=20)
    type_at_the_end(page, "Typed after the session.")
    until(lambda: "your session is over" in page.locator("#saved").inner_text())
    other = page.context.new_page()
    other.goto(page.locator("#saved a").get_attribute("href") or "")
    other.fill("[name=login]", "author.essai")
    other.fill("[name=password]", PASSWORD)
    other.locator("main form button").click()
    other.wait_for_url("**/author**")
    other.close()
    until(lambda: "Typed after the session." in drafted(walker))
    walker.leave()


def test_a_text_survives_a_crash_and_is_offered_but_not_forced(
    sqlite_site: Site, browser: Browser
) -> None:
    walker = enter(sqlite_site, browser, "en", "editor-crash", size=DESK, most_looks=0)
    page = open_editor(walker)
    page.context.set_offline(offline=True)
    type_at_the_end(page, "Typed before the crash.")
    until(lambda: "Not saved: no connection." in page.locator("#saved").inner_text())
    with page.expect_event("crash"), pytest.raises(Error, match="ERR_ABORTED"):
        page.goto("chrome://crash")  # a page that is closed in order saves once more
    anew = page.context.new_page()
    page.close()
    anew.context.set_offline(offline=False)
    anew.goto(f"/en/author/drafts/{draft_id(walker)}")
    assert "before the crash" not in text_in(anew)
    anew.locator("#kept [data-use]").click()
    assert "before the crash" in text_in(anew)
    until(lambda: "before the crash" in drafted(walker))
    anew.reload()
    assert not anew.locator("#kept").is_visible()
    walker.leave()


def test_two_tabs_tell_each_other_before_a_text_is_replaced(
    sqlite_site: Site, browser: Browser
) -> None:
    walker = enter(sqlite_site, browser, "en", "editor-tabs", size=DESK, most_looks=1)
    first = open_editor(walker)
    second = first.context.new_page()
    second.goto(first.url)
    type_at_the_end(first, "From the first tab.")
    until(lambda: "From the first tab." in drafted(walker))
    type_at_the_end(second, "From the second tab.")
    until(lambda: "Nothing was replaced." in second.locator("#saved").inner_text())
    assert "From the second tab." not in drafted(walker)
    second.locator("#saved button").click()
    second.wait_for_selector("#theirs")
    assert "From the first tab." in second.locator("#theirs").input_value()
    assert "From the second tab." in second.locator("#text").input_value()
    walker.page = second
    walker.look()
    second.locator("button[value=save]").click()
    until(lambda: "From the second tab." in drafted(walker))
    walker.leave()


def type_at_the_end(page: Page, words: str) -> None:
    """Type something behind all that is in the box."""
    page.locator("#text").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(f"\n{words}\n")


def draft_id(walker: Walker) -> object:
    """Give the id of the draft that is open."""
    with walker.site.database.read() as db:
        found = drafts.open_draft(db, PATH.format(walker.language))
    assert found is not None
    return found.id
