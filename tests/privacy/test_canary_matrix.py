"""Nobody sees what docs/data-matrix.csv does not say that he may see: 0 canaries elsewhere.

Every private text of every table is a canary. Twelve roles ask for every address and send every
form; all that comes back is searched: bodies, headers, cookies, addresses, spreadsheets, PDF; then
logs, mail and the database's bytes.
"""

import csv
import importlib
import json
import logging
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import JSON, LargeBinary, String, select
from sqlalchemy.orm import Session

import lms
from lms.completion.certificate import certificate_secret
from lms.enrolment.address import address_of
from lms.enrolment.models import Enrolment
from lms.kernel.database import Database
from lms.kernel.outbox import OutboxEntry
from lms.kernel.sealing import Place, unseal
from lms.kernel.table import Base
from lms.notices.mail import Mail, enqueue_mail
from lms.notices.words import Subject
from lms.settings import Settings
from lms.web.logs import JsonLines
from tests.factories import KEYS, NOW, TOTP_KEY
from tests.privacy.crawling import looks, received, sends
from tests.privacy.looking import bytes_of, canaries_in
from tests.privacy.planting import plant
from tests.privacy.stage import Stage, set_stage
from tests.web.scene import ROLES
from tests.web.site import Site

PATH = Path(__file__).parents[2] / "docs" / "data-matrix.csv"
COLUMNS = ("column", "class", *ROLES, "mail")
CLASSES = frozenset({
    "private",  # about a person, or not for everybody: a canary is planted there
    "lock",  # a hash or a mark that opens or recognises something: nobody ever sees it
    "word",  # a word of the code, an id, a digest, a language: says nothing by itself
    "content",  # what authors publish
    "counts",  # sums and lists of machines, without a text of anybody
    "made",  # planted in other columns, from which it is made
})  # fmt: skip
MOSTLY = 0.7
MIRROR = {"own": "other", "other": "own"}


@dataclass(frozen=True)
class Line:
    """What the table says of one column."""

    kind: str
    allowed: frozenset[str]


def read_table() -> Mapping[str, Line]:
    """Read docs/data-matrix.csv."""
    with PATH.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert tuple(reader.fieldnames or ()) == COLUMNS
        return {
            row["column"]: Line(
                row["class"], frozenset(name for name in COLUMNS[2:] if row[name] == "1")
            )
            for row in reader
        }


def text_columns() -> Iterator[str]:
    """Give every column of every table that can hold a text."""
    for module in pkgutil.walk_packages(lms.__path__, "lms."):
        if module.name.endswith((".models", ".outbox", ".audit")):
            importlib.import_module(module.name)
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, String | JSON | LargeBinary):
                yield f"{table.name}.{column.name}"


@pytest.fixture
def stage(site: Site) -> Stage:
    """Give the site where every private text is a canary."""
    return set_stage(site)


def test_the_table_knows_every_column_that_can_hold_a_text() -> None:
    table, columns = read_table(), set(text_columns())
    assert columns - set(table) == set(), "say in docs/data-matrix.csv what it is, and who sees it"
    virtual = {name for name in table if name not in columns}
    assert virtual == {
        "certificate.secret", "response.sealed_text (not shared)", "staff.login",
        "user_account.totp_secret (opened)",
    }  # fmt: skip
    assert {line.kind for line in table.values()} == CLASSES
    assert not [name for name, line in table.items() if line.kind == "lock" and line.allowed]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_every_private_text_has_a_canary(stage: Stage) -> None:
    planted = {name for _mark, name in stage.column_of().values()}
    private = {name for name, line in read_table().items() if line.kind in {"private", "lock"}}
    made_elsewhere = {
        "certificate.secret", "user_account.totp_secret (opened)",
        # Planted by tests/web/test_media.py and tests/publishing; no table of people.
        "revocation.reason",
    }  # fmt: skip
    assert private - planted - made_elsewhere == set(), "plant one in tests/privacy/stage.py"
    assert planted - private == set()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", ROLES)
