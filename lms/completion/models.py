"""Tables of completion: appended, never changed or deleted (triggers hold it on both databases)."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.ids import new_id
from lms.kernel.table import Base


class CompletionRecord(Base):
    """The fact: what was completed and passed, when, under which revisions and rules.

    Completion and success are two fields (SCORM: completion_status, success_status).
    """

    __tablename__ = "completion_record"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    enrolment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrolment.id"), unique=True)
    course_revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_revision.id"))
    completion_status: Mapped[str] = mapped_column(String(20))
    success_status: Mapped[str] = mapped_column(String(20))
    recorded_at: Mapped[datetime]
    document: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(128), default="")  # Ed25519, in hex; "" before it
    key_id: Mapped[str] = mapped_column(String(16), default="")


class Certificate(Base):
    """The printed proof of a record; its register number runs without gaps over the site."""

    __tablename__ = "certificate"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    completion_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("completion_record.id"), unique=True
    )
    register_number: Mapped[int] = mapped_column(unique=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    issued_at: Mapped[datetime]


class Attestation(Base):
    """What he declared before his certificate was issued; `text_version` says which text."""

    __tablename__ = "attestation"

    enrolment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    text_version: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(5))
    attested_at: Mapped[datetime]


class Revocation(Base):
    """A completion that no longer counts, decided by two people; the record itself stays."""

    __tablename__ = "revocation"

    completion_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("completion_record.id"), primary_key=True
    )
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    correction_id: Mapped[uuid.UUID]
    reason: Mapped[str] = mapped_column(String(500))
    revoked_at: Mapped[datetime]


class Reprint(Base):
    """Somebody of the programme printed a certificate anew, and why."""

    __tablename__ = "reprint"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    certificate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("certificate.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    reprinted_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    reprinted_at: Mapped[datetime]
