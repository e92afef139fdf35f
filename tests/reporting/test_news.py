"""What is new since an instructor was last here: since the session before this one."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from lms.accounts.models import SignInSession, User
from lms.accounts.service import note_seen, open_session, token_hash
from lms.conversations.service import About, NewMessage, send
from lms.reporting.news import News, last_visit, news
from tests.conversations.people import Group, make_group
from tests.factories import KEYS, NOW, pass_module

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def group(db: Session) -> Group:
    return make_group(db)


def _visit(db: Session, user: User, *, began: timedelta, seen: timedelta) -> str:
    session_hash = token_hash(open_session(db, user, now=NOW - began).token)
    note_seen(db, session_hash, now=NOW - seen)
    db.flush()
    return session_hash


def _news(db: Session, group: Group, session_hash: str) -> News:
    return news(db, group.readers[0].id, session_hash, readers=1)


def _write(db: Session, group: Group, *, ago: timedelta, asks: bool = False) -> None:
    new = NewMessage(
        enrolment_id=group.learner.enrolment_id,
        sender_id=group.readers[1].id,
        is_from_staff=False,
        text="Bonjour",
        about=About("first", "single") if asks else None,
    )
    send(db, new, keys=KEYS, now=NOW - ago)


def test_the_last_visit_is_the_last_use_of_the_session_before_this_one(
    db: Session, group: Group
) -> None:
    me, other = group.readers[:2]
    _visit(db, me, began=9 * DAY, seen=8 * DAY)
    _visit(db, me, began=3 * DAY, seen=2 * DAY)
    _visit(db, other, began=HOUR, seen=HOUR / 2)
    now = _visit(db, me, began=HOUR, seen=timedelta(0))
    assert last_visit(db, me.id, now) == NOW - 2 * DAY


def test_whoever_is_here_for_the_first_time_has_everything_before_him(
    db: Session, group: Group
) -> None:
    now = _visit(db, group.readers[0], began=HOUR, seen=timedelta(0))
    _write(db, group, ago=9 * DAY)
    found = _news(db, group, now)
    assert (found.since, found.messages) == (None, 1)


def test_what_came_since_the_last_visit_is_counted_and_what_was_there_is_not(
    db: Session, group: Group
) -> None:
    _visit(db, group.readers[0], began=3 * DAY, seen=2 * DAY)
    now = _visit(db, group.readers[0], began=HOUR, seen=timedelta(0))
    _write(db, group, ago=4 * DAY)
    _write(db, group, ago=DAY)
    _write(db, group, ago=DAY, asks=True)
    _write(db, group, ago=DAY / 2, asks=True)
    pass_module(db, group.learner, 1, now=NOW - DAY)
    found = _news(db, group, now)
    assert found == News(NOW - 2 * DAY, 1, 2, 1, 0, 1)


def test_a_finished_course_is_news_and_an_answer_to_read_waits_even_when_it_is_old(
    db: Session,
) -> None:
    group = make_group(db, counts=False)
    _visit(db, group.readers[0], began=3 * DAY, seen=2 * DAY)
    now = _visit(db, group.readers[0], began=HOUR, seen=timedelta(0))
    pass_module(db, group.learner, 1, now=NOW - 3 * DAY)
    pass_module(db, group.learner, 2, now=NOW - DAY)
    assert _news(db, group, now) == News(NOW - 2 * DAY, 0, 0, 1, 1, 0)
    counting = make_group(db)
    pass_module(db, counting.learner, 1, now=NOW - 9 * DAY)
    now = _visit(db, counting.readers[0], began=HOUR, seen=timedelta(0))
    assert _news(db, counting, now).answers_to_read == 1


def test_another_group_is_no_news(db: Session, group: Group) -> None:
    other = make_group(db)
    _write(db, other, ago=HOUR)
    pass_module(db, other.learner, 1, now=NOW - HOUR)
    now = _visit(db, group.readers[0], began=HOUR, seen=timedelta(0))
    assert _news(db, group, now) == News(None, 0, 0, 0, 0, 0)


def test_looking_changes_nothing(db: Session, group: Group) -> None:
    now = _visit(db, group.readers[0], began=HOUR, seen=timedelta(0))
    before = db.get_one(SignInSession, now).seen_at
    assert _news(db, group, now) == _news(db, group, now)
    assert db.get_one(SignInSession, now, populate_existing=True).seen_at == before
