"""Open answers that the course counts: read by people, done or not, and a completion waits.

Longer than 300 lines: one answer is followed through all that readers can say of it.
"""

import threading
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.assessment.models import Result, Standing
from lms.assessment.verdict import Verdict
from lms.completion.models import CompletionRecord
from lms.conversations.models import Message, OpenGrade
from lms.conversations.open_answers import (
    find_answer,
    said_of,
    waiting_answers,
    waits_for_reader,
    waits_for_reader_alone,
)
from lms.conversations.queries import thread
from lms.conversations.reading import AlreadyReadError, Reading
from lms.conversations.service import EmptyTextError
from lms.enrolment.models import Enrolment
from lms.journey.actor import Learner
from lms.journey.files import Run, facts_of
from lms.journey.open_answers import Desk, complete_read, read_answer
from lms.journey.quiz_gate import quiz_state
from lms.kernel.audit import latest_entries
from lms.kernel.database import Database
from lms.kernel.errors import NotFoundError
from lms.progress.models import Waiver
from tests.conversations.people import Group, make_group, place_of, site
from tests.factories import KEYS, NOW, make_referral, pass_module, take_quiz

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DONE, NOT_DONE = (
    Reading(1, is_done=True),
    Reading(1, is_done=False, comment="Il manque un exemple."),
)


@pytest.fixture
def group(db: Session) -> Group:
    return make_group(db)


def _desk(reader: User, folder: Path, *, two: bool = False, hours: int = 1) -> Desk:
    return Desk(reader.id, site(folder, two_graders=two), KEYS, NOW + hours * HOUR)


def _read(db: Session, attempt_id: uuid.UUID, reading: Reading, desk: Desk) -> Verdict:
    return read_answer(db, (attempt_id, place_of(db, attempt_id)), reading, desk)


def _is_completed(db: Session, learner: Learner) -> bool:
    query = select(CompletionRecord.id).where(CompletionRecord.enrolment_id == learner.enrolment_id)
    return db.scalar(query) is not None


def _waiting(db: Session, reader: User, readers: int = 1) -> list[uuid.UUID]:
    return [one.attempt_id for one in waiting_answers(db, reader.id, readers, most=9)]


def test_where_the_course_counts_no_open_answer_nothing_waits(db: Session) -> None:
    group = make_group(db, counts=False)
    pass_module(db, group.learner, 1)
    assert pass_module(db, group.learner, 2).completed
    assert _waiting(db, group.readers[0]) == []
    assert not waits_for_reader(db, group.learner.enrolment_id, 1)


def test_a_completion_waits_until_the_answer_is_done(
    db: Session, group: Group, tmp_path: Path
) -> None:
    first = pass_module(db, group.learner, 1)
    last = pass_module(db, group.learner, 2)
    assert (last.passed, last.completed, last.waits) == (True, False, True)
    assert waits_for_reader(db, group.learner.enrolment_id, 1)
    found = _read(db, first.attempt_id, DONE, _desk(group.readers[0], tmp_path))
    assert found is Verdict.DONE
    assert _is_completed(db, group.learner)
    assert not waits_for_reader(db, group.learner.enrolment_id, 1)


def test_the_next_module_is_open_while_an_answer_waits(db: Session, group: Group) -> None:
    pass_module(db, group.learner, 1)
    assert pass_module(db, group.learner, 2).passed


def test_read_before_the_last_quiz_the_completion_comes_with_the_next_turn_of_the_job(
    db: Session, group: Group, tmp_path: Path
) -> None:
    first = pass_module(db, group.learner, 1)
    desk = _desk(group.readers[0], tmp_path)
    _read(db, first.attempt_id, DONE, desk)
    assert not _is_completed(db, group.learner)
    last = pass_module(db, group.learner, 2)
    assert (last.completed, last.waits) == (False, True)  # who hands in does not know the readers
    site_of = {"settings": desk.settings, "keys": KEYS}
    assert complete_read(db, now=NOW + 2 * HOUR, **site_of) == 1  # type: ignore[arg-type]  # as named
    assert _is_completed(db, group.learner)
    assert complete_read(db, now=NOW + 3 * HOUR, **site_of) == 0  # type: ignore[arg-type]  # as named


