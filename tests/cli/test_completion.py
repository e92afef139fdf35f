"""Whoever answers a prosecutor does it from the command line, and anybody may check the answer."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.cli import lms, main
from lms.completion.models import CompletionRecord, Reprint
from lms.completion.service import revoke_completion
from lms.kernel.audit import AuditEntry
from lms.kernel.database import open_database
from lms.kernel.ids import new_id
from lms.kernel.keys import read_keys
from tests import factories
from tests.cli.conftest import Run, document

NUMBER = "000001-1"


@dataclass(frozen=True, slots=True)
class Proof:
    """A site where one person passed and attested, and a place for files."""

    run: Run
    folder: Path
    url: str

    def open(self) -> Iterator[Session]:
        """Give a session, committed at the end."""
        database = open_database(self.url)
        with database.write() as db:
            yield db
            db.commit()
        database.engine.dispose()

    def export(self) -> Path:
        """Export the record; gives the file."""
        path = self.folder / "record.json"
        assert self.run("completion", "export", NUMBER, "--out", str(path)).exit_code == 0
        return path

    def reprint(self) -> Path:
        """Print the certificate anew; gives the file."""
        path = self.folder / "paper.pdf"
        words = ("--reason", "lost in the mail", "--by", "claire", "--out", str(path))
        done = self.run("completion", "reprint", NUMBER, *words)
        assert done.exit_code == 0, done.output
        return path

    def key(self) -> str:
        """Give the public key, in hex."""
        return self.run("completion", "key").stdout.strip()


@pytest.fixture
def proof(site: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Proof:
    """Give such a site."""
    home = tmp_path / "site"
    monkeypatch.setattr(factories, "KEYS", read_keys(home / "keys"))
    made = Proof(site, tmp_path, f"sqlite:///{home / 'virage.db'}")
    for db in made.open():
        learner = factories.make_learner(db)
        factories.pass_course(db, learner)
        factories.attest(db, learner)
        factories.make_user(db, "claire", role=Role.COORDINATOR)
    return made


def _alone(*words: str) -> Result:
    """Run a command where there is no site at all."""
    nowhere = {"LMS_INSTANCE": "/nonexistent/instance", "LMS_CONTENT": "/nonexistent/content"}
    return CliRunner().invoke(lms, list(words), env=nowhere)


def test_an_export_is_verified_without_the_site_by_its_public_key(proof: Proof) -> None:
    path = proof.export()
    whole = json.loads(path.read_bytes())
    assert whole.keys() == {"document", "signature", "key_id"}
    assert whole["document"]["success_status"] == "passed"
    judged = _alone("completion", "verify", str(path), "--key", proof.key())
    assert judged.exit_code == 0, judged.output
    assert "genuine" in judged.stdout
    assert len(judged.output.splitlines()) == 1


def test_an_export_to_the_screen_is_the_same_file(proof: Proof) -> None:
    shown = proof.run("completion", "export", NUMBER)
    assert shown.stdout_bytes == proof.export().read_bytes()


def test_a_certificate_is_verified_by_a_key_file_of_either_kind(proof: Proof) -> None:
    path = proof.reprint()
    for option in ((), ("--pem",)):
        file = proof.folder / f"key{len(option)}"
        file.write_text(proof.run("completion", "key", *option).stdout)
        judged = _alone("completion", "verify", str(path), "--key", str(file))
        assert judged.exit_code == 0, judged.output


def test_a_changed_file_is_told_with_exit_code_1(proof: Proof) -> None:
    for path in (proof.export(), proof.reprint()):
        true = path.read_bytes()
        path.write_bytes(true.replace(b"passed", b"failed").replace(b"/Count 1", b"/Count 2"))
        judged = _alone("completion", "verify", str(path), "--key", proof.key())
        assert judged.exit_code == 1
        assert "not genuine" in judged.stderr
        assert len(judged.output.splitlines()) == 1


@pytest.mark.parametrize("key", ["", "00", "/nonexistent/key", "."])
def test_without_a_key_nothing_is_judged(proof: Proof, key: str) -> None:
    judged = _alone("completion", "verify", str(proof.export()), "--key", key)
    assert judged.exit_code == 2
    assert "no public key" in judged.stderr


def test_what_is_no_proof_is_not_judged(proof: Proof) -> None:
    other = proof.folder / "letter.txt"
    other.write_text("Dear Sir or Madam")
    for path in (other, proof.folder / "missing", proof.folder):
        judged = _alone("completion", "verify", str(path), "--key", proof.key())
        assert judged.exit_code == 2, path
        assert len(judged.output.splitlines()) == 1


def test_an_export_overwrites_nothing(proof: Proof) -> None:
    path = proof.export()
    before = path.read_bytes()
    again = proof.run("completion", "export", NUMBER, "--out", str(path))
    assert again.exit_code == 2
    assert path.read_bytes() == before
    words = ("--reason", "why", "--by", "claire", "--out", str(path))
    assert proof.run("completion", "reprint", NUMBER, *words).exit_code == 2
    for db in proof.open():
        assert db.scalars(select(Reprint)).all() == []


@pytest.mark.parametrize("command", ["export", "explain"])
@pytest.mark.parametrize(("number", "code"), [("000002-2", 1), ("000001-2", 2), ("no-such", 2)])
def test_a_number_that_is_none_is_one_sentence(
    proof: Proof,
    command: str,
    number: str,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LMS_INSTANCE", str(proof.folder / "site"))
    monkeypatch.setattr(sys, "argv", ["lms", "completion", command, number])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == code
    assert "certificate" in capsys.readouterr().err


def test_explain_answers_what_he_saw_and_passed(proof: Proof) -> None:
    told = proof.run("completion", "explain", NUMBER)
    assert told.exit_code == 0, told.output
    assert "Module 1, first: Le premier" in told.stdout
    assert "every attempt in the database is as it was signed" in told.stdout
    whole = document(proof.run("completion", "explain", NUMBER, "--json"))
    assert whole["certificate"]["number"] == NUMBER
    answers = [one["answer"] for one in whole["modules"][0]["attempts"][0]["items"]]
    assert ["B1"] in answers


def test_explain_says_by_its_exit_code_that_the_record_does_not_hold(proof: Proof) -> None:
    for db in proof.open():
        db.connection().exec_driver_sql("DROP TRIGGER completion_record_no_update")
        db.scalars(select(CompletionRecord)).one().digest = "0" * 64
    told = proof.run("completion", "explain", NUMBER)
    assert told.exit_code == 1
    assert "does not hold" in told.stdout


def test_a_reprint_is_the_participants_own_file_and_is_noted(proof: Proof) -> None:
    paper = proof.reprint().read_bytes()
    assert paper.startswith(b"%PDF-")
    assert b"fr-CA" in paper
    listed = proof.run("completion", "register")
    assert listed.exit_code == 0, listed.output
    assert "reprinted" in listed.stdout
    assert "lost in the mail" in listed.stdout
    (line,) = document(proof.run("completion", "register", "--json"))["lines"]
    assert (line["number"], line["state"], len(line["reprints"])) == (NUMBER, "issued", 1)
    for db in proof.open():
        assert db.scalars(select(AuditEntry.act)).all() == ["reprint"]
    english = proof.folder / "english.pdf"
    words = ("--reason", "in English", "--by", "claire", "--out", str(english))
    done = proof.run("completion", "reprint", NUMBER, "--language", "en", *words)
    assert done.exit_code == 0, done.output
    assert b"en-CA" in english.read_bytes()


def test_nobody_reprints_without_an_account(proof: Proof) -> None:
    path = proof.folder / "paper.pdf"
    words = ("--reason", "why", "--by", "nobody", "--out", str(path))
    assert proof.run("completion", "reprint", NUMBER, *words).exit_code == 1
    assert not path.exists()


def test_a_revoked_certificate_is_listed_and_is_not_reprinted(proof: Proof) -> None:
    for db in proof.open():
        record = db.scalars(select(CompletionRecord)).one()
        revoke_completion(
            db, record.id, correction_id=new_id(), reason="Impersonation", now=factories.NOW
        )
    listed = proof.run("completion", "register")
    assert listed.exit_code == 0
    assert "revoked 2026-11-21 (Impersonation)" in listed.stdout
    assert "1 numbers: 0 issued, 1 revoked, 0 missing; 0 not accounted for" in listed.stdout
    path = proof.folder / "paper.pdf"
    words = ("--reason", "why", "--by", "claire", "--out", str(path))
    assert proof.run("completion", "reprint", NUMBER, *words).exit_code == 1
    assert not path.exists()


def test_a_gap_in_the_register_is_exit_code_1(proof: Proof) -> None:
    for db in proof.open():
        for act in ("no_update", "no_delete"):
            db.connection().exec_driver_sql(f"DROP TRIGGER certificate_{act}")
        db.connection().exec_driver_sql(
            "UPDATE certificate SET register_number = 3, number = '000003-3'"
        )
    listed = proof.run("completion", "register")
    assert listed.exit_code == 1
    assert "000002-2  missing" in listed.stdout
    assert listed.stderr.count("missing") == 2
