"""Open answers that count, as their readers find them: one question, one answer, two words."""

import re
import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.conversations.models import OpenGrade
from lms.enrolment.models import Enrolment
from lms.journey.take_quiz import Submitted
from lms.privacy.models import ViewEntry
from tests.conversations.people import count_open_question, place_of
from tests.factories import learner_of, make_user, pass_module, published_course
from tests.web.instructor.conftest import Room
from tests.web.instructor.test_person_messages import _token
from tests.web.wellmade import page_faults

QUEUE = "/en/instructor/answers"


@pytest.fixture
def waiting(db: Session, room: Room) -> tuple[Enrolment, Submitted]:
    """Give somebody whose answer waits to be read."""
    published_course(db)
    count_open_question(db)
    enrolment = room.enrol(db, "P-WRITER")
    done = pass_module(db, learner_of(db, enrolment), 1)
    db.commit()
    return enrolment, done


def _url(db: Session, attempt_id: uuid.UUID) -> str:
    return f"{QUEUE}/{attempt_id}/{place_of(db, attempt_id)}"


def _say(room: Room, url: str, **fields: str) -> tuple[int, str]:
    data = {"csrf_token": _token(room.text(url)), "number": "1", **fields}
    response = room.client.post(url, data=data)
    return response.status_code, response.get_data(as_text=True)


def test_the_start_page_leads_to_the_queue_and_the_queue_to_the_answer(
    db: Session, room: Room, waiting: tuple[Enrolment, Submitted]
) -> None:
    assert f'href="{QUEUE}">1 open answer to read' in room.text("/en/instructor")
    queue = room.text(QUEUE)
    url = _url(db, waiting[1].attempt_id)
    assert f'href="{url}"' in queue
    assert room.client.get(url).status_code == 200


def test_a_reader_sees_question_and_answer_and_not_whose_they_are(
    db: Session, room: Room, waiting: tuple[Enrolment, Submitted]
) -> None:
    enrolment, done = waiting
    page = room.text(_url(db, done.attempt_id))
    assert "Que retenez-vous" in page
    assert "mot mot mot" in page
    assert "At least 3 words were asked for." in page
    for telling in ("P-WRITER", str(enrolment.id), "Groupe A", "points", "100%"):
        assert telling not in page
    assert "P-WRITER" not in room.text(QUEUE)


def test_the_pages_are_well_made_in_both_languages(
    db: Session, room: Room, waiting: tuple[Enrolment, Submitted]
) -> None:
    url = _url(db, waiting[1].attempt_id)
    for lang in ("fr", "en"):
        for path in (QUEUE, url):
            response = room.client.get(path.replace("/en/", f"/{lang}/"))
            assert list(page_faults(response, lang)) == []


def test_done_is_noted_and_the_queue_is_empty(
    db: Session, room: Room, waiting: tuple[Enrolment, Submitted]
) -> None:
    url = _url(db, waiting[1].attempt_id)
    assert _say(room, url, done="yes")[0] == 303
    assert "No answer waits for you." in room.text(QUEUE)
    assert "This answer was read: done." in room.text(url)
    assert "open answer to read" not in room.text("/en/instructor")


def test_nothing_chosen_and_not_done_without_a_word_come_back(
    db: Session, room: Room, waiting: tuple[Enrolment, Submitted]
) -> None:
    url = _url(db, waiting[1].attempt_id)
    status, page = _say(room, url, comment="Presque.")
    assert status == 422
    assert "Choose done or not done yet." in page
    assert "Presque." in page
    status, page = _say(room, url, done="no")
    assert status == 422
    assert "Say what is missing" in page
    assert db.scalar(select(OpenGrade.number)) is None


def test_no_score_can_be_sent(
    db: Session, room: Room, waiting: tuple[Enrolment, Submitted]
) -> None:
    url = _url(db, waiting[1].attempt_id)
    for odd in ("1", "0.5", "true", "done", "YES"):
        assert _say(room, url, done=odd)[0] == 422
    assert db.scalar(select(OpenGrade.number)) is None


def test_the_second_of_two_sees_what_the_first_one_said(
    db: Session, room: Room, waiting: tuple[Enrolment, Submitted]
) -> None:
    url = _url(db, waiting[1].attempt_id)
    settings = room.app.extensions["virage_settings"]
    object.__setattr__(settings, "two_graders", True)
    other = make_user(db, role=room.instructor.role)
    _join(db, room, other.id)
    db.commit()
    second = room.client_of(db, other)
    opened = second.get(url).get_data(as_text=True)
    assert _say(room, url, done="no", comment="Trop court.")[0] == 303
    data = {"csrf_token": _token(opened), "number": "1", "done": "yes", "comment": "Bien."}
    response = second.post(url, data=data)
    page = response.get_data(as_text=True)
    assert response.status_code == 409
    assert "That person said: not done yet." in page
    assert "Bien." in page
    assert 'name="number" value="2"' in page
    again = second.post(url, data={**data, "number": "2"})
    assert again.status_code == 303
    assert "You said: not done yet. Another person reads it too." in room.text(url)


def _join(db: Session, room: Room, user_id: uuid.UUID) -> None:
    from lms.enrolment.models import CohortInstructor  # noqa: PLC0415 - for this one alone

    db.add(CohortInstructor(cohort_id=room.cohort.id, user_id=user_id))
    db.flush()


def test_a_second_reader_does_not_see_what_the_first_one_said_before_he_speaks(
    db: Session, room: Room, waiting: tuple[Enrolment, Submitted]
) -> None:
    url = _url(db, waiting[1].attempt_id)
    object.__setattr__(room.app.extensions["virage_settings"], "two_graders", True)
    assert _say(room, url, done="no", comment="canari-3p")[0] == 303
    other = make_user(db, role=room.instructor.role)
    _join(db, room, other.id)
    db.commit()
    page = room.client_of(db, other).get(url).get_data(as_text=True)
    assert "canari-3p" not in page
    assert not re.search(r"(said|read): (done|not done)", page)


def test_every_look_at_an_answer_is_written_down(
    db: Session, room: Room, waiting: tuple[Enrolment, Submitted]
) -> None:
    enrolment, done = waiting
    room.text(QUEUE)
    room.text(_url(db, done.attempt_id))
    seen = db.execute(select(ViewEntry.subject_id, ViewEntry.what)).all()
    assert [tuple(row) for row in seen] == [(enrolment.id, "open-answer")]


def test_an_answer_of_another_group_is_not_found(
    db: Session, room: Room, waiting: tuple[Enrolment, Submitted]
) -> None:
    url = _url(db, waiting[1].attempt_id)
    stranger = room.client_of(db, make_user(db, role=room.instructor.role))
    assert stranger.get(url).status_code == 404
    token = _token(stranger.get("/en/account").get_data(as_text=True))
    data = {"csrf_token": token, "number": "1", "done": "yes"}
    assert stranger.post(url, data=data).status_code == 404
    assert "No answer waits for you." in stranger.get(QUEUE).get_data(as_text=True)
