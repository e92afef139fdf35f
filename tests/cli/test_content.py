"""An author at the command line: told everything at once, and nothing is published by halves."""

import json
from pathlib import Path

from sqlalchemy import func, select

from lms.kernel.database import open_database
from lms.publishing.models import ModuleRevision
from tests.cli.conftest import Run


def _first(folder: Path) -> Path:
    return min((folder / "modules").iterdir()) / "fr.md"


def _break(folder: Path) -> None:
    path = _first(folder)
    path.write_text(path.read_text(encoding="utf-8").replace("(x)", "( )"), encoding="utf-8")


def _revisions(tmp_path: Path) -> int:
    database = open_database(f"sqlite:///{tmp_path / 'site' / 'virage.db'}")
    with database.read() as db:
        count = db.scalar(select(func.count()).select_from(ModuleRevision)) or 0
    database.engine.dispose()
    return count


def test_the_check_exits_with_one_on_errors_and_two_without_a_folder(
    run: Run, folder: Path
) -> None:
    assert run("content", "check", str(folder)).exit_code == 0
    assert run("content", "check", str(folder / "nowhere")).exit_code == 2
    _break(folder)
    broken = run("content", "check", str(folder))
    assert broken.exit_code == 1
    assert "error[one-right-answer]" in broken.stdout
    assert "    help: " in broken.stdout


def test_the_check_prints_json_for_programs(run: Run, folder: Path) -> None:
    _break(folder)
    found = json.loads(run("content", "check", str(folder), "--format", "json").stdout)
    assert {"path", "line", "column", "severity", "rule", "message", "help"} == set(found[0])
    assert found[0]["path"].startswith(f"{folder.name}/modules/")


def test_the_rules_are_listed(run: Run) -> None:
    assert "one-right-answer" in run("content", "rules").stdout


def test_what_changed_alone_gets_a_new_revision(site: Run, folder: Path, tmp_path: Path) -> None:
    planned = site("content", "publish", "--dry-run")
    assert "would be published (revision 1)" in planned.stdout
    assert _revisions(tmp_path) == 0
    assert site("content", "publish").exit_code == 0
    assert _revisions(tmp_path) == 2
    path = _first(folder)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("review_by", "review_by", 1) + "\n", encoding="utf-8")
    again = site("content", "publish").stdout.splitlines()
    assert sum("changed (revision 2)" in line for line in again) == 1
    assert sum("unchanged" in line for line in again) == 2
    assert _revisions(tmp_path) == 3


def test_a_folder_with_an_error_publishes_nothing_at_all(
    site: Run, folder: Path, tmp_path: Path
) -> None:
    _break(folder)
    refused = site("content", "publish")
    assert refused.exit_code == 1
    assert "nothing was published" in refused.stderr
    assert _revisions(tmp_path) == 0


def test_missing_ids_are_written_once_and_nothing_else_changes(run: Run, folder: Path) -> None:
    path = _first(folder)
    before = path.read_bytes()
    assert run("content", "ids").stdout == ""
    assert path.read_bytes() == before
    bare = before.replace(b" {#", b" <!-- {#", 1).split(b" <!-- {#", 1)
    path.write_bytes(bare[0] + b"\n" + bare[1].split(b"}", 1)[1].lstrip(b"\n"))
    assert str(path) in run("content", "ids", "--dry-run").stdout
    assert str(path) in run("content", "ids").stdout
    assert run("content", "ids").stdout == ""


def test_a_new_module_has_both_languages_and_is_never_written_over(run: Run, folder: Path) -> None:
    words = ("content", "new", "module", "support", "--title-fr", "Aide", "--title-en", "Help")
    made = run(*words)
    assert made.exit_code == 0
    assert [Path(line).name for line in made.stdout.splitlines()] == ["fr.md", "en.md"]
    assert run("content", "new", "module", "Not An Id", *words[4:]).exit_code == 2
    assert run("content", "new", "testimony", "anna").exit_code == 0
    assert run("content", "new", "testimony", "anna").exit_code == 2
    assert (folder / "testimonies" / "anna" / "fr.md").exists()
