"""An operator deletes what is over, hands a person his file, and purges again after a restore."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from lms.cli.edge import transaction
from lms.enrolment.models import Enrolment
from lms.kernel.clock import system_clock
from lms.kernel.keys import read_keys
from lms.settings import load_settings
from tests import factories
from tests.cli.conftest import Run, document
from tests.privacy.looking import canaries_in
from tests.privacy.planting import Planted, plant


@pytest.fixture
def home(site: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of a site whose keys the factories use."""
    assert site("config").exit_code == 0
    home = tmp_path / "site"
    monkeypatch.setenv("LMS_INSTANCE", str(home))
    keys = read_keys(home / "keys")
    monkeypatch.setattr(factories, "KEYS", keys)
    monkeypatch.setattr("tests.privacy.planting.KEYS", keys)
    return home


def _do(act: object) -> Planted:
    with transaction(load_settings()) as db:
        return act(db)  # type: ignore[operator, no-any-return]  # of the test


def _closed(db: Session) -> Planted:
    made = plant(db, "a")
    made.referral.state = "closed"
    closed = system_clock() - timedelta(days=40)
    made.referral.closed_at = db.get_one(Enrolment, made.enrolment.id).closed_at = closed
    return made


def test_a_dry_run_says_what_would_go_and_the_run_does_it(site: Run, home: Path) -> None:
    made = _do(_closed)
    told = site("privacy", "retain", "--dry-run")
    assert told.stdout.splitlines()[0] == "dry run: nothing was changed"
    assert "account: 1 people" in told.stdout
    login = made.marks.of("user_account.login")
    assert login.encode() in (home / "virage.db").read_bytes()
    done = site("privacy", "retain")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[1:] == told.stdout.splitlines()[1:]
    assert login.encode() not in (home / "virage.db").read_bytes()
    again = site("privacy", "retain")
    assert "account" not in again.stdout


def test_the_journal_is_read_after_a_restore(site: Run, home: Path, tmp_path: Path) -> None:
    _do(_closed)
    assert site("privacy", "replay-purges").exit_code == 2
    site("privacy", "retain")
    assert site("privacy", "replay-purges").stdout == "0 of 2 purges done again\n"
    other = tmp_path / "copy.jsonl"
    other.write_text("{}\n")
    refused = site("privacy", "replay-purges", str(other))
    assert refused.exit_code == 1
    assert "line 1" in str(refused.exception)
    assert (home / "purges.jsonl").exists()


@pytest.mark.usefixtures("home")
def test_a_persons_file_is_written_once_and_noted(site: Run, tmp_path: Path) -> None:
    own = _do(lambda db: plant(db, "a"))
    _do(lambda db: plant(db, "b"))
    folder = tmp_path / "his"
    login = own.marks.of("user_account.login")
    said = site("privacy", "export", "--login", login.upper(), "--out", str(folder))
    assert said.exit_code == 0, said.output
    names = sorted(Path(line).name for line in said.stdout.splitlines())
    assert names == ["data.json", "en.html", "fr.html"]
    found = canaries_in((folder / "data.json").read_text())
    assert own.marks.of("message.sealed_text") in found
    assert all(one.endswith("kvax") for one in found)
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert site("privacy", "export", "--login", login, "--out", str(folder)).exit_code == 2
    assert site("privacy", "export", "--login", "nobody", "--out", str(folder)).exit_code == 1
    acts = document(site("audit", "show", "--json"))
    assert [one["act"] for one in acts].count("subject-export") == 1
    assert json.dumps(acts).count(login) == 0
