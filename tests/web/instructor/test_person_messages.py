"""A person's page: what he wrote and what is answered there, and what he lets be read."""

import re
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.conversations.models import Message
from lms.conversations.service import About, NewMessage, send, share, take_back
from lms.enrolment.address import leave_address
from lms.enrolment.models import Enrolment
from lms.kernel.outbox import OutboxEntry
from lms.privacy.models import ViewEntry
from tests.factories import KEYS, NOW, learner_of, make_cohort, make_user, pass_module
from tests.web.instructor.conftest import Room, statements

HOUR = timedelta(hours=1)


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def _write(db: Session, enrolment: Enrolment, text: str, *, asks: bool = False) -> Message:
    new = NewMessage(
        enrolment_id=enrolment.id,
        sender_id=enrolment.user_id,
        is_from_staff=False,
        text=text,
        about=About("first", "single") if asks else None,
    )
    return send(db, new, keys=KEYS, now=NOW - HOUR)


def _send(room: Room, enrolment: Enrolment, **fields: object) -> tuple[int, str]:
    url = room.person_url(enrolment.id)
    data = {"csrf_token": _token(room.text(url)), **fields}
    response = room.client.post(f"{url}/messages", data=data)
    return response.status_code, response.get_data(as_text=True)


def test_what_he_asked_is_read_with_its_question_and_answered_there(
    db: Session, room: Room
) -> None:
    enrolment = room.enrol(db, "P-AAAAAA")
    asked = _write(db, enrolment, "Le mot <b>B1</b> veut dire quoi ?", asks=True)
    db.commit()
    page = room.text(room.person_url(enrolment.id))
    assert "Le mot &lt;b&gt;B1&lt;/b&gt; veut dire quoi ?" in page
    assert "Which answer is right?" in page
    answering = room.text(f"{room.person_url(enrolment.id)}?answers={asked.id}")
    assert "Your answer to the message of" in answering
    status, _ = _send(room, enrolment, text="Regardez la page 2.", answers=asked.id, seen=asked.id)
    assert status == 303
    answer = db.scalars(select(Message).where(Message.is_from_staff.is_(True))).one()
    assert (answer.answers, answer.item_id, answer.sender_id) == (
        asked.id,
        "single",
        room.instructor.id,
    )
    db.refresh(asked)
    assert asked.read_at == NOW
    assert "?answers=" not in room.text(room.person_url(enrolment.id))


def test_opening_the_page_marks_nothing_and_saying_so_does(db: Session, room: Room) -> None:
    enrolment = room.enrol(db, "P-AAAAAA")
    asked = _write(db, enrolment, "Bonjour")
    db.commit()
    page = room.text(room.person_url(enrolment.id))
    db.refresh(asked)
    assert asked.read_at is None
    assert "I have read this" in page
    data = {"csrf_token": _token(page), "seen": str(asked.id)}
    url = f"{room.person_url(enrolment.id)}/messages/read"
    assert room.client.post(url, data=data).status_code == 303
    db.refresh(asked)
    assert asked.read_at == NOW
    assert "I have read this" not in room.text(room.person_url(enrolment.id))


def test_an_empty_or_an_endless_message_comes_back_with_what_was_typed(
    db: Session, room: Room
) -> None:
    enrolment = room.enrol(db, "P-AAAAAA")
    db.commit()
    status, page = _send(room, enrolment, text="")
    assert status == 422
    assert "Write your message." in page
    status, page = _send(room, enrolment, text="é" * 2001)
    assert status == 422
    assert "é" * 2001 in page
    assert f"/fr/instructor/people/{enrolment.id}" in page  # the other language's page is a GET


def test_an_answer_to_somebody_elses_message_is_not_found(db: Session, room: Room) -> None:
    enrolment, other = room.enrol(db, "P-AAAAAA"), room.enrol(db, "P-BBBBBB")
    asked = _write(db, other, "Bonjour")
    db.commit()
    status, _ = _send(room, enrolment, text="Bonjour", answers=asked.id)
    assert status == 404


