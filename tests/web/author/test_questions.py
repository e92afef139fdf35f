"""How an author brings questions into a module's quiz in the browser, and takes them out."""

import io
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.authoring.models import Draft
from lms.content.parse_module import parse_module
from lms.interchange.formats import WRITERS
from lms.interchange.gift import read_gift
from lms.kernel.database import Database
from tests.web.author.browsing import Browser
from tests.web.wellmade import header_faults, page_faults

_PAGE = "/en/author/modules/1/fr/questions"
_GIFT = "::Ciel:: De quelle couleur est le ciel? {=bleu ~vert ~rouge}\n\nOuvert {=a ~b\n"


@pytest.fixture
def engine_name() -> str:
    """Give one database: these pages read the folder, and write a draft as others do."""
    return "sqlite"


def _send(author: Browser, data: bytes, form: str = "", page: str = _PAGE) -> str:
    answer = author.post(page, file=(io.BytesIO(data), "questions.txt"), form=form)
    return answer.get_data(as_text=True)


def _markdown(page: str) -> str:
    found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    return found[1].replace("&gt;", ">").replace("&lt;", "<").replace("&#34;", '"')


def _drafts(database: Database) -> list[Draft]:
    with database.read() as session:
        return list(session.scalars(select(Draft)))


def test_an_author_sees_the_questions_and_what_they_lose_before_anything_is_kept(
    author: Browser, folder: Path, database: Database
) -> None:
    before = (folder / "modules/01-first/fr.md").read_bytes()
    page = _send(author, _GIFT.encode(), "gift")
    assert "### De quelle couleur est le ciel?" in _markdown(page)
    assert "1 question comes in." in page
    assert "1 question is refused." in page
    assert "its braces are not closed" in page
    assert _drafts(database) == []
    assert (folder / "modules/01-first/fr.md").read_bytes() == before


def test_the_questions_go_to_the_end_of_the_quiz_in_the_draft_and_the_folder_stays_as_it_is(
    author: Browser, folder: Path, database: Database
) -> None:
    before = (folder / "modules/01-first/fr.md").read_text(encoding="utf-8")
    markdown = _markdown(_send(author, _GIFT.encode()))
    answer = author.post(f"{_PAGE}/draft", markdown=markdown.replace("\n", "\r\n"))
    assert answer.status_code == 303
    (draft,) = _drafts(database)
    assert draft.path == "content/modules/01-first/fr.md"
    assert draft.text.startswith(before.rstrip())
    module, _ = parse_module("", draft.text)
    assert module is not None
    assert module.items[-1].prompt == "De quelle couleur est le ciel?"
    assert (folder / "modules/01-first/fr.md").read_text(encoding="utf-8") == before


def test_a_second_file_adds_to_the_draft_and_its_ids_do_not_clash_with_the_first(
    author: Browser, database: Database
) -> None:
    for _ in range(2):
        markdown = _markdown(_send(author, _GIFT.encode()))
        assert author.post(f"{_PAGE}/draft", markdown=markdown).status_code == 303
    (draft,) = _drafts(database)
    module, problems = parse_module("", draft.text)
    assert module is not None
    assert [item.id for item in module.items[-2:]] == [
        "de-quelle-couleur-est-le-ciel",
        "de-quelle-couleur-est-le-ciel-2",
    ]
    assert "repeated-id" not in {one.rule for one in problems}


@pytest.mark.parametrize(
    ("data", "form", "words"),
    [
        (b"", "gift", "the file is empty"),
        (b"\x00\x01\x02\x03", "gift", "holds NUL characters"),
        (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><quiz>&b;</quiz>", "", "entities"),
        (b"PK\x03\x04 no zip", "", "the zip file is broken"),
        (b"nothing that is known", "", "the format cannot be told"),
        (b"x{=a ~b}", "word", "Choose a format from the list"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence_at_its_field_and_nothing_is_kept(
    author: Browser, database: Database, data: bytes, form: str, words: str
) -> None:
    answer = author.post(_PAGE, file=(io.BytesIO(data), "x.bin"), form=form)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert words in page
    assert "<title>Error:" in page
    assert _drafts(database) == []


def test_a_form_without_a_file_asks_for_one(author: Browser) -> None:
    answer = author.post(_PAGE)
    assert answer.status_code == 422
    assert "Choose a file." in answer.get_data(as_text=True)


@pytest.mark.parametrize("markdown", ["", "  \n", "### x\n" * 60_000])
def test_questions_that_cannot_be_put_come_back_in_the_box(
    author: Browser, database: Database, markdown: str
) -> None:
    answer = author.post(f"{_PAGE}/draft", markdown=markdown)
    assert answer.status_code == 422
    assert _markdown(answer.get_data(as_text=True)).strip() == markdown.strip()
    assert _drafts(database) == []


def test_each_format_is_offered_with_its_losses_and_holds_the_questions(
    author: Browser, folder: Path
) -> None:
    page = author.read(_PAGE)
    for form in WRITERS:
        assert f'href="{_PAGE}/{form}"' in page
        answer = author.get(f"{_PAGE}/{form}")
        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]
    assert "GIFT cannot say it" in page
    module, _ = parse_module("", (folder / "modules/01-first/fr.md").read_text(encoding="utf-8"))
    assert module is not None
    taken = read_gift(author.get(f"{_PAGE}/gift").data, "fr")
    assert {one.item.id for one in taken.found if one.item} >= {item.id for item in module.items}


def test_addresses_and_file_names_do_not_say_what_a_module_is_about(author: Browser) -> None:
    names = [author.get(f"{_PAGE}/{form}").headers["Content-Disposition"] for form in WRITERS]
    assert not [name for name in names if "first" in name]
    assert author.get("/en/author/modules/9/fr/questions").status_code == 404
    assert author.get(f"{_PAGE}/aiken").status_code == 404


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_each_page_is_well_made_in_both_languages(author: Browser, lang: str) -> None:
    page = f"/{lang}/author/modules/1/fr/questions"
    sent = {"file": (io.BytesIO(_GIFT.encode()), "questions.txt"), "form": "gift"}
    for response in (
        author.get(page),
        author.post(page),
        author.post(page, **sent),
        author.post(f"{page}/draft", markdown=""),
    ):
        found = [*header_faults(response), *page_faults(response, lang)]
        assert found == []
