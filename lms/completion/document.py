"""The canonical document: all that a completion binds. In words, field by field: docs/RECORD.md.

Pure: evidence in, JSON out. Scores are exact ("7/2"), times ISO 8601, people ids of accounts, and
an answer stands in it only as a digest that nobody can guess backwards.
"""

import hashlib
import hmac
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lms.assessment.models import Regrade, Result
from lms.attendance.queries import Attended
from lms.completion.duration import iso_duration
from lms.completion.evidence import ClosedTry, CorrectionFact, Evidence, Given, SeatSpan
from lms.completion.signed import canonical_json
from lms.enrolment.models import Enrolment
from lms.progress.models import SeatKind
from lms.publishing.models import CourseRevision

FORMAT = 2  # 1 had no signature, and named the passing attempts alone


@dataclass(frozen=True, slots=True)
class Judgement:
    """Completion and success, two words, and the moment of the judgement."""

    completion: str
    success: str
    at: datetime


def answer_salt(signing_key: bytes, attempt_id: uuid.UUID, item_id: str) -> bytes:
    """Give the salt of one answer: made from the site's signing key, so that it stands nowhere.

    Whoever has the document cannot try all answers; the site can show one answer's salt and by
    that prove this answer, and no other.
    """
    place = f"virage answer salt:{attempt_id}:{item_id}".encode()
    return hmac.new(signing_key, place, hashlib.sha256).digest()


def answer_digest(salt: bytes, given: Given) -> str:
    """Give the SHA-256, in hex, of salt and answer: the JSON of it, or the sealed text as it is."""
    plain = canonical_json(list(given.answer))
    return hashlib.sha256(salt + (plain if given.sealed is None else given.sealed)).hexdigest()


def item_digest(texts: Mapping[str, Mapping[str, Any]]) -> str:
    """Give the SHA-256, in hex, of a question as it was published: shown and key, each language."""
    return hashlib.sha256(canonical_json(texts)).hexdigest()


def completion_document(
    people: tuple[Enrolment, CourseRevision],
    evidence: Evidence,
    judged: Judgement,
    signing_key: bytes,
) -> dict[str, Any]:
    """Put the document together: the rules are those that the person enrolled under."""
    enrolment, course = people
    modules = [
        _module(module_id, evidence, signing_key) for module_id in course.document["modules"]
    ]
    return {
        "format": FORMAT,
        "programme": str(enrolment.programme_id),
        "enrolment": _enrolment(enrolment),
        "course": {"id": course.course_id, "revision": course.number, "digest": course.digest},
        "rules": course.document,
        "completion_status": judged.completion,
        "success_status": judged.success,
        "recorded_at": judged.at.isoformat(),
        "languages": _languages(evidence),
        "modules": modules,
        "seat_time": _times(evidence.spans),
        "corrections": [_correction(one) for one in evidence.corrections],
        "attendance": [_session(one) for one in evidence.attended],
    }


