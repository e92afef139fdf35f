"""An author at the command line, beside a colleague at the browser: nobody overwrites anybody."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.accounts.service import make_user
from lms.authoring.drafts import act_on, begin, save
from lms.authoring.plan import plan_drafts
from lms.authoring.publication import Publisher, append, house_of, press
from lms.authoring.states import DraftAct
from lms.authoring.workspace import read_workspace
from lms.kernel.database import open_database
from lms.settings import Settings, load_settings
from tests.cli.conftest import Run
from tests.factories import NOW, PASSWORD, WORDS

_FIRST = "content/modules/01-first/en.md"
_SHORT = "A *short* text.\n\n- a"
_BROWSER, _FOLDER = "From the browser.", "From the folder."


@pytest.fixture
def settings(site: Run, tmp_path: Path, folder: Path) -> Settings:
    """Give the settings of the site, whose folder is published."""
    assert site("content", "publish").exit_code == 0
    return load_settings({"LMS_INSTANCE": str(tmp_path / "site"), "LMS_CONTENT": str(folder)})


def _do(settings: Settings, act: Callable[[Session], None]) -> None:
    """Do something in the browser, committed."""
    database = open_database(settings.database_url)
    with database.write() as db:
        act(db)
        db.commit()
    database.engine.dispose()


def _draft(db: Session, settings: Settings, *acts: DraftAct) -> None:
    """Let a colleague write a draft in the browser."""
    user = db.scalar(select(User)) or make_user(
        db, "nurse", PASSWORD, role=Role.AUTHOR, language="fr", now=NOW
    )
    standing = read_workspace(db, settings.content).files.texts[_FIRST].decode()
    draft = begin(db, _FIRST, standing, by=user.id, now=NOW)
    text = draft.text.replace(_SHORT, f"{_BROWSER}\n\n- a")
    save(db, draft.id, text, known=draft.digest, by=user.id, now=NOW)
    for one in acts:
        act_on(db, draft.id, one, by=user.id, now=NOW)
    if DraftAct.APPROVE in acts:
        house = house_of(settings, WORDS)
        plan = plan_drafts(db, house, NOW.date(), [draft.id])
        append(db, press(db, plan, house), Publisher("nurse", user.id), now=NOW)


def _in_the_browser(settings: Settings) -> None:
    _do(settings, lambda db: _draft(db, settings, DraftAct.SEND, DraftAct.APPROVE))


def _in_the_folder(folder: Path) -> Path:
    path = folder / "modules/01-first/en.md"
    path.write_text(path.read_text().replace(_SHORT, f"{_FOLDER}\n\n- a"))
    return path


def test_a_file_that_is_newer_in_the_browser_is_kept_and_named(
    site: Run, settings: Settings
) -> None:
    _in_the_browser(settings)
    done = site("content", "publish")
    assert done.exit_code == 0
    told = f"{_FIRST}: newer in the browser; `lms content export` brings it here"
    assert told in done.stdout.splitlines()


def test_a_folder_and_a_draft_meet_and_nothing_is_lost(
    site: Run, settings: Settings, folder: Path
) -> None:
    _in_the_browser(settings)
    path = _in_the_folder(folder)
    line = path.read_text().splitlines().index(_FOLDER) + 1
    for words in (("publish",), ("publish", "--dry-run"), ("export",)):
        refused = site("content", *words)
        assert refused.exit_code == 1
        assert refused.stdout == ""
        shown = refused.stderr.splitlines()
        who = "published by nurse on 2026-11-21 14:00 UTC"
        assert shown[0] == (
            f"{_FIRST}: the folder and the browser have both changed this file ({who})"
        )
        place = f"folder line {line}, published line {line}, base line {line}"
        assert f"    both changed: {place}" in shown
        assert f"      folder    | {_FOLDER}" in shown
        assert f"      published | {_BROWSER}" in shown
        assert "      base      | A *short* text." in shown
        assert shown[-1].startswith("lms: nothing was ")
        assert path.read_text().count(_FOLDER) == 1
    taken = site("content", "publish", "--take", "browser", _FIRST)
    assert taken.exit_code == 0, taken.output
    assert f"{_FIRST}: written" in site("content", "export").stdout.splitlines()
    assert _BROWSER in path.read_text()


def test_the_folders_side_can_be_taken_by_a_short_path_too(
    site: Run, settings: Settings, folder: Path
) -> None:
    _in_the_browser(settings)
    _in_the_folder(folder)
    done = site("content", "publish", "--take", "folder", "modules/01-first/en.md")
    assert "module first: changed (revision 3)" in done.stdout.splitlines()
    assert site("content", "publish", "--take", "folder", _FIRST).exit_code == 1


@pytest.mark.usefixtures("settings")
def test_a_trial_run_says_what_changes_and_whom_it_finds(site: Run, folder: Path) -> None:
    _in_the_folder(folder)
    (folder / "facts.yml").unlink()
    said = site("content", "publish", "--dry-run").stdout.splitlines()
    assert "module first: would change (revision 2)" in said
    assert "    sections changed: listening" in said
    assert "    open attempts, each on its own edition: 0" in said
    assert "    passes that stay: 0" in said
    assert "content/facts.yml: gone from the folder; it stands no longer" in said
    assert "module first: changed (revision 2)" in site("content", "publish").stdout


def test_a_text_with_signs_that_move_about_is_shown_still(
    site: Run, settings: Settings, folder: Path
) -> None:
    _in_the_browser(settings)
    path = folder / "modules/01-first/en.md"
    path.write_text(path.read_text().replace(_SHORT, "Odd \x1b[2J\u202e.\n\n- a"))
    shown = site("content", "publish").stderr
    assert "Odd \ufffd[2J\ufffd." in shown
    assert "\x1b" not in shown


def test_open_drafts_are_listed_one_a_line(site: Run, settings: Settings) -> None:
    assert site("content", "drafts").stdout == ""
    _do(settings, lambda db: _draft(db, settings, DraftAct.SEND))
    assert site("content", "drafts").stdout == (
        f"{_FIRST}: in-review (nurse, 2026-11-21 14:00 UTC)\n"
    )


@pytest.mark.usefixtures("settings")
def test_what_is_published_goes_into_an_empty_folder(
    site: Run, tmp_path: Path, folder: Path
) -> None:
    tried = site("content", "export", str(tmp_path / "empty"), "--dry-run")
    assert f"{_FIRST}: would be written" in tried.stdout.splitlines()
    assert not (tmp_path / "empty").exists()
    assert site("content", "export", str(tmp_path / "empty")).exit_code == 0
    for path in folder.rglob("*.*"):
        there = tmp_path / "empty" / path.relative_to(folder)
        assert there.read_bytes() == path.read_bytes()
    again = site("content", "export", str(tmp_path / "empty"))
    assert again.stdout == "nothing to write: the folder has all that is published\n"


@pytest.mark.usefixtures("settings")
def test_an_export_to_a_place_that_is_no_folder_is_wrong_usage(site: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert site("content", "export", str(tmp_path / "file")).exit_code == 2
    assert site("content", "export", "--format", "csv").exit_code == 2


@pytest.mark.usefixtures("settings")
def test_a_folder_that_cannot_be_read_is_wrong_usage(site: Run, tmp_path: Path) -> None:
    refused = site("content", "publish", str(tmp_path / "nowhere"))
    assert refused.exit_code == 2
    assert "unreadable-folder" in refused.stderr
