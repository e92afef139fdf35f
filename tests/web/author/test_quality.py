"""What can be measured of modules, as an author sees it: small tables, and bars beside them."""

import re
from pathlib import Path

import pytest

from lms.web.sparkline import sparkline
from tests.web.author.browsing import Browser, edit

_PAGE = "/en/author/modules/1/quality"
_HARD = "Organizational responsibilities necessitate interdepartmental deliberation. " * 25


@pytest.fixture
def engine_name() -> str:
    """Give one database: these pages read the folder, and the database next to never."""
    return "sqlite"


def test_a_grade_is_given_as_a_range_and_a_page_of_few_words_has_none(
    author: Browser, folder: Path
) -> None:
    assert "too few words to say" in author.read(_PAGE)
    edit(folder / "modules/01-first/en.md", "A *short* text.\n\n- a", f"{_HARD}\n\n- a")
    page = author.read(_PAGE)
    assert re.search(r"<dd>about \d+ to \d+ <strong", page)
    assert "A grade is an estimate" in page


def test_bars_say_in_words_what_they_show_and_their_table_stands_under_them(
    author: Browser, folder: Path
) -> None:
    edit(folder / "modules/01-first/en.md", "A *short* text.\n\n- a", f"{_HARD}\n\n- a")
    page = author.read(_PAGE)
    (words,) = re.findall(r'<svg[^>]*role="img" aria-label="(Reading [^"]*English[^"]*)"', page)
    assert "The line is grade 10." in words
    assert 'class="spark-bar spark-over"' in page
    assert page.index(words) < page.index('<table id="pages-en"')
    assert "style=" not in page


def test_what_is_to_be_looked_at_is_marked(author: Browser, folder: Path) -> None:
    path = folder / "modules/01-first/en.md"
    calm = author.read(_PAGE).count("Look at this")
    edit(path, "A *short* text.\n\n- a", "[Nowhere](x.md) ![](media/no.png)\n\n- a")
    page = author.read(_PAGE)
    assert "1; 1 leads nowhere" in page
    assert "1; 1 without words" in page
    assert page.count("Look at this") > calm


def test_the_longest_option_stands_beside_what_chance_gives(author: Browser, folder: Path) -> None:
    for language in ("fr", "en"):
        edit(folder / f"modules/01-first/{language}.md", "- (x) B1", "- (x) B1, and much more")
    page = author.read(_PAGE)
    assert "1 of 2 questions; chance gives about 0.8" in page


def test_a_pool_that_is_too_small_for_a_retake_is_told(author: Browser, folder: Path) -> None:
    page = "/en/author/modules/2/quality"
    assert "2 of 4 are asked</dd>" in author.read(page)
    edit(folder / "modules/02-second/en.md", "draw: {cases: 2}", "draw: {cases: 3}")
    assert "3 of 4 are asked: too few for a retake with new ones" in author.read(page)


def test_links_to_other_sites_are_listed_and_nobody_asks_them(
    author: Browser, folder: Path
) -> None:
    text = "[Out](https://example.org/a) [there](//example.org/b)"
    edit(folder / "modules/01-first/en.md", "A *short* text.\n\n- a", f"{text}\n\n- a")
    page = author.read(_PAGE)
    assert '<a href="https://example.org/a" rel="noreferrer">' in page
    assert "<li>//example.org/b</li>" in page
    assert "This site asks no other site" in page


def test_facts_that_are_past_their_review_lead_to_the_register(
    author: Browser, folder: Path
) -> None:
    edit(folder / "modules/01-first/en.md", "A *short* text.\n\n- a", "Ten[^T01].\n\n- a")
    edit(folder / "facts.yml", "review_by: 2027-11-01", "review_by: 2026-11-20")
    page = author.read(_PAGE)
    assert "1; 1 past its review" in page
    assert '<a href="/en/author/facts/T01">T01</a>' in page


def test_all_modules_stand_in_one_table_and_lead_to_their_own_page(author: Browser) -> None:
    page = author.read("/en/author/quality")
    assert page.count('<svg class="spark"') == 4
    assert 'href="/en/author/modules/2/quality"' in page
    assert "5 by the author" in page


def test_a_folder_without_modules_gives_a_sentence(author: Browser, folder: Path) -> None:
    for path in folder.glob("modules/*/*.md"):
        path.unlink()
    assert "There is no module that can be measured." in author.read("/en/author/quality")
    assert author.get(_PAGE).status_code == 404


def test_a_language_that_cannot_be_read_is_said_and_the_other_is_measured(
    author: Browser, folder: Path
) -> None:
    (folder / "modules/01-first/en.md").write_text("---\nid: first")
    page = author.read(_PAGE)
    assert "English has no file, or its file cannot be read." in page
    assert 'id="pages-fr"' in page


def test_bars_are_as_high_as_their_values_and_what_is_over_the_line_wears_a_mark() -> None:
    drawn = sparkline("Grades", [5, 10, 12, None], limit=10, most=20)
    heights = [bar.height for bar in drawn.bars]
    assert heights[1] == pytest.approx(2 * heights[0], abs=1)
    assert [bar.kind for bar in drawn.bars] == ["", "", "over", "none"]
    assert drawn.height - drawn.line == heights[1]
    assert all(bar.y + bar.height == drawn.height for bar in drawn.bars)
    assert all(bar.x + bar.width <= drawn.width for bar in drawn.bars)


def test_no_value_and_only_nothing_can_be_drawn() -> None:
    assert sparkline("None", []).bars == ()
    assert sparkline("None", [None, 0, -1.5]).bars[1].height > 0
