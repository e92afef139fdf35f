"""What somebody lets his instructors read: that one answer, until he takes it back."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from lms.conversations.queries import SharedAnswer, shared_answers, shared_items
from lms.conversations.service import share, take_back
from lms.enrolment.models import Enrolment
from tests.conversations.people import Group, make_group
from tests.factories import KEYS, NOW, pass_module

HOUR = timedelta(hours=1)


@pytest.fixture
def group(db: Session) -> Group:
    return make_group(db, counts=False)


def _shared(db: Session, group: Group) -> tuple[SharedAnswer, ...]:
    return shared_answers(db, group.learner.enrolment_id, KEYS, NOW.date())


def _share(db: Session, group: Group) -> tuple[object, str]:
    attempt_id = pass_module(db, group.learner, 1).attempt_id
    answer = (attempt_id, "open")
    share(db, db.get_one(Enrolment, group.learner.enrolment_id), answer, NOW)
    return answer


def test_nothing_is_shared_until_he_says_so(db: Session, group: Group) -> None:
    done = pass_module(db, group.learner, 1)
    assert _shared(db, group) == ()
    assert shared_items(db, done.attempt_id) == frozenset()


def test_what_he_shares_is_read_with_its_question(db: Session, group: Group) -> None:
    _share(db, group)
    (one,) = _shared(db, group)
    assert (one.module_id, one.attempt, one.text) == ("first", 1, "mot mot mot")
    assert "Que retenez-vous" in str(one.shown["prompt"])


def test_taken_back_it_is_read_no_more_and_can_be_shared_again(db: Session, group: Group) -> None:
    attempt_id, item_id = _share(db, group)
    take_back(db, (attempt_id, item_id), NOW + HOUR)  # type: ignore[arg-type]  # an id
    assert _shared(db, group) == ()
    assert shared_items(db, attempt_id) == frozenset()  # type: ignore[arg-type]  # an id
    enrolment = db.get_one(Enrolment, group.learner.enrolment_id)
    for _ in range(2):  # a second click changes nothing
        share(db, enrolment, (attempt_id, item_id), NOW + 2 * HOUR)  # type: ignore[arg-type]  # an id
    assert [one.shared_at for one in _shared(db, group)] == [NOW + 2 * HOUR]


def test_what_is_no_longer_kept_is_told_as_such(db: Session, group: Group) -> None:
    _share(db, group)
    KEYS.people.destroy(group.learner.enrolment_id)
    assert [one.text for one in _shared(db, group)] == [None]


def test_nobody_reads_what_somebody_else_shares(db: Session, group: Group) -> None:
    _share(db, group)
    assert _shared(db, make_group(db, counts=False)) == ()