def test_no_role_sees_what_the_table_does_not_allow(
    site: Site, stage: Stage, role: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    table, column_of = read_table(), stage.column_of()
    secrets = _secrets(stage)
    leaks: dict[str, str] = {}
    faults, asked, seen = [], 0, set()
    for way in (looks, sends):
        for address, answer in way(site, stage, role):
            asked += 1
            if answer.status_code >= 500:
                faults.append(f"{answer.status_code} {address}")
            whole = received(answer)
            found = [column_of[one] for one in canaries_in(whole) if one in column_of]
            found += [what for text, what in secrets.items() if text in whole]
            for mark, column in found:
                seen.add(column)
                if _as_seen(role, mark) not in table[column].allowed:
                    leaks.setdefault(f"{column} of {mark}", address)
    assert leaks == {}
    assert faults == []
    allowed = {name for name, line in table.items() if role in line.allowed}
    assert len(seen) >= MOSTLY * len(allowed), allowed - seen  # the crawl gets where things are
    assert asked > 200
    lines = [JsonLines().format(record) for record in caplog.records]
    assert lines
    assert [line for line in lines if canaries_in(line)] == []


def _as_seen(role: str, mark: str) -> str:
    """Give the role that somebody has towards the person whose canary this is."""
    name, dash, side = role.rpartition("-")
    return f"{name}-{MIRROR[side]}" if dash and mark == "b" else role


def _secrets(stage: Stage) -> Mapping[str, tuple[str, str]]:
    """Give the texts that are made and stand in no table, with whose they are."""
    found = {TOTP_KEY: ("s", "user_account.totp_secret (opened)")}
    for side in (stage.own, stage.other):
        number = side.planted.certificate.register_number
        mark = side.planted.marks.mark
        found[certificate_secret(KEYS.certificate, number)] = (mark, "certificate.secret")
    return found


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_mail_holds_an_address_and_nothing_else_of_anybody(site: Site, stage: Stage) -> None:
    kept: Settings = site.app.extensions["virage_settings"]
    settings = replace(kept, smtp_host="localhost", mail_from="formation@example.org")

    def write(db: Session) -> None:
        person = db.get_one(Enrolment, stage.own.planted.enrolment.id)
        address = address_of(person.id, person.address, KEYS) or ""
        for subject in Subject:
            for language in ("fr", "en"):
                enqueue_mail(
                    db,
                    Mail(address, subject, language),
                    mark=f"{subject}:{language}",
                    settings=settings,
                    keys=KEYS,
                    now=NOW,
                )

    site.do(write)
    allowed = {name for name, line in read_table().items() if "mail" in line.allowed}
    with site.database.read() as db:
        entries = db.scalars(select(OutboxEntry)).all()
        assert len(entries) >= 2 * len(Subject)
        for one in entries:
            place = Place("outbox_entry", "sealed_payload", str(one.id))
            payload = unseal(KEYS.field, one.sealed_payload or b"", place)
            found = {stage.column_of()[canary][1] for canary in canaries_in(payload)}
            assert found <= allowed
            assert canaries_in(one.mark) == set()
            assert json.loads(payload)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_what_is_sealed_stands_in_clear_in_no_byte_of_the_files(
    real_database: Database, tmp_path: Path
) -> None:
    with real_database.write() as db:
        made = plant(db, "a")
        db.commit()
    held = bytes_of(tmp_path / "virage.db").lower()
    sealed = {
        name for name in made.marks.columns
        if name.partition(" ")[0] in _sealed_columns()
    }  # fmt: skip
    assert len(sealed) >= 8
    in_clear = {
        name for name in made.marks.columns if made.marks.of(name).encode() in held
    }  # fmt: skip
    assert in_clear & sealed == set()
    assert set(made.marks.columns) - in_clear == sealed


def _sealed_columns() -> set[str]:
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
