"""A module in both languages, side by side, as its author sees it."""

import html
import re
from pathlib import Path

import pytest

from lms.authoring.revisions import Origin, Source, append_revision
from lms.kernel.database import Database
from tests.clocks import FixedClock
from tests.web.author.browsing import Browser, edit

_PAGE = "/en/author/modules/1/languages"


@pytest.fixture
def engine_name() -> str:
    """Give one database: when a section changed is tested on both in tests/authoring."""
    return "sqlite"


def test_both_languages_of_a_section_stand_beside_each_other_each_in_its_own(
    author: Browser,
) -> None:
    page = html.unescape(author.read(_PAGE))
    article = re.findall(r"<article.*?</article>", page, re.DOTALL)[0]
    assert [one[:2] for one in re.findall(r'<div lang="(\w\w)">', article)] == ["fr", "en"]
    assert article.index("Écouter") < article.index("Listening")
    assert "Nothing is missing, older or built differently, as far as is known." in page
    assert "### Is it clear?" in page


def test_what_is_missing_and_what_differs_is_said_in_words(author: Browser, folder: Path) -> None:
    english = folder / "modules/01-first/en.md"
    edit(english, "## Speaking {#speaking}", "## Speaking {#talking}")
    edit(english, "- (x) B1\n- ( ) C1", "- (x) B1\n- ( ) C1\n- ( ) D1")
    edit(english, "id: number", "id: number, points: 2")
    page = author.read(_PAGE)
    assert "2 sections or questions are missing in one language." in page
    assert "2 sections or questions differ in structure." in page
    for told in ("Missing: English", "Missing: Français", "Another number of answers",
                 "Other points"):  # fmt: skip
        assert f">{told}</strong>" in page


def test_without_editions_the_page_says_that_it_knows_the_days_of_review_alone(
    author: Browser, folder: Path
) -> None:
    edit(folder / "modules/01-first/en.md", "reviewed: 2026-11-01", "reviewed: 2026-03-01")
    page = author.read(_PAGE)
    assert "only the days of review are known" in page
    assert "English is behind Français since November 1, 2026." in page
    assert "10 days are left before this refuses publication." in page
    assert "Older:" not in page


def test_with_editions_the_page_says_which_section_was_left_behind(
    author: Browser, folder: Path, database: Database, clock: FixedClock
) -> None:
    with database.write() as db:
        for lang in ("fr", "en"):
            text = (folder / f"modules/01-first/{lang}.md").read_text(encoding="utf-8")
            source = Source(Origin.FOLDER, "ana", clock().replace(month=5))
            append_revision(db, f"content/modules/01-first/{lang}.md", text, source)
        db.commit()
    assert "Older:" not in author.read(_PAGE)
    edit(folder / "modules/01-first/fr.md", "## Parler", "## Dire")
    page = author.read(_PAGE)
    assert page.count(">Older: English</strong>") == 1
    assert "1 section or question is older than its twin." in page
    assert "Changed on November 21, 2026." in page
    assert "Not changed since May 21, 2026 or longer." in page


def test_a_language_that_is_not_written_yet_is_said_to_be_missing(
    author: Browser, folder: Path
) -> None:
    (folder / "modules/01-first/en.md").unlink()
    page = author.read(_PAGE)
    assert "English has no file, or its file cannot be read." in page
    assert "English has no file yet; Français has." in page


def test_what_an_author_typed_is_shown_as_text_and_never_as_html(
    author: Browser, folder: Path
) -> None:
    edit(folder / "modules/01-first/en.md", "A *short* text.", "<script>alert(1)</script>")
    page = author.read(_PAGE)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_module_that_is_not_in_the_listing_is_not_found(author: Browser) -> None:
    for number in ("0", "3", "9999", "99999"):
        assert author.get(f"/en/author/modules/{number}/languages").status_code == 404
