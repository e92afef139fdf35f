"""Around the box: numbered lines, what can be inserted, new modules and testimonies."""

import pytest

from lms.accounts.roles import Role
from lms.authoring import drafts
from tests.web.markup import Html
from tests.web.site import Site
from tests.web.writer import Writer, box_in


def test_a_problems_line_is_found_in_a_listing_with_numbers(site: Site) -> None:
    writer = Writer(site)
    writer.save("x\n" * 1000 + "here\u202e\n" + "y\n" * 1000)
    page = writer.browser.page(f"{writer.url}/lines?line=1001")
    assert [one.text for one in page.all("mark")] == ["here[U+202E]"]
    assert any(one["id"] == "line-1001" for one in page.all("li"))
    assert len(page.all("li")) < 600
    for odd in ("0", "-1", "x", "9" * 30, "٣", ""):
        assert len(writer.browser.page(f"{writer.url}/lines?line={odd}").all("mark")) == 1


def test_without_a_script_what_the_helpers_insert_stands_there_to_be_copied(site: Site) -> None:
    writer = Writer(site, "content/modules/01-first/fr.md")
    code = [one.text for one in writer.page().all("code")]
    single = next(one for one in code if "une bonne réponse" in one and "(x)" in one)
    assert single.startswith("### À ÉCRIRE :")
    assert "<!-- id: question-1, section: listening -->" in single
    assert "> Explication :" in single
    assert sum(one.startswith("### ") for one in code) == 9  # eight kinds, and one for practice
    assert any(one.startswith("[") and "../02-second/fr.md#going" in one for one in code)


def test_a_new_module_is_begun_in_both_languages_and_gets_the_next_number(site: Site) -> None:
    browser = site.staff(Role.AUTHOR)
    fields = {"name": "next-steps", "title_fr": "La suite: ici", "title_en": "  What\nnext?"}
    answer = browser.post("/fr/author/drafts/new/module", fields)
    assert answer.status_code == 303
    with site.database.read() as db:
        found = {draft.path: draft.text for draft in drafts.open_drafts(db)}
    home = "content/modules/03-next-steps"
    assert sorted(found) == [f"{home}/en.md", f"{home}/fr.md"]
    assert "\ntitle: 'La suite: ici'\n" in found[f"{home}/fr.md"]
    assert "\n# What next?\n" in found[f"{home}/en.md"]
    again = browser.post("/fr/author/drafts/new/module", {**fields, "name": "third"})
    assert again.status_code == 303
    with site.database.read() as db:
        assert drafts.open_draft(db, "content/modules/04-third/fr.md") is not None


@pytest.mark.parametrize("name", ["first", "First Steps", "../x", "é", "", "a" * 61])
def test_a_short_name_that_cannot_be_is_refused_with_what_was_typed(site: Site, name: str) -> None:
    fields = {"name": name, "title_fr": "Titre", "title_en": "Title"}
    answer = site.staff(Role.AUTHOR).post("/en/author/drafts/new/module", fields)
    page = Html.of(answer.text)
    assert answer.status_code == 422
    assert page.title.startswith("Error:")
    assert ("name", name) in page.form("/en/author/drafts/new/module").fields
    with site.database.read() as db:
        assert drafts.open_drafts(db) == []


def test_a_new_testimony_is_begun_in_both_languages(site: Site) -> None:
    browser = site.staff(Role.AUTHOR)
    answer = browser.post("/en/author/drafts/new/testimony", {"name": "rose"})
    assert answer.status_code == 303
    assert "kind: composite" in box_in(browser.get(answer.headers["Location"]).text)
    assert browser.post("/en/author/drafts/new/testimony", {"name": "rose"}).status_code == 422
