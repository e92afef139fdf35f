"""Agencies and their lists from the command line, as on the coordinator's pages."""

from datetime import timedelta
from pathlib import Path

from lms.kernel.clock import system_clock
from tests.cli.conftest import Run, document

PARTS = ("purpose", "nature", "method", "security", "frequency", "duration")
HEADS = "reference,language,deadline,decided_by,decided_on,first_time,no_minor,accepts,lawyer_told"


def _agreement(run: Run, name: str, **changed: str) -> int:
    options = {
        **{f"--{part}": "as agreed" for part in PARTS},
        "--from": "2020-01-01",
        "--until": "2099-12-31",
        "--by": "coordinator",
    }
    options |= {f"--{key}": value for key, value in changed.items()}
    words = [word for pair in options.items() for word in pair]
    return run("agency", "agreement", name, *words).exit_code


def _with_coordinator(run: Run) -> None:
    made = run("user", "add", "coordinator", "--role", "coordinator", "--password", "longer-one-1")
    assert made.exit_code == 0, made.output


def _sheet(folder: Path, *rows: str) -> str:
    path = folder / "list.csv"
    path.write_text("\n".join([HEADS, *rows]), encoding="utf-8")
    return str(path)


def _row(reference: str, *, first_time: str = "yes") -> str:
    return f"{reference},fr,{_soon()},prosecutor,2020-01-02,{first_time},yes,yes,yes"


def _soon() -> str:
    return (system_clock() + timedelta(days=60)).date().isoformat()


def test_an_agency_is_made_and_listed_with_its_agreement(site: Run) -> None:
    assert site("agency", "add", "Organisme A").exit_code == 0
    _with_coordinator(site)
    assert "no agreement in force" in site("agency", "list").output
    assert _agreement(site, "Organisme A") == 0
    assert document(site("agency", "list", "--format", "json")) == [
        {"name": "Organisme A", "agreement_until": "2099-12-31", "closed": False}
    ]
    assert site("audit", "verify").exit_code == 0


def test_what_cannot_be_made_is_one_sentence(site: Run) -> None:
    site("agency", "add", "Organisme A")
    _with_coordinator(site)
    taken = site("agency", "add", "Organisme A")
    assert taken.exit_code == 1
    assert "there is an agency named 'Organisme A'" in str(taken.exception)
    assert site("agency", "add", " ").exit_code == 1
    assert _agreement(site, "Organisme B") == 1
    assert _agreement(site, "Organisme A", purpose=" ") == 1
    assert _agreement(site, "Organisme A", until="2019-01-01") == 1
    assert "no agreement in force" in site("agency", "list").output


def test_a_list_is_tried_without_effect_and_then_taken(site: Run, tmp_path: Path) -> None:
    site("agency", "add", "Organisme A")
    _with_coordinator(site)
    path = _sheet(tmp_path, _row("R-1"), _row("R-2", first_time="no"), _row("R-3"))
    refused = site("referral", "import", path, "--agency", "Organisme A")
    assert refused.exit_code == 1
    assert "no written agreement" in str(refused.exception)
    _agreement(site, "Organisme A")
    tried = site("referral", "import", path, "--agency", "Organisme A", "--dry-run")
    assert tried.exit_code == 1
    assert "can be taken in: 2; refused: 1" in tried.output
    assert f"{path}:3: first_time: not-eligible" in tried.output
    taken = site("referral", "import", path, "--agency", "Organisme A")
    assert "taken in: 2; refused: 1" in taken.output
    again = site("referral", "import", path, "--agency", "Organisme A")
    assert "taken in: 0; refused: 3" in again.output
    assert "reference: used" in again.output
    good = _sheet(tmp_path, _row("R-9"))
    assert site("referral", "import", good, "--agency", "Organisme A").exit_code == 0


def test_a_file_that_is_no_list_and_an_agency_that_is_none_are_told(
    site: Run, tmp_path: Path
) -> None:
    site("agency", "add", "Organisme A")
    _with_coordinator(site)
    _agreement(site, "Organisme A")
    path = tmp_path / "list.csv"
    path.write_bytes("référence".encode("latin-1"))
    odd = site("referral", "import", str(path), "--agency", "Organisme A")
    assert odd.exit_code == 1
    assert "cannot be read as a CSV" in str(odd.exception)
    missing = site("referral", "import", _sheet(tmp_path), "--agency", "Organisme B")
    assert "there is no agency named 'Organisme B'" in str(missing.exception)
    bad = tmp_path / "bad.csv"
    bad.write_text("reference,name\n", encoding="utf-8")
    columns = site("referral", "import", str(bad), "--agency", "Organisme A")
    assert "unknown: name" in str(columns.exception)
