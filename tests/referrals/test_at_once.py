"""Two desks, one file: acts that meet, on a real database."""

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.enrolment.models import Enrolment
from lms.journey.due_files import advance_due_files
from lms.journey.files import confirm_completion, withdraw
from lms.kernel.database import Database
from lms.referrals.models import Referral, ReferralEvent
from lms.referrals.service import (
    CodeStandsError,
    CohortFullError,
    MoveRefusedError,
    ReferenceUsedError,
    assign,
    issue_code,
    refer,
)
from lms.referrals.states import Act, Party
from lms.referrals.steps import move
from tests import factories
from tests.factories import KEYS, NOW, make_agency, make_cohort
from tests.referrals.files import (
    CODE_LASTS,
    SAID,
    TODAY,
    enrolled_file,
    enrolment_of,
    mover,
    ready_file,
    take_in,
)
from tests.threads import at_once


def test_of_many_that_refer_the_same_person_at_once_one_is_taken(real_database: Database) -> None:
    with real_database.write() as db:
        agency_id = make_agency(db).id
        db.commit()

    def act(db: Session) -> Referral:
        return refer(
            db, agency_id, SAID, source="api", by=None, keys=KEYS, now=NOW, today=TODAY
        )  # fmt: skip

    done, refused = at_once(real_database, [act] * 4)
    assert len(done) == 1
    assert [type(one) for one in refused] == [ReferenceUsedError] * 3


def test_the_last_place_of_a_group_is_given_once(real_database: Database) -> None:
    with real_database.write() as db:
        cohort = make_cohort(db)
        cohort.capacity = 1
        files = [take_in(db).id for _ in range(3)]
        coordinator, cohort_id = mover(db), cohort.id
        db.commit()

    def act(file_id: uuid.UUID) -> Callable[[Session], None]:
        return lambda db: assign(
            db, db.get_one(Referral, file_id), cohort_id, coordinator, now=NOW
        )  # fmt: skip

    done, refused = at_once(real_database, [act(one) for one in files])
    assert len(done) == 1
    assert [type(one) for one in refused] == [CohortFullError] * 2


def test_of_many_codes_at_once_one_is_made(real_database: Database) -> None:
    with real_database.write() as db:
        file_id, coordinator = ready_file(db).id, mover(db)
        db.commit()

    def act(db: Session) -> str:
        file = db.get_one(Referral, file_id)
        return issue_code(db, file, coordinator, valid=CODE_LASTS, now=NOW)

    done, refused = at_once(real_database, [act] * 3)
    assert len(done) == 1
    assert [type(one) for one in refused] == [CodeStandsError] * 2


def test_who_leaves_while_somebody_confirms_has_one_outcome(real_database: Database) -> None:
    with real_database.write() as db:
        file = enrolled_file(db)
        person = enrolment_of(db, file).id
        factories.pass_course(db, factories.learner_of(db, enrolment_of(db, file)))
        advance_due_files(db, keys=KEYS, review=True, now=NOW)
        file_id, reviewer = file.id, mover(db, Party.INSTRUCTOR)
        db.commit()

    def leave(db: Session) -> None:
        withdraw(db, person, keys=KEYS, settings_review=True, now=NOW)

    def confirm(db: Session) -> None:
        confirm_completion(db, db.get_one(Referral, file_id), reviewer, now=NOW)

    done, refused = at_once(real_database, [leave, confirm])
    assert (len(done), len(refused)) == (1, 1)
    with real_database.read() as db:
        kept = db.get_one(Referral, file_id)
        gone = db.get_one(Enrolment, person).withdrawn_at is not None
        assert kept.outcome == ("withdrawn" if gone else "completed")


def test_two_runs_of_the_job_at_once_move_each_file_once(real_database: Database) -> None:
    with real_database.write() as db:
        files = [enrolled_file(db) for _ in range(3)]
        for file in files:
            move(db, file, Act.CANCEL, mover(db, Party.AGENCY), now=NOW)
        db.commit()

    def run(db: Session) -> int:
        return advance_due_files(db, keys=KEYS, review=True, now=NOW)

    done, refused = at_once(real_database, [run] * 2)
    assert refused == []
    assert sum(done) == len(files)
    with real_database.read() as db:
        closed = select(func.count()).where(ReferralEvent.act == Act.CLOSE)
        assert db.scalar(closed) == len(files)


@pytest.mark.parametrize("act", [Act.SUSPEND, Act.CANCEL])
def test_of_two_who_move_a_file_at_once_the_second_is_refused(
    real_database: Database, act: Act
) -> None:
    with real_database.write() as db:
        file_id, agency = ready_file(db).id, mover(db, Party.AGENCY)
        db.commit()

    def go(db: Session) -> Referral:
        return move(db, db.get_one(Referral, file_id), act, agency, now=NOW)

    done, refused = at_once(real_database, [go] * 3)
    assert len(done) == 1
    assert [type(one) for one in refused] == [MoveRefusedError] * 2
