"""An author who opens the site knows what waits for him and what to do next with each file."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from lms.authoring.drafts import begin
from lms.authoring.models import PublishedFile
from lms.authoring.revisions import Origin, Source, append_revision, text_digest
from lms.publishing.consent import ConsentAct, Terms
from lms.publishing.consent_register import Clerk, Entry, append_event
from tests.web.drafting import PATH, Author, author, draft_of, standing
from tests.web.markup import Html
from tests.web.site import Site
from tests.web.wellmade import page_faults

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])  # one page, the same on both
CHANGED = "A changed text."


def start(who: Author, lang: str = "en") -> Html:
    """Open the start page."""
    return who.browser.page(f"/{lang}/author")


def row(page: Html, name: str) -> str:
    """Give the words of one row: of the first whose links or buttons name that file."""
    rows = [one.text for one in page.all("li") if name in one.text]
    return " ".join(rows[0].split()) if rows else ""


def boxes(page: Html) -> list[str]:
    """Give the titles of the boxes at the top, and of the sections."""
    return [" ".join(one.text.split()) for one in page.all("h2")]


def named(page: Html) -> list[str]:
    """Give what a screen reader says of the links and buttons that are labelled."""
    return [one["aria-label"] for one in page.all("a", "button") if one["aria-label"]]


def edition(site: Site, text: str, met: str) -> None:
    """Publish a text of the first module in English, as an edition."""

    def publish(db: Session) -> None:
        made = append_revision(db, PATH, text, Source(Origin.BROWSER, "tests", site.clock()))
        db.merge(PublishedFile(path=PATH, revision_id=made.id, met_digest=text_digest(met)))

    site.do(publish)


def english(page: Html) -> str:
    """Give the row of the first module in English."""
    rows = [" ".join(one.text.split()) for one in page.all("li")]
    return next(one for one in rows if one.startswith("English"))


def test_every_file_stands_there_with_one_thing_to_do_next(site: Site) -> None:
    page = start(author(site))
    modules = ["Le premier, Français", "The first, English", "Le deuxième, Français",
               "The second, English"]  # fmt: skip
    for name in modules:
        assert f"Edit ({name})" in named(page)
    assert "Edit (Course “Small seminar”)" in named(page)
    forms = [dict(form.fields).get("path") for form in page.forms()]
    assert PATH in forms


def test_no_two_links_or_buttons_are_read_out_alike(site: Site) -> None:
    who = author(site)
    who.press(who.begin(), "send")
    said = named(start(author(site)))
    assert len(said) == len(set(said))


@pytest.mark.parametrize(
    ("published", "met", "state"),
    [
        ("folder", "folder", "Published"),
        ("other", "other", "Changed in the folder"),
        ("other", "folder", "Newer in the browser"),
        ("other", "third", "Changed on both sides"),
        (None, None, "Not published yet"),
    ],
)
def test_where_a_file_stands_is_said_in_words(
    site: Site, published: str | None, met: str | None, state: str
) -> None:
    now = standing(site)
    texts = {"folder": now, "other": now.replace("short", "long"), "third": now.replace("A", "B")}
    if published and met:
        edition(site, texts[published], texts[met])
    page = start(author(site))
    assert english(page).startswith(f"English {state}")
    assert ("Changed in the folder and in the browser" in boxes(page)) == (met == "third")


def test_a_file_that_cannot_be_read_or_is_not_there_says_so(
    site: Site, content_folder: Path
) -> None:
    french, spare = (content_folder / f"modules/01-first/{one}.md" for one in ("fr", "en"))
    kept = {file: file.read_bytes() for file in (french, spare)}
    try:
        french.write_bytes(b"---\nid: first")
        spare.unlink()
        page = start(author(site))
    finally:
        for file, data in kept.items():
            file.write_bytes(data)
    assert row(page, "Français").startswith("Français Cannot be read Something in it is broken.")
    assert english(page).startswith("English No file in this language")
    assert "Edit (01-first, Français)" in named(page)


def test_who_writes_and_who_sent_it_when_is_said(site: Site) -> None:
    marie, jean = author(site, "marie"), author(site, "jean")
    draft_id = marie.begin()
    assert "Draft Written by marie, November 21, 2026 at 09:00." in english(start(jean))
    site.clock.advance(seconds=600)
    marie.press(draft_id, "send")
    assert "In review Sent to review by marie, November 21, 2026 at 09:10." in english(start(jean))
    jean.press(draft_id, "approve")
    assert "Approved Approved by jean, November 21, 2026 at 09:10." in english(start(jean))


def test_what_waits_for_a_review_is_shown_to_all_but_the_one_who_sent_it(site: Site) -> None:
    marie, jean = author(site), author(site)
    assert "Waiting for your review" not in boxes(start(jean))
    draft_id = marie.begin()
    assert "Waiting for your review" not in boxes(start(jean))
    marie.press(draft_id, "send")
    page = start(jean)
    assert "Waiting for your review" in boxes(page)
    assert "Review it (The first (English))" in named(page)
    assert "Waiting for your review" not in boxes(start(marie))
    jean.press(draft_id, "approve")
    assert "Waiting for your review" not in boxes(start(jean))
    assert "Approved and ready to publish" in boxes(start(jean))


def test_a_new_module_that_is_only_a_draft_is_found_under_its_title(site: Site) -> None:
    marie = author(site)
    text = standing(site).replace("id: first", "id: third").replace("The first", "The third")
    site.do(begin, "content/modules/03-third/en.md", text, by=marie.user.id, now=site.clock())
    page = start(marie)
    assert "Being written" in boxes(page)
    assert "Go on writing (The third (English))" in named(page)


def test_whoever_began_a_draft_goes_on_with_it(site: Site) -> None:
    marie = author(site)
    draft_id = marie.begin()
    assert f"/en/author/drafts/{draft_id}" in start(marie).links()
    assert draft_of(site, draft_id).text != standing(site)


def test_consents_that_end_are_told_before_they_do_and_after(site: Site) -> None:
    who = author(site)
    today = site.clock().date()
    assert "Consents that end" not in boxes(start(who))
    for name, days in (("lea", 30), ("rose", 61), ("maya", -2)):
        terms = Terms(
            today.replace(year=today.year - 1),
            today.fromordinal(today.toordinal() + days),
            frozenset({"seminar"}),
        )
        clerk = Clerk("tests", site.clock())
        site.do(append_event, Entry(name, ConsentAct.GIVEN, terms), clerk)
    text = start(who).text
    assert "Testimony “lea”: its consent ends on December 21, 2026." in text
    assert "Testimony “maya”: its consent ended on November 19, 2026." in text
    assert "rose" not in text


def test_the_words_of_a_closed_testimony_are_nowhere_and_its_row_says_why(
    site: Site, content_folder: Path
) -> None:
    words = "---\nid: lea\nlanguage: en\nkind: original\n---\n\nWhat she said.\n"
    path = "content/testimonies/lea/en.md"
    folder = content_folder / "testimonies/lea"
    marie = author(site)
    today = site.clock().date()
    terms = Terms(today.replace(year=2025), today.replace(day=1), frozenset({"seminar"}))
    site.do(append_event, Entry("lea", ConsentAct.GIVEN, terms), Clerk("tests", site.clock()))
    site.do(begin, path, words, by=marie.user.id, now=site.clock())
    folder.mkdir(parents=True)
    try:
        (folder / "en.md").write_text(words, encoding="utf-8")
        page = start(marie)
    finally:
        (folder / "en.md").unlink()
        folder.rmdir()
        folder.parent.rmdir()
    assert "The consent is not in force, so its text is shown to nobody." in page.text
    assert "What she said." not in page.text
    assert not [one for one in page.forms() if ("path", path) in one.fields]
    assert "Being written" not in boxes(page)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_start_page_is_well_made_whatever_is_on_it(site: Site, lang: str) -> None:
    edition(site, standing(site).replace("short", "long"), "something else")
    marie, jean = author(site), author(site)
    marie.press(marie.begin(path="content/modules/02-second/en.md"), "send")
    answer = jean.browser.get(f"/{lang}/author")
    assert list(page_faults(answer, lang)) == []


def test_the_page_asks_the_database_as_often_for_many_drafts_as_for_one(site: Site) -> None:
    marie, jean = author(site), author(site)
    marie.press(marie.begin(), "send")

    def asked() -> int:
        with site.statements() as seen:
            start(jean)
        return len(seen)

    start(jean)
    one = asked()
    for number in range(20):
        path = f"content/modules/{number + 10}-new/en.md"
        site.do(begin, path, CHANGED, by=marie.user.id, now=site.clock())
    assert asked() == one
