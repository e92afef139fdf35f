"""Who somebody is: sealed with his own key, opened in one place, gone with the key."""

import ast
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.kernel.errors import NotFoundError
from lms.kernel.person_keys import KeyDestroyedError, PersonKeys
from lms.kernel.sealing import UnreadableFieldError
from lms.referrals.identity import (
    IdentityFormError,
    Known,
    has_identity,
    keep_identity,
    open_identity,
)
from lms.referrals.models import Identity, Referral
from tests.factories import NOW, make_referral, make_user
from tests.rules.source import ROOT, name_of, python_files

KNOWN = Known("Personne Inventée", "450 555-0142", "QZX-2026-1")
HOME = "lms.referrals.identity"
MAY_OPEN = {"lms/referrals/identity.py", "lms/web/coordinator/identity.py"}
MAY_NAME = {"lms/web/coordinator/refusals.py"}  # says in words why what was typed is refused


@pytest.fixture
def people(tmp_path: Path) -> PersonKeys:
    """Give a store of people's keys."""
    return PersonKeys(f"sqlite:///{tmp_path / 'people.db'}", bytes(range(32)))


def _keep(db: Session, file: Referral, known: Known, people: PersonKeys) -> None:
    by = make_user(db, role=Role.COORDINATOR).id
    keep_identity(db, file, known, people, by=by, now=NOW)


def test_what_was_entered_is_read_again_and_stands_nowhere_in_plain(
    db: Session, people: PersonKeys
) -> None:
    file = make_referral(db)
    assert not has_identity(db, file.id)
    _keep(db, file, KNOWN, people)
    assert has_identity(db, file.id)
    assert open_identity(db, file.id, people) == KNOWN
    kept = db.get_one(Identity, file.id)
    sealed = (kept.name or b"") + (kept.telephone or b"") + (kept.file_number or b"")
    for text in (KNOWN.name, KNOWN.telephone, KNOWN.file_number):
        assert text.encode() not in sealed
    assert KNOWN.name not in repr(KNOWN)
    people.close()


def test_a_field_that_is_left_empty_is_emptied(db: Session, people: PersonKeys) -> None:
    file = make_referral(db)
    _keep(db, file, KNOWN, people)
    _keep(db, file, Known(telephone="450 555-0143"), people)
    assert open_identity(db, file.id, people) == Known("", "450 555-0143", "")
    _keep(db, file, Known(), people)
    assert not has_identity(db, file.id)
    people.close()


def test_when_the_key_is_destroyed_nobody_reads_it_any_more(
    db: Session, people: PersonKeys
) -> None:
    file = make_referral(db)
    _keep(db, file, KNOWN, people)
    people.destroy(file.id)
    with pytest.raises(KeyDestroyedError):
        open_identity(db, file.id, people)
    people.close()


def test_a_field_that_is_moved_to_another_person_does_not_open(
    db: Session, people: PersonKeys
) -> None:
    one, other = make_referral(db), make_referral(db)
    _keep(db, one, KNOWN, people)
    _keep(db, other, Known(name="Autre"), people)
    db.get_one(Identity, other.id).name = db.get_one(Identity, one.id).name
    db.flush()
    with pytest.raises(UnreadableFieldError):
        open_identity(db, other.id, people)
    people.close()


@pytest.mark.parametrize(
    "known", [Known(name="x" * 121), Known(telephone="4\x005"), Known(file_number="a\nb")]
)
def test_what_cannot_be_kept_is_refused_whole(
    db: Session, people: PersonKeys, known: Known
) -> None:
    file = make_referral(db)
    with pytest.raises(IdentityFormError):
        _keep(db, file, known, people)
    assert not has_identity(db, file.id)
    people.close()


def test_where_nothing_was_entered_there_is_nothing_to_open(
    db: Session, people: PersonKeys
) -> None:
    with pytest.raises(NotFoundError):
        open_identity(db, make_referral(db).id, people)
    people.close()


def test_one_page_alone_opens_who_somebody_is() -> None:
    importers = {
        name_of(path)
        for path in python_files("lms")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if _imports_home(node)
    }
    assert importers == (MAY_OPEN | MAY_NAME) - {"lms/referrals/identity.py"}
    text = (ROOT / "lms/web/coordinator/refusals.py").read_text(encoding="utf-8")
    assert "open_identity" not in text
    readers = {
        name_of(path)
        for path in python_files("lms")
        if "open_identity" in path.read_text(encoding="utf-8")
    }
    assert readers == MAY_OPEN


def _imports_home(node: ast.AST) -> bool:
    match node:
        case ast.ImportFrom(module=module, names=names):
            named = {f"{module}.{one.name}" for one in names}
            return module == HOME or HOME in named
        case ast.Import(names=names):
            return any(one.name == HOME for one in names)
        case _:
            return False