def _enrolment(enrolment: Enrolment) -> dict[str, Any]:
    arrangement = (enrolment.time_credit_percent, enrolment.no_pause, enrolment.read_aloud)
    return {
        "id": str(enrolment.id),
        "enrolled_at": enrolment.enrolled_at.isoformat(),
        "deadline": enrolment.deadline.isoformat() if enrolment.deadline else None,
        "notice_version": enrolment.notice_version,
        "agreed_at": _moment(enrolment.agreed_at),
        "arrangement": any(arrangement),  # yes or no: which one, and why, is nobody's business
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _languages(evidence: Evidence) -> list[str]:
    """List the languages that he read and answered in."""
    read = {one.seat.language for one in evidence.spans if one.seat.kind == SeatKind.INSTRUCTION}
    answered = {given.language for one in evidence.tries for given in one.given.values()}
    return sorted(read | answered)


def _module(module_id: str, evidence: Evidence, signing_key: bytes) -> dict[str, Any]:
    """Say of a module how it was passed: by an attempt, or by a waiver and no attempt."""
    tries = evidence.tries_at(module_id)
    waiver = evidence.waivers.get(module_id)
    passing = next((one for one in tries if one.is_passed), None)
    spans = evidence.spans_at(module_id)
    return {
        "id": module_id,
        "revision": passing.edition.number if passing else None,
        "digest": passing.edition.digest if passing else None,
        "minutes": _minutes(passing),
        "waived_at": waiver.waived_at.isoformat() if waiver else None,
        "waiver": str(waiver.correction_id) if waiver else None,
        "passed_attempt": passing.attempt.number if passing else None,
        "passed_at": _moment(passing.result.submitted_at) if passing else None,
        "attempts": [attempt_document(one, evidence, signing_key) for one in tries],
        "seat_time": _times(spans),
        "sections": [_section(one) for one in spans if one.seat.kind == SeatKind.INSTRUCTION],
    }


def _minutes(passing: ClosedTry | None) -> int:
    """Give the length that the module states; one that was waived was not taken."""
    if passing is None:
        return 0
    return int(next(iter(passing.edition.outline.values()))["minutes"])


def attempt_document(one: ClosedTry, evidence: Evidence, signing_key: bytes) -> dict[str, Any]:
    """Write one closed attempt: what was asked, what was answered, by digest, and the score."""
    return {
        "id": str(one.attempt.id),
        "number": one.attempt.number,
        "revision": one.edition.number,
        "digest": one.edition.digest,
        "started_at": one.attempt.started_at.isoformat(),
        "submitted_at": one.result.submitted_at.isoformat(),
        "ended_by": one.result.ended_by,
        "language": one.result.language,
        "score": _score(one.result),
        "passing_percent": one.result.passing_percent,
        "passed": one.result.passed,
        "regrades": [_regrade(regrade) for regrade in one.regrades],
        "items": _items(one, evidence, signing_key),
    }


def _score(scored: Result | Regrade) -> dict[str, Any]:
    raw = f"{scored.raw_numerator}/{scored.raw_denominator}"
    return {"raw": raw, "max": scored.maximum}


def _regrade(regrade: Regrade) -> dict[str, Any]:
    return {
        "number": regrade.number,
        "graded_at": regrade.graded_at.isoformat(),
        "correction": str(regrade.correction_id),
        "score": _score(regrade),
        "passed": regrade.passed,
        "items": [_item_score(one) for one in regrade.items],
    }


def _item_score(one: Mapping[str, Any]) -> dict[str, Any]:
    numerator, denominator = one["raw"]
    return {"id": one["item"], "raw": f"{numerator}/{denominator}", "max": one["max"]}


def _items(one: ClosedTry, evidence: Evidence, signing_key: bytes) -> list[dict[str, Any]]:
    """Write the questions in the order in which they were asked."""
    scores = {score["item"]: _item_score(score) for score in one.result.items}
    found = []
    for asked in one.attempt.shown:
        item_id = asked["item"]
        given = one.given.get(item_id)
        salt = answer_salt(signing_key, one.attempt.id, item_id)
        texts = evidence.items.get((one.attempt.module_revision_id, item_id), {})
        found.append(
            scores[item_id]
            | {
                "digest": item_digest(texts),
                "order": list(asked["order"]),
                "answer": answer_digest(salt, given) if given else None,
                "language": given.language if given else None,
                "saved_at": given.saved_at.isoformat() if given else None,
            }
        )
    return found


def _session(one: Attended) -> dict[str, Any]:
    """Write a session of his group: when and how it was held, and what was ticked by whom."""
    return {
        "id": str(one.session.id),
        "kind": one.session.kind.value,
        "starts_at": one.session.starts_at.isoformat(),
        "ends_at": one.session.ends_at.isoformat(),
        "arrived_at": _moment(one.arrived_at),
        "left_at": _moment(one.left_at),
        "whole": one.whole,
        "recorded_by": str(one.recorded_by) if one.recorded_by else None,
        "recorded_at": _moment(one.recorded_at),
    }


def _section(span: SeatSpan) -> dict[str, Any]:
    seat = span.seat
    return {
        "id": seat.section_id,
        "round": seat.round,
        "revision": span.edition.number if span.edition else None,
        "digest": span.edition.digest if span.edition else None,
        "language": seat.language,
        "seat_time": iso_duration(seat.credited_ms),
        "read_at": _moment(seat.read_at),
    }


def _times(spans: Sequence[SeatSpan]) -> dict[str, str]:
    """Add up the time by kind: instruction apart from questions and help."""
    return {
        str(kind): iso_duration(sum(one.seat.credited_ms for one in spans if one.seat.kind == kind))
        for kind in SeatKind
    }


def _correction(one: CorrectionFact) -> dict[str, Any]:
    """Write a correction without its reason, which may tell what is private."""
    return {
        "id": str(one.id),
        "kind": one.kind,
        "module": one.module_id,
        "proposed_by": str(one.proposed_by),
        "proposed_at": one.proposed_at.isoformat(),
        "needs_two": one.needs_two,
        "decided_by": str(one.decided_by) if one.decided_by else None,
        "decided_at": _moment(one.decided_at),
        "accepted": one.accepted,
    }
