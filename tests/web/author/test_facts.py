"""The register in the browser: what it says, what rests on a fact, and changing one."""

import html
import re
from pathlib import Path

import pytest

from lms.accounts.roles import Role
from lms.authoring.drafts import open_draft, save
from lms.authoring.revisions import text_digest
from lms.kernel.database import Database
from tests.clocks import FixedClock
from tests.factories import make_user
from tests.web.author.browsing import Browser, edit, sign_in

_ONE = "/en/author/facts/T01"
_PATH = "content/facts.yml"
_MORE = """\
# Kept by the nurse.
- id: T02
  statement: {en: "Call 1 866 277-3553.", fr: "Appelez le 1 866 277-3553."}
  source: Somebody else, 2022
  address: mailto:nobody@example.org
  checked: 2025-11-01
  review_by: 2026-11-20
"""
_FIELDS = {
    "statement_fr": "Quelqu’un les a comptés deux fois.",
    "statement_en": "Somebody counted them twice.",
    "source": 'Somebody, in "The count", 2026',
    "address": "example.org/two",
    "checked": "2026-11-21",
    "review_by": "2027-11-21",
    "owner": "",
    "dialled": "",
}


@pytest.fixture
def engine_name() -> str:
    """Give one database: what is kept here is a draft, which has tests of its own on both."""
    return "sqlite"


@pytest.fixture(autouse=True)
def register(folder: Path) -> Path:
    """Give a register of two facts; T01 is used in a sentence and in a question."""
    path = folder / "facts.yml"
    path.write_bytes(path.read_bytes() + _MORE.encode())
    english = folder / "modules/01-first/en.md"
    edit(english, "A *short* text.\n\n- a", "They are 12[^T01]. Nothing else.\n\n- a")
    edit(english, "id: single, section: listening", "id: single, section: listening, facts: T01")
    return path


def known(author: Browser, page: str = _ONE) -> str:
    """Give the digest that a page's form holds."""
    return str(re.findall(r'name="known"[^>]*value="(\w+)"', author.read(page))[-1])


def draft_text(database: Database) -> str:
    with database.read() as db:
        draft = open_draft(db, _PATH)
        assert draft is not None
        return draft.text


def test_an_author_sees_each_fact_in_the_language_of_the_page_and_what_rests_on_it(
    author: Browser,
) -> None:
    page = author.read("/en/author/facts")
    assert "Somebody counted them." in page
    assert "1 sentence, 1 question" in page
    assert "Quelqu’un les a comptés." in html.unescape(author.read("/fr/author/facts"))


def test_what_is_due_unused_or_to_be_dialled_is_one_link_away(author: Browser) -> None:
    due = author.read("/en/author/facts?due=1")
    assert "Past its review" in due
    assert ">T02</a>" in due
    assert ">T01</a>" not in due
    for wanted in ("unused", "dial"):
        assert ">T02</a>" in author.read(f"/en/author/facts?{wanted}=1")
    assert "There is no such fact." in author.read("/en/author/facts?mine=1")


def test_a_fact_shows_every_sentence_and_question_that_rests_on_it_with_the_way_there(
    author: Browser,
) -> None:
    page = author.read(_ONE)
    assert "They are 12[^T01]." in page
    assert "Nothing else." not in page
    assert 'href="/en/author/modules/1/preview/1"' in page
    assert "Which answer is right?" in page
    assert 'href="/en/author/modules/1/preview/quiz"' in page


def test_the_address_of_a_source_is_a_link_only_where_a_browser_can_follow_it(
    author: Browser, register: Path
) -> None:
    assert 'href="https://example.org/one" rel="noreferrer"' in author.read(_ONE)
    other = author.read("/en/author/facts/T02")
    assert "mailto:nobody@example.org" in other
    assert 'href="mailto' not in other
    edit(register, "mailto:nobody@example.org", "'javascript:alert(1)//a.b'")
    assert 'href="javascript' not in author.read("/en/author/facts/T02")


def test_a_change_goes_into_the_draft_and_every_other_byte_of_the_register_stays(
    author: Browser, register: Path, database: Database
) -> None:
    before = register.read_bytes()
    answer = author.post(_ONE, **_FIELDS, known=known(author))
    assert answer.status_code == 303
    assert register.read_bytes() == before
    text = draft_text(database)
    assert text.endswith(_MORE)
    assert 'source: "Somebody, in \\"The count\\", 2026"' in text
    page = html.unescape(author.read(_ONE))
    assert "Somebody counted them twice." in page
    assert "The register has a draft" in page


def test_after_a_change_the_page_asks_to_read_again_what_rests_on_the_fact(author: Browser) -> None:
    assert "read again what rests on it</h2>" not in author.read(_ONE)
    author.post(_ONE, **_FIELDS, known=known(author))
    page = author.read(_ONE)
    assert "This fact has changed: read again what rests on it" in page
    assert "2 places rest on it" in page


def test_whoever_is_second_is_told_keeps_his_words_and_overwrites_nobody(
    author: Browser, database: Database
) -> None:
    seen = known(author)
    assert author.post(_ONE, **_FIELDS, known=seen).status_code == 303
    mine = {**_FIELDS, "statement_en": "Mine."}
    late = author.post(_ONE, **mine, known=seen)
    assert late.status_code == 409
    page = html.unescape(late.get_data(as_text=True))
    assert "Mine.</textarea>" in page
    assert '<dd lang="en">Somebody counted them twice.</dd>' in page
    assert "Mine." not in draft_text(database)
    again = re.findall(r'name="known"[^>]*value="(\w+)"', page)[-1]
    assert author.post(_ONE, **mine, known=again).status_code == 303
    assert "Mine." in draft_text(database)


