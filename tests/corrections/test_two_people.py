"""What one person cannot do alone: waive a module, make a pass, revoke a completion."""

import uuid
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.accounts.service import disable_user
from lms.assessment.models import Standing
from lms.completion.models import CompletionRecord, Revocation
from lms.corrections.kinds import Kind, RefusedError, Staff, Why
from lms.corrections.models import Correction, CorrectionDecision
from lms.corrections.queries import State, corrections_of, find_correction, waiting_corrections
from lms.corrections.scope import staff_of
from lms.corrections.service import correct, decide
from lms.journey.actor import Learner
from lms.kernel.errors import NotFoundError
from lms.progress.models import Waiver
from tests.corrections.people import LATER, REASON, Team, desk, sit, wish
from tests.corrections.test_one_person import entries
from tests.factories import make_user, pass_course


def waived(db: Session, team: Team, learner: Learner, module_id: str = "first") -> Correction:
    """Propose to waive a module."""
    return correct(db, wish(Kind.WAIVE_MODULE, learner, module_id), desk(team.first))


def has_passed(db: Session, learner: Learner, module_id: str = "first") -> bool:
    """Whether a module counts as passed."""
    standing = db.get(Standing, (learner.enrolment_id, module_id), populate_existing=True)
    return standing is not None and standing.passed_at is not None


def test_a_module_is_waived_when_a_second_person_confirms_and_not_before(
    db: Session, team: Team, learner: Learner
) -> None:
    row = waived(db, team, learner)
    assert not has_passed(db, learner)
    assert [one.id for one in waiting_corrections(db, desk(team.second).staff)] == [row.id]
    decide(db, row.id, desk(team.second), accepted=True)
    assert has_passed(db, learner)
    standing = db.get_one(Standing, (learner.enrolment_id, "first"))
    assert (standing.attempts, standing.passed_attempt_id) == (0, None)
    waiver = db.get_one(Waiver, (learner.enrolment_id, "first"))
    assert (waiver.correction_id, waiver.waived_at) == (row.id, LATER)
    (view,) = corrections_of(db, learner.enrolment_id)
    assert (view.state, view.decided_by) == (State.CONFIRMED, team.second.login)
    proposed, confirmed = entries(db)
    assert (proposed.act, proposed.actor) == ("waive-module.proposed", str(team.first.id))
    assert (confirmed.act, confirmed.actor) == ("waive-module.confirmed", str(team.second.id))
    assert (confirmed.reason, confirmed.before) == (REASON, {"passed_at": None})
    assert confirmed.after["waived_at"] == LATER.isoformat()


def test_refused_nothing_happens_and_the_refusal_is_on_record(
    db: Session, team: Team, learner: Learner
) -> None:
    row = waived(db, team, learner)
    decide(db, row.id, desk(team.coordinator), accepted=False)
    assert not has_passed(db, learner)
    assert waiting_corrections(db, desk(team.second).staff) == []
    assert entries(db)[-1].act == "waive-module.refused"
    assert find_correction(db, desk(team.first).staff, row.id).state is State.REFUSED
    again = waived(db, team, learner)  # a refusal is not for ever
    assert again.id != row.id


def test_whoever_proposes_does_not_decide(db: Session, team: Team, learner: Learner) -> None:
    row = waived(db, team, learner)
    for accepted in (True, False):
        with pytest.raises(RefusedError) as refused:
            decide(db, row.id, desk(team.first), accepted=accepted)
        assert refused.value.why is Why.SAME_PERSON
    assert not has_passed(db, learner)


def test_the_database_itself_refuses_one_person_twice(
    db: Session, team: Team, learner: Learner
) -> None:
    row = waived(db, team, learner)
    alone = CorrectionDecision(
        correction_id=row.id,
        proposed_by=team.first.id,
        decided_by=team.first.id,
        decided_at=LATER,
        accepted=True,
    )
    with pytest.raises(IntegrityError, match="two_people"), db.begin_nested():
        db.add(alone)


def test_a_decision_is_made_once(db: Session, team: Team, learner: Learner) -> None:
    row = waived(db, team, learner)
    decide(db, row.id, desk(team.second), accepted=False)
    with pytest.raises(RefusedError) as refused:
        decide(db, row.id, desk(team.coordinator), accepted=True)
    assert refused.value.why is Why.ALREADY_DECIDED
    assert not has_passed(db, learner)


