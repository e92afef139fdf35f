"""What an author learns about the folder: states, problems with their cure, rules."""

import re
from pathlib import Path

import pytest

from lms.accounts.roles import Role
from lms.content.rules import RULES
from lms.kernel.database import Database
from tests.clocks import FixedClock
from tests.web.author.browsing import Browser, edit, sign_in

_PROBLEMS = "/en/author/modules/1/en"


@pytest.fixture
def engine_name() -> str:
    """Give one database: these pages read the folder, and the database next to never."""
    return "sqlite"


def _states(page: str) -> list[tuple[str, str, str]]:
    """Give the module, the language and the state of each row."""
    found = []
    for group in page.split('<section class="file-group">')[1:]:
        title = re.findall(r"<h3[^>]*>\d+\. (.*?)</h3>", group)[0]
        module = group.partition("</section>")[0]
        rows = re.findall(r'<p class="file-label">(\S+) <strong class="tag[^>]*>([^<]*)<', module)
        found += [(title, language, state) for language, state in rows]
    return found


def test_an_author_sees_every_module_in_every_language_with_its_state(
    author: Browser, folder: Path
) -> None:
    (folder / "modules/02-second/en.md").unlink()
    assert _states(author.read("/en/author")) == [
        ("Le premier", "Français", "Not published yet"),
        ("Le premier", "English", "Not published yet"),
        ("Le deuxième", "Français", "Not published yet"),
        ("Le deuxième", "English", "No file in this language"),
    ]


def test_a_problem_is_told_with_its_line_its_cure_and_a_link_to_its_rule(
    author: Browser, folder: Path
) -> None:
    edit(folder / "modules/01-first/en.md", "- (x) B1", "- ( ) B1")
    line = (folder / "modules/01-first/en.md").read_text().splitlines().index("- ( ) A1") + 1
    assert re.search(r">\d errors?[,<]", author.read("/en/author"))
    page = author.read(_PROBLEMS)
    assert f"Error: line {line}, column " in page
    assert "content/modules/01-first/en.md" in page
    assert "exactly one (x), found none" in page
    assert "put an x in the right one" in page
    assert 'href="/en/author/rules#one-right-answer"' in page


def test_problems_outside_modules_have_a_page_of_their_own(author: Browser, folder: Path) -> None:
    (folder / "notes.txt").write_text("x")
    edit(folder / "courses/seminar.yml", "kind: diversion", "kind: other")
    page = author.read("/en/author/problems")
    assert "content/notes.txt" in page
    assert "content/courses/seminar.yml" in page
    assert "content/modules/01-first/en.md" not in page


def test_errors_come_before_warnings_and_a_page_has_an_end(
    author: Browser, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.web.author.pages.MOST_PROBLEMS", 2)
    path = folder / "modules/01-first/en.md"
    edit(path, "## Listening {#listening}", "## Listening")
    edit(path, "- (x) B1", "- ( ) B1")
    edit(path, "- [x] A2\n- [x] B2", "- [ ] A2\n- [ ] B2")
    page = author.read(_PROBLEMS)
    kinds = re.findall(r'notice-title">(\w+):', page)
    assert kinds == ["Error", "Error"]
    assert re.search(r"\d more problems? (is|are) not shown", page)


def test_every_rule_is_explained_at_its_own_place(author: Browser) -> None:
    page = author.read("/fr/author/rules")
    for rule in RULES:
        assert f'<div id="{rule.name}">' in page
    assert 'lang="en"' in page


def test_addresses_do_not_say_what_a_module_is_about(author: Browser) -> None:
    page = author.read("/en/author") + author.read("/en/author/modules/1/preview")
    addresses = re.findall(r'(?:href|action)="([^"]+)"', page)
    assert addresses
    assert not [one for one in addresses if "first" in one or "second" in one]


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\xff\xfe not text",
        b"---\nid: first",
        b"\x00",
        b"# A title alone\n",
        b"a" * 300_000,
        b"---\n\tid: first\n---\n",
    ],
)
def test_a_file_that_cannot_be_read_gives_sentences_and_no_fault_of_ours(
    author: Browser, folder: Path, broken: bytes
) -> None:
    (folder / "modules/01-first/en.md").write_bytes(broken)
    assert ("Le premier", "English", "Cannot be read") in _states(author.read("/en/author"))
    assert "Error: line " in author.read(_PROBLEMS)
    for page in ("", "/1", "/quiz"):
        answer = author.get(f"/en/author/modules/1/preview{page}")
        assert answer.status_code == 409
        assert "cannot be shown in this language" in answer.get_data(as_text=True)


@pytest.mark.parametrize("content", ["missing", "empty", "file"])
def test_a_folder_without_modules_gives_a_sentence(
    database: Database, clock: FixedClock, tmp_path: Path, content: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    author = sign_in(database, clock, tmp_path, Role.AUTHOR, tmp_path / content)
    page = author.read("/en/author")
    assert "There is no module in the folder." in page
    assert "1 problem in courses" in page
    assert "Nothing can be published" in page
    assert author.get("/en/author/problems").status_code == 200
    assert author.get("/en/author/modules/1/preview").status_code == 404
    assert author.get("/en/author/publish").status_code == 200


def test_a_file_name_that_is_not_text_is_told_and_not_choked_on(
    author: Browser, folder: Path
) -> None:
    Path(bytes(folder).decode() + "/odd-\udcff.txt").write_text("x")
    assert "odd-?.txt" in author.read("/en/author/problems")


def test_a_module_number_that_nobody_has_is_not_found(author: Browser) -> None:
    for address in ("0/en", "3/en", "99999999999999999999/en", "1/es", "0/preview", "3/preview"):
        assert author.get(f"/en/author/modules/{address}").status_code == 404


def test_a_question_that_changes_its_kind_after_publication_is_an_error(
    author: Browser, folder: Path
) -> None:
    page = author.read("/en/author/publish")
    mark = re.findall(r'name="plan" value="(\w+)"', page)[0]
    assert author.post("/en/author/publish", plan=mark).status_code == 303
    for language in ("fr", "en"):
        edit(folder / f"modules/01-first/{language}.md", "- (x) B1", "- [x] B1")
        edit(folder / f"modules/01-first/{language}.md", "- ( ) A1", "- [ ] A1")
        edit(folder / f"modules/01-first/{language}.md", "- ( ) C1", "- [ ] C1")
    assert "a new question needs a new id" in author.read(_PROBLEMS)
