"""A coordinator handles a file: fee, group, code, last day; each once, each written down.

Longer than 300 lines: one story, told from its beginning to each of its ends.
"""

import itertools
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from lms.enrolment.models import EnrolmentCode
from lms.enrolment.service import CodeExpiredError, CodeUnknownError, CodeUsedError, check_code
from lms.journey.redeem import redeem_code, try_code
from lms.kernel.days import end_of_day
from lms.kernel.errors import BadInputError, NotFoundError
from lms.kernel.ids import new_id
from lms.referrals.fees import settle_open_fee
from lms.referrals.models import Referral
from lms.referrals.queries import deadlines_of, events_of, seats_taken
from lms.referrals.service import (
    CodeStandsError,
    CohortFullError,
    DeadlineError,
    FeeState,
    MoveRefusedError,
    NoCohortError,
    ReasonError,
    ReceiptError,
    assign,
    change_deadline,
    issue_code,
    reissue,
    settle_fee,
)
from lms.referrals.states import Act, Party, State
from lms.referrals.steps import RULES, move
from tests.factories import NOW, make_cohort, make_enrolment
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
    use_code,
)


def code_of(db: Session, referral: Referral) -> EnrolmentCode:
    """Give the code of a file."""
    assert referral.code_id is not None
    return db.get_one(EnrolmentCode, referral.code_id)


def test_a_fee_is_asked_for_and_paid_with_a_receipt_number(db: Session) -> None:
    referral, coordinator = take_in(db), mover(db)
    settle_fee(db, referral, FeeState.DUE, "", coordinator, now=NOW)
    assert (referral.state, referral.fee_state) == ("fee_due", "due")
    settle_fee(db, referral, FeeState.PAID, " 2026-0042 ", coordinator, now=NOW)
    assert (referral.state, referral.fee_state) == ("ready", "paid")
    assert (referral.fee_receipt, str(referral.fee_by)) == ("2026-0042", coordinator.actor)
    assert steps(db, referral) == ["refer", "charge", "fee", "settle"]
    said = [entry.act for entry in audited(db, referral)]
    assert said == ["file.refer", "file.charge", "file.fee", "file.settle"]


def test_a_fee_that_is_waived_needs_no_receipt_and_no_fee_first(db: Session) -> None:
    referral = take_in(db)
    settle_fee(db, referral, FeeState.WAIVED, "not kept", mover(db), now=NOW)
    assert (referral.state, referral.fee_state) == ("ready", "waived")
    assert referral.fee_receipt is None


def test_a_fee_that_was_noted_wrongly_is_noted_anew_and_the_file_stays(db: Session) -> None:
    referral = enrolled_file(db)
    settle_fee(db, referral, FeeState.PAID, "77", mover(db), now=NOW)
    assert (referral.state, referral.fee_state, referral.fee_receipt) == ("enrolled", "paid", "77")
    assert events_of(db, referral.id)[-1].detail == {"fee": ["waived", "paid"]}


def test_a_fee_that_is_settled_is_not_settled_again_from_the_list(db: Session) -> None:
    referral = take_in(db)
    settle_open_fee(db, referral, FeeState.DUE, "", mover(db), now=NOW)
    settle_open_fee(db, referral, FeeState.PAID, "77", mover(db), now=NOW)
    with pytest.raises(MoveRefusedError):
        settle_open_fee(db, referral, FeeState.WAIVED, "", mover(db), now=NOW)
    assert (referral.fee_state, referral.fee_receipt) == ("paid", "77")


@pytest.mark.parametrize(
    "receipt", ["", "   ", "x" * 41, "4111 1111 1111 1111", "5500-0000-0000-0004", "a\x00b"]
)
def test_no_receipt_and_no_card_number_is_kept(db: Session, receipt: str) -> None:
    referral = take_in(db)
    with pytest.raises(ReceiptError):
        settle_fee(db, referral, FeeState.PAID, receipt, mover(db), now=NOW)
    assert referral.fee_state == "due"


def test_a_long_receipt_number_that_is_no_card_is_kept(db: Session) -> None:
    referral = take_in(db)
    settle_fee(db, referral, FeeState.PAID, "4111111111111112", mover(db), now=NOW)
    assert referral.fee_receipt == "4111111111111112"


