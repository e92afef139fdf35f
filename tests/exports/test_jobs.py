"""A long file is made by the job: for who asked, once, and for a day."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.enrolment.models import CohortInstructor
from lms.exports import jobs
from lms.exports.jobs import (
    KEPT,
    MOST_WAITING,
    JobState,
    TooManyError,
    ask,
    find_file,
    jobs_of,
    make_waiting,
    path_of,
    remove_expired,
)
from lms.exports.models import ExportJob
from lms.exports.tables import Kind, Scope
from lms.exports.write import Form, write_file
from lms.kernel.database import Database
from lms.kernel.errors import NotFoundError
from tests.factories import NOW, make_cohort, make_learner, make_user, pass_course


@dataclass(frozen=True, slots=True)
class Desk:
    """An instructor with a group in which somebody has passed."""

    me: User
    scope: Scope
    instance: Path


@pytest.fixture
def desk(db: Session, tmp_path: Path) -> Desk:
    me = make_user(db, role=Role.INSTRUCTOR)
    cohort = make_cohort(db, instructors=[me])
    pass_course(db, make_learner(db, cohort=cohort))
    db.commit()
    return Desk(me, Scope(cohort.id), tmp_path)


def _ask(db: Session, desk: Desk, kind: Kind = Kind.ATTEMPTS, form: Form = Form.CSV) -> ExportJob:
    job = ask(db, desk.me.id, kind, desk.scope, form, now=NOW)
    db.commit()
    return job


def test_a_file_that_was_asked_for_is_made_and_given_to_who_asked(
    database: Database, db: Session, desk: Desk
) -> None:
    job = _ask(db, desk)
    with pytest.raises(NotFoundError):
        find_file(db, desk.me.id, job.id, now=NOW)  # not before it is ready
    assert make_waiting(database, desk.instance, now=NOW) == 1
    db.expire_all()
    found = find_file(db, desk.me.id, job.id, now=NOW)
    assert (found.state, found.done, found.total) == (JobState.READY, 2, 2)
    path = path_of(desk.instance, found)
    assert path.stat().st_mode & 0o077 == 0
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3
    assert make_waiting(database, desk.instance, now=NOW) == 0


def test_nobody_else_gets_the_file_and_who_lost_the_group_neither(
    database: Database, db: Session, desk: Desk
) -> None:
    job = _ask(db, desk)
    make_waiting(database, desk.instance, now=NOW)
    db.expire_all()
    with pytest.raises(NotFoundError):
        find_file(db, make_user(db, role=Role.INSTRUCTOR).id, job.id, now=NOW)
    with pytest.raises(NotFoundError):
        find_file(db, desk.me.id, uuid.uuid4(), now=NOW)
    db.execute(delete(CohortInstructor).where(CohortInstructor.user_id == desk.me.id))
    db.flush()
    with pytest.raises(NotFoundError):
        find_file(db, desk.me.id, job.id, now=NOW)


def test_a_file_is_gone_after_its_day(database: Database, db: Session, desk: Desk) -> None:
    job = _ask(db, desk)
    make_waiting(database, desk.instance, now=NOW)
    db.expire_all()
    path = path_of(desk.instance, db.get_one(ExportJob, job.id))
    later = NOW + KEPT
    assert remove_expired(database, desk.instance, now=later - timedelta(seconds=1)) == 0
    with pytest.raises(NotFoundError):
        find_file(db, desk.me.id, job.id, now=later)
    db.rollback()
    assert remove_expired(database, desk.instance, now=later) == 1
    assert not path.exists()
    assert jobs_of(db, desk.me.id, now=NOW) == ()


def test_the_same_wish_twice_is_one_file(db: Session, desk: Desk) -> None:
    assert _ask(db, desk).id == _ask(db, desk).id
    assert _ask(db, desk, form=Form.XLSX).id != _ask(db, desk).id


def test_one_person_cannot_fill_the_queue(db: Session, desk: Desk) -> None:
    wishes = [(kind, form) for kind in Kind for form in Form]
    for kind, form in wishes[:MOST_WAITING]:
        _ask(db, desk, kind, form)
    with pytest.raises(TooManyError):
        _ask(db, desk, *wishes[MOST_WAITING])


def test_a_file_whose_process_died_is_made_again(
    database: Database, db: Session, desk: Desk
) -> None:
    job = _ask(db, desk)
    job.state, job.done = JobState.RUNNING, 1
    db.commit()
    assert make_waiting(database, desk.instance, now=NOW) == 1
    db.expire_all()
    assert db.get_one(ExportJob, job.id).state == JobState.READY


def test_a_full_disk_is_told_and_the_next_file_is_made_all_the_same(
    database: Database, db: Session, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = _ask(db, desk), _ask(db, desk, Kind.PEOPLE)

    def full(path: Path, *given: object) -> int:
        if str(first.id) in path.name:
            raise OSError("no space left")
        return write_file(path, *given)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(jobs, "write_file", full)
    make_waiting(database, desk.instance, now=NOW)
    db.expire_all()
    states = [db.get_one(ExportJob, one.id).state for one in (first, second)]
    assert states == [JobState.FAILED, JobState.READY]
