"""The outbox: once for each wish, tried again while the other side is away, then given up."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.outbox import (
    GIVE_UP,
    KEPT,
    OutboxEntry,
    Wish,
    claim_next,
    drop,
    note_refused,
    note_sent,
    put,
    retry_delay,
    tidy,
)

NOW = datetime(2026, 11, 21, 14, tzinfo=UTC)
KEY = bytes(range(32))
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def _put(db: Session, mark: str, *, at: datetime = NOW, due_at: datetime | None = None) -> bool:
    wish = Wish("mail", mark, {"to": "somebody@example.org"})
    return put(db, wish, key=KEY, now=at, due_at=due_at)


def _entries(db: Session) -> list[OutboxEntry]:
    query = select(OutboxEntry).order_by(OutboxEntry.mark)
    return list(db.scalars(query.execution_options(populate_existing=True)))


def test_one_wish_is_put_once_however_often_it_is_wished(db: Session) -> None:
    assert [_put(db, "a"), _put(db, "a"), _put(db, "b")] == [True, False, True]
    assert [one.mark for one in _entries(db)] == ["a", "b"]


def test_what_is_to_be_sent_cannot_be_read_in_the_table(db: Session) -> None:
    _put(db, "a")
    sealed = _entries(db)[0].sealed_payload
    assert sealed is not None
    assert b"somebody" not in sealed


def test_what_is_claimed_is_claimed_by_nobody_else_and_never_again(db: Session) -> None:
    _put(db, "a")
    first = claim_next(db, "mail", key=KEY, now=NOW)
    assert first is not None
    assert first.payload == {"to": "somebody@example.org"}
    assert first.tries == 1
    for later in (NOW, NOW + DAY, NOW + 60 * DAY):  # whoever sends it may have died half-way
        assert claim_next(db, "mail", key=KEY, now=later) is None


def test_what_is_due_longest_leaves_first_and_what_is_due_later_waits(db: Session) -> None:
    _put(db, "later", due_at=NOW + HOUR)
    _put(db, "second", due_at=NOW - MINUTE)
    _put(db, "first", due_at=NOW - HOUR)
    claimed = [claim_next(db, "mail", key=KEY, now=NOW) for _ in range(3)]
    marks = {one.id: one.mark for one in _entries(db)}
    assert [marks[one.id] for one in claimed if one] == ["first", "second"]
    assert claim_next(db, "webhook", key=KEY, now=NOW + DAY) is None
    assert claim_next(db, "mail", key=KEY, now=NOW + HOUR) is not None


def test_what_has_left_keeps_its_mark_and_forgets_what_it_said(db: Session) -> None:
    _put(db, "a")
    claimed = claim_next(db, "mail", key=KEY, now=NOW)
    assert claimed is not None
    note_sent(db, claimed, now=NOW)
    (entry,) = _entries(db)
    assert (entry.sent_at, entry.due_at, entry.sealed_payload) == (NOW, None, None)
    assert not _put(db, "a")


@pytest.mark.parametrize(
    ("tries", "wait"),
    [(1, MINUTE), (2, 2 * MINUTE), (5, 16 * MINUTE), (10, 512 * MINUTE), (11, 12 * HOUR),
     (400, 12 * HOUR)],
)  # fmt: skip
def test_the_wait_doubles_from_a_minute_to_half_a_day(tries: int, wait: timedelta) -> None:
    assert retry_delay(tries) == wait


def test_a_refusal_is_tried_again_until_a_week_is_over(db: Session) -> None:
    _put(db, "a")
    now, tries = NOW, 0
    while (claimed := claim_next(db, "mail", key=KEY, now=now)) is not None:
        tries += 1
        note_refused(db, claimed, now=now)
        (entry,) = _entries(db)
        if entry.due_at is None:
            break
        assert claim_next(db, "mail", key=KEY, now=entry.due_at - MINUTE / 2) is None
        now = entry.due_at
    assert entry.given_up_at is not None
    assert entry.sealed_payload is None
    assert NOW + GIVE_UP - DAY < now <= NOW + GIVE_UP
    assert 15 <= tries <= 30


def test_an_address_that_does_not_exist_is_not_tried_again(db: Session) -> None:
    _put(db, "a")
    claimed = claim_next(db, "mail", key=KEY, now=NOW)
    assert claimed is not None
    note_refused(db, claimed, now=NOW, for_good=True)
    assert _entries(db)[0].given_up_at == NOW


def test_what_waits_can_be_taken_back_by_how_its_mark_begins(db: Session) -> None:
    for mark in ("anne:1", "anne:2", "bernard:1", "anne%:1"):
        _put(db, mark)
    assert claim_next(db, "mail", key=KEY, now=NOW) is not None  # on its way already: anne:1
    assert drop(db, "anne:") == 1
    assert [one.mark for one in _entries(db)] == ["anne%:1", "anne:1", "bernard:1"]


def test_what_is_long_over_is_forgotten_and_what_its_sender_left_is_given_up(db: Session) -> None:
    for mark in ("sent", "lost", "waits"):
        _put(db, mark)
        if mark == "waits":
            continue
        claimed = claim_next(db, "mail", key=KEY, now=NOW)
        assert claimed is not None
        if mark == "sent":
            note_sent(db, claimed, now=NOW)
    assert tidy(db, now=NOW + GIVE_UP) == 0
    lost = next(one for one in _entries(db) if one.mark == "lost")
    assert (lost.given_up_at, lost.sealed_payload) == (NOW + GIVE_UP, None)
    assert tidy(db, now=NOW + KEPT) == 1
    assert [one.mark for one in _entries(db)] == ["lost", "waits"]
