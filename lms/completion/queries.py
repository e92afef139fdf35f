"""Read completions: one's own, and the public check of a certificate."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.completion.certificate import read_certificate_number, secret_matches
from lms.completion.models import Certificate, CompletionRecord


@dataclass(frozen=True, slots=True)
class CertificateView:
    """What a certificate says: title by language, the day, the hours; no name, no subject."""

    register_number: int
    number: str
    title: Mapping[str, str]
    issued_at: datetime
    minutes: int
    modules: int


def certificate_of(db: Session, enrolment_id: uuid.UUID) -> CertificateView | None:
    """Give a person's own certificate, once the seminar is passed."""
    return _view(db, CompletionRecord.enrolment_id == enrolment_id)


def check_certificate(db: Session, key: bytes, number: str, secret: str) -> CertificateView | None:
    """Give the certificate if number and secret belong together; else None, whatever was wrong."""
    register_number = read_certificate_number(number) or 0
    genuine = secret_matches(key, register_number, secret)
    bounded = register_number if register_number < 1 << 31 else 0
    view = _view(db, Certificate.register_number == bounded)
    return view if genuine else None


def _view(db: Session, condition: object) -> CertificateView | None:
    row = db.execute(
        select(Certificate, CompletionRecord.document)
        .join(CompletionRecord, CompletionRecord.id == Certificate.completion_id)
        .where(condition)  # type: ignore[arg-type]  # a column expression
    ).one_or_none()
    if row is None:
        return None
    certificate, document = row
    return CertificateView(
        register_number=certificate.register_number,
        number=certificate.number,
        title=document["rules"]["title"],
        issued_at=certificate.issued_at,
        minutes=sum(module["minutes"] for module in document["modules"]),
        modules=len(document["modules"]),
    )