def test_an_answer_that_is_not_done_opens_its_quiz_once_more_and_says_why(
    db: Session, group: Group, tmp_path: Path
) -> None:
    first = pass_module(db, group.learner, 1)
    pass_module(db, group.learner, 2)
    found = _read(db, first.attempt_id, NOT_DONE, _desk(group.readers[0], tmp_path))
    assert found is Verdict.NOT_DONE
    assert not _is_completed(db, group.learner)
    state = quiz_state(db, group.learner, 1, "fr", NOW + 2 * HOUR)
    assert state.gate.is_open
    assert state.due == ()
    (message,) = thread(db, group.learner.enrolment_id, KEYS, "fr", NOW.date())
    assert (message.text, message.item_id, message.is_from_staff) == (
        "Il manque un exemple.",
        "open",
        True,
    )
    again = take_quiz(db, group.learner, 1, now=NOW + 3 * HOUR)
    assert again.passed
    assert _waiting(db, group.readers[0]) == [again.attempt_id]
    _read(db, again.attempt_id, DONE, _desk(group.readers[0], tmp_path, hours=4))
    assert _is_completed(db, group.learner)


def test_the_attempt_and_its_result_are_never_touched(
    db: Session, group: Group, tmp_path: Path
) -> None:
    first = pass_module(db, group.learner, 1)
    before = db.execute(select(Result.passed, Result.raw_numerator, Result.items)).all()
    _read(db, first.attempt_id, NOT_DONE, _desk(group.readers[0], tmp_path))
    assert db.execute(select(Result.passed, Result.raw_numerator, Result.items)).all() == before


def test_one_more_try_is_given_where_tries_are_limited(db: Session, tmp_path: Path) -> None:
    group = make_group(db, attempts=1)
    first = pass_module(db, group.learner, 1)
    _read(db, first.attempt_id, NOT_DONE, _desk(group.readers[0], tmp_path))
    assert quiz_state(db, group.learner, 1, "fr", NOW + 2 * HOUR).gate.is_open


def test_what_is_not_done_needs_a_word_and_what_is_done_may_have_one(
    db: Session, group: Group, tmp_path: Path
) -> None:
    first = pass_module(db, group.learner, 1)
    desk = _desk(group.readers[0], tmp_path)
    with pytest.raises(EmptyTextError):
        _read(db, first.attempt_id, Reading(1, is_done=False, comment="  "), desk)
    _read(db, first.attempt_id, Reading(1, is_done=True, comment="Merci."), desk)
    said = said_of(db, group.learner.enrolment_id, first.attempt_id, KEYS)["open"]
    assert [one.comment for one in said] == ["Merci."]
    assert db.scalar(select(Message.id)) is None


def test_the_oldest_answer_comes_first_and_what_was_read_is_gone(
    db: Session, group: Group, tmp_path: Path
) -> None:
    other = make_group(db, counts=False)
    db.execute(
        update(Enrolment)
        .where(Enrolment.id == other.learner.enrolment_id)
        .values(cohort_id=group.cohort.id)
    )
    younger = pass_module(db, group.learner, 1, now=NOW)
    older = pass_module(db, other.learner, 1, now=NOW - DAY)
    assert _waiting(db, group.readers[0]) == [older.attempt_id, younger.attempt_id]
    assert waiting_answers(db, group.readers[0].id, 1, most=9)[0].place == place_of(
        db, older.attempt_id
    )
    _read(db, older.attempt_id, DONE, _desk(group.readers[1], tmp_path))
    assert _waiting(db, group.readers[0]) == [younger.attempt_id]


def test_two_readers_have_to_be_of_one_mind(db: Session, group: Group, tmp_path: Path) -> None:
    first = pass_module(db, group.learner, 1)
    pass_module(db, group.learner, 2)
    anne, bernard, _ = group.readers
    assert _read(db, first.attempt_id, DONE, _desk(anne, tmp_path, two=True)) is Verdict.WAITS
    assert _waiting(db, anne, 2) == []  # one and the same person does not read it twice
    assert _waiting(db, bernard, 2) == [first.attempt_id]
    assert not _is_completed(db, group.learner)
    second = Reading(2, is_done=True)
    assert _read(db, first.attempt_id, second, _desk(bernard, tmp_path, two=True)) is Verdict.DONE
    assert _is_completed(db, group.learner)


