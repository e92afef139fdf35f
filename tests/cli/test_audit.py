"""Whoever runs a site: is the audit chain whole, and what was done to whom."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from lms.kernel.audit import SITE, Act, append_audit
from lms.kernel.database import open_database
from lms.kernel.keys import read_keys
from tests.cli.conftest import Run, document
from tests.factories import NOW

SOMEBODY = "01910000-0000-7000-8000-00000000000a"
REASON = "said «\u00a0je n’ai pas pu\u00a0» at\nthe door"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "anchors.txt"


@pytest.fixture
def corrected(site: Run, tmp_path: Path) -> Run:
    """Give a site where five corrections were written down."""
    with _database(tmp_path) as db:
        _append(db, tmp_path, *(f"enrolment:{number}" for number in range(5)))
    return site


@contextmanager
def _database(folder: Path) -> Iterator[Session]:
    database = open_database(f"sqlite:///{folder / 'site' / 'virage.db'}")
    with database.write() as db:
        yield db
        db.commit()
    database.engine.dispose()


def _append(db: Session, folder: Path, *subjects: str) -> None:
    key = read_keys(folder / "site" / "keys").audit
    for subject in subjects:
        act = Act(SOMEBODY, "time-credit", subject, REASON, {"minutes": 0}, {"minutes": 5})
        append_audit(db, key, act, now=NOW)


def _tamper(folder: Path, *statements: str) -> None:
    with _database(folder) as db:
        for act in ("update", "delete"):
            db.execute(text(f"DROP TRIGGER IF EXISTS audit_entry_no_{act}"))
        for statement in statements:
            db.execute(text(statement))


def test_a_whole_chain_is_said_to_be_whole(corrected: Run, log: Path) -> None:
    said = corrected("audit", "verify")
    assert (said.exit_code, said.stderr) == (0, "")
    assert said.stdout.startswith("whole: 5 entries; no anchor was given")
    corrected("audit", "anchor", "--out", str(log))
    said = corrected("audit", "verify", "--anchor", str(log))
    assert said.exit_code == 0
    assert said.stdout == "whole: 5 entries; every anchor fits (1, the newest at entry 5)\n"


def test_each_fault_is_a_line_with_its_number(corrected: Run, tmp_path: Path, log: Path) -> None:
    corrected("audit", "anchor", "--out", str(log))
    _tamper(
        tmp_path,
        "UPDATE audit_entry SET reason = 'none' WHERE number = 1",
        "DELETE FROM audit_entry WHERE number IN (3, 5)",
        "INSERT INTO audit_entry SELECT 0, at, actor, act, subject, reason, before, after, mac"
        " FROM audit_entry WHERE number = 1",
    )
    said = corrected("audit", "verify", "--anchor", str(log))
    assert said.exit_code == 1
    starts = [line.split(":")[0] for line in said.stdout.splitlines()]
    assert starts == ["entry 0", "entry 1", "entry 3", "entry 5"]
    for words in ("put in by hand", "edited", "is missing", "is cut off"):
        assert words in said.stdout
    found = json.loads(corrected("audit", "verify", "--json", "--anchor", str(log)).stdout)
    assert (found["whole"], found["entries"], found["anchors"]) == (False, 4, 1)
    assert [(one["kind"], one["first"], one["last"]) for one in found["faults"]] == [
        ("stray", 0, 0),
        ("altered", 1, 1),
        ("missing", 3, 3),
        ("cut", 5, 5),
    ]


def test_a_cut_tail_that_was_filled_again_is_found(
    corrected: Run, tmp_path: Path, log: Path
) -> None:
    corrected("audit", "anchor", "--out", str(log))
    _tamper(tmp_path, "DELETE FROM audit_entry WHERE number > 3")
    with _database(tmp_path) as db:
        _append(db, tmp_path, "enrolment:8", "enrolment:9", "enrolment:10")
    assert corrected("audit", "verify").exit_code == 0
    said = corrected("audit", "verify", "--anchor", str(log))
    assert said.exit_code == 1
    assert said.stdout.startswith("entry 5: is not what an anchor saw")


def test_a_spoiled_text_is_no_way_to_a_good_answer(corrected: Run, tmp_path: Path) -> None:
    _tamper(tmp_path, "UPDATE audit_entry SET reason = CAST(x'ff' AS TEXT) WHERE number = 2")
    assert corrected("audit", "verify").exit_code == 1
    _tamper(tmp_path, "UPDATE audit_entry SET reason = '', before = '[' WHERE number = 2")
    assert corrected("audit", "verify").stdout.startswith("entry 2: ")
    said = corrected("audit", "show")
    assert (said.exit_code, said.stdout) == (1, "")
    assert "run `lms audit verify`" in str(said.exception)


def test_another_key_is_named_as_what_may_be_wrong(corrected: Run, tmp_path: Path) -> None:
    (tmp_path / "site" / "keys" / "audit.key").unlink()
    corrected("init")
    said = corrected("audit", "verify")
    assert said.exit_code == 1
    assert said.stdout.startswith("entries 1 to 5: do not match the chain")
    assert "audit.key" in said.stdout


def test_a_log_of_anchors_grows_and_keeps_what_is_in_it(
    corrected: Run, tmp_path: Path, log: Path
) -> None:
    log.write_text("# kept by the clerk\n\n")
    first = corrected("audit", "anchor", "--out", str(log)).stdout
    log.write_text(log.read_text().rstrip("\n"))  # an editor dropped the last line's end
    with _database(tmp_path) as db:
        _append(db, tmp_path, "enrolment:7")
    second = corrected("audit", "anchor", "--out", str(log)).stdout
    assert log.read_text() == f"# kept by the clerk\n\n{first}{second}"
    assert re.fullmatch(r"6 \S{20} ([0-9A-Z]{4}-){9}\S{4}\n", second)
    said = corrected("audit", "verify", "--anchor", str(log))
    assert "every anchor fits (2, the newest at entry 6)" in said.stdout


@pytest.mark.parametrize("kept", [b"my letters\n", b"\x00\xff\xfe", b"SQLite format 3\x00"])
def test_a_file_that_holds_anything_else_is_left_as_it_is(
    corrected: Run, log: Path, kept: bytes
) -> None:
    log.write_bytes(kept)
    said = corrected("audit", "anchor", "--out", str(log))
    assert said.exit_code == 2
    assert "nothing was written" in said.stderr
    assert log.read_bytes() == kept


def test_an_anchor_on_paper_is_typed_in(corrected: Run) -> None:
    line = corrected("audit", "anchor").stdout
    number, moment, code = line.split()
    typed = f"{number}  {moment} {code.replace('-', ' ').lower()}"
    said = corrected("audit", "verify", "--anchor", "-", typed=typed)
    assert said.exit_code == 0, said.output
    assert "every anchor fits (1, " in said.stdout


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda line: line.replace("5 ", "4 ", 1), "line 1: this anchor does not bear"),
        (lambda line: line[:-6] + "\n", "line 1: the code of this anchor is mistyped"),
        (lambda line: f"{line}\n???\n", "line 3: no anchor"),
        (lambda _: "# nothing\n", "there is no anchor in it"),
        (lambda _: "", "there is no anchor in it"),
    ],
    ids=["made-up", "mistyped", "no-anchor", "comment", "empty"],
)
def test_an_anchor_that_cannot_be_read_is_named_and_is_no_pass(
    corrected: Run, log: Path, change: Callable[[str], str], sentence: str
) -> None:
    log.write_text(change(corrected("audit", "anchor").stdout))
    said = corrected("audit", "verify", "--anchor", str(log))
    assert said.exit_code == 2
    assert f"{log}: {sentence}" in said.stderr


def test_a_broken_chain_is_told_whatever_else_cannot_be_read(
    corrected: Run, tmp_path: Path, log: Path
) -> None:
    log.write_text("???\n")
    _tamper(tmp_path, "DELETE FROM audit_entry WHERE number = 2")
    said = corrected("audit", "verify", "--anchor", str(log))
    assert said.exit_code == 1
    assert "line 1: no anchor" in said.stderr
    assert "entry 2: is missing" in said.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("verify", "--anchor", "nowhere/anchors.txt"),
        ("anchor", "--out", "nowhere/anchors.txt"),
        ("anchor", "--out", "."),
        ("show", "--limit", "0"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_said(corrected: Run, words: tuple[str, ...]) -> None:
    said = corrected("audit", *words)
    assert said.exit_code == 2
    assert "Error: " in said.stderr


def test_the_last_entries_are_shown_one_a_line(corrected: Run, tmp_path: Path) -> None:
    with _database(tmp_path) as db:
        key = read_keys(tmp_path / "site" / "keys").audit
        append_audit(db, key, Act(SITE, "sweep", "attempt:1"), now=NOW)
    lines = corrected("audit", "show", "--limit", "2").stdout.splitlines()
    who_and_what = f"5  2026-11-21T14:00:00Z  {SOMEBODY}  time-credit  enrolment:4"
    reason = REASON.replace("\n", "\\n")
    assert lines == [
        f'{who_and_what}  {{"minutes": 0}} -> {{"minutes": 5}}  {reason}',
        "6  2026-11-21T14:00:00Z  site  sweep  attempt:1  {} -> {}",
    ]


def test_what_was_done_to_one_person_is_shown_as_json(corrected: Run) -> None:
    (entry,) = document(corrected("audit", "show", "--subject", "enrolment:3", "--json"))
    assert re.fullmatch("[0-9a-f]{64}", entry.pop("mac"))
    assert entry == {
        "number": 4,
        "at": "2026-11-21T14:00:00+00:00",
        "actor": SOMEBODY,
        "act": "time-credit",
        "subject": "enrolment:3",
        "reason": REASON,
        "before": {"minutes": 0},
        "after": {"minutes": 5},
    }
    assert document(corrected("audit", "show", "--subject", "enrolment:99", "--json")) == []


def test_an_entry_put_in_by_hand_does_not_steer_the_terminal(
    corrected: Run, tmp_path: Path
) -> None:
    _tamper(tmp_path, "UPDATE audit_entry SET actor = char(27) || '[2J' WHERE number = 5")
    assert "\\x1b[2J" in corrected("audit", "show").stdout
