"""Answer "what did he see and pass?" from the database, years and revisions later.

Everything comes from the frozen editions that were before him, not from what is published now. An
open answer is private: it is not opened, only its length is told.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.models import Regrade, Result
from lms.assessment.values import BLANK
from lms.completion.agreement import disagreements, signature_of
from lms.completion.document import answer_digest, answer_salt
from lms.completion.duration import iso_duration
from lms.completion.evidence import (
    ClosedTry,
    Evidence,
    Given,
    SeatSpan,
    load_evidence,
)
from lms.completion.models import Attestation, Certificate, CompletionRecord
from lms.completion.plain import plain_text
from lms.completion.register import register_line
from lms.completion.stories import (
    AttemptStory,
    Explanation,
    ItemStory,
    ModuleStory,
    ScoreStory,
    SectionStory,
)
from lms.content.model import ItemKind
from lms.enrolment.models import Enrolment
from lms.kernel.errors import NotFoundError
from lms.progress.models import SeatKind
from lms.publishing.consent import day_of
from lms.publishing.models import CourseRevision
from lms.publishing.queries import closed_items
from lms.publishing.withheld import withheld_shown

_WITHHELD = "[rested on a testimony that was taken back]"
_SEAL_BYTES = 29  # what kernel/sealing.py adds to a text: version, nonce, tag


def explain_completion(
    db: Session, register_number: int, signing_key: bytes, now: datetime
) -> Explanation:
    """Tell all that a certificate rests on, or raise NotFoundError.

    A question that rested on a testimony which was taken back is told without its words; that they
    were these is still proved by the digests in the record.
    """
    row: Any = db.execute(
        select(Certificate, CompletionRecord, Enrolment, CourseRevision, Attestation)
        .join(CompletionRecord, CompletionRecord.id == Certificate.completion_id)
        .join(Enrolment, Enrolment.id == CompletionRecord.enrolment_id)
        .join(CourseRevision, CourseRevision.id == CompletionRecord.course_revision_id)
        .outerjoin(Attestation, Attestation.enrolment_id == Enrolment.id)
        .where(Certificate.register_number == register_number)
    ).one_or_none()
    if row is None:
        raise NotFoundError("there is no certificate with this number")
    certificate, record, enrolment, course, attested = row
    evidence = load_evidence(db, enrolment.id)
    told = _without_withheld(db, evidence, now)
    arrangement = (enrolment.time_credit_percent, enrolment.no_pause, enrolment.read_aloud)
    return Explanation(
        certificate=register_line(db, certificate),
        attested_at=attested.attested_at if attested else None,
        attested_version=attested.text_version if attested else "",
        pseudonym=enrolment.pseudonym,
        enrolled_at=enrolment.enrolled_at,
        agreed_at=enrolment.agreed_at,
        notice_version=enrolment.notice_version or "",
        deadline=enrolment.deadline,
        arrangement=any(arrangement),
        course=course.course_id,
        title=course.document["title"],
        revision=course.number,
        digest=course.digest,
        rules=course.document,
        recorded_at=record.recorded_at,
        record_digest=record.digest,
        signature=signature_of(record, signing_key),
        disagreements=disagreements(record, evidence, signing_key),
        modules=tuple(
            _module(module_id, told, signing_key) for module_id in course.document["modules"]
        ),
        corrections=evidence.corrections,
    )


def _module(module_id: str, evidence: Evidence, signing_key: bytes) -> ModuleStory:
    tries, spans = evidence.tries_at(module_id), evidence.spans_at(module_id)
    waiver = evidence.waivers.get(module_id)
    editions = [*(one.edition for one in reversed(tries)), *(one.edition for one in spans)]
    outline = next((one.outline for one in editions if one), {})
    quiz = sum(one.seat.credited_ms for one in spans if one.seat.kind == SeatKind.QUIZ)
    return ModuleStory(
        id=module_id,
        title=next((str(head["title"]) for head in outline.values()), ""),
        waived_at=waiver.waived_at if waiver else None,
        sections=tuple(_section(one) for one in spans if one.seat.kind == SeatKind.INSTRUCTION),
        quiz_time=iso_duration(quiz),
        attempts=tuple(_attempt(one, evidence, signing_key) for one in tries),
    )


def _section(span: SeatSpan) -> SectionStory:
    seat, edition = span.seat, span.edition
    head = edition.outline.get(seat.language) if edition else None
    titles = {one["id"]: one["title"] for one in head["sections"]} if head else {}
    return SectionStory(
        id=seat.section_id,
        title=titles.get(seat.section_id, ""),
        round=seat.round,
        revision=edition.number if edition else None,
        language=seat.language,
        seat_time=iso_duration(seat.credited_ms),
        read_at=seat.read_at,
    )


def _attempt(one: ClosedTry, evidence: Evidence, signing_key: bytes) -> AttemptStory:
    attempt, result = one.attempt, one.result
    return AttemptStory(
        number=attempt.number,
        revision=one.edition.number,
        digest=one.edition.digest,
        started_at=attempt.started_at,
        submitted_at=result.submitted_at,
        ended_by=result.ended_by,
        language=result.language,
        score=_score(result),
        maximum=result.maximum,
        passing_percent=result.passing_percent,
        passed=result.passed,
        regrades=tuple(
            ScoreStory(
                other.number,
                _score(other),
                other.maximum,
                other.passed,
                other.graded_at,
                other.correction_id,
            )
            for other in one.regrades
        ),
        items=tuple(_item(one, asked, evidence, signing_key) for asked in attempt.shown),
    )


def _score(scored: Result | Regrade) -> str:
    return f"{scored.raw_numerator}/{scored.raw_denominator}"


def _item(
    one: ClosedTry, asked: Mapping[str, Any], evidence: Evidence, signing_key: bytes
) -> ItemStory:
    item_id = asked["item"]
    given = one.given.get(item_id)
    language = given.language if given else one.attempt.language
    texts = evidence.items[one.attempt.module_revision_id, item_id]
    shown = (texts.get(language) or next(iter(texts.values())))["shown"]
    score = next(found for found in one.result.items if found["item"] == item_id)
    salt = answer_salt(signing_key, one.attempt.id, item_id)
    numerator, denominator = score["raw"]
    return ItemStory(
        id=item_id,
        question=_WITHHELD
        if shown.get("withheld")
        else " ".join(plain_text(part) for part in (*shown["prompt"], *shown["body"])),
        options=_options(shown, asked["order"]),
        answer=_answer(shown, given) if given else (),
        score=f"{numerator}/{denominator}",
        maximum=score["max"],
        language=language,
        saved_at=given.saved_at if given else None,
        salt=salt.hex(),
        digest=answer_digest(salt, given) if given else "",
    )


def _without_withheld(db: Session, evidence: Evidence, now: datetime) -> Evidence:
    revisions = {revision_id for revision_id, _ in evidence.items}
    closed = closed_items(db, revisions, day_of(now))
    items = {
        place: {
            language: {**text, "shown": withheld_shown(text["shown"])}
            for language, text in texts.items()
        }
        if place in closed
        else texts
        for place, texts in evidence.items.items()
    }
    return replace(evidence, items=items)


def _options(shown: Mapping[str, Any], order: list[int]) -> tuple[str, ...]:
    """Give what could be chosen, as it stood on the page; of a match, its right side."""
    texts = shown["rights"] if shown["kind"] == ItemKind.MATCH else shown["choices"]
    return tuple(plain_text(texts[position]) for position in order)


def _answer(shown: Mapping[str, Any], given: Given) -> tuple[str, ...]:
    """Write an answer in the words of the page; of a private text, only its length."""
    if given.sealed is not None:
        return (f"[a private text of {len(given.sealed) - _SEAL_BYTES} bytes]",)
    if shown.get("withheld"):
        return ()
    match ItemKind(shown["kind"]):
        case ItemKind.TEXT | ItemKind.NUMBER:
            return tuple(str(one) for one in given.answer)
        case ItemKind.OPEN:
            return ()
        case ItemKind.MATCH:
            pairs = zip(shown["lefts"], given.answer, strict=False)
            return tuple(
                f"{plain_text(left)} → {_at(shown['rights'], place)}" for left, place in pairs
            )
        case _:
            return tuple(_at(shown["choices"], place) for place in given.answer)


def _at(texts: list[str], place: str | int) -> str:
    return "…" if place == BLANK else plain_text(texts[int(place)])
