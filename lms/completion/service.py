"""Record that a seminar was completed and passed, issue its certificate, revoke it; once a person.

The record is the fact, appended and signed with the last pass. The certificate is its printed
proof, with the next number of the register, and comes when the participant has attested.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from lms.attendance.queries import attended_all
from lms.completion.certificate import certificate_number
from lms.completion.document import Judgement, completion_document
from lms.completion.evidence import load_evidence
from lms.completion.models import Attestation, Certificate, CompletionRecord, Revocation
from lms.completion.open_answers import open_answers_done
from lms.completion.purged import purged_numbers
from lms.completion.signed import canonical_json, digest_of
from lms.enrolment.models import Enrolment
from lms.kernel.errors import NotAllowedError, NotFoundError
from lms.kernel.signing import key_id, public_key, sign
from lms.progress.queries import Progress
from lms.publishing.models import CourseRevision
from lms.publishing.queries import CourseRules

MOST_READERS = 2  # of an open answer that counts
REGISTER_LOCK = 0x5649524147  # an arbitrary number: PostgreSQL's lock for the register


class RevokedError(NotAllowedError):
    """The completion was revoked: nothing is issued or revoked any more."""


@dataclass(frozen=True, slots=True)
class Statuses:
    """Completion and success: two words, never one "done"."""

    completion: str
    success: str


def statuses(rules: CourseRules, progress: Progress, *, attended: bool = False) -> Statuses:
    """Judge a course: completed when every quiz was taken to its end, passed when all are passed.

    A quiz opens only when every section of its module is read, so a passed module was read. Where
    the rules ask for attendance, `attended` says whether he attended every session whole.
    """
    passed = all(module_id in progress.passed for module_id in rules.modules)
    passed = passed and (attended or not rules.attendance)
    return Statuses(
        completion="completed" if passed else "incomplete",
        success="passed" if passed else "unknown",
    )


def record_completion(  # noqa: PLR0913 - who does not know the site's readers asks for the most
    db: Session,
    enrolment_id: uuid.UUID,
    rules: CourseRules,
    progress: Progress,
    *,
    signing_key: bytes,
    now: datetime,
    readers: int = MOST_READERS,
) -> CompletionRecord | None:
    """Append the signed record when every module is passed; else give None.

    Where the rules ask for attendance, every session has to be attended whole too. Called again
    for the same person it gives the record that is there, unchanged. Open answers that count are
    done when so many `readers` say so; whoever does not know what the site asks for leaves it, and
    `journey.open_answers` completes what waits for no more.
    """
    attended = rules.attendance and attended_all(db, enrolment_id)
    judged = statuses(rules, progress, attended=attended)
    if judged.success != "passed":
        return None
    row: Any = db.execute(
        select(Enrolment, CourseRevision, CompletionRecord)
        .join(CourseRevision, CourseRevision.id == Enrolment.course_revision_id)
        .outerjoin(CompletionRecord, CompletionRecord.enrolment_id == Enrolment.id)
        .where(Enrolment.id == enrolment_id)
    ).one()
    enrolment, course, known = row
    if known is not None:
        return cast("CompletionRecord", known)
    evidence = load_evidence(db, enrolment_id)
    if not open_answers_done(db, enrolment_id, evidence, readers=readers):
        return None
    # An attempt that was left ended by itself, perhaps before others that were handed in since.
    at = max([now, *(one.result.submitted_at for one in evidence.tries)])
    document = completion_document(
        (enrolment, course),
        evidence,
        Judgement(judged.completion, judged.success, at),
        signing_key,
    )
    record = CompletionRecord(
        programme_id=enrolment.programme_id,
        enrolment_id=enrolment_id,
        course_revision_id=enrolment.course_revision_id,
        completion_status=judged.completion,
        success_status=judged.success,
        recorded_at=at,
        document=document,
        digest=digest_of(document),
        signature=sign(signing_key, canonical_json(document)),
        key_id=key_id(public_key(signing_key)),
    )
    db.add(record)
    db.flush()
    return record


def attest(
    db: Session, enrolment_id: uuid.UUID, *, text_version: str, language: str, now: datetime
) -> Certificate:
    """Keep that he declared to have done it himself, and issue his certificate; once.

    Again, or many times at once, it gives the certificate that is there. Raises NotFoundError
    where nothing is completed, RevokedError where the completion was revoked.
    """
    # One at a time: twenty clicks wait here for each other.
    locked = select(Enrolment.id).where(Enrolment.id == enrolment_id)
    db.execute(locked.with_for_update(key_share=True))
    row: Any = db.execute(
        select(CompletionRecord.id, CompletionRecord.programme_id, Certificate, Revocation)
        .outerjoin(Certificate, Certificate.completion_id == CompletionRecord.id)
        .outerjoin(Revocation, Revocation.completion_id == CompletionRecord.id)
        .where(CompletionRecord.enrolment_id == enrolment_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("completion")
    completion_id, programme_id, certificate, revocation = row
    if revocation is not None:
        raise RevokedError
    if certificate is not None:
        return cast("Certificate", certificate)
    db.add(
        Attestation(
            enrolment_id=enrolment_id,
            programme_id=programme_id,
            text_version=text_version,
            language=language,
            attested_at=now,
        )
    )
    return _issue_certificate(db, completion_id, programme_id, now)


def _issue_certificate(
    db: Session, completion_id: uuid.UUID, programme_id: uuid.UUID, now: datetime
) -> Certificate:
    """Take the next number of the register; the writer's lock keeps it without gaps."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": REGISTER_LOCK})
    issued = db.scalar(select(func.max(Certificate.register_number))) or 0
    number = max(issued, *purged_numbers(db), 0) + 1
    certificate = Certificate(
        programme_id=programme_id,
        completion_id=completion_id,
        register_number=number,
        number=certificate_number(number),
        issued_at=now,
    )
    db.add(certificate)
    db.flush()
    return certificate


def revoke_completion(
    db: Session, completion_id: uuid.UUID, *, correction_id: uuid.UUID, reason: str, now: datetime
) -> Revocation:
    """Append that a completion no longer counts, as two people decided; the record stays.

    Raises NotFoundError where there is no such record, RevokedError the second time.
    """
    row: Any = db.execute(
        select(CompletionRecord.programme_id, Revocation)
        .outerjoin(Revocation, Revocation.completion_id == CompletionRecord.id)
        .where(CompletionRecord.id == completion_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("completion")
    programme_id, known = row
    if known is not None:
        raise RevokedError
    revocation = Revocation(
        completion_id=completion_id,
        programme_id=programme_id,
        correction_id=correction_id,
        reason=reason,
        revoked_at=now,
    )
    db.add(revocation)
    db.flush()
    return revocation