def test_a_draft_that_somebody_saved_between_the_look_and_the_save_is_not_overwritten(
    author: Browser, database: Database, clock: FixedClock
) -> None:
    author.post(_ONE, **_FIELDS, known=known(author))
    seen = known(author)
    with database.write() as db:
        draft = open_draft(db, _PATH)
        assert draft is not None
        other = make_user(db, role=Role.AUTHOR)
        text = f"{draft.text}# more\n"
        save(db, draft.id, text, known=draft.digest, by=other.id, now=clock())
        db.commit()
    late = author.post("/en/author/facts/T02", **_FIELDS, known=seen)
    assert late.status_code == 409
    assert draft_text(database) == text
    assert known(author) == text_digest(text)


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("statement_fr", " ", "Enter the statement in French."),
        ("checked", "21/11/2026", "Write the date as in 2026-11-21."),
        ("checked", "2026-11-22", "This day is still to come."),
        ("dialled", "2026-11-22", "This day is still to come."),
        ("review_by", "2026-11-21", "Choose a day after the check."),
        ("source", "x" * 501, "Shorten this to 500 characters or fewer."),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field_and_nothing_is_saved(
    author: Browser, database: Database, field: str, typed: str, told: str
) -> None:
    answer = author.post(_ONE, **{**_FIELDS, field: typed}, known=known(author))
    assert answer.status_code == 422
    assert f'href="#{field}">{told}' in answer.get_data(as_text=True)
    with database.read() as db:
        assert open_draft(db, _PATH) is None


def test_a_number_that_was_dialled_says_so_with_its_day(
    author: Browser, database: Database
) -> None:
    page = "/en/author/facts/T02"
    assert "Never dialled" in author.read(page)
    assert author.post(page, act="dialled", known=known(author, page)).status_code == 303
    assert "dialled: 2026-11-21\n" in draft_text(database)
    assert "Never dialled" not in author.read(page)


def test_a_new_fact_stands_at_the_end_of_the_register(
    author: Browser, register: Path, database: Database
) -> None:
    page = "/en/author/new-fact"
    seen = known(author, page)
    taken = author.post(page, **_FIELDS, fact_id="T01", known=seen)
    assert taken.status_code == 422
    assert "Another fact has this name." in taken.get_data(as_text=True)
    assert author.post(page, **_FIELDS, fact_id="no spaces", known=seen).status_code == 422
    assert author.post(page, **_FIELDS, fact_id="T03", known=seen).status_code == 303
    assert draft_text(database).startswith(register.read_text(encoding="utf-8") + "- id: T03\n")


def test_a_site_without_a_register_begins_one_with_its_first_fact(
    author: Browser, folder: Path
) -> None:
    (folder / "facts.yml").unlink()
    page = "/en/author/new-fact"
    answer = author.post(page, **_FIELDS, fact_id="T01", known=known(author, page))
    assert answer.status_code == 303
    assert "Somebody counted them twice." in author.read(_ONE)


def test_a_register_with_a_fault_is_not_rewritten_and_the_page_says_why(
    author: Browser, register: Path, database: Database
) -> None:
    edit(register, "# Kept by the nurse.", "- id: T99")
    answer = author.post(_ONE, **_FIELDS, known=known(author))
    assert answer.status_code == 422
    assert "The register was not changed" in answer.get_data(as_text=True)
    with database.read() as db:
        assert open_draft(db, _PATH) is None


def test_to_save_what_stands_already_begins_no_draft(author: Browser, database: Database) -> None:
    same = {
        **_FIELDS,
        "statement_fr": "Quelqu’un les a comptés.",
        "statement_en": "Somebody counted them.",
        "source": "Somebody, 2023",
        "address": "example.org/one",
        "checked": "2026-11-01",
        "review_by": "2027-11-01",
    }
    assert author.post(_ONE, **same, known=known(author)).status_code == 303
    with database.read() as db:
        assert open_draft(db, _PATH) is None


def test_a_fact_that_is_due_is_told_above_the_pages_that_use_it_and_no_others(
    author: Browser, register: Path
) -> None:
    edit(register, "review_by: 2027-11-01", "review_by: 2026-11-20")
    told = "1 fact on this page is due to be checked again"
    preview = "/en/author/modules/1/preview"
    for page in ("", "/1", "/quiz"):
        assert told in author.read(f"{preview}{page}")
    assert told not in author.read(f"{preview}/2")
    assert told not in author.read("/en/author/modules/2/preview")


def test_the_words_of_an_original_testimony_are_not_among_what_rests_on_a_fact(
    author: Browser, folder: Path
) -> None:
    home = folder / "testimonies/lea"
    home.mkdir(parents=True)
    (home / "en.md").write_text(
        "---\nid: lea\nlanguage: en\nkind: original\nconsent: {given: 2026-01-01, until: "
        "2026-02-01, scope: [seminar], contact: P-1}\n---\n\nMy own words[^T01].\n"
    )
    page = author.read(_ONE)
    assert "content/testimonies/lea/en.md" in page
    assert "My own words" not in page


def test_a_fact_that_nobody_registered_is_not_found(author: Browser) -> None:
    for name in ("T77", "x" * 21, "..", "%00"):
        assert author.get(f"/en/author/facts/{name}").status_code == 404
    assert author.post("/en/author/facts/T77", **_FIELDS, known="").status_code == 404


def test_whoever_is_no_author_neither_sees_nor_changes_the_register(
    database: Database, clock: FixedClock, tmp_path: Path, folder: Path
) -> None:
    instructor = sign_in(database, clock, tmp_path, Role.INSTRUCTOR, folder)
    assert instructor.get("/en/author/facts").status_code == 403
    assert instructor.post(_ONE, **_FIELDS, known="").status_code == 403