def test_an_instructor_of_another_group_neither_sees_nor_decides(
    db: Session, team: Team, learner: Learner
) -> None:
    row = waived(db, team, learner)
    assert waiting_corrections(db, desk(team.stranger).staff) == []
    for correction_id in (row.id, uuid.uuid4()):
        with pytest.raises(NotFoundError):
            decide(db, correction_id, desk(team.stranger), accepted=True)


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.ADMINISTRATOR, Role.PARTICIPANT])
def test_nobody_else_has_a_say(db: Session, team: Team, learner: Learner, role: Role) -> None:
    row = waived(db, team, learner)
    user = make_user(db, role=role)
    with pytest.raises(NotFoundError):
        staff_of(user)
    forged = replace(desk(team.second), staff=Staff(user.id, role))
    with pytest.raises(NotFoundError):
        decide(db, row.id, forged, accepted=True)


def test_a_closed_account_has_no_say(db: Session, team: Team) -> None:
    disable_user(db, team.second.login, now=LATER)
    with pytest.raises(NotFoundError):
        staff_of(db.get_one(User, team.second.id))


def test_the_same_is_not_proposed_twice_while_it_waits(
    db: Session, team: Team, learner: Learner
) -> None:
    waived(db, team, learner)
    with pytest.raises(RefusedError) as refused:
        correct(db, wish(Kind.WAIVE_MODULE, learner, "first"), desk(team.second))
    assert refused.value.why is Why.ALREADY_WAITING
    waived(db, team, learner, "second")
    other = team.learner(db)
    waived(db, team, other)


def test_a_module_passed_in_the_meantime_cannot_be_waived_any_more(
    db: Session, team: Team, learner: Learner
) -> None:
    row = waived(db, team, learner)
    attempt_id = sit(db, learner)
    with pytest.raises(RefusedError) as refused, db.begin_nested():
        decide(db, row.id, desk(team.second), accepted=True)
    assert refused.value.why is Why.ALREADY_PASSED
    standing = db.get_one(Standing, (learner.enrolment_id, "first"), populate_existing=True)
    assert standing.passed_attempt_id == attempt_id
    decide(db, row.id, desk(team.second), accepted=False)


def test_the_last_module_waived_completes_the_course(
    db: Session, team: Team, learner: Learner
) -> None:
    sit(db, learner)
    row = waived(db, team, learner, "second")
    assert db.scalar(select(CompletionRecord)) is None
    decide(db, row.id, desk(team.coordinator), accepted=True)
    record = db.scalars(select(CompletionRecord)).one()
    assert (record.enrolment_id, record.success_status) == (learner.enrolment_id, "passed")
    assert record.signature


def test_a_completion_is_revoked_by_two_people_and_its_record_stays(
    db: Session, team: Team, learner: Learner
) -> None:
    pass_course(db, learner)
    row = correct(db, wish(Kind.REVOKE_COMPLETION, learner), desk(team.coordinator))
    assert db.scalar(select(Revocation)) is None
    decide(db, row.id, desk(team.first), accepted=True)
    revocation = db.scalars(select(Revocation)).one()
    record = db.scalars(select(CompletionRecord)).one()
    assert (revocation.completion_id, revocation.reason) == (record.id, REASON)
    with pytest.raises(RefusedError) as refused:
        correct(db, wish(Kind.REVOKE_COMPLETION, learner), desk(team.first))
    assert refused.value.why is Why.ALREADY_REVOKED


def test_there_is_nothing_to_revoke_before_a_completion(
    db: Session, team: Team, learner: Learner
) -> None:
    with pytest.raises(RefusedError) as refused:
        correct(db, wish(Kind.REVOKE_COMPLETION, learner), desk(team.first))
    assert refused.value.why is Why.NOT_COMPLETED


def test_what_was_done_at_once_has_nobody_to_confirm_it(
    db: Session, team: Team, learner: Learner
) -> None:
    sit(db, learner, wrong={"multiple"})
    row = correct(db, wish(Kind.EXTRA_ATTEMPT, learner, "first"), desk(team.first))
    with pytest.raises(RefusedError) as refused:
        decide(db, row.id, desk(team.second), accepted=True)
    assert refused.value.why is Why.NOT_WAITING
