"""An operator's key files: made once, kept, and refused when others could read them."""

from dataclasses import replace
from pathlib import Path

import pytest

from lms.kernel.keys import PURPOSES, KeyFileError, make_keys, read_keys


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "keys"
    make_keys(made)
    return made


def test_fresh_keys_can_be_read_by_their_owner_alone(folder: Path) -> None:
    assert folder.stat().st_mode & 0o777 == 0o700
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert modes == {f"{purpose}.key": 0o600 for purpose in PURPOSES}


def test_every_purpose_has_a_key_of_its_own(folder: Path) -> None:
    keys = read_keys(folder)
    each = [keys.session, keys.field, keys.certificate, keys.audit, keys.signing]
    assert len(set(each)) == len(PURPOSES) == 5
    assert {len(key) for key in each} == {32}


def test_making_keys_again_keeps_those_that_are_there(folder: Path) -> None:
    before = read_keys(folder)
    (folder / "session.key").unlink()
    make_keys(folder)
    after = read_keys(folder)
    assert (after.field, after.certificate) == (before.field, before.certificate)
    assert after.session != before.session


def test_a_key_that_others_may_read_is_refused_with_the_cure(folder: Path) -> None:
    (folder / "field.key").chmod(0o640)
    with pytest.raises(KeyFileError, match=r"chmod 600 .*field\.key"):
        read_keys(folder)


def test_a_missing_key_is_named_with_the_cure(folder: Path) -> None:
    (folder / "certificate.key").unlink()
    with pytest.raises(KeyFileError, match=r"certificate\.key: .*lms init"):
        read_keys(folder)


@pytest.mark.parametrize("text", ["", "zz" * 32, "ab" * 31, "00" * 32, "ab" * 32, "é", "ab" * 33])
def test_a_key_that_is_none_is_refused_and_not_shown(folder: Path, text: str) -> None:
    (folder / "session.key").write_text(text, encoding="utf-8")
    with pytest.raises(KeyFileError, match=r"session\.key") as fault:
        read_keys(folder)
    assert not text or text not in str(fault.value)


def test_keys_are_never_shown_in_a_trace(folder: Path) -> None:
    keys = read_keys(folder)
    assert repr(keys) == "<Keys>"
    assert keys.session.hex() not in f"{keys} {replace(keys, field=b'b')!r}"