def test_where_two_differ_a_third_decides(db: Session, group: Group, tmp_path: Path) -> None:
    first = pass_module(db, group.learner, 1)
    anne, bernard, claire = group.readers
    _read(db, first.attempt_id, DONE, _desk(anne, tmp_path, two=True))
    other = Reading(2, is_done=False, comment="Trop court.")
    found = _read(db, first.attempt_id, other, _desk(bernard, tmp_path, two=True))
    assert found is Verdict.WAITS
    assert _waiting(db, claire, 2) == [first.attempt_id]
    third = Reading(3, is_done=False, comment="Je suis d’accord.")
    found = _read(db, first.attempt_id, third, _desk(claire, tmp_path, two=True))
    assert found is Verdict.NOT_DONE
    (message,) = thread(db, group.learner.enrolment_id, KEYS, "fr", NOW.date())
    assert message.text == "Trop court.\n\nJe suis d’accord."


def test_nobody_reads_twice_and_nobody_reads_what_is_settled(
    db: Session, group: Group, tmp_path: Path
) -> None:
    first = pass_module(db, group.learner, 1)
    anne, bernard, _ = group.readers
    desk = _desk(anne, tmp_path, two=True)
    _read(db, first.attempt_id, DONE, desk)
    assert _read(db, first.attempt_id, DONE, desk) is Verdict.WAITS  # a second click
    with pytest.raises(AlreadyReadError):
        _read(db, first.attempt_id, Reading(2, is_done=True), desk)
    _read(db, first.attempt_id, Reading(2, is_done=True), _desk(bernard, tmp_path, two=True))
    late = Reading(3, is_done=False, comment="Non.")
    with pytest.raises(AlreadyReadError):
        _read(db, first.attempt_id, late, _desk(group.readers[2], tmp_path, two=True))
    assert db.scalar(select(func.count()).select_from(OpenGrade)) == 2


def test_whoever_looked_before_somebody_else_spoke_hears_what_was_said(
    db: Session, group: Group, tmp_path: Path
) -> None:
    first = pass_module(db, group.learner, 1)
    anne, bernard, _ = group.readers
    _read(db, first.attempt_id, NOT_DONE, _desk(anne, tmp_path, two=True))
    with pytest.raises(AlreadyReadError) as refused:
        _read(db, first.attempt_id, DONE, _desk(bernard, tmp_path, two=True))
    assert [one.is_done for one in refused.value.said] == [False]


def test_of_many_who_speak_at_the_same_moment_one_is_first(
    real_database: Database, tmp_path: Path
) -> None:
    with real_database.write() as db:
        group = make_group(db)
        first = pass_module(db, group.learner, 1)
        db.commit()
    outcomes: list[str] = []
    ready = threading.Barrier(3)

    def speak(reader: User) -> None:
        ready.wait()
        with real_database.write() as db:
            try:
                _read(db, first.attempt_id, DONE, _desk(reader, tmp_path))
                db.commit()
                outcomes.append("first")
            except AlreadyReadError as error:
                outcomes.append(f"late: {[one.is_done for one in error.said]}")

    threads = [threading.Thread(target=speak, args=(one,)) for one in group.readers]
    for thread_ in threads:
        thread_.start()
    for thread_ in threads:
        thread_.join()
    assert sorted(outcomes) == ["first", "late: [True]", "late: [True]"]
    with real_database.read() as db:
        assert db.scalar(select(func.count()).select_from(OpenGrade)) == 1


def test_an_instructor_of_another_group_finds_nothing(
    db: Session, group: Group, tmp_path: Path
) -> None:
    first = pass_module(db, group.learner, 1)
    stranger = make_group(db, counts=False).readers[0]
    assert _waiting(db, stranger) == []
    with pytest.raises(NotFoundError):
        _read(db, first.attempt_id, DONE, _desk(stranger, tmp_path))


@pytest.mark.parametrize("item", ["single", "text", ""])
def test_a_question_that_no_person_judges_is_no_answer_to_read(
    db: Session, group: Group, item: str
) -> None:
    first = pass_module(db, group.learner, 1)
    where = (first.attempt_id, place_of(db, first.attempt_id, item) if item else 99)
    with pytest.raises(NotFoundError):
        find_answer(db, group.readers[0].id, where, keys=KEYS, today=NOW.date())


