"""Reminders of the last day: to those who left an address and can still finish, by day, once."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.enrolment.address import leave_address
from lms.enrolment.models import Enrolment
from lms.journey.reminders import queue_reminders, stage_of
from lms.kernel.days import LOCAL_ZONE
from lms.kernel.outbox import OutboxEntry, claim_next
from lms.notices.mail import MAIL
from lms.notices.words import Subject
from tests.conversations.people import site
from tests.factories import KEYS, learner_of, make_enrolment, pass_course

NOON = datetime(2026, 11, 21, 17, tzinfo=UTC)  # in Longueuil
TODAY = date(2026, 11, 21)
DAY = timedelta(days=1)


def _person(db: Session, days_left: int | None, *, leaves: bool = True) -> Enrolment:
    enrolment = make_enrolment(db, now=NOON - 60 * DAY)
    enrolment.deadline = None if days_left is None else TODAY + days_left * DAY
    if leaves:
        leave_address(db, enrolment.id, "somebody@example.org", KEYS)
    db.flush()
    return enrolment


def _queue(db: Session, folder: Path, now: datetime = NOON) -> int:
    return queue_reminders(db, settings=site(folder), keys=KEYS, now=now)


@pytest.mark.parametrize(
    ("days_left", "stage"),
    [(15, None), (14, 14), (13, 14), (12, None), (8, None), (7, 7), (6, 7), (5, None), (2, None),
     (1, 1), (0, 1), (-1, None)],
)  # fmt: skip
def test_a_reminder_is_due_on_its_day_or_on_the_next(days_left: int, stage: int | None) -> None:
    assert stage_of(days_left) == stage


@pytest.mark.parametrize(("days_left", "many"), [(14, 1), (7, 1), (1, 1), (10, 0), (-1, 0)])
def test_whoever_left_an_address_is_reminded_once_for_each_stage(
    db: Session, tmp_path: Path, days_left: int, many: int
) -> None:
    _person(db, days_left)
    assert [_queue(db, tmp_path), _queue(db, tmp_path, NOON + timedelta(hours=1))] == [many, 0]


def test_a_reminder_is_about_nothing_that_a_mail_may_not_tell(db: Session, tmp_path: Path) -> None:
    _person(db, 7)
    _queue(db, tmp_path)
    claimed = claim_next(db, MAIL, key=KEYS.field, now=NOON)
    assert claimed is not None
    assert claimed.payload == {
        "to": "somebody@example.org",
        "subject": Subject.REMINDER,
        "language": "fr",
    }


def test_nobody_is_reminded_who_left_no_address_or_has_no_last_day(
    db: Session, tmp_path: Path
) -> None:
    _person(db, 7, leaves=False)
    _person(db, None)
    assert _queue(db, tmp_path) == 0


@pytest.mark.parametrize("field", ["withdrawn_at", "suspended_at", "closed_at"])
def test_nobody_is_reminded_who_left_or_may_not_go_on(
    db: Session, tmp_path: Path, field: str
) -> None:
    setattr(_person(db, 7), field, NOON)
    db.flush()
    assert _queue(db, tmp_path) == 0


def test_nobody_is_reminded_who_has_finished(db: Session, tmp_path: Path) -> None:
    pass_course(db, learner_of(db, _person(db, 7)), now=NOON - DAY)
    assert _queue(db, tmp_path) == 0


@pytest.mark.parametrize(("hour", "many"), [(8, 0), (9, 1), (19, 1), (20, 0), (23, 0)])
def test_no_reminder_leaves_at_night(db: Session, tmp_path: Path, hour: int, many: int) -> None:
    _person(db, 7)
    assert _queue(db, tmp_path, datetime(2026, 11, 21, hour, tzinfo=LOCAL_ZONE)) == many


def test_another_last_day_has_reminders_of_its_own(db: Session, tmp_path: Path) -> None:
    enrolment = _person(db, 7)
    assert _queue(db, tmp_path) == 1
    enrolment.deadline = TODAY + 14 * DAY
    db.flush()
    assert _queue(db, tmp_path) == 1
    assert len(db.scalars(select(OutboxEntry.id)).all()) == 2


def test_when_his_key_is_destroyed_nobody_is_reminded(db: Session, tmp_path: Path) -> None:
    KEYS.people.destroy(_person(db, 7).id)
    assert _queue(db, tmp_path) == 0