def test_only_the_coordination_settles_a_fee(db: Session) -> None:
    referral = take_in(db)
    with pytest.raises(MoveRefusedError):
        settle_fee(db, referral, FeeState.WAIVED, "", mover(db, Party.INSTRUCTOR), now=NOW)


def test_a_group_takes_no_more_than_it_has_places(db: Session) -> None:
    cohort = make_cohort(db)
    cohort.capacity = 2
    first = ready_file(db, cohort)
    make_enrolment(db, cohort=cohort)  # somebody whom nobody referred
    assert seats_taken(db, cohort.id) == 2
    coordinator = mover(db)
    assign(db, first, cohort.id, coordinator, now=NOW)  # he has his place
    other = take_in(db)
    with pytest.raises(CohortFullError):
        assign(db, other, cohort.id, coordinator, now=NOW)
    move(db, first, Act.CANCEL, mover(db, Party.AGENCY), now=NOW)
    assign(db, other, cohort.id, coordinator, now=NOW)
    assert other.cohort_id == cohort.id


def test_whoever_uses_his_code_keeps_the_one_place_that_was_his(db: Session) -> None:
    cohort = make_cohort(db)
    enrolled_file(db, cohort)
    assert seats_taken(db, cohort.id) == 1


def test_another_group_means_that_the_code_lets_into_that_one(db: Session) -> None:
    referral, coordinator, other = ready_file(db), mover(db), make_cohort(db)
    code = issue_code(db, referral, coordinator, valid=CODE_LASTS, now=NOW)
    assign(db, referral, other.id, coordinator, now=NOW)
    assert check_code(db, code, now=NOW).cohort_id == other.id


def test_a_group_is_chosen_before_somebody_is_in_it(db: Session) -> None:
    referral = enrolled_file(db)
    with pytest.raises(MoveRefusedError):
        assign(db, referral, make_cohort(db).id, mover(db), now=NOW)
    with pytest.raises(NotFoundError):
        assign(db, take_in(db), new_id(), mover(db), now=NOW)


def test_a_code_is_given_once_and_works_once(db: Session) -> None:
    referral = ready_file(db)
    code = issue_code(db, referral, mover(db), valid=CODE_LASTS, now=NOW)
    holder = check_code(db, code, now=NOW)
    assert holder.code_id == referral.code_id
    use_code(db, referral)
    assert referral.state == "enrolled"
    with pytest.raises(CodeUsedError):
        check_code(db, code, now=NOW)


def test_a_code_stands_in_no_record_of_the_file(db: Session) -> None:
    referral = ready_file(db)
    code = issue_code(db, referral, mover(db), valid=CODE_LASTS, now=NOW)
    kept = [f"{one.detail}{one.reason}" for one in events_of(db, referral.id)]
    kept += [f"{one.before}{one.after}" for one in audited(db, referral)]
    plain = code.replace("-", "")
    assert not any(code in one or plain in one for one in kept)


def test_a_code_does_not_outlast_the_last_day(db: Session) -> None:
    referral = ready_file(db, deadline=day(3))
    issue_code(db, referral, mover(db), valid=CODE_LASTS, now=NOW)
    assert code_of(db, referral).expires_at == end_of_day(day(3))


def test_a_code_needs_a_settled_fee_a_group_and_no_other_code(db: Session) -> None:
    coordinator = mover(db)
    fresh = take_in(db)
    with pytest.raises(MoveRefusedError):
        issue_code(db, fresh, coordinator, valid=CODE_LASTS, now=NOW)
    settle_fee(db, fresh, FeeState.WAIVED, "", coordinator, now=NOW)
    with pytest.raises(NoCohortError):
        issue_code(db, fresh, coordinator, valid=CODE_LASTS, now=NOW)
    referral = ready_file(db)
    issue_code(db, referral, coordinator, valid=CODE_LASTS, now=NOW)
    with pytest.raises(CodeStandsError):
        issue_code(db, referral, coordinator, valid=CODE_LASTS, now=NOW)


