"""A completion that was revoked is no completion any more, in every list."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.completion.models import CompletionRecord
from lms.completion.service import revoke_completion
from lms.enrolment.models import Cohort, Enrolment
from lms.kernel.ids import new_id
from lms.reporting.people import in_scope, people
from lms.reporting.roster import Status, completed_counts, roster
from tests.factories import NOW, learner_of, make_cohort, make_enrolment, make_user, pass_course


@pytest.fixture
def cohort(db: Session) -> Cohort:
    """Give a group in which two people have completed, and one of them is revoked."""
    instructor = make_user(db, "claire", role=Role.INSTRUCTOR)
    cohort = make_cohort(db, instructors=[instructor])
    enrolments = [make_enrolment(db, cohort=cohort) for _ in range(2)]
    for enrolment in enrolments:
        pass_course(db, learner_of(db, enrolment))
    of_first = CompletionRecord.enrolment_id == enrolments[0].id
    record = db.scalars(select(CompletionRecord).where(of_first)).one()
    revoke_completion(db, record.id, correction_id=new_id(), reason="Impersonation", now=NOW)
    return cohort


def test_a_coordinator_does_not_read_completed_where_it_was_revoked(
    db: Session, cohort: Cohort
) -> None:
    rows = roster(db, cohort.id, limit=10)
    assert [row.status for row in rows] == [Status.UNDER_WAY, Status.COMPLETED]
    assert completed_counts(db, [cohort.id]) == {cohort.id: 1}


def test_an_instructor_finds_him_among_those_who_have_not_finished(
    db: Session, cohort: Cohort
) -> None:
    own = db.scalars(select(User.id).where(User.login == "claire")).one()
    one = people(in_scope(own, Enrolment.cohort_id == cohort.id))
    rows = db.execute(select(one.c.finished).order_by(one.c.enrolled_at, one.c.id))
    assert list(rows.scalars()) == [0, 1]
