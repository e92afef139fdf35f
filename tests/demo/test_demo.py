"""A visitor finds every part of the programme at work, and everybody in it is plainly invented."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from pyotp import TOTP
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.accounts.second_factor import opens
from lms.accounts.service import check_login, find_user
from lms.attendance.models import Attendance, LiveSession
from lms.awareness.codes import Door
from lms.awareness.figures import class_figures
from lms.awareness.service import open_door
from lms.conversations.models import SharedResponse
from lms.conversations.queries import waiting_messages
from lms.demo.diary import Life, live
from lms.demo.make import COHORT, LEARNERS, PROGRAMME
from lms.demo.person import MISLEADING
from lms.enrolment.models import Cohort, Enrolment
from lms.enrolment.service import check_code, make_programme
from lms.exchange.message import Direction
from lms.exchange.models import ExchangeMessage
from lms.exchange.signed import Signed
from lms.item_analysis.oddities import Odd
from lms.kernel.audit import AuditEntry, verify_chain
from lms.kernel.clock import system_clock
from lms.kernel.signing import public_key
from lms.outcomes.models import FollowUp, ProgrammeCost
from lms.referrals.models import Referral
from lms.referrals.queries import referral_of_code
from lms.referrals.states import State
from lms.reporting.item_figures import module_figures
from lms.reporting.item_slice import Slice
from lms.surveys.models import SurveyAnswer
from tests.demo.conftest import Shown, show
from tests.factories import NOW

LEAST_SHOWN = 10


def _states(db: Session) -> set[str]:
    return set(db.scalars(select(Referral.state)))


def _file_of(db: Session, login: str) -> Referral:
    return db.scalars(
        select(Referral)
        .join(Enrolment, Enrolment.id == Referral.enrolment_id)
        .join(User, User.id == Enrolment.user_id)
        .where(User.login == login)
    ).one()


def test_files_stand_wherever_a_file_can_stand_for_a_while(db: Session) -> None:
    passing = {State.EXPIRED, State.WITHDRAWN, State.RETURNED_TO_PROSECUTOR, State.CANCELLED}
    assert _states(db) == {one.value for one in State} - passing - {State.PURGED}
    outcomes = set(db.scalars(select(Referral.outcome).where(Referral.state == State.CLOSED)))
    assert outcomes == {"completed", "not_completed", "withdrawn", None}


def test_every_reference_says_that_it_is_invented(db: Session) -> None:
    references = db.scalars(select(Referral.reference).order_by(Referral.referred_at)).all()
    assert list(references) == [f"DEMO-{at:04}" for at in range(1, len(references) + 1)]
    assert all(login.endswith(".demo") for login in db.scalars(select(User.login)))


def test_everybody_in_the_group_was_referred(db: Session) -> None:
    cohort = db.scalars(select(Cohort).where(Cohort.name == COHORT)).one()
    people = set(db.scalars(select(Enrolment.id).where(Enrolment.cohort_id == cohort.id)))
    assert len(people) == 40
    assert people <= set(db.scalars(select(Referral.enrolment_id)))
    assert _file_of(db, LEARNERS[0][1]).state == State.IN_PROGRESS
    finished = _file_of(db, LEARNERS[1][1])
    assert (finished.state, finished.outcome) == (State.REPORTED, "completed")


def test_messages_are_signed_and_numbered_in_the_order_of_their_days(
    db: Session, shown: Shown
) -> None:
    site = public_key(shown.keys.signing)
    for direction in Direction:
        query = select(ExchangeMessage).where(ExchangeMessage.direction == direction.value)
        found = db.scalars(query.order_by(ExchangeMessage.number)).all()
        assert [one.number for one in found] == list(range(1, len(found) + 1))
        assert _is_in_order([one.at for one in found])
        every = [Signed(one.body, one.signature, one.key_id) for one in found]
        if direction is Direction.OUT:
            assert len(every) > LEAST_SHOWN
            assert all(one.is_by(site) for one in every)
        else:
            assert {one.kind for one in found} == {"referral", "suspend", "follow_up"}


def test_the_audit_chain_is_whole_and_in_the_order_of_its_days(db: Session, shown: Shown) -> None:
    assert not verify_chain(db, shown.keys.audit).faults
    acts = db.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
    assert _is_in_order([one.at for one in acts])


def _is_in_order(moments: Sequence[object]) -> bool:
    return all(before <= after for before, after in pairwise(moments))  # type: ignore[operator]  # moments


def test_a_visitor_signs_in_at_the_agency_with_what_is_printed(db: Session, shown: Shown) -> None:
    now, factor = system_clock(), shown.demo.second_factor
    key = shown.keys.field
    for account in shown.demo.accounts:
        assert check_login(db, account.login, account.password)
    members = [one.login for one in shown.demo.accounts if one.role.startswith("agency")]
    assert set(factor.recovery_codes) == set(members)
    for login, codes in factor.recovery_codes.items():
        user = find_user(db, login)
        assert user.role == Role.AGENCY
        assert opens(db, user.id, TOTP(factor.key).at(now), field_key=key, now=now)
        assert [opens(db, user.id, codes[0], field_key=key, now=now) for _ in range(2)] == [
            True, False,
        ]  # fmt: skip


def test_the_printed_codes_let_in_whoever_was_referred(db: Session, shown: Shown) -> None:
    assert len(shown.demo.codes) == 3
    for code in shown.demo.codes:
        file = referral_of_code(db, check_code(db, code, now=system_clock()).code_id)
        assert file is not None
        assert file.state == State.READY


def test_the_instructor_finds_one_bad_question_at_once(db: Session) -> None:
    figures = module_figures(db, "survivor-testimony", Slice())
    assert not figures.waiting
    assert figures.first_looks[0].item == MISLEADING
    assert figures.first_looks[0].odd is Odd.PASSED_CHOSE_WRONG


def test_somebody_waits_for_an_answer_and_a_text_may_be_read(db: Session) -> None:
    instructor = find_user(db, "formatrice.demo")
    waiting = waiting_messages(db, instructor.id, most=5)
    assert len(waiting) == 1
    assert waiting[0].item_id
    assert db.scalar(select(func.count()).select_from(SharedResponse)) == 1


def test_one_session_was_held_and_one_is_to_come(db: Session) -> None:
    now = system_clock()
    held, to_come = db.scalars(select(LiveSession).order_by(LiveSession.starts_at))
    assert held.ends_at < now < to_come.starts_at
    whole = list(db.scalars(select(Attendance.whole).where(Attendance.session_id == held.id)))
    assert set(whole) == {True, False}


def test_figures_are_of_ten_people_and_more(db: Session) -> None:
    of_waves = select(SurveyAnswer.wave, func.count()).group_by(SurveyAnswer.wave)
    sheets = {row[0]: row[1] for row in db.execute(of_waves)}
    assert min(sheets["before"], sheets["after"]) > LEAST_SHOWN
    assert (db.scalar(select(func.count()).select_from(FollowUp)) or 0) > LEAST_SHOWN
    assert db.scalar(select(func.count()).select_from(ProgrammeCost))


def test_the_class_has_its_figures(db: Session, shown: Shown) -> None:
    assert shown.demo.class_codes is not None
    now = system_clock()
    found = open_door(db, Door.LEADER, shown.demo.class_codes.leader_code, now=now)
    same = open_door(db, Door.CLASS, shown.demo.class_codes.code, now=now)
    assert found.id == same.id
    assert class_figures(db, found.id, "see-it-coming").items


def _earlier(db: Session) -> None:
    """Make a group as it was made before there were agencies."""
    then = system_clock() - timedelta(days=30)
    db.add(Cohort(programme_id=make_programme(db, PROGRAMME, now=then).id, course_id="seminar",
                  name=COHORT, created_at=then))  # fmt: skip
    db.flush()


def test_to_a_group_of_an_earlier_version_nobody_is_added_and_that_is_said(tmp_path: Path) -> None:
    made = show(tmp_path, f"sqlite:///{tmp_path / 'virage.db'}", first=_earlier)
    with made.database.read() as db:
        assert not db.scalar(select(func.count()).select_from(Enrolment))
        assert _states(db) == {"referred", "fee_due", "ready", "code_expired", "closed"}
    assert "lms demo --reset" in made.demo.notes[0]
    assert len(made.demo.codes) == 3
    made.database.engine.dispose()


def test_lives_take_their_steps_in_the_order_of_time_and_none_past_the_end() -> None:
    done: list[str] = []

    def life(name: str, *hours: int) -> Life:
        for hour in hours:
            at = yield NOW + timedelta(hours=hour)
            done.append(f"{name}{(at - NOW) // timedelta(hours=1)}")

    live([life("a", 1, 4, 9), life("b", 3, 2, 5)], NOW + timedelta(hours=5))
    # What would lie before a step that was taken is taken right after it.
    assert done == ["a1", "b3", "b3", "a4", "b5"]


@pytest.mark.parametrize("role", list(Role))
def test_there_is_a_login_for_every_role(db: Session, shown: Shown, role: Role) -> None:
    logins = [one.login for one in shown.demo.accounts]
    assert role in set(db.scalars(select(User.role).where(User.login.in_(logins))))