def test_after_the_last_day_no_code_is_made(db: Session) -> None:
    referral = ready_file(db)
    late = end_of_day(LAST_DAY)
    with pytest.raises(DeadlineError):
        issue_code(db, referral, mover(db), valid=CODE_LASTS, now=late)
    with pytest.raises(DeadlineError):
        reissue(db, referral, mover(db), reason="Perdue.", valid=CODE_LASTS, now=late)


def test_a_lost_letter_is_replaced_and_the_old_code_opens_nothing(db: Session) -> None:
    referral, coordinator = ready_file(db), mover(db)
    old = issue_code(db, referral, coordinator, valid=CODE_LASTS, now=NOW)
    new = reissue(db, referral, coordinator, reason="Lettre perdue.", valid=CODE_LASTS, now=NOW)
    with pytest.raises(CodeExpiredError):
        check_code(db, old, now=NOW)
    assert check_code(db, new, now=NOW).code_id == referral.code_id
    assert referral.state == "ready"


def test_a_code_that_ran_out_is_replaced(db: Session) -> None:
    referral, coordinator = ready_file(db), mover(db)
    issue_code(db, referral, coordinator, valid=CODE_LASTS, now=NOW)
    later = NOW + CODE_LASTS
    move(db, referral, Act.LAPSE, RULES, now=later)
    new = reissue(db, referral, coordinator, reason="Échue.", valid=CODE_LASTS, now=later)
    assert check_code(db, new, now=later).code_id == referral.code_id


def test_when_the_wrong_person_came_his_enrolment_ends_and_the_file_begins_anew(
    db: Session,
) -> None:
    referral, coordinator = enrolled_file(db), mover(db)
    wrong = enrolment_of(db, referral)
    new = reissue(db, referral, coordinator, reason="Autre personne.", valid=CODE_LASTS, now=NOW)
    assert wrong.closed_at == NOW
    assert (referral.state, referral.enrolment_id) == ("ready", None)
    reissued = next(one for one in events_of(db, referral.id) if one.act == "reissue")
    assert reissued.detail == {"enrolment": [str(wrong.id), None]}
    use_code_again(db, new)
    assert referral.state == "enrolled"
    assert referral.enrolment_id not in {None, wrong.id}


def use_code_again(db: Session, code: str) -> None:
    """Redeem a code for the right person."""
    holder = check_code(db, code, now=NOW)
    who = ("the-right-person", "phrase longue et bonne")
    redeem_code(db, holder.code_id, who, language="fr", now=NOW, today=TODAY)


def test_what_is_final_is_not_begun_anew(db: Session) -> None:
    referral = enrolled_file(db)
    referral.state = State.COMPLETED
    with pytest.raises(MoveRefusedError):
        reissue(db, referral, mover(db), reason="Non.", valid=CODE_LASTS, now=NOW)


@pytest.mark.parametrize("act", [Act.CANCEL, Act.REISSUE])
def test_the_coordination_says_why_it_cancels_or_reissues(db: Session, act: Act) -> None:
    referral = ready_file(db)
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(ReasonError):
            move(db, referral, act, mover(db), reason=reason, now=NOW)
    assert referral.state == "ready"


def test_a_reason_stays_with_the_file_and_in_the_chain(db: Session) -> None:
    referral = ready_file(db)
    move(db, referral, Act.CANCEL, mover(db), reason=" Erreur. ", now=NOW)
    assert events_of(db, referral.id)[-1].reason == "Erreur."
    assert audited(db, referral)[-1].reason == "Erreur."


def test_an_agency_cancels_without_a_word_and_the_code_opens_nothing(db: Session) -> None:
    referral = ready_file(db)
    code = issue_code(db, referral, mover(db), valid=CODE_LASTS, now=NOW)
    move(db, referral, Act.CANCEL, mover(db, Party.AGENCY), now=NOW)
    assert referral.state == "cancelled"
    with pytest.raises(CodeExpiredError):
        check_code(db, code, now=NOW)


