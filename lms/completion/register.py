"""The register: every number from 1 to the last, what became of it, and what is amiss."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.completion.certificate import certificate_number
from lms.completion.models import (
    Attestation,
    Certificate,
    CompletionRecord,
    Reprint,
    Revocation,
)
from lms.completion.purged import purged_numbers
from lms.completion.service import RevokedError
from lms.kernel.audit import Act, append_audit
from lms.kernel.errors import BadInputError, NotFoundError

MOST_REASON = 500


@dataclass(frozen=True, slots=True)
class Reprinted:
    """One printing anew: when, why, and by whose account."""

    at: datetime
    reason: str
    by: uuid.UUID


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One number of the register; without `issued_at` nothing was ever issued under it."""

    register_number: int
    number: str
    issued_at: datetime | None = None
    reprints: tuple[Reprinted, ...] = ()
    revoked_at: datetime | None = None
    revoked_why: str = ""
    fault: str = ""
    is_purged: bool = False  # issued once, and deleted when its time was over

    @property
    def state(self) -> str:
        """The word of the report."""
        if self.is_purged:
            return "purged"
        if self.issued_at is None:
            return "missing"
        return "revoked" if self.revoked_at else "issued"


@dataclass(frozen=True, slots=True)
class Register:
    """The whole register; `faults` says in a sentence each what is not accounted for."""

    lines: tuple[RegisterLine, ...]
    faults: tuple[str, ...]


_ISSUED = (
    select(
        Certificate.id,
        Certificate.register_number,
        Certificate.number,
        Certificate.issued_at,
        CompletionRecord.signature,
        Attestation.attested_at,
        Revocation.revoked_at,
        Revocation.reason,
    )
    .join(CompletionRecord, CompletionRecord.id == Certificate.completion_id)
    .outerjoin(Attestation, Attestation.enrolment_id == CompletionRecord.enrolment_id)
    .outerjoin(Revocation, Revocation.completion_id == CompletionRecord.id)
)
_WITHOUT_CERTIFICATE = (
    select(Attestation.enrolment_id, Attestation.attested_at)
    .outerjoin(CompletionRecord, CompletionRecord.enrolment_id == Attestation.enrolment_id)
    .outerjoin(Certificate, Certificate.completion_id == CompletionRecord.id)
    .where(Certificate.id.is_(None))
    .order_by(Attestation.attested_at)
)


def read_register(db: Session) -> Register:
    """Give every number from 1 to the last, in four statements, with all that is wrong."""
    reprints: dict[uuid.UUID, list[Reprinted]] = defaultdict(list)
    for one in db.scalars(select(Reprint).order_by(Reprint.reprinted_at, Reprint.id)):
        made = Reprinted(one.reprinted_at, one.reason, one.reprinted_by)
        reprints[one.certificate_id].append(made)
    issued = {row.register_number: _line(row, reprints) for row in db.execute(_ISSUED)}
    purged = purged_numbers(db)
    last = max((*issued, *purged), default=0)
    numbers = [*(one for one in issued if one < 1), *range(1, last + 1)]
    lines = tuple(issued.get(one) or _missing(one, purged) for one in numbers)
    lost = tuple(
        f"attested on {attested_at:%Y-%m-%d} by enrolment {enrolment_id}: no certificate"
        for enrolment_id, attested_at in db.execute(_WITHOUT_CERTIFICATE)
    )
    return Register(lines, tuple(f"{one.number}: {one.fault}" for one in lines if one.fault) + lost)


def register_line(db: Session, certificate: Certificate) -> RegisterLine:
    """Give what became of one certificate, in two statements."""
    query = select(Reprint).where(Reprint.certificate_id == certificate.id)
    made = [
        Reprinted(one.reprinted_at, one.reason, one.reprinted_by)
        for one in db.scalars(query.order_by(Reprint.reprinted_at, Reprint.id))
    ]
    row = db.execute(_ISSUED.where(Certificate.id == certificate.id)).one()
    return _line(row, {certificate.id: made})


def _line(row: Any, reprints: Mapping[uuid.UUID, Sequence[Reprinted]]) -> RegisterLine:  # noqa: ANN401 - a row of `_ISSUED`
    fault = ""
    if row.register_number < 1 or row.number != certificate_number(row.register_number):
        fault = f"the printed number does not belong to place {row.register_number}"
    elif row.attested_at is None and row.signature:  # older records asked for no attestation
        fault = "issued without an attestation"
    return RegisterLine(
        register_number=row.register_number,
        number=row.number,
        issued_at=row.issued_at,
        reprints=tuple(reprints.get(row.id, ())),
        revoked_at=row.revoked_at,
        revoked_why=row.reason or "",
        fault=fault,
    )


def _missing(register_number: int, purged: frozenset[int]) -> RegisterLine:
    number = certificate_number(register_number)
    if register_number in purged:
        return RegisterLine(register_number, number, is_purged=True)
    return RegisterLine(register_number, number, fault="missing: no certificate has this number")


def attested_language(db: Session, register_number: int) -> str | None:
    """Give the language in which the holder of a certificate attested; None if he did not."""
    return db.scalar(
        select(Attestation.language)
        .join(CompletionRecord, CompletionRecord.enrolment_id == Attestation.enrolment_id)
        .join(Certificate, Certificate.completion_id == CompletionRecord.id)
        .where(Certificate.register_number == register_number)
    )


def note_reprint(
    db: Session, register_number: int, by: User, reason: str, *, audit_key: bytes, now: datetime
) -> Reprint:
    """Append that somebody of the programme prints a certificate anew, and why; audited.

    Raises NotFoundError for a number that was never issued, RevokedError for a revoked one.
    """
    why = reason.strip()
    if not why or len(why) > MOST_REASON:
        raise BadInputError(f"a reason has 1 to {MOST_REASON} characters")
    row: Any = db.execute(
        select(Certificate, Revocation)
        .outerjoin(Revocation, Revocation.completion_id == Certificate.completion_id)
        .where(Certificate.register_number == register_number)
    ).one_or_none()
    if row is None:
        raise NotFoundError("there is no certificate with this number")
    certificate, revocation = row
    if revocation is not None:
        raise RevokedError("this certificate was revoked; it is not printed any more")
    reprint = Reprint(
        programme_id=certificate.programme_id,
        certificate_id=certificate.id,
        reason=why,
        reprinted_by=by.id,
        reprinted_at=now,
    )
    db.add(reprint)
    db.flush()
    subject = f"certificate:{certificate.id}"
    act = Act(str(by.id), "reprint", subject, why, after={"number": certificate.number})
    append_audit(db, audit_key, act, now=now)
    return reprint
