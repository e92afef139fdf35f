"""Record that a seminar was completed and passed, and issue its certificate; once a person."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt, Result, Standing
from lms.completion.certificate import certificate_number
from lms.completion.models import Certificate, CompletionRecord
from lms.enrolment.models import Enrolment
from lms.progress.queries import Progress
from lms.publishing.models import CourseRevision, ModuleRevision
from lms.publishing.queries import CourseRules

REGISTER_LOCK = 0x5649524147  # an arbitrary number: PostgreSQL's lock for the register


@dataclass(frozen=True, slots=True)
class Statuses:
    """Completion and success: two words, never one "done"."""

    completion: str
    success: str


def statuses(rules: CourseRules, progress: Progress) -> Statuses:
    """Judge a course: completed when every quiz was taken to its end, passed when all are passed.

    A quiz opens only when every section of its module is read, so a passed module was read.
    """
    passed = all(module_id in progress.passed for module_id in rules.modules)
    return Statuses(
        completion="completed" if passed else "incomplete",
        success="passed" if passed else "unknown",
    )


def record_completion(
    db: Session, enrolment_id: uuid.UUID, rules: CourseRules, progress: Progress, *, now: datetime
) -> CompletionRecord | None:
    """Append the record and its certificate when every module is passed; else give None.

    Called again for the same person it gives the record that is there.
    """
    known = db.scalar(select(CompletionRecord).where(CompletionRecord.enrolment_id == enrolment_id))
    judged = statuses(rules, progress)
    if known is not None or judged.success != "passed":
        return known
    enrolment = db.get_one(Enrolment, enrolment_id)
    document = _document(db, enrolment, rules, judged, now)
    record = CompletionRecord(
        programme_id=enrolment.programme_id,
        enrolment_id=enrolment_id,
        course_revision_id=enrolment.course_revision_id,
        completion_status=judged.completion,
        success_status=judged.success,
        recorded_at=now,
        document=document,
        digest=digest_of(document),
    )
    db.add(record)
    db.flush()
    _issue_certificate(db, record, now)
    return record


def digest_of(document: Mapping[str, Any]) -> str:
    """Give the SHA-256, in hex, of a document in canonical JSON (sorted keys, no spaces)."""
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _document(
    db: Session, enrolment: Enrolment, rules: CourseRules, judged: Statuses, now: datetime
) -> dict[str, Any]:
    course = db.get_one(CourseRevision, enrolment.course_revision_id)
    return {
        "course": {"id": rules.course_id, "revision": course.number, "digest": course.digest},
        "rules": course.document,
        "completion_status": judged.completion,
        "success_status": judged.success,
        "recorded_at": now.isoformat(),
        "modules": _modules_evidence(db, enrolment.id, rules),
    }


def _modules_evidence(
    db: Session, enrolment_id: uuid.UUID, rules: CourseRules
) -> list[dict[str, Any]]:
    """Say of each module which attempt passed it, at which revision: one statement for all."""
    rows = db.execute(
        select(Standing.attempts, Attempt, Result, ModuleRevision)
        .join(Attempt, Attempt.id == Standing.passed_attempt_id)
        .join(Result, Result.attempt_id == Attempt.id)
        .join(ModuleRevision, ModuleRevision.id == Attempt.module_revision_id)
        .where(Standing.enrolment_id == enrolment_id)
    )
    found = {row[1].module_id: _module_evidence(*row) for row in rows}
    return [found[module_id] for module_id in rules.modules]


def _module_evidence(
    attempts: int, attempt: Attempt, result: Result, revision: ModuleRevision
) -> dict[str, Any]:
    return {
        "id": attempt.module_id,
        "revision": revision.number,
        "digest": revision.digest,
        "attempts": attempts,
        "passed_attempt": str(attempt.id),
        "passed_at": result.submitted_at.isoformat(),
        "language": result.language,
        "score": {
            "raw": f"{result.raw_numerator}/{result.raw_denominator}",
            "max": result.maximum,
            "passing_percent": result.passing_percent,
        },
        "minutes": next(iter(revision.outline.values()))["minutes"],
    }


def _issue_certificate(db: Session, record: CompletionRecord, now: datetime) -> None:
    """Take the next number of the register; the writer's lock keeps it without gaps."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": REGISTER_LOCK})
    number = (db.scalar(select(func.max(Certificate.register_number))) or 0) + 1
    db.add(
        Certificate(
            programme_id=record.programme_id,
            completion_id=record.id,
            register_number=number,
            number=certificate_number(number),
            issued_at=now,
        )
    )
    db.flush()
