"""Whoever runs a site: from nothing to running, and a clear sentence where it cannot."""

import json
import stat
import sys
from pathlib import Path

import pytest

from lms.cli import main
from lms.kernel.schema import known_head
from tests.cli.conftest import Run, document

PASSWORD = "une phrase assez longue"


def test_init_makes_a_closed_folder_with_closed_keys(run: Run, tmp_path: Path) -> None:
    assert run("init").exit_code == 0
    assert stat.S_IMODE((tmp_path / "site").stat().st_mode) == 0o700
    for key in (tmp_path / "site" / "keys").iterdir():
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = (tmp_path / "site" / "keys" / "session.key").read_text()
    assert run("init").exit_code == 0
    assert (tmp_path / "site" / "keys" / "session.key").read_text() == before
    assert run("db", "status").exit_code == 0


def test_config_masks_the_password_of_the_database(run: Run) -> None:
    url = "postgresql+psycopg://virage:secret@localhost/virage"
    shown = run("config", LMS_DATABASE_URL=url).stdout
    assert "secret" not in shown
    assert "LMS_DATABASE_URL=postgresql+psycopg://virage:***@localhost/virage" in shown
    assert document(run("config", "--json"))["workers"] == "2"


def test_the_database_says_where_it_stands(site: Run) -> None:
    assert document(site("db", "status", "--json"))["current"] == known_head()
    assert site("db", "downgrade", "base").exit_code == 0
    assert site("db", "status").exit_code == 1
    assert site("db", "upgrade").exit_code == 0
    assert site("db", "status").exit_code == 0


def test_staff_are_added_listed_and_disabled(site: Run) -> None:
    added = site("user", "add", "claire", "--role", "instructor", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert added.exit_code == 0, added.output
    site("user", "disable", "claire")
    assert document(site("user", "list", "--json")) == [
        {"login": "claire", "role": "instructor", "disabled": True}
    ]
    reset = site("user", "reset-password", "claire", "--password", PASSWORD + " deux")
    assert reset.exit_code == 0


def test_codes_are_printed_once_for_a_group(site: Run) -> None:
    assert site("content", "publish").exit_code == 0
    assert site("cohort", "add", "Groupe 1").exit_code == 0
    codes = site("code", "issue", "Groupe 1", "--count", "3").stdout.split()
    assert len(set(codes)) == 3


@pytest.mark.parametrize(
    ("words", "environ", "sentence"),
    [
        (["serve"], {}, "no such key file; run `lms init`"),
        (["config"], {"LMS_WORKERS": "many"}, "LMS_WORKERS"),
        (["user", "disable", "nobody"], {}, "run `lms db upgrade`"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_no_trace(
    words: list[str],
    environ: dict[str, str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["lms", *words])
    (tmp_path / "site").mkdir()
    for name, value in {"LMS_INSTANCE": str(tmp_path / "site"), **environ}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert sentence in said
    assert len(said.splitlines()) == 1


def test_the_demonstration_keeps_what_is_there_and_refuses_a_real_site(
    run: Run, tmp_path: Path
) -> None:
    content = Path(__file__).parents[2] / "content"
    first = document(run("demo", "--json", LMS_CONTENT=str(content)))
    assert len(first["codes"]) == 3
    assert {one["role"] for one in first["accounts"]} == {
        "participant half way",
        "participant finished",
        "instructor",
        "author",
        "coordinator",
        "second coordinator",
        "agency officer",
        "agency lead",
        "privacy officer",
        "testimony partner",
        "administrator",
    }
    assert document(run("demo", "--json", LMS_CONTENT=str(content))) == first
    settings = tmp_path / "site" / "settings.toml"
    assert settings.read_text() == "demo = true\n"
    settings.unlink()
    refused = run("demo", LMS_CONTENT=str(content))
    assert refused.exit_code == 1
    assert "real site" in str(refused.exception)
    assert json.loads((tmp_path / "site" / "demo-codes.json").read_text()) == first["codes"]
