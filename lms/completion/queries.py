"""Read completions: one's own, and the public check of a certificate."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from lms.completion.certificate import read_certificate_number, secret_matches
from lms.completion.models import Certificate, CompletionRecord, Revocation

LAST_NUMBER = (1 << 31) - 1  # the most that PostgreSQL's column holds


@dataclass(frozen=True, slots=True)
class Completion:
    """Where somebody stands who has passed: is his certificate issued, does it still count."""

    completed_at: datetime
    is_issued: bool
    is_revoked: bool


@dataclass(frozen=True, slots=True)
class CertificateView:
    """What a certificate says: title by language, the day, the hours; no name, no subject."""

    register_number: int
    number: str
    title: Mapping[str, str]
    completed_at: datetime
    issued_at: datetime
    minutes: int
    modules: int
    record_digest: str
    is_revoked: bool


def counts() -> ColumnElement[bool]:
    """Whether a CompletionRecord of the statement counts: it was not revoked."""
    revoked = exists().where(Revocation.completion_id == CompletionRecord.id)
    return ~revoked.correlate(CompletionRecord)


def is_completed(db: Session, enrolment_id: uuid.UUID) -> bool:
    """Whether somebody has completed the course and the completion counts."""
    query = select(CompletionRecord.id).where(
        CompletionRecord.enrolment_id == enrolment_id, counts()
    )
    return db.scalar(query) is not None


def completion_of(db: Session, enrolment_id: uuid.UUID) -> Completion | None:
    """Give where a person's own completion stands; None before he has passed."""
    row = db.execute(
        select(CompletionRecord.recorded_at, Certificate.id, Revocation.completion_id)
        .outerjoin(Certificate, Certificate.completion_id == CompletionRecord.id)
        .outerjoin(Revocation, Revocation.completion_id == CompletionRecord.id)
        .where(CompletionRecord.enrolment_id == enrolment_id)
    ).one_or_none()
    return None if row is None else Completion(row[0], row[1] is not None, row[2] is not None)


def certificate_of(db: Session, enrolment_id: uuid.UUID) -> CertificateView | None:
    """Give a person's own certificate, once it is issued."""
    return _view(db, CompletionRecord.enrolment_id == enrolment_id)


def certificate_numbered(db: Session, register_number: int) -> CertificateView | None:
    """Give the certificate with a number of the register; for staff."""
    return _view(db, Certificate.register_number == register_number)


def check_certificate(db: Session, key: bytes, number: str, secret: str) -> CertificateView | None:
    """Give the certificate if number and secret belong together; else None, whatever was wrong.

    The database is asked for a right pair alone: an unknown number and a wrong secret take the
    same way, so they take the same time.
    """
    register_number = read_certificate_number(number) or 0
    if not secret_matches(key, register_number, secret) or register_number > LAST_NUMBER:
        return None
    return _view(db, Certificate.register_number == register_number)


def _view(db: Session, condition: ColumnElement[bool]) -> CertificateView | None:
    row = db.execute(
        select(Certificate, CompletionRecord, Revocation.completion_id)
        .join(CompletionRecord, CompletionRecord.id == Certificate.completion_id)
        .outerjoin(Revocation, Revocation.completion_id == CompletionRecord.id)
        .where(condition)
    ).one_or_none()
    if row is None:
        return None
    certificate, record, revoked = row
    document = record.document
    return CertificateView(
        register_number=certificate.register_number,
        number=certificate.number,
        title=document["rules"]["title"],
        completed_at=record.recorded_at,
        issued_at=certificate.issued_at,
        minutes=sum(module["minutes"] for module in document["modules"]),
        modules=len(document["modules"]),
        record_digest=record.digest,
        is_revoked=revoked is not None,
    )
