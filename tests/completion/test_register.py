"""The register accounts for every number: issued, reprinted, revoked, or reported as missing."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.completion.models import Attestation, Certificate, CompletionRecord, Reprint, Revocation
from lms.completion.register import attested_language, note_reprint, read_register
from lms.completion.service import RevokedError, revoke_completion
from lms.kernel.audit import AuditEntry
from lms.kernel.errors import BadInputError, NotFoundError
from lms.kernel.ids import new_id
from tests.completion.evidence import record_of
from tests.factories import KEYS, NOW, attest, make_learner, make_user, pass_course

DAY = timedelta(days=1)


def _issue(db: Session, count: int) -> list[CompletionRecord]:
    records = []
    for _ in range(count):
        learner = make_learner(db)
        pass_course(db, learner)
        attest(db, learner)
        records.append(record_of(db, learner))
    return records


def _reprint(db: Session, number: int, reason: str = "the printer ate it") -> tuple[User, Reprint]:
    by = make_user(db, role=Role.COORDINATOR)
    made = note_reprint(db, number, by, reason, audit_key=KEYS.audit, now=NOW + DAY)
    return by, made


def _unprotected(db: Session, table: str) -> None:
    """Take the triggers away, as somebody would who has the database in his hands."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return
    for act in ("update", "delete"):
        db.execute(text(f"DROP TRIGGER {table}_no_{act}"))


def test_an_empty_register_has_nothing_to_account_for(db: Session) -> None:
    found = read_register(db)
    assert (found.lines, found.faults) == ((), ())


def test_every_number_says_what_became_of_it(db: Session) -> None:
    records = _issue(db, 3)
    by, _ = _reprint(db, 2)
    revoke_completion(
        db, records[2].id, correction_id=new_id(), reason="Impersonation", now=NOW + DAY
    )
    found = read_register(db)
    assert found.faults == ()
    one, two, three = found.lines
    assert [line.number for line in found.lines] == ["000001-1", "000002-2", "000003-3"]
    assert [line.state for line in found.lines] == ["issued", "issued", "revoked"]
    assert (one.issued_at, one.reprints) == (NOW, ())
    assert [(made.reason, made.by, made.at) for made in two.reprints] == [
        ("the printer ate it", by.id, NOW + DAY)
    ]
    assert (three.revoked_at, three.revoked_why) == (NOW + DAY, "Impersonation")


@pytest.mark.parametrize("gone", [1, 2])
def test_a_number_that_is_missing_in_between_is_reported(db: Session, gone: int) -> None:
    _issue(db, 3)
    _unprotected(db, "certificate")
    _unprotected(db, "attestation")
    certificate = db.scalars(select(Certificate).where(Certificate.register_number == gone)).one()
    record = db.get_one(CompletionRecord, certificate.completion_id)
    db.execute(delete(Attestation).where(Attestation.enrolment_id == record.enrolment_id))
    db.execute(delete(Certificate).where(Certificate.id == certificate.id))
    found = read_register(db)
    assert [line.state for line in found.lines].count("missing") == 1
    assert found.lines[gone - 1].state == "missing"
    assert found.faults == (f"{found.lines[gone - 1].number}: {found.lines[gone - 1].fault}",)


def test_a_last_certificate_that_was_taken_away_is_missed_by_its_attestation(db: Session) -> None:
    records = _issue(db, 2)
    _unprotected(db, "certificate")
    db.execute(delete(Certificate).where(Certificate.register_number == 2))
    found = read_register(db)
    assert [line.state for line in found.lines] == ["issued"]
    assert len(found.faults) == 1
    assert str(records[1].enrolment_id) in found.faults[0]


def test_a_certificate_that_nobody_attested_is_reported(db: Session) -> None:
    records = _issue(db, 2)
    _unprotected(db, "attestation")
    db.execute(delete(Attestation).where(Attestation.enrolment_id == records[0].enrolment_id))
    assert read_register(db).faults == ("000001-1: issued without an attestation",)


def test_a_certificate_of_before_attestations_is_in_order(db: Session) -> None:
    records = _issue(db, 1)
    for table in ("attestation", "completion_record"):
        _unprotected(db, table)
    db.execute(delete(Attestation))
    records[0].signature = ""
    db.flush()
    assert read_register(db).faults == ()


def test_a_number_that_was_rewritten_is_reported(db: Session) -> None:
    _issue(db, 1)
    _unprotected(db, "certificate")
    db.scalars(select(Certificate)).one().number = "000007-7"
    db.flush()
    assert len(read_register(db).faults) == 1


def test_a_reprint_is_noted_in_the_register_and_in_the_audit_chain(db: Session) -> None:
    _issue(db, 1)
    by, made = _reprint(db, 1, "  lost in the mail\n")
    assert made.reason == "lost in the mail"
    entry = db.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert entry is not None
    assert (entry.actor, entry.act, entry.reason) == (str(by.id), "reprint", "lost in the mail")
    assert entry.subject == f"certificate:{made.certificate_id}"
    assert entry.after == {"number": "000001-1"}


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_reprint_needs_a_reason(db: Session, reason: str) -> None:
    _issue(db, 1)
    with pytest.raises(BadInputError):
        _reprint(db, 1, reason)


def test_neither_an_unknown_nor_a_revoked_certificate_is_printed_anew(db: Session) -> None:
    (record,) = _issue(db, 1)
    with pytest.raises(NotFoundError):
        _reprint(db, 2)
    revoke_completion(db, record.id, correction_id=new_id(), reason="Impersonation", now=NOW)
    with pytest.raises(RevokedError):
        _reprint(db, 1)
    assert db.scalars(select(Reprint)).all() == []


def test_a_certificate_is_reprinted_in_the_language_of_its_attestation(db: Session) -> None:
    _issue(db, 1)
    assert attested_language(db, 1) == "fr"
    assert attested_language(db, 2) is None


def test_neither_a_reprint_nor_a_revocation_is_rewritten_or_deleted(db: Session) -> None:
    (record,) = _issue(db, 1)
    _reprint(db, 1)
    revoke_completion(db, record.id, correction_id=new_id(), reason="Impersonation", now=NOW)
    for table in (Reprint, Revocation):
        for act in (update(table).values(reason="another"), delete(table)):
            with pytest.raises(IntegrityError, match="append-only"), db.begin_nested():
                db.execute(act)