def test_nobody_of_another_group_writes_or_marks(db: Session, room: Room) -> None:
    enrolment = room.enrol(db, "P-AAAAAA")
    stranger = make_user(db, role=Role.INSTRUCTOR)
    theirs = make_cohort(db, "Groupe B", instructors=[stranger])
    asked = _write(db, enrolment, "Bonjour")
    db.commit()
    client = room.client_of(db, stranger)
    start = client.get(f"/en/instructor/groups/{theirs.id}").get_data(as_text=True)
    data = {"csrf_token": _token(start), "text": "Bonjour", "seen": str(asked.id)}
    for path in ("messages", "messages/read"):
        url = f"{room.person_url(enrolment.id)}/{path}"
        assert client.post(url, data=data).status_code == 404
    db.refresh(asked)
    assert asked.read_at is None


def test_a_message_queues_a_mail_to_whoever_left_an_address(db: Session, room: Room) -> None:
    enrolment = room.enrol(db, "P-AAAAAA")
    leave_address(db, enrolment.id, "somebody@example.org", KEYS)
    settings = room.app.extensions["virage_settings"]
    object.__setattr__(settings, "smtp_host", "127.0.0.1")
    db.commit()
    assert _send(room, enrolment, text="canari-9x1b")[0] == 303
    entry = db.scalars(select(OutboxEntry)).one()
    assert entry.sealed_payload is not None
    assert b"canari" not in entry.sealed_payload


def test_only_what_he_shares_is_shown_and_after_he_takes_it_back_nothing(
    db: Session, room: Room
) -> None:
    enrolment = room.enrol(db, "P-AAAAAA")
    done = pass_module(db, learner_of(db, enrolment), 1)
    db.commit()
    url = room.person_url(enrolment.id)
    assert "mot mot mot" not in room.text(url)
    share(db, enrolment, (done.attempt_id, "open"), NOW)
    db.commit()
    page = room.text(url)
    assert "Answers shared with you" in page
    assert "mot mot mot" in page
    assert "Que retenez-vous" in page
    take_back(db, (done.attempt_id, "open"), NOW)
    db.commit()
    page = room.text(url)
    assert "mot mot mot" not in page
    assert "Answers shared with you" not in page


def test_every_look_at_a_person_is_written_down_with_what_was_seen(db: Session, room: Room) -> None:
    enrolment = room.enrol(db, "P-AAAAAA")
    done = pass_module(db, learner_of(db, enrolment), 1)
    db.commit()
    room.text(room.person_url(enrolment.id))
    room.text(room.attempt_url(done.attempt_id))
    share(db, enrolment, (done.attempt_id, "open"), NOW)
    db.commit()
    room.text(room.person_url(enrolment.id))
    seen = db.execute(select(ViewEntry.viewer_id, ViewEntry.subject_id, ViewEntry.what))
    assert sorted(seen.all(), key=lambda row: row[2]) == [
        (room.instructor.id, enrolment.id, "attempt"),
        (room.instructor.id, enrolment.id, "person"),
        (room.instructor.id, enrolment.id, "reflection"),
    ]


def test_a_person_with_everything_costs_ten_statements_at_the_most(db: Session, room: Room) -> None:
    enrolment = room.enrol(db, "P-AAAAAA")
    done = pass_module(db, learner_of(db, enrolment), 1)
    share(db, enrolment, (done.attempt_id, "open"), NOW)
    for number in range(9):
        _write(db, enrolment, f"Message {number}", asks=number % 2 == 0)
    db.commit()
    with statements(db) as sent:
        room.text(room.person_url(enrolment.id))
    assert 0 < len(sent) <= 10, sent


def test_a_person_without_an_instructors_role_reads_no_thread(db: Session, room: Room) -> None:
    enrolment = room.enrol(db, "P-AAAAAA")
    _write(db, enrolment, "canari-2h8q")
    himself = db.get_one(User, enrolment.user_id)
    db.commit()
    for user in (himself, make_user(db, role=Role.COORDINATOR)):
        page = room.client_of(db, user).get(room.person_url(enrolment.id))
        assert page.status_code in {303, 403}
        assert b"canari" not in page.data
