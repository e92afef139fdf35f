"""Files move where the facts say, by the rules alone; the agency is told one word, once.

Longer than 300 lines: one story, told from its beginning to each of its ends.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import SignInSession
from lms.agencies.queries import agreements_of
from lms.agencies.service import end_agreement
from lms.completion import service as completion_service
from lms.completion.models import CompletionRecord
from lms.enrolment.models import Enrolment
from lms.exchange.queries import SentView, sent_about
from lms.journey.due_files import advance_due_files, advance_files, due_files
from lms.journey.end_attempts import end_due_attempts
from lms.journey.files import (
    REST,
    RULE,
    WAIT_FOR_CERTIFICATE,
    Facts,
    NothingToLeaveError,
    Run,
    advance,
    advance_file,
    certificate_may_be_issued,
    confirm_completion,
    next_act,
    withdraw,
)
from lms.journey.take_quiz import start_quiz
from lms.kernel.audit import latest_entries
from lms.kernel.days import end_of_day
from lms.kernel.ids import new_id
from lms.referrals.models import Referral
from lms.referrals.service import issue_code, reissue
from lms.referrals.states import CAN_EXPIRE, TRANSITIONS, Act, MoveRefusedError, Party, State
from lms.referrals.steps import move
from tests import factories
from tests.factories import KEYS, NOW
from tests.referrals.files import (
    CODE_LASTS,
    LAST_DAY,
    TODAY,
    audited,
    day,
    enrolled_file,
    enrolment_of,
    mover,
    ready_file,
    steps,
    take_in,
)

AFTER = end_of_day(LAST_DAY)  # the first moment of the next day
REVIEWED = Run(KEYS, review=True, now=NOW)
YES = Facts(is_active=True, is_completed=True, needs_review=True, is_over=True, is_code_over=True,
            may_tell=True, has_rested=True)  # fmt: skip


def passed_file(db: Session, **changes: Any) -> Referral:  # noqa: ANN401 - of the referral
    """Give a file whose person has passed the course today."""
    referral = enrolled_file(db, **changes)
    factories.pass_course(db, factories.learner_of(db, enrolment_of(db, referral)))
    return referral


def run_job(db: Session, now: datetime = NOW, *, review: bool = True) -> int:
    """Run the job once."""
    return advance_due_files(db, keys=KEYS, review=review, now=now)


def told(db: Session, referral: Referral) -> Sequence[SentView]:
    """Give what the agency was told."""
    return sent_about(db, referral.id)


@pytest.mark.parametrize(
    ("state", "facts", "act"),
    [
        (State.REFERRED, Facts(), None),
        (State.REFERRED, Facts(is_over=True), Act.EXPIRE),
        (State.FEE_DUE, Facts(is_over=True), Act.EXPIRE),
        (State.READY, Facts(), None),
        (State.READY, Facts(is_code_over=True), Act.LAPSE),
        (State.READY, Facts(is_code_over=True, is_over=True), Act.EXPIRE),
        (State.CODE_EXPIRED, Facts(is_code_over=True), None),
        (State.CODE_EXPIRED, Facts(is_code_over=True, is_over=True), Act.EXPIRE),
        (State.ENROLLED, Facts(), None),
        (State.ENROLLED, Facts(is_active=True), Act.BEGIN),
        (State.ENROLLED, Facts(is_completed=True), Act.BEGIN),
        (State.ENROLLED, Facts(is_over=True), Act.EXPIRE),
        (State.IN_PROGRESS, Facts(is_active=True), None),
        (State.IN_PROGRESS, Facts(is_completed=True), Act.FINISH),
        (State.IN_PROGRESS, Facts(is_over=True), Act.EXPIRE),
        # Whoever finished on the last day, minutes before midnight, has finished.
        (State.IN_PROGRESS, Facts(is_completed=True, is_over=True), Act.FINISH),
        (State.COMPLETED_PENDING_REVIEW, Facts(is_completed=True), None),
        (State.COMPLETED_PENDING_REVIEW, Facts(is_completed=True, is_over=True), None),
        (
            State.COMPLETED_PENDING_REVIEW,
            Facts(is_completed=True, needs_review=False),
            Act.CONFIRM,
        ),
        (State.COMPLETED_PENDING_REVIEW, Facts(needs_review=False), None),
        (State.NEEDS_FOLLOW_UP, Facts(is_completed=True), None),
        (State.NEEDS_FOLLOW_UP, Facts(is_over=True), Act.EXPIRE),
        (State.COMPLETED, Facts(), None),
        (State.COMPLETED, Facts(may_tell=True, is_completed=True), Act.REPORT),
        (State.COMPLETED, Facts(is_completed=True), None),
        (State.COMPLETED, Facts(may_tell=True), None),
        (State.REPORTED, Facts(), None),
        (State.REPORTED, Facts(has_rested=True), Act.CLOSE),
        (State.EXPIRED, Facts(), Act.RETURN),
        (State.WITHDRAWN, Facts(), Act.RETURN),
        (State.RETURNED_TO_PROSECUTOR, Facts(), Act.CLOSE),
        (State.CANCELLED, Facts(), Act.CLOSE),
        (State.SUSPENDED, YES, None),
        (State.CLOSED, YES, None),
        (State.PURGED, YES, None),
    ],
)
def test_what_the_rules_do_next(state: State, facts: Facts, act: Act | None) -> None:
    assert next_act(state, facts) == act


def test_the_rules_do_nothing_that_the_table_does_not_let_them() -> None:
    for state, lines in RULE.items():
        for act, _ in lines:
            assert Party.RULES in TRANSITIONS[state, act].by
    assert {state for state in State if next_act(state, Facts(is_over=True)) is Act.EXPIRE} == set(
        CAN_EXPIRE
    )


def test_somebody_who_has_read_nothing_is_enrolled_and_nothing_more(db: Session) -> None:
    referral = enrolled_file(db)
    assert run_job(db) == 0
    assert referral.state == "enrolled"


def test_whoever_reads_is_in_progress_with_the_next_run(db: Session) -> None:
    referral = enrolled_file(db)
    factories.read_module(db, factories.learner_of(db, enrolment_of(db, referral)), 1)
    assert referral.state == "enrolled"
    assert run_job(db) == 1
    assert referral.state == "in_progress"
    assert run_job(db) == 0


def test_a_pass_waits_for_a_person_and_is_told_to_nobody_before(db: Session) -> None:
    referral = passed_file(db)
    for now in (NOW, AFTER, AFTER + timedelta(days=100)):
        run_job(db, now)
        assert referral.state == "completed_pending_review"
    assert (told(db, referral), referral.outcome) == ((), None)
    assert not certificate_may_be_issued(db, enrolment_of(db, referral).id)


def test_where_the_site_turned_the_review_off_the_rules_confirm(db: Session) -> None:
    referral = passed_file(db)
    run_job(db, review=False)
    assert (referral.state, referral.outcome) == ("completed", "completed")
    assert steps(db, referral)[-3:] == ["begin", "finish", "confirm"]


def test_a_file_that_waited_for_review_goes_on_when_the_site_turns_it_off(db: Session) -> None:
    referral = passed_file(db)
    run_job(db)
    assert run_job(db, review=False) == 1
    assert referral.state == "completed"


def test_the_day_of_the_word_is_the_day_of_the_last_pass(db: Session) -> None:
    referral = passed_file(db)
    run_job(db)
    reviewer = mover(db, Party.INSTRUCTOR)
    confirm_completion(db, referral, reviewer, now=NOW + timedelta(days=3))
    assert (referral.state, referral.outcome) == ("completed", "completed")
    assert referral.outcome_on == TODAY
    assert audited(db, referral)[-1].actor == reviewer.actor


def test_nothing_is_confirmed_that_is_not_on_record(db: Session) -> None:
    for referral in (enrolled_file(db), ready_file(db)):
        with pytest.raises(MoveRefusedError):
            confirm_completion(db, referral, mover(db, Party.INSTRUCTOR), now=NOW)


def test_a_revoked_completion_is_not_confirmed_nor_finished_again(db: Session) -> None:
    referral = passed_file(db)
    run_job(db)
    record = db.scalars(select(CompletionRecord)).one()
    completion_service.revoke_completion(
        db, record.id, correction_id=new_id(), reason="Autre personne.", now=NOW
    )
    with pytest.raises(MoveRefusedError):
        confirm_completion(db, referral, mover(db, Party.INSTRUCTOR), now=NOW)
    reviewer = mover(db, Party.INSTRUCTOR)
    move(db, referral, Act.FOLLOW_UP, reviewer, reason="À revoir.", now=NOW)
    move(db, referral, Act.GO_ON, reviewer, now=NOW)
    run_job(db)
    assert referral.state == "in_progress"


def test_after_the_talk_the_result_waits_for_the_reviewer_again(db: Session) -> None:
    referral = passed_file(db)
    run_job(db)
    reviewer = mover(db, Party.INSTRUCTOR)
    move(db, referral, Act.FOLLOW_UP, reviewer, reason="Un appel d’abord.", now=NOW)
    run_job(db)
    assert referral.state == "needs_follow_up"
    move(db, referral, Act.GO_ON, reviewer, now=NOW)
    advance(db, referral, REVIEWED)
    assert referral.state == "completed_pending_review"


def test_the_agency_is_told_at_once_when_the_certificate_is_made(db: Session) -> None:
    referral = passed_file(db)
    run_job(db)
    confirm_completion(db, referral, mover(db, Party.INSTRUCTOR), now=NOW)
    learner = factories.learner_of(db, enrolment_of(db, referral))
    certificate = factories.attest(db, learner)
    advance_file(db, learner.enrolment_id, keys=KEYS, settings_review=True, now=NOW)
    assert referral.state == "reported"
    (sent,) = told(db, referral)
    assert (sent.status, sent.day, sent.certificate) == ("completed", TODAY, certificate.number)


def test_the_agency_is_told_within_a_day_also_without_a_certificate(db: Session) -> None:
    referral = passed_file(db)
    run_job(db)
    confirm_completion(db, referral, mover(db, Party.INSTRUCTOR), now=NOW)
    run_job(db, NOW + WAIT_FOR_CERTIFICATE - timedelta(minutes=1))
    assert told(db, referral) == ()
    assert timedelta(hours=24) > WAIT_FOR_CERTIFICATE
    run_job(db, NOW + WAIT_FOR_CERTIFICATE)
    assert referral.state == "reported"
    assert [one.certificate for one in told(db, referral)] == [None]


def test_a_certificate_that_comes_later_is_told_once_more(db: Session) -> None:
    referral = passed_file(db)
    run_job(db)
    confirm_completion(db, referral, mover(db, Party.INSTRUCTOR), now=NOW)
    run_job(db, NOW + timedelta(days=1))
    later = NOW + timedelta(days=2)
    learner = factories.learner_of(db, enrolment_of(db, referral))
    certificate = factories.attest(db, learner, now=later)
    assert due_files(db, review=True, now=later) == (referral.id,)
    run_job(db, later)
    run_job(db, later)
    assert [one.certificate for one in told(db, referral)] == [None, certificate.number]
    assert due_files(db, review=True, now=later) == ()
    assert referral.state == "reported"


def test_a_file_rests_for_thirty_days_before_it_is_closed(db: Session) -> None:
    referral = passed_file(db)
    run_job(db)
    confirm_completion(db, referral, mover(db, Party.INSTRUCTOR), now=NOW)
    reported = NOW + WAIT_FOR_CERTIFICATE
    run_job(db, reported)
    run_job(db, reported + REST - timedelta(minutes=1))
    assert (referral.state, referral.closed_at) == ("reported", None)
    run_job(db, reported + REST)
    assert (referral.state, referral.closed_at) == ("closed", reported + REST)
    assert enrolment_of(db, referral).closed_at == reported + REST
    assert referral.outcome == "completed"


def test_on_his_last_day_somebody_still_has_time(db: Session) -> None:
    referral = enrolled_file(db)
    last = AFTER - timedelta(seconds=1)
    run_job(db, last)
    assert advance(db, referral, Run(KEYS, review=True, now=last)) == 0
    assert referral.state == "enrolled"


def test_after_the_last_day_the_file_goes_back_with_one_word(db: Session) -> None:
    referral = enrolled_file(db)
    run_job(db, AFTER)
    assert steps(db, referral)[-3:] == ["expire", "return", "close"]
    assert (referral.outcome, referral.outcome_on) == ("not_completed", day(91))
    assert [(one.status, one.certificate) for one in told(db, referral)] == [
        ("not_completed", None)
    ]
    assert enrolment_of(db, referral).closed_at == AFTER


@pytest.mark.parametrize("make", [take_in, ready_file])
def test_a_file_whose_person_never_came_goes_back_too(db: Session, make: Any) -> None:  # noqa: ANN401 - a function of files.py
    referral = make(db)
    run_job(db, AFTER)
    assert (referral.state, referral.outcome) == ("closed", "not_completed")


def test_a_suspended_file_is_not_run_out_by_time(db: Session) -> None:
    referral = enrolled_file(db)
    move(db, referral, Act.SUSPEND, mover(db, Party.AGENCY), now=NOW)
    run_job(db, AFTER)
    assert referral.state == "suspended"
    move(db, referral, Act.RESUME, mover(db, Party.AGENCY), now=AFTER)
    run_job(db, AFTER)
    assert referral.outcome == "not_completed"


def test_what_was_saved_until_the_last_day_is_graded_before_the_file_goes_back(
    db: Session,
) -> None:
    referral = enrolled_file(db)
    learner = factories.learner_of(db, enrolment_of(db, referral))
    factories.pass_module(db, learner, 1)
    factories.read_module(db, learner, 2)
    factories.save_all(db, start_quiz(db, learner, 2, "fr", NOW))
    run_job(db, AFTER)
    assert referral.state == "in_progress"
    end_due_attempts(db, keys=KEYS, now=AFTER)
    run_job(db, AFTER)
    assert referral.state == "completed_pending_review"


def test_a_code_that_runs_out_is_noted_and_the_file_waits_for_another(db: Session) -> None:
    referral = ready_file(db)
    from_then = NOW + CODE_LASTS
    issue_code(db, referral, mover(db), valid=CODE_LASTS, now=NOW)
    run_job(db, from_then - timedelta(minutes=1))
    assert referral.state == "ready"
    run_job(db, from_then)
    assert (referral.state, told(db, referral)) == ("code_expired", ())


def test_without_an_agreement_the_word_waits_and_nothing_else_does(db: Session) -> None:
    referral, other = enrolled_file(db), enrolled_file(db)
    (agreement,) = agreements_of(db, referral.agency_id)
    end_agreement(db, agreement.id, NOW)
    run_job(db, AFTER)
    assert (referral.state, told(db, referral)) == ("returned_to_prosecutor", ())
    assert other.state == "closed"
    agreement.ended_on = None
    db.flush()
    run_job(db, AFTER + timedelta(days=1))
    assert referral.state == "closed"
    assert [one.day for one in told(db, referral)] == [day(91)]


def test_a_cancelled_file_is_closed_with_its_course_and_nobody_is_told_a_result(
    db: Session,
) -> None:
    referral = enrolled_file(db)
    move(db, referral, Act.CANCEL, mover(db, Party.AGENCY), now=NOW)
    signed_in = select(SignInSession).where(
        SignInSession.user_id == enrolment_of(db, referral).user_id
    )
    assert {one.ended_at for one in db.scalars(signed_in)} == {NOW}
    run_job(db, NOW + timedelta(minutes=5))
    assert (referral.state, referral.outcome, told(db, referral)) == ("closed", None, ())
    assert enrolment_of(db, referral).closed_at == NOW


def test_whoever_leaves_is_told_as_such_and_his_course_closes(db: Session) -> None:
    referral = enrolled_file(db)
    person = enrolment_of(db, referral)
    withdraw(db, person.id, keys=KEYS, settings_review=True, now=NOW)
    assert steps(db, referral)[-3:] == ["withdraw", "return", "close"]
    assert (referral.outcome, referral.outcome_on) == ("withdrawn", TODAY)
    assert [one.status for one in told(db, referral)] == ["withdrawn"]
    assert (person.withdrawn_at, person.closed_at) == (NOW, NOW)
    said = {one.act: one.actor for one in audited(db, referral)}
    assert said["file.withdraw"] == str(person.user_id)


def test_somebody_whose_result_waits_may_still_leave(db: Session) -> None:
    referral = passed_file(db)
    run_job(db)
    withdraw(db, enrolment_of(db, referral).id, keys=KEYS, settings_review=True, now=NOW)
    assert referral.outcome == "withdrawn"


def test_nobody_leaves_twice_nor_after_his_result_is_final(db: Session) -> None:
    gone, done = enrolled_file(db), passed_file(db)
    withdraw(db, enrolment_of(db, gone).id, keys=KEYS, settings_review=True, now=NOW)
    run_job(db)
    confirm_completion(db, done, mover(db, Party.INSTRUCTOR), now=NOW)
    for referral in (gone, done):
        with pytest.raises(NothingToLeaveError):
            withdraw(db, enrolment_of(db, referral).id, keys=KEYS, settings_review=True, now=NOW)
    assert done.outcome == "completed"


def test_whom_nobody_referred_may_leave_too_until_he_has_passed(db: Session) -> None:
    enrolment = factories.make_enrolment(db)
    withdraw(db, enrolment.id, keys=KEYS, settings_review=True, now=NOW)
    assert (enrolment.withdrawn_at, enrolment.closed_at) == (NOW, NOW)
    (entry,) = latest_entries(db, subject=f"enrolment:{enrolment.id}", limit=5)
    assert (entry.act, entry.actor) == ("withdraw", str(enrolment.user_id))
    learner = factories.make_learner(db)
    factories.pass_course(db, learner)
    for enrolment_id in (enrolment.id, learner.enrolment_id):
        with pytest.raises(NothingToLeaveError):
            withdraw(db, enrolment_id, keys=KEYS, settings_review=True, now=NOW)
    assert db.get_one(Enrolment, learner.enrolment_id).withdrawn_at is None


def test_whom_nobody_referred_has_no_file_and_his_pass_is_final_at_once(db: Session) -> None:
    learner = factories.make_learner(db)
    factories.pass_course(db, learner)
    advance_file(db, learner.enrolment_id, keys=KEYS, settings_review=True, now=NOW)
    assert certificate_may_be_issued(db, learner.enrolment_id)
    assert run_job(db) == 0


def test_whoever_sat_in_for_somebody_else_gets_no_certificate(db: Session) -> None:
    referral = enrolled_file(db)
    wrong = enrolment_of(db, referral)
    factories.pass_course(db, factories.learner_of(db, wrong))
    advance_file(db, wrong.id, keys=KEYS, settings_review=True, now=NOW)
    assert referral.state == "completed_pending_review"
    reissue(db, referral, mover(db), reason="Autre personne.", valid=CODE_LASTS, now=NOW)
    assert not certificate_may_be_issued(db, wrong.id)


def test_the_job_takes_files_a_few_at_a_time_and_begins_again_where_it_stopped(
    db: Session,
) -> None:
    files = sorted(enrolled_file(db).id for _ in range(3))
    first = due_files(db, review=True, now=AFTER, limit=2)
    assert first == tuple(files[:2])
    run = Run(KEYS, review=True, now=AFTER)
    assert advance_files(db, first, run) == 2
    assert advance_files(db, first, run) == 0
    rest = due_files(db, review=True, now=AFTER, after=first[-1], limit=2)
    assert rest == tuple(files[2:])
    assert due_files(db, review=True, now=AFTER) == rest