def test_a_suspended_file_lets_nobody_in_until_it_goes_on(db: Session) -> None:
    referral, agency = ready_file(db), mover(db, Party.AGENCY)
    code = issue_code(db, referral, mover(db), valid=CODE_LASTS, now=NOW)
    holder = check_code(db, code, now=NOW)
    move(db, referral, Act.SUSPEND, agency, now=NOW)
    assert isinstance(try_code(db, code, address="192.0.2.7", now=NOW), CodeExpiredError)
    with pytest.raises(CodeExpiredError):
        redeem_code(
            db, holder.code_id, ("who-waits", "phrase longue et bonne"),
            language="fr", now=NOW, today=TODAY,
        )  # fmt: skip
    move(db, referral, Act.RESUME, agency, now=NOW)
    assert referral.state == "ready"
    assert referral.suspended_from is None
    assert not isinstance(try_code(db, code, address="192.0.2.7", now=NOW), BadInputError)


def test_a_code_that_was_never_made_is_still_an_unknown_one(db: Session) -> None:
    found = try_code(db, "0000-0000", address="192.0.2.8", now=NOW)
    assert isinstance(found, CodeUnknownError)


def test_the_course_shuts_while_a_file_is_suspended(db: Session) -> None:
    referral, agency = enrolled_file(db), mover(db, Party.AGENCY)
    move(db, referral, Act.SUSPEND, agency, now=NOW)
    assert enrolment_of(db, referral).suspended_at == NOW
    assert referral.suspended_from == "enrolled"
    move(db, referral, Act.RESUME, agency, now=NOW)
    assert enrolment_of(db, referral).suspended_at is None
    assert referral.state == "enrolled"


def test_whoever_is_enrolled_has_the_agencys_last_day_not_the_courses(db: Session) -> None:
    course = enrolment_of(db, enrolled_file(db, deadline=day(200))).deadline
    assert course == day(200)


def test_an_extension_holds_for_the_enrolment_too_and_says_why(db: Session) -> None:
    referral = enrolled_file(db)
    change_deadline(db, referral, day(120), mover(db), reason="Panne.", now=NOW)
    assert (referral.deadline, enrolment_of(db, referral).deadline) == (day(120), day(120))
    last = events_of(db, referral.id)[-1]
    assert (last.act, last.reason) == ("deadline", "Panne.")
    assert deadlines_of(db, referral.id) == (LAST_DAY,)
    assert audited(db, referral)[-1].act == "file.deadline"


def test_a_shorter_time_shortens_the_code(db: Session) -> None:
    referral = ready_file(db)
    issue_code(db, referral, mover(db), valid=CODE_LASTS, now=NOW)
    change_deadline(db, referral, day(4), mover(db, Party.AGENCY), reason="", now=NOW)
    assert code_of(db, referral).expires_at == end_of_day(day(4))


@pytest.mark.parametrize("number", [-1, 367])
def test_no_extension_goes_beyond_a_year_after_the_referral(db: Session, number: int) -> None:
    referral = enrolled_file(db)
    with pytest.raises(DeadlineError):
        change_deadline(db, referral, day(number), mover(db), reason="Panne.", now=NOW)


def test_the_year_is_counted_from_the_referral_not_from_the_extension(db: Session) -> None:
    referral, later = enrolled_file(db), NOW + timedelta(days=60)
    change_deadline(db, referral, day(366), mover(db), reason="Panne.", now=later)
    with pytest.raises(DeadlineError):
        change_deadline(db, referral, day(367), mover(db), reason="Panne.", now=later)


def test_who_may_change_a_last_day_and_when(db: Session) -> None:
    referral = enrolled_file(db)
    with pytest.raises(ReasonError):
        change_deadline(db, referral, day(100), mover(db), reason=" ", now=NOW)
    with pytest.raises(MoveRefusedError):
        change_deadline(db, referral, day(100), mover(db, Party.INSTRUCTOR), reason="x", now=NOW)
    referral.state = State.RETURNED_TO_PROSECUTOR
    with pytest.raises(MoveRefusedError):
        change_deadline(db, referral, day(100), mover(db), reason="Trop tard.", now=NOW)


def test_the_steps_of_a_file_are_numbered_from_one_without_gaps(db: Session) -> None:
    referral = enrolled_file(db)
    numbers = [one.number for one in events_of(db, referral.id)]
    assert numbers == list(range(1, len(numbers) + 1))
    states = [(one.before, one.after) for one in events_of(db, referral.id)]
    assert all(first[1] == then[0] for first, then in itertools.pairwise(states))
