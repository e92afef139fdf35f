"""An administrator hands a course to an agency's own learning system: told what that means."""

import stat
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest

from lms.interchange.packages.words import PackageWords
from lms.web.package_words import package_words
from tests.cli.conftest import Run

GATES = "lms: The gates now belong to the learning system that plays this package"


@pytest.fixture
def published(site: Run) -> Run:
    """Give a site whose course is published."""
    assert site("content", "publish").exit_code == 0
    return site


@pytest.mark.parametrize(
    ("flag", "manifest"), [("--scorm12", "imsmanifest.xml"), ("--cmi5", "cmi5.xml")]
)
def test_a_package_is_written_and_the_notice_stands_on_standard_error(
    published: Run, tmp_path: Path, flag: str, manifest: str
) -> None:
    path = tmp_path / "training.zip"
    done = published("course", "export", "seminar", flag, "--output", str(path))
    assert done.exit_code == 0, done.output
    assert done.stdout == f"{path}\n"
    assert GATES in done.stderr
    with ZipFile(path) as archive:
        assert {manifest, "notice.html", "m1/index.html"} <= set(archive.namelist())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600, "who can read the file can read the keys"


def test_the_same_command_gives_the_same_file(published: Run, tmp_path: Path) -> None:
    files = []
    for name in ("one.zip", "two.zip"):
        published("course", "export", "seminar", "--cmi5", "--output", str(tmp_path / name))
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1]


def test_without_a_wish_the_package_is_in_the_first_language_and_lies_here(
    published: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (
        published("course", "export", "seminar", "--scorm12").stdout == "seminar-fr-scorm12.zip\n"
    )
    english = published("course", "export", "seminar", "--scorm12", "--language", "en")
    assert english.stdout == "seminar-en-scorm12.zip\n"
    with ZipFile("seminar-fr-scorm12.zip") as archive:
        page = archive.read("m1/index.html").decode()
        lines = archive.read("help.html").decode()
    assert '<html lang="fr">' in page
    assert "<title>Formation, module 1</title>" in page, "our words are in its language too"
    assert 'href="../help.html"' in page, "help is under every page, as on ours"
    assert 'href="tel:18662773553"' in lines


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("seminar",), "--scorm12 or --cmi5"),
        (("seminar", "--cmi5", "--language", "es"), "'es'"),
        (("seminar", "--cmi5", "--output", "nowhere/at/all.zip"), "nowhere/at/all.zip"),
    ],
)
def test_wrong_usage_is_told(published: Run, words: tuple[str, ...], said: str) -> None:
    refused = published("course", "export", *words)
    assert refused.exit_code == 2
    assert said in refused.stderr


def test_a_course_that_is_not_published_is_refused_and_nothing_is_written(
    site: Run, tmp_path: Path
) -> None:
    path = tmp_path / "training.zip"
    refused = site("course", "export", "seminar", "--cmi5", "--output", str(path))
    assert refused.exit_code == 1
    assert "no course `seminar` is published" in str(refused.exception)
    assert list(tmp_path.glob("*.zip")) == []


def test_the_words_of_the_catalogue_are_those_that_a_package_has_in_english() -> None:
    """So no word of a package can be forgotten in the one place or the other."""
    from flask import Flask  # noqa: PLC0415 - a small application, for its catalogue alone
    from flask_babel import Babel  # noqa: PLC0415

    app = Flask("lms.web")
    Babel(app)
    with app.test_request_context():
        words = package_words("en")
    assert words.help_lines, "the help lines are the site's own"
    assert replace(words, help_lines=(), help_checked="") == PackageWords()
