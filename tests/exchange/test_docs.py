"""What the guide tells an agency's engineers works as it stands there."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lms.exchange.faults import Fault
from lms.exchange.message import Kind, fields_of, read_message
from lms.exchange.signed import open_document, read_line, sign_message
from lms.kernel.signing import public_key, public_key_pem
from tests.exchange.desk import AGENCY_KEY, OTHER_KEY
from tests.exchange.test_message import message

GUIDE = (Path(__file__).parents[2] / "docs" / "EXCHANGE.md").read_text(encoding="utf-8")
IS_DESK = os.environ.get("CI") != "true"
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", GUIDE, re.DOTALL)


def blocks(language: str) -> list[str]:
    """Give the examples in a language."""
    return [text for name, text in BLOCKS if name == language]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with a file of two messages and the key of the site."""
    lines = [sign_message(message(Kind.STATUS, number=at), AGENCY_KEY).line() for at in (1, 2)]
    (tmp_path / "messages.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    (tmp_path / "site.pem").write_text(public_key_pem(public_key(AGENCY_KEY)), encoding="ascii")
    (tmp_path / "other.pem").write_text(public_key_pem(public_key(OTHER_KEY)), encoding="ascii")
    return tmp_path


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command there."""
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - of this test


def test_the_python_example_checks_a_file(folder: Path) -> None:
    (folder / "check.py").write_text(blocks("python")[0], encoding="utf-8")
    genuine = run(folder, sys.executable, "check.py", "messages.jsonl", "site.pem")
    assert (genuine.returncode, genuine.stdout) == (0, "1 R-2026-17\n2 R-2026-17\n")
    forged = run(folder, sys.executable, "check.py", "messages.jsonl", "other.pem")
    assert forged.returncode != 0
    assert "InvalidSignature" in forged.stderr


def test_the_python_example_signs_what_is_taken() -> None:
    made: dict[str, object] = {}
    exec(blocks("python")[1], made)  # noqa: S102 - the guide's own text
    key = Ed25519PrivateKey.from_private_bytes(AGENCY_KEY)
    line = made["signed_line"](message(Kind.CANCEL), key)  # type: ignore[operator]  # the guide's
    document = read_line(line.encode())
    assert open_document(document).is_by(public_key(AGENCY_KEY))
    assert line.encode() == open_document(document).line()


@pytest.mark.skipif(
    IS_DESK and not all(map(shutil.which, ("openssl", "jq", "xxd"))),
    reason="openssl, jq or xxd is not there",
)
def test_the_openssl_example_checks_a_message(folder: Path) -> None:
    script = blocks("sh")[0]
    assert "Verified Successfully" in run(folder, "sh", "-ec", script).stdout
    wrong = script.replace("site.pem", "other.pem")
    assert run(folder, "sh", "-ec", wrong).returncode != 0


def test_the_example_of_a_message_is_one() -> None:
    document = json.loads(blocks("json")[0])
    head, _body = read_message(document["message"])
    assert head.kind is Kind.STATUS


def test_the_guide_names_every_kind_field_and_fault() -> None:
    prose = re.sub(r"```.*?```", "", GUIDE, flags=re.DOTALL)
    named = set(re.findall(r"`([^`]+)`", prose))
    wanted = {kind.value for kind in Kind} | {name for kind in Kind for name in fields_of(kind)}
    assert wanted | set(Fault) <= named
