"""The start page: who could use a hand and the one thing that helps, what waits, what is new."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.models import SignInSession
from lms.accounts.service import note_seen, open_session, token_hash
from lms.conversations.models import Message
from lms.conversations.service import About, NewMessage, send
from lms.enrolment.models import Enrolment
from tests.factories import KEYS, NOW, learner_of, pass_module, read_module, take_quiz
from tests.web.browser import without_tokens
from tests.web.instructor.conftest import Room, statements
from tests.web.markup import Html

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
VERDICTS = re.compile(
    r"\b(late|missing|overdue|fail\w*|retard\w*|échou\w*|manqu\w*)\b", re.IGNORECASE
)


def _row(page: str, name: str) -> str:
    return page.split(f"<dt>{name}</dt>", 1)[1].split("</div>", 1)[0]


def _link(page: str, name: str) -> tuple[str, str]:
    """Give the address and the words of the one thing that helps."""
    found = re.search(r'class="stuck-help"><a href="([^"]+)"[^>]*>([^<]+)<', _row(page, name))
    assert found
    return found[1], found[2]


def _stopped(db: Session, room: Room, name: str, *, tries: int = 1) -> Enrolment:
    enrolment = room.enrol(db, name, now=NOW - 20 * DAY)
    learner = learner_of(db, enrolment)
    for number in range(tries):
        read_module(db, learner, 1, now=NOW - 3 * DAY + number * HOUR)
        take_quiz(db, learner, 1, right=False, now=NOW - 3 * DAY + number * HOUR)
    return enrolment


def _write(db: Session, enrolment: Enrolment, *, asks: bool, ago: timedelta = HOUR) -> Message:
    new = NewMessage(
        enrolment_id=enrolment.id,
        sender_id=enrolment.user_id,
        is_from_staff=False,
        text="canari-7d2m",
        about=About("first", "single") if asks else None,
    )
    return send(db, new, keys=KEYS, now=NOW - ago)


def test_each_reason_comes_with_the_one_thing_that_helps(db: Session, room: Room) -> None:
    quiet = room.enrol(db, "P-QUIET1", now=NOW - 9 * DAY)
    stopped = _stopped(db, room, "P-STOP01")
    tries = _stopped(db, room, "P-TRIES1", tries=3)
    near = room.enrol(db, "P-NEAR01")
    near.deadline = NOW.date() + 3 * DAY
    db.commit()
    page = room.text("/en/instructor")
    person = "/en/instructor/people/{}"
    assert _link(page, "P-QUIET1") == (person.format(quiet.id) + "#write", "Write a message")
    assert _link(page, "P-STOP01") == (person.format(stopped.id) + "#write", "Write a message")
    assert _link(page, "P-TRIES1") == (person.format(tries.id) + "#write", "Offer a talk")
    assert _link(page, "P-NEAR01") == (
        person.format(near.id) + "#last-day",
        "Ask for another last day",
    )
    assert "Stopped 3 days ago, after a try at module 1" in _row(page, "P-STOP01")


def test_a_pause_that_still_runs_can_be_lifted_from_here(db: Session, room: Room) -> None:
    from tests.factories import change_rules  # noqa: PLC0415 - the rules of those who enrol now

    change_rules(db, pause_seconds=5 * 24 * 3600)
    stopped = _stopped(db, room, "P-STOP01")
    db.commit()
    page = room.text("/en/instructor")
    url, words = _link(page, "P-STOP01")
    assert words == "Lift the pause"
    assert url == f"/en/corrections/people/{stopped.id}/pause-lifted"
    assert room.client.get(url).status_code == 200
    assert "the pause lasts until 23 Nov 2026, 09:00" in _row(page, "P-STOP01")


def test_every_link_leads_to_a_page_that_has_its_anchor(db: Session, room: Room) -> None:
    near = room.enrol(db, "P-NEAR01")
    near.deadline = NOW.date() + 3 * DAY
    room.enrol(db, "P-QUIET1", now=NOW - 9 * DAY)
    _write(db, near, asks=True)
    _write(db, near, asks=False)
    db.commit()
    page = Html.of(room.text("/en/instructor"))
    main = [one["href"] for one in page.all("a") if "/people/" in str(one["href"])]
    assert len(main) == 6
    for href in main:
        url, _, anchor = str(href).partition("#")
        there = Html.of(room.text(url))
        ids = [one["id"] for one in there.elements if one["id"]]
        assert not anchor or anchor in ids, href


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_nobody_is_called_late_and_nothing_is_said_to_have_failed(
    db: Session, room: Room, lang: str
) -> None:
    _stopped(db, room, "P-STOP01")
    _stopped(db, room, "P-TRIES1", tries=3)
    over = room.enrol(db, "P-OVER01", now=NOW - 40 * DAY)
    over.deadline = NOW.date() - DAY
    short = room.enrol(db, "P-SHORT1")
    short.deadline = NOW.date() + 15 * DAY
    db.commit()
    words = re.sub(r"<[^>]+>", " ", room.text(f"/{lang}/instructor"))
    assert VERDICTS.findall(words) == []


def test_what_waits_for_an_answer_is_listed_without_a_word_of_it(db: Session, room: Room) -> None:
    enrolment = room.enrol(db, "P-ASKS01")
    request = _write(db, enrolment, asks=True, ago=2 * HOUR)
    db.commit()
    page = room.text("/en/instructor")
    assert "A question is unclear: The first" in page
    assert f"/en/instructor/people/{enrolment.id}?answers={request.id}#write" in page
    assert "canari" not in page


def test_new_since_the_last_visit_counts_from_the_session_before(db: Session, room: Room) -> None:
    token = open_session(db, room.instructor, now=NOW - 2 * DAY).token
    note_seen(db, token_hash(token), now=NOW - 2 * DAY)
    enrolment = room.enrol(db, "P-AAAAAA", now=NOW - 9 * DAY)
    _write(db, enrolment, asks=False, ago=3 * DAY)
    _write(db, enrolment, asks=False, ago=DAY)
    _write(db, enrolment, asks=True, ago=DAY)
    pass_module(db, learner_of(db, enrolment), 1, now=NOW - DAY)
    db.commit()
    news = room.text("/en/instructor").split('id="news"', 1)[1].split("</section>", 1)[0]
    lines = re.findall(r"<li>([^<]+)</li>", news)
    assert "You were last here on 19 Nov 2026, 09:00." in news
    assert lines == ["1 question said to be unclear", "1 message", "1 module passed"]


def test_looking_twice_shows_the_same_and_writes_nothing(db: Session, room: Room) -> None:
    enrolment = room.enrol(db, "P-AAAAAA")
    _write(db, enrolment, asks=False)
    db.commit()
    counts = [
        db.scalar(select(func.count()).where(Message.read_at.is_not(None))),
        db.scalar(select(func.count()).select_from(SignInSession)),
    ]
    twice = [without_tokens(room.text("/en/instructor")) for _ in range(2)]
    assert twice[0] == twice[1]
    assert counts == [
        db.scalar(select(func.count()).where(Message.read_at.is_not(None))),
        db.scalar(select(func.count()).select_from(SignInSession)),
    ]


def test_the_start_page_costs_ten_statements_at_the_most(db: Session, room: Room) -> None:
    for number in range(25):
        enrolment = _stopped(db, room, f"P-{number:06}")
        _write(db, enrolment, asks=number % 2 == 0)
    db.commit()
    with statements(db) as sent:
        page = room.text("/en/instructor")
    assert 0 < len(sent) <= 10, sent
    assert page.count('class="stuck-help"') == 20
    assert "5 more people are in the tables" in page
