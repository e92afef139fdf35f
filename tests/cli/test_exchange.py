"""An operator at the command line: messages by file, and what an agency's machine may do."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.agencies.models import Agency, AgencyMember, Agreement
from lms.exchange.models import ExchangeDelivery
from lms.exchange.service import report_outcome
from lms.exchange.signed import sign_message
from lms.kernel.clock import system_clock
from lms.kernel.database import open_database
from lms.kernel.keys import read_keys
from lms.kernel.outbox import OutboxEntry
from lms.kernel.signing import public_key
from tests import factories
from tests.cli.conftest import Run

NAME = "Organisme de Longueuil"
KEY = bytes(range(70, 102))


@pytest.fixture
def there(site: Run, tmp_path: Path) -> Run:
    """Give a site with an agency, its lead and an agreement in force today."""

    def make(db: Session) -> None:
        agency = factories.make_agency(db, name=NAME)
        lead = factories.make_user(db, "lead", role=Role.AGENCY)
        db.add(AgencyMember(user_id=lead.id, agency_id=agency.id, is_lead=True))
        for one in db.scalars(select(Agreement)):
            one.in_force_from = system_clock().date().replace(month=1, day=1)
            one.in_force_until = one.in_force_from.replace(year=one.in_force_from.year + 2)

    do(tmp_path, make)
    return site


def do(tmp_path: Path, act: Any) -> Any:  # noqa: ANN401 - whatever it gives
    """Do something below the command line, committed."""
    database = open_database(f"sqlite:///{tmp_path / 'site' / 'virage.db'}")
    with database.write() as db:
        done = act(db)
        db.commit()
    database.engine.dispose()
    return done


def report(tmp_path: Path, reference: str) -> None:
    """Tell the agency an outcome."""

    def act(db: Session) -> None:
        agency, now = db.scalars(select(Agency)).one(), system_clock()
        keys = read_keys(tmp_path / "site" / "keys")
        given: dict[str, Any] = {
            "outcome": "completed",
            "outcome_on": now.date(),
            "state": "completed",
        }
        referral = factories.make_referral(db, agency=agency, reference=reference, **given)
        report_outcome(db, referral, certificate_number=None, keys=keys, now=now)

    do(tmp_path, act)


def message(tmp_path: Path, number: int, kind: str, **body: Any) -> bytes:  # noqa: ANN401 - fields
    """Write a signed message of the agency."""
    agency_id = do(tmp_path, lambda db: db.scalars(select(Agency.id)).one())
    today = system_clock().date().isoformat()
    said = {
        "version": 1,
        "agency": str(agency_id),
        "direction": "in",
        "number": number,
        "kind": kind,
        "at": "2026-01-01T00:00:00Z",
        "reference": "R-1",
        **body,
    }
    if kind == "referral":
        said |= dict.fromkeys(("first_time", "no_minor", "accepts", "lawyer_told"), True)
        said |= {"language": "fr", "deadline": today, "arrangement": False}
        said |= {"decided_by": "police", "decided_on": "2026-01-01"}
        said |= {"committed_on": None, "commitment_version": None}
    return sign_message(said, KEY).line() + b"\n"


def test_messages_for_an_agency_are_written_and_can_be_checked_by_the_key_alone(
    there: Run, tmp_path: Path
) -> None:
    for reference in ("R-1", "R-2", "R-3"):
        report(tmp_path, reference)
    written = there("exchange", "export", "--agency", NAME, "--after", "1")
    assert written.exit_code == 0, written.output
    numbers = [json.loads(line)["message"]["number"] for line in written.stdout.splitlines()]
    assert numbers == [2, 3]
    assert do(tmp_path, lambda db: len(db.scalars(select(ExchangeDelivery)).all())) == 2
    file = tmp_path / "out.jsonl"
    file.write_text(written.stdout, encoding="utf-8")
    public = there("exchange", "key").stdout.strip()
    pem = tmp_path / "key.pem"
    pem.write_text(there("exchange", "key", "--pem").stdout, encoding="ascii")
    for key in (public, str(pem)):
        genuine = there("exchange", "verify", str(file), "--key", key)
        assert (genuine.exit_code, genuine.stdout.count("number")) == (0, 2)


def test_a_file_that_was_changed_cut_or_signed_by_somebody_else_is_told(
    there: Run, tmp_path: Path
) -> None:
    for reference in ("R-1", "R-2", "R-3"):
        report(tmp_path, reference)
    whole = there("exchange", "export", "--agency", NAME).stdout
    public = there("exchange", "key").stdout.strip()
    lines = whole.splitlines(keepends=True)
    file = tmp_path / "out.jsonl"

    def judged(text: str, key: str = public) -> int:
        file.write_text(text, encoding="utf-8")
        return there("exchange", "verify", str(file), "--key", key).exit_code

    assert judged(whole) == 0
    assert judged(whole.replace('"completed"', '"withdrawn"', 1)) == 1
    assert judged(lines[0] + lines[2]) == 1
    assert judged(lines[1] + lines[0]) == 1
    assert judged(whole, public_key(KEY).hex()) == 1
    assert judged("nonsense\n") == 1
    assert judged("") == 2
    assert there("exchange", "verify", str(file), "--key", "abc").exit_code == 2
    assert there("exchange", "verify", str(tmp_path / "none"), "--key", public).exit_code == 2


def test_messages_of_an_agency_are_taken_after_a_look_and_receipts_are_written(
    there: Run, tmp_path: Path
) -> None:
    added = there("agency", "key", "add", NAME, public_key(KEY).hex())
    assert added.exit_code == 0, added.output
    file, receipts = tmp_path / "in.jsonl", tmp_path / "receipts.jsonl"
    file.write_bytes(message(tmp_path, 1, "referral") + message(tmp_path, 2, "suspend"))
    take = ("exchange", "import", str(file), "--agency", NAME)
    looked = there(*take, "--dry-run")
    assert looked.stdout == "line 1: referral 1: taken\nline 2: suspend 2: taken\n"
    taken = there(*take, "--receipts", str(receipts))
    assert (taken.exit_code, taken.stdout) == (0, looked.stdout)
    numbers = [json.loads(one)["receipt"]["number"] for one in receipts.read_text().splitlines()]
    assert numbers == [1, 2]
    again = there(*take)
    assert again.stdout == "line 1: referral 1: known\nline 2: suspend 2: known\n"
    file.write_bytes(message(tmp_path, 9, "cancel"))
    refused = there(*take)
    assert refused.exit_code == 1
    assert refused.stdout == "line 1: cancel 9: refused (number-gap); the next number is 3\n"


def test_an_agencys_machine_key_and_address_are_added_listed_and_ended(
    there: Run, tmp_path: Path
) -> None:
    made = there("agency", "client", "add", NAME, "--member", "lead")
    assert made.exit_code == 0, made.output
    shown = dict(line.split(": ") for line in made.stdout.splitlines())
    listed = there("agency", "client", "list", NAME).stdout
    assert shown["client_id"] in listed
    assert shown["client_secret"] not in listed
    assert there("agency", "client", "end", shown["client_id"]).exit_code == 0
    assert "ended" in there("agency", "client", "list", NAME).stdout
    name = there("agency", "key", "add", NAME, public_key(KEY).hex()).stdout.strip()
    assert "in use" in there("agency", "key", "list", NAME).stdout
    assert there("agency", "key", "end", NAME, name).exit_code == 0
    assert "ended" in there("agency", "key", "list", NAME).stdout
    assert there("agency", "webhook", NAME, "https://agency.example/in").exit_code == 0
    report(tmp_path, "R-1")
    assert do(tmp_path, lambda db: len(db.scalars(select(OutboxEntry)).all())) == 1
    assert there("agency", "webhook", NAME).stdout == "none\n"


@pytest.mark.parametrize(
    "words",
    [
        ("exchange", "export", "--agency", "Nobody"),
        ("agency", "client", "add", NAME, "--member", "nobody"),
        ("agency", "client", "end", "agency-0"),
        ("agency", "key", "end", NAME, "0" * 16),
        ("agency", "webhook", NAME, "http://agency.example/in"),
    ],
)
def test_what_is_not_there_or_not_safe_is_refused(there: Run, words: tuple[str, ...]) -> None:
    refused = there(*words)
    assert refused.exit_code == 1
    assert refused.stdout == ""
