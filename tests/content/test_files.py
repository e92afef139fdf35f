"""Files that cannot be read are named with their place; nothing is ever a traceback."""

import os
from datetime import date
from pathlib import Path

import pytest

from lms.content.check import check_content
from lms.content.files import MOST_BYTES, load
from lms.content.model import Problem
from lms.content.read import read_content

TODAY = date(2026, 11, 21)
GOOD = (
    "---\nid: case\ntitle: Case\nlanguage: en\nminutes: 1\nreviewed: 2026-11-21\n"
    "review_by: 2027-11-21\n---\n\n# Case\n\n## First {#first}\n\nWords.\n\n## Quiz\n\n"
    "### Ready?\n<!-- id: ready, section: first -->\n- (x) Yes\n- ( ) No\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "content" / "modules" / "01-case"
    home.mkdir(parents=True)
    (home / "en.md").write_text(GOOD, "utf-8")
    return tmp_path / "content"


def places(folder: Path) -> list[tuple[str, int, int, str]]:
    _, problems = read_content(folder)
    return [
        (problem.place.path, problem.place.line, problem.place.column, problem.rule)
        for problem in problems
    ]


def test_a_good_folder_has_no_problem(folder: Path) -> None:
    content, problems = check_content(folder, TODAY)
    assert problems == ()
    assert set(content.modules) == {("case", "en")}
    assert content.modules["case", "en"].source == GOOD


def test_a_folder_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    assert places(tmp_path / "nowhere") == [("nowhere", 1, 1, "unreadable-folder")]


def test_a_folder_without_modules_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    assert places(tmp_path / "content") == [("content", 1, 1, "no-modules")]


@pytest.mark.parametrize(
    ("data", "line", "column", "rule"),
    [
        (b"", 1, 1, "empty-file"),
        (b" \n\n", 1, 1, "empty-file"),
        (b"\xef\xbb\xbf", 1, 1, "empty-file"),
        ("---\né".encode() + b"\xe9t\xe9", 2, 2, "not-utf8"),
        (b"---\nid: a\x00\n", 2, 6, "control-character"),
        (b"x" * (MOST_BYTES + 1), 1, 1, "file-too-big"),
        (b"x" * 10_000_000, 1, 1, "file-too-big"),
        (b"---\n\tid: case\n---\n", 2, 1, "front-matter"),
        (b"---\nid: case\n", 1, 1, "front-matter"),
        (b"---\nid: [case\n---\n", 2, 1, "front-matter"),
        (b"---\nid: *case\n---\n", 2, 5, "front-matter"),
        (b"---\n- id\n---\n", 2, 1, "front-matter"),
        (b"---\n---\n", 2, 1, "front-matter"),
    ],
    ids=lambda value: repr(value[:20]) if isinstance(value, bytes) else None,
)
def test_a_file_that_cannot_be_read_is_named_with_its_line(
    folder: Path, data: bytes, line: int, column: int, rule: str
) -> None:
    (folder / "modules" / "01-case" / "fr.md").write_bytes(data)
    assert places(folder) == [("content/modules/01-case/fr.md", line, column, rule)]


def test_a_file_of_the_largest_size_is_read(folder: Path) -> None:
    text = GOOD.replace("Words.", "Words.\n\n" + "\n" * (MOST_BYTES - len(GOOD) - 2))
    (folder / "modules" / "01-case" / "en.md").write_text(text, "utf-8")
    assert len(text) == MOST_BYTES
    assert places(folder) == []


def test_one_broken_file_does_not_hide_the_problems_of_another(folder: Path) -> None:
    home = folder / "modules" / "01-case"
    (home / "fr.md").write_bytes(b"\xff")
    (home / "en.md").write_text(GOOD.replace("(x)", "( )"), "utf-8")
    assert [rule for *_, rule in places(folder)] == ["one-right-answer", "not-utf8"]


@pytest.mark.parametrize("name", ["modules/01-case/fr.md", "modules/01-case/media/map.png"])
def test_a_link_that_leads_out_of_the_folder_is_refused(
    folder: Path, tmp_path: Path, name: str
) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text(GOOD, "utf-8")
    link = folder / name
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(secret)
    assert places(folder) == [(f"content/{name}", 1, 1, "outside-folder")]
    assert f"content/{name}" not in load(folder).texts


def test_a_folder_behind_a_link_is_not_entered(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "en.md").write_text(GOOD, "utf-8")
    (folder / "modules" / "02-other").symlink_to(other)
    (folder / "modules" / "03-loop").symlink_to(folder)
    assert places(folder) == [
        ("content/modules/02-other", 1, 1, "outside-folder"),
        ("content/modules/03-loop", 1, 1, "outside-folder"),
    ]


def test_a_link_inside_the_folder_is_read(folder: Path) -> None:
    home = folder / "modules" / "01-case"
    (home / "media").mkdir()
    (home / "media" / "a.txt").write_text("a", "utf-8")
    (home / "media" / "b.txt").symlink_to(home / "media" / "a.txt")
    assert places(folder) == []


@pytest.mark.parametrize("kind", ["pipe", "dangling link", "loop"])
def test_what_is_no_ordinary_file_is_not_opened(folder: Path, kind: str) -> None:
    path = folder / "modules" / "01-case" / "fr.md"
    if kind == "pipe":
        os.mkfifo(path)  # reading it would wait for ever
    else:
        path.symlink_to(path if kind == "loop" else path.with_name("nowhere.md"))
    assert places(folder) == [("content/modules/01-case/fr.md", 1, 1, "unreadable-file")]


def test_a_file_that_may_not_be_read_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied", str(path), None, mode)

    monkeypatch.setattr(Path, "open", refuse)  # the tests may run as root, who may read all
    _, problems = read_content(folder)
    assert [(problem.rule, problem.message) for problem in problems] == [
        ("unreadable-file", "this file cannot be read: Permission denied")
    ]


def test_problems_come_in_the_order_of_their_places(folder: Path) -> None:
    home = folder / "modules" / "01-case"
    (home / "fr.md").write_bytes(b"\xff")
    text = GOOD.replace("# Case", "# Other").replace("id: ready", "id: ready, points: 0")
    (home / "en.md").write_text(text, "utf-8")
    _, problems = check_content(folder, TODAY)
    assert [(problem.place.path[-5:], problem.place.line) for problem in problems] == [
        ("en.md", 10),
        ("en.md", 19),
        ("fr.md", 1),
    ]


def test_every_problem_names_a_place_that_exists(folder: Path) -> None:
    (folder / "modules" / "01-case" / "en.md").write_text(GOOD.replace("id:", "di:"), "utf-8")
    _, problems = read_content(folder)
    assert problems
    for problem in problems:
        assert isinstance(problem, Problem)
        assert 1 <= problem.place.line <= len(GOOD.split("\n"))
        assert problem.place.column >= 1