def test_a_reader_sees_the_question_and_the_answer_in_the_language_of_the_answer(
    db: Session, group: Group
) -> None:
    first = pass_module(db, group.learner, 1)
    where = (first.attempt_id, place_of(db, first.attempt_id))
    answer = find_answer(db, group.readers[0].id, where, keys=KEYS, today=NOW.date())
    assert answer.text == "mot mot mot"
    assert answer.language == "fr"
    assert "Que retenez-vous" in str(answer.shown["prompt"])


def test_a_module_that_was_waived_waits_for_no_reader(
    db: Session, group: Group, tmp_path: Path
) -> None:
    first = pass_module(db, group.learner, 1)
    _read(db, first.attempt_id, NOT_DONE, _desk(group.readers[0], tmp_path))
    learner = group.learner
    db.add(
        Waiver(
            enrolment_id=learner.enrolment_id,
            module_id="first",
            programme_id=learner.programme_id,
            correction_id=uuid.uuid4(),
            waived_at=NOW,
        )
    )
    db.execute(update(Standing).where(Standing.module_id == "first").values(passed_at=NOW + HOUR))
    assert pass_module(db, learner, 2, now=NOW + 2 * HOUR).completed


def test_each_word_of_a_reader_is_an_entry_of_the_audit_chain_without_the_comment(
    db: Session, group: Group, tmp_path: Path
) -> None:
    first = pass_module(db, group.learner, 1)
    _read(db, first.attempt_id, NOT_DONE, _desk(group.readers[0], tmp_path))
    subject = f"enrolment:{group.learner.enrolment_id}"
    (entry,) = latest_entries(db, subject=subject, limit=9)
    assert entry.actor == str(group.readers[0].id)
    assert (entry.after["is_done"], entry.after["verdict"]) == (False, "not-done")
    assert "exemple" not in str(entry.after) + entry.reason


def test_a_comment_stands_in_no_table_in_clear(db: Session, group: Group, tmp_path: Path) -> None:
    first = pass_module(db, group.learner, 1)
    _read(db, first.attempt_id, NOT_DONE, _desk(group.readers[0], tmp_path))
    sealed = db.scalars(select(OpenGrade.sealed_comment)).one()
    assert sealed is not None
    assert b"exemple" not in sealed


def test_whoever_left_is_read_by_nobody_any_more(db: Session, group: Group) -> None:
    pass_module(db, group.learner, 1)
    db.get_one(Enrolment, group.learner.enrolment_id).withdrawn_at = NOW
    db.flush()
    assert _waiting(db, group.readers[0]) == []


def test_time_that_runs_out_while_a_reader_is_missing_is_not_his(
    db: Session, group: Group, tmp_path: Path
) -> None:
    first = pass_module(db, group.learner, 1)
    enrolment_id = group.learner.enrolment_id
    assert not waits_for_reader_alone(db, enrolment_id)  # a module is missing: his to pass
    pass_module(db, group.learner, 2)
    assert waits_for_reader_alone(db, enrolment_id)
    referral = make_referral(db, cohort=group.cohort, state="in_progress")
    referral.enrolment_id, referral.deadline = enrolment_id, NOW.date()
    db.flush()
    late = NOW + 3 * DAY
    assert not facts_of(db, referral, Run(KEYS, review=True, now=late)).is_over
    desk = _desk(group.readers[0], tmp_path, hours=72)
    assert _read(db, first.attempt_id, DONE, desk) is Verdict.DONE
    assert _is_completed(db, group.learner)
    assert referral.state == "completed_pending_review"


@pytest.mark.parametrize("number", [0, 2, 9])
def test_a_number_that_no_page_gave_is_taken_from_nobody(
    db: Session, group: Group, tmp_path: Path, number: int
) -> None:
    first = pass_module(db, group.learner, 1)
    reading = Reading(number, is_done=True)
    with pytest.raises(AlreadyReadError):
        _read(db, first.attempt_id, reading, _desk(group.readers[0], tmp_path))
