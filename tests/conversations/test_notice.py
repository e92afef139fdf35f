"""A mail for a message: only where somebody left an address, and one an hour at the most."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.conversations.notice import tell_by_mail
from lms.enrolment.address import leave_address, remove_address
from lms.enrolment.models import Enrolment
from lms.kernel.outbox import OutboxEntry, claim_next, note_sent
from lms.notices.mail import MAIL
from tests.conversations.people import Group, make_group, site
from tests.factories import KEYS, NOW

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ADDRESS = "somebody@example.org"


@pytest.fixture
def group(db: Session) -> Group:
    return make_group(db, counts=False)


def _tell(db: Session, group: Group, folder: Path, minutes: int = 0) -> bool:
    now = NOW + minutes * MINUTE
    where = group.learner.enrolment_id
    return tell_by_mail(db, where, settings=site(folder), keys=KEYS, now=now)


def _leave(db: Session, group: Group) -> None:
    leave_address(db, group.learner.enrolment_id, ADDRESS, KEYS)


def _due(db: Session) -> list[timedelta]:
    rows = db.scalars(select(OutboxEntry).order_by(OutboxEntry.created_at))
    return [one.due_at - NOW for one in rows if one.due_at]


def test_whoever_left_no_address_gets_no_mail(db: Session, group: Group, tmp_path: Path) -> None:
    assert not _tell(db, group, tmp_path)
    assert _due(db) == []


def test_an_address_is_sealed_with_his_own_key_and_gone_when_he_removes_it(
    db: Session, group: Group, tmp_path: Path
) -> None:
    _leave(db, group)
    kept = db.get_one(Enrolment, group.learner.enrolment_id).address
    assert kept is not None
    assert b"example" not in kept
    assert _tell(db, group, tmp_path)
    remove_address(db, group.learner.enrolment_id)
    assert db.get_one(Enrolment, group.learner.enrolment_id).address is None
    assert _due(db) == []  # what waited for him is not sent either
    assert not _tell(db, group, tmp_path)


def test_ten_messages_in_an_hour_are_two_mails_an_hour_apart(
    db: Session, group: Group, tmp_path: Path
) -> None:
    _leave(db, group)
    queued = []
    for minute in range(0, 50, 5):
        queued.append(_tell(db, group, tmp_path, minute))
        if minute == 0:  # the job sends it at once
            claimed = claim_next(db, MAIL, key=KEYS.field, now=NOW)
            assert claimed is not None
            assert claimed.payload["to"] == ADDRESS
            note_sent(db, claimed, now=NOW)
    assert queued == [True, True] + [False] * 8
    assert _due(db) == [HOUR]


def test_after_an_hour_of_peace_a_message_is_told_at_once(
    db: Session, group: Group, tmp_path: Path
) -> None:
    _leave(db, group)
    assert _tell(db, group, tmp_path, 0)
    claimed = claim_next(db, MAIL, key=KEYS.field, now=NOW)
    assert claimed is not None
    note_sent(db, claimed, now=NOW)
    assert _tell(db, group, tmp_path, 61)
    assert _due(db) == [61 * MINUTE]


def test_when_his_key_is_destroyed_nobody_can_write_to_him(
    db: Session, group: Group, tmp_path: Path
) -> None:
    _leave(db, group)
    KEYS.people.destroy(group.learner.enrolment_id)
    assert not _tell(db, group, tmp_path)
