"""What a court would ask is bound in one document: editions, answers, scores, time, corrections."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.assessment.models import Response, Standing
from lms.completion.document import FORMAT, answer_digest, answer_salt, item_digest
from lms.completion.duration import iso_duration
from lms.completion.evidence import Given
from lms.completion.service import record_completion
from lms.enrolment.models import Enrolment
from lms.journey.actor import Learner
from lms.kernel.ids import new_id
from lms.progress.models import SeatKind, SeatTime, Waiver
from lms.progress.queries import load_progress
from lms.publishing.models import CourseRevision, ItemText, ModuleRevision
from tests.completion.evidence import (
    SECOND,
    attempts_of,
    correct,
    go_through,
    record_of,
    regrade,
    spend,
)
from tests.factories import KEYS, NOW, make_learner, read_module, take_quiz

DAY = timedelta(days=1)


def _document(db: Session, learner: Learner) -> dict[str, Any]:
    go_through(db, learner)
    return record_of(db, learner).document


def test_the_record_names_course_rules_person_and_dates(db: Session) -> None:
    learner = make_learner(db, sequence="free")
    document = _document(db, learner)
    enrolment = db.get_one(Enrolment, learner.enrolment_id)
    course = db.get_one(CourseRevision, enrolment.course_revision_id)
    assert document["format"] == FORMAT
    assert document["course"] == {
        "id": "seminar",
        "revision": course.number,
        "digest": course.digest,
    }
    assert document["rules"]["sequence"] == "free"
    assert document["recorded_at"] == SECOND.isoformat()
    assert (document["completion_status"], document["success_status"]) == ("completed", "passed")
    assert document["languages"] == ["fr"]
    assert document["programme"] == str(enrolment.programme_id)
    assert enrolment.deadline is not None
    assert document["enrolment"] == {
        "id": str(enrolment.id),
        "enrolled_at": NOW.isoformat(),
        "deadline": enrolment.deadline.isoformat(),
        "notice_version": "1",
        "agreed_at": NOW.isoformat(),
        "arrangement": False,
    }
    assert enrolment.pseudonym not in json.dumps(document)


@pytest.mark.parametrize("change", [{"time_credit_percent": 50}, {"no_pause": True}])
def test_an_arrangement_is_a_yes_and_nothing_more(db: Session, change: dict[str, Any]) -> None:
    learner = make_learner(db)
    db.execute(update(Enrolment).where(Enrolment.id == learner.enrolment_id).values(**change))
    db.expire_all()
    document = _document(db, learner)
    assert document["enrolment"]["arrangement"] is True
    assert not any(name in json.dumps(document) for name in change)


def test_every_closed_attempt_is_bound_with_its_edition_and_exact_score(db: Session) -> None:
    first, second = _document(db, make_learner(db))["modules"]
    revision = db.scalars(select(ModuleRevision).where(ModuleRevision.module_id == "first")).one()
    assert (first["id"], first["revision"], first["digest"]) == (
        "first",
        revision.number,
        revision.digest,
    )
    assert (first["passed_attempt"], second["passed_attempt"]) == (2, 1)
    assert first["passed_at"] == (NOW + timedelta(minutes=20)).isoformat()
    failed, passed = first["attempts"]
    assert [one["number"] for one in first["attempts"]] == [1, 2]
    assert (failed["passed"], passed["passed"]) == (False, True)
    assert (failed["score"], passed["score"]) == (
        {"raw": "0/1", "max": 11},
        {"raw": "11/1", "max": 11},
    )
    assert {one["ended_by"] for one in first["attempts"]} == {"submitted"}
    assert {one["digest"] for one in first["attempts"]} == {revision.digest}
    assert {one["passing_percent"] for one in first["attempts"]} == {80}
    assert (first["minutes"], second["minutes"]) == (5, 3)
    assert first["waived_at"] is None


def test_each_question_is_bound_as_it_was_published_and_shown(db: Session) -> None:
    learner = make_learner(db)
    bound = _document(db, learner)["modules"][0]["attempts"][0]["items"]
    attempt = attempts_of(db, learner, "first")[0]
    assert [(one["id"], one["order"]) for one in bound] == [
        (one["item"], one["order"]) for one in attempt.shown
    ]
    rows = db.scalars(select(ItemText).where(ItemText.item_id == "multiple"))
    texts = {row.language: {"shown": row.shown, "key": row.key} for row in rows}
    multiple = next(one for one in bound if one["id"] == "multiple")
    assert multiple["digest"] == item_digest(texts)
    texts["en"]["shown"] = texts["en"]["shown"] | {"prompt": ["Another question"]}
    assert multiple["digest"] != item_digest(texts)


def test_an_answer_can_be_proved_with_its_salt_and_is_not_in_the_document(db: Session) -> None:
    learner = make_learner(db)
    document = _document(db, learner)
    attempt = attempts_of(db, learner, "first")[1]
    bound = document["modules"][0]["attempts"][1]["items"]
    for row in db.scalars(select(Response).where(Response.attempt_id == attempt.id)):
        salt = answer_salt(KEYS.signing, attempt.id, row.item_id)
        plain = json.dumps(row.answer, separators=(",", ":"), ensure_ascii=False).encode()
        expected = hashlib.sha256(salt + (row.sealed_text or plain)).hexdigest()
        item = next(one for one in bound if one["id"] == row.item_id)
        assert item["answer"] == expected, row.item_id
        assert (item["language"], item["saved_at"]) == ("fr", row.saved_at.isoformat())
        assert salt.hex() not in json.dumps(document)
    assert "Écoute" not in json.dumps(document, ensure_ascii=False)


def test_who_has_the_document_cannot_find_a_short_answer_by_trying_all(db: Session) -> None:
    bound = _document(db, make_learner(db))["modules"][0]["attempts"][1]["items"]
    answers = {one["answer"] for one in bound}
    assert len(answers) == len(bound)  # equal answers do not show as equal either
    for place in range(10):
        assert hashlib.sha256(f"[{place}]".encode()).hexdigest() not in answers


@pytest.mark.parametrize(
    "other",
    [Given((1,), None, "fr", NOW), Given((), b"[0]x", "fr", NOW), Given((), None, "fr", NOW)],
)
def test_another_answer_has_another_digest(other: Given) -> None:
    salt = answer_salt(KEYS.signing, new_id(), "single")
    assert answer_digest(salt, other) != answer_digest(salt, Given((0,), None, "fr", NOW))


def test_each_answer_has_a_salt_of_its_own() -> None:
    one, two = new_id(), new_id()
    places = [(one, "a"), (one, "b"), (two, "a")]
    salts = {answer_salt(key, *place) for key in (KEYS.signing, KEYS.field) for place in places}
    assert len(salts) == 6


def test_seat_time_is_bound_by_section_and_instruction_stands_apart(db: Session) -> None:
    learner = make_learner(db)
    spend(db, learner, (SeatKind.INSTRUCTION, "first", "listening"), 61_500)
    spend(db, learner, (SeatKind.QUIZ, "first", ""), 120_000)
    document = _document(db, learner)
    first = document["modules"][0]
    rows = db.scalars(select(SeatTime).where(SeatTime.kind == SeatKind.INSTRUCTION))
    instruction: dict[str, int] = {}
    for row in rows:
        instruction[row.module_id] = instruction.get(row.module_id, 0) + row.credited_ms
    assert instruction["first"] > 61_500
    assert first["seat_time"] == {
        "instruction": iso_duration(instruction["first"]),
        "quiz": "PT2M",
    }
    assert document["seat_time"] == {
        "instruction": iso_duration(sum(instruction.values())),
        "quiz": "PT2M",
    }
    places = [(one["id"], one["round"]) for one in first["sections"]]
    assert ("listening", 1) in places
    assert ("speaking", 1) in places
    read = next(one for one in first["sections"] if one["id"] == "speaking")
    assert (read["revision"], read["language"], read["read_at"]) == (1, "fr", NOW.isoformat())


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "PT0S"),
        (1, "PT0.001S"),
        (59_999, "PT59.999S"),
        (60_000, "PT1M"),
        (3_600_000, "PT1H"),
        (3_723_450, "PT1H2M3.45S"),
        (90_000_000, "PT25H"),
    ],
)
def test_a_length_of_time_is_written_exactly(ms: int, text: str) -> None:
    assert iso_duration(ms) == text


def test_a_waived_module_has_its_waiver_and_no_attempt(db: Session) -> None:
    learner = make_learner(db)
    read_module(db, learner, 1)
    take_quiz(db, learner, 1)
    correction = correct(db, learner, "waive-module", now=NOW + DAY, accepted=True)
    db.add(
        Waiver(
            enrolment_id=learner.enrolment_id,
            module_id="second",
            programme_id=learner.programme_id,
            correction_id=correction.id,
            waived_at=NOW + DAY,
        )
    )
    db.add(
        Standing(
            enrolment_id=learner.enrolment_id,
            module_id="second",
            attempts=0,
            best_percent=0,
            last_submitted_at=NOW + DAY,
            passed_at=NOW + DAY,
        )
    )
    db.flush()
    progress = load_progress(db, learner.enrolment_id)
    record = record_completion(
        db, learner.enrolment_id, learner.rules, progress, signing_key=KEYS.signing, now=NOW + DAY
    )
    assert record is not None
    first, second = record.document["modules"]
    assert first["waived_at"] is None
    assert second["waived_at"] == (NOW + DAY).isoformat()
    assert second["waiver"] == str(correction.id)
    assert (second["attempts"], second["passed_attempt"], second["minutes"]) == ([], None, 0)


def test_corrections_are_bound_with_two_people_and_without_the_reason(db: Session) -> None:
    learner, other = make_learner(db), make_learner(db)
    read_module(db, learner, 1)
    take_quiz(db, learner, 1, right=False)
    correct(db, other, "extra-attempt", now=NOW)
    refused = correct(db, learner, "waive-module", now=NOW, accepted=False)
    alone = correct(db, learner, "pause-lifted", now=NOW + timedelta(minutes=1))
    minute = NOW + timedelta(minutes=2)
    of_key = correct(db, None, "key-change", now=minute, accepted=True)
    attempt = attempts_of(db, learner, "first")[0]
    regrade(db, attempt, of_key, 11, passed=True, now=minute)
    standing = db.get_one(Standing, (learner.enrolment_id, "first"))
    standing.passed_at = minute
    db.flush()
    read_module(db, learner, 2, now=SECOND)
    take_quiz(db, learner, 2, now=SECOND)
    document = record_of(db, learner).document
    found = document["corrections"]
    assert [one["id"] for one in found] == [str(one.id) for one in (refused, alone, of_key)]
    assert [one["needs_two"] for one in found] == [True, False, True]
    assert [one["accepted"] for one in found] == [False, None, True]
    assert all(one["proposed_by"] != one["decided_by"] for one in found)
    assert "why" not in json.dumps(found)
    first = document["modules"][0]
    bound = first["attempts"][0]
    assert (bound["passed"], bound["score"]["raw"]) == (False, "0/1")
    assert bound["regrades"][0]["score"] == {"raw": "11/1", "max": 11}
    assert bound["regrades"][0]["correction"] == str(of_key.id)
    assert first["passed_attempt"] == 1


def test_a_record_is_never_older_than_what_it_rests_on(db: Session) -> None:
    learner = make_learner(db)
    read_module(db, learner, 1)
    take_quiz(db, learner, 1, now=NOW + 3 * DAY)
    read_module(db, learner, 2, now=NOW + 3 * DAY)
    take_quiz(db, learner, 2, now=NOW + DAY)  # as one that was left, and ended by itself
    record = record_of(db, learner)
    assert record.recorded_at == NOW + 3 * DAY
    assert len(record.document["modules"][0]["attempts"]) == 1
