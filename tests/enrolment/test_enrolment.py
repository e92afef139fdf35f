"""A code lets one person in, once, under the rules of that day."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.accounts.service import LoginTakenError, SignedIn
from lms.accounts.throttle import CODE_FAILURES
from lms.enrolment.models import CohortInstructor, Enrolment, EnrolmentCode
from lms.enrolment.service import (
    CodeExpiredError,
    CodeHolder,
    CodeUnknownError,
    CodeUsedError,
    CourseUnknownError,
    NameTakenError,
    agree,
    assign_instructor,
    check_code,
    check_code_id,
    enrol,
    issue_codes,
    make_cohort,
)
from lms.journey.redeem import redeem_code, try_code
from lms.kernel.database import Database
from lms.kernel.errors import BadInputError, NotFoundError, TooOftenError
from tests import factories
from tests.factories import NOW, PASSWORD, make_code, make_enrolment, make_programme, make_user
from tests.threads import at_once

TODAY = NOW.date()
AT_ONCE = 100


def _redeem(db: Session, code: str, login: str) -> SignedIn:
    holder = check_code(db, code, now=NOW)
    who = (login, PASSWORD)
    return redeem_code(db, holder.code_id, who, language="fr", now=NOW, today=TODAY)


def test_a_code_gives_an_account_an_enrolment_and_a_session(db: Session) -> None:
    signed_in = _redeem(db, make_code(db), "anna")
    enrolment = db.scalars(select(Enrolment)).one()
    assert enrolment.user_id == signed_in.user.id
    assert (signed_in.user.role, enrolment.agreed_at) == (Role.PARTICIPANT, None)


def test_a_code_is_good_once(db: Session) -> None:
    code = make_code(db)
    _redeem(db, code, "anna")
    with pytest.raises(CodeUsedError):
        check_code(db, code, now=NOW)


def test_a_code_that_was_used_a_moment_before_is_refused_at_the_last_step(db: Session) -> None:
    holder = check_code(db, make_code(db), now=NOW)
    enrol(db, holder.code_id, make_user(db), now=NOW, today=TODAY)
    with pytest.raises(CodeUsedError):
        enrol(db, holder.code_id, make_user(db), now=NOW, today=TODAY)


def test_a_code_runs_out_on_its_last_moment(db: Session) -> None:
    code = make_code(db)
    last = NOW + timedelta(days=90)
    holder = check_code(db, code, now=last - timedelta(seconds=1))
    with pytest.raises(CodeExpiredError):
        check_code_id(db, holder.code_id, now=last)


def test_a_code_that_ran_out_between_two_pages_enrols_nobody(db: Session) -> None:
    holder = check_code(db, make_code(db), now=NOW)
    with pytest.raises(CodeUsedError):
        enrol(db, holder.code_id, make_user(db), now=NOW + timedelta(days=91), today=TODAY)


@pytest.mark.parametrize("typed", ["", "ABCD", "0000-0000-0000-0000-0", "not a code at all"])
def test_a_code_that_was_never_issued_is_unknown(db: Session, typed: str) -> None:
    make_code(db)
    with pytest.raises(CodeUnknownError):
        check_code(db, typed, now=NOW)


def test_the_code_itself_is_kept_nowhere(db: Session) -> None:
    code = make_code(db)
    kept = str(vars(db.scalars(select(EnrolmentCode)).one()))
    assert code not in kept
    assert code.replace("-", "") not in kept


def test_a_hundred_people_with_one_code_make_one_enrolment(real_database: Database) -> None:
    with real_database.write() as db:
        code = make_code(db)
        people = [make_user(db) for _ in range(AT_ONCE)]
        db.commit()
    with real_database.read() as db:
        code_id = check_code(db, code, now=NOW).code_id

    def redeem(person: User) -> Callable[[Session], Enrolment]:
        return lambda db: enrol(db, code_id, person, now=NOW, today=TODAY)

    done, refused = at_once(real_database, [redeem(person) for person in people])
    assert len(done) == 1
    assert {type(one) for one in refused} == {CodeUsedError}
    assert len(refused) == AT_ONCE - 1
    with real_database.read() as db:
        assert db.scalar(select(func.count()).select_from(Enrolment)) == 1


def test_of_people_redeeming_at_once_the_losers_leave_no_account(real_database: Database) -> None:
    with real_database.write() as db:
        code = make_code(db)
        db.commit()

    def redeem(at: int) -> Callable[[Session], SignedIn]:
        return lambda db: _redeem(db, code, f"person-{at}")

    acts = [redeem(at) for at in range(6)]
    done, refused = at_once(real_database, acts)
    assert (len(done), len(refused)) == (1, 5)
    with real_database.read() as db:
        assert db.scalar(select(func.count()).select_from(User)) == 1


def test_two_people_who_choose_one_login_at_once_are_told(real_database: Database) -> None:
    with real_database.write() as db:
        cohort = factories.make_cohort(db)
        codes = [make_code(db, cohort) for _ in range(2)]
        db.commit()

    def redeem(code: str) -> Callable[[Session], SignedIn]:
        return lambda db: _redeem(db, code, "anna")

    acts = [redeem(code) for code in codes]
    done, refused = at_once(real_database, acts)
    assert len(done) == 1
    assert [type(one) for one in refused] == [LoginTakenError]
    with real_database.read() as db:
        free = select(func.count()).where(EnrolmentCode.redeemed_at.is_(None))
        assert db.scalar(free) == 1


def test_a_refused_login_keeps_the_code(db: Session) -> None:
    make_user(db, "anna")
    code = make_code(db)
    holder = check_code(db, code, now=NOW)
    with pytest.raises(LoginTakenError):
        _redeem(db, code, "anna")
    assert check_code(db, code, now=NOW) == holder


def test_the_rules_are_those_of_the_day_of_enrolment(db: Session) -> None:
    before = factories.make_learner(db)
    factories.change_rules(db, **{"pass": 60, "deadline_days": 30})
    after = factories.make_learner(db)
    assert (before.rules.passing_percent, after.rules.passing_percent) == (80, 60)
    assert (before.deadline, after.deadline) == (date(2027, 2, 19), date(2026, 12, 21))


def test_a_course_without_a_deadline_gives_none(db: Session) -> None:
    assert make_enrolment(db, deadline_days=None).deadline is None


def test_a_pseudonym_says_nothing_and_is_ones_own(db: Session) -> None:
    cohort = factories.make_cohort(db)
    pseudonyms = {make_enrolment(db, cohort=cohort).pseudonym for _ in range(5)}
    assert len(pseudonyms) == 5
    assert all(one.startswith("P-") and len(one) == 8 for one in pseudonyms)


def test_the_first_agreement_counts(db: Session) -> None:
    enrolment = make_enrolment(db, agreed=False)
    agree(db, enrolment.id, notice_version="1", now=NOW)
    agree(db, enrolment.id, notice_version="2", now=NOW + timedelta(days=1))
    db.refresh(enrolment)
    assert (enrolment.notice_version, enrolment.agreed_at) == ("1", NOW)


def test_sixty_wrong_codes_from_one_address_make_it_wait(db: Session) -> None:
    code = make_code(db)
    for _ in range(CODE_FAILURES):
        assert isinstance(try_code(db, "wrong", address="192.0.2.1", now=NOW), BadInputError)
    with pytest.raises(TooOftenError):
        try_code(db, code, address="192.0.2.1", now=NOW)
    assert isinstance(try_code(db, code, address="192.0.2.2", now=NOW), CodeHolder)


@pytest.mark.parametrize("number", [0, -1, 201])
def test_codes_are_issued_in_a_sensible_number(db: Session, number: int) -> None:
    cohort = factories.make_cohort(db)
    with pytest.raises(BadInputError):
        issue_codes(db, cohort.id, number, valid=timedelta(days=1), now=NOW)


def test_codes_are_issued_for_a_cohort_that_exists(db: Session) -> None:
    with pytest.raises(NotFoundError):
        issue_codes(db, make_user(db).id, 1, valid=timedelta(days=1), now=NOW)


def test_two_cohorts_do_not_share_a_name(db: Session) -> None:
    factories.make_cohort(db, "Hiver")
    with pytest.raises(NameTakenError):
        factories.make_cohort(db, "Hiver")


def test_a_cohort_takes_a_course_that_is_published(db: Session) -> None:
    with pytest.raises(CourseUnknownError):
        make_cohort(db, make_programme(db), "Hiver", course_id="nothing", now=NOW)


def test_instructors_alone_are_assigned_to_a_cohort(db: Session) -> None:
    instructor = make_user(db, role=Role.INSTRUCTOR)
    cohort = factories.make_cohort(db, instructors=[instructor])
    assign_instructor(db, cohort.id, instructor)  # again: no fault
    assert db.scalars(select(CohortInstructor.user_id)).all() == [instructor.id]
    with pytest.raises(BadInputError, match="not an instructor"):
        assign_instructor(db, cohort.id, make_user(db, role=Role.AUTHOR))
