"""One person's page, one attempt as it was shown, and the file of results."""

import csv
import re
from datetime import timedelta
from io import StringIO

import pytest
from sqlalchemy.orm import Session

from lms.assessment.queries import OpenAttempt
from lms.assessment.service import NewAnswer
from lms.content.model import ItemKind
from lms.journey.take_quiz import answer_item, start_quiz, submit_quiz
from tests.factories import (
    KEYS,
    NOW,
    learner_of,
    pass_module,
    read_module,
    save_all,
    take_quiz,
    wrong_answer,
)
from tests.web.instructor.conftest import Room, statements

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def _words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def _block(page: str, place: int) -> str:
    return page.split('<li class="result ')[place].split("</dl>", maxsplit=1)[0]


def _place_of(attempt: OpenAttempt, item_id: str) -> int:
    return [asked.item for asked in attempt.asked].index(item_id) + 1


def _submitted(db: Session, room: Room, answers: dict[str, object]) -> tuple[OpenAttempt, str]:
    """Hand in an attempt with these answers, all others wrong; gives it with its page."""
    learner = learner_of(db, room.enrol(db, "P-AAAAAA"))
    read_module(db, learner, 1)
    attempt = start_quiz(db, learner, 1, "en", NOW)
    for asked in attempt.asked:
        item = attempt.items[asked.item]
        answer = answers.get(item.id, wrong_answer(item))
        new = NewAnswer(item.id, answer, version=0, language="en")  # type: ignore[arg-type]  # an answer
        answer_item(db, attempt, new, keys=KEYS, now=NOW)
    submit_quiz(db, learner, attempt.id, keys=KEYS, language="en", now=NOW)
    db.commit()
    return attempt, room.text(room.attempt_url(attempt.id))


def test_a_persons_page_shows_the_modules_and_every_try(db: Session, room: Room) -> None:
    enrolment = room.enrol(db, "P-AAAAAA", now=NOW - DAY)
    learner = learner_of(db, enrolment)
    read_module(db, learner, 1, now=NOW - 3 * HOUR)
    missed = take_quiz(db, learner, 1, right=False, now=NOW - 2 * HOUR)
    passed = take_quiz(db, learner, 1, now=NOW - HOUR)
    read_module(db, learner, 2, now=NOW)
    running = start_quiz(db, learner, 2, "fr", NOW)
    db.commit()
    page = room.text(room.person_url(enrolment.id))
    words = _words(page)
    assert "1. The first Passed 2 of 2 2 100% 1 minute 21 Nov 2026, 08:00" in words
    assert "2. The second Under way 1 of 1 0 0 minutes 21 Nov 2026, 09:00" in words
    assert words.index("Module 2, try 1 Under way") < words.index("Module 1, try 2 Passed")
    assert words.index("Module 1, try 2 Passed") < words.index("Module 1, try 1 Not passed yet")
    assert str(missed.attempt_id) in page
    assert str(passed.attempt_id) in page
    assert str(running.id) not in page


def test_a_person_who_needs_a_hand_is_shown_with_the_reason(db: Session, room: Room) -> None:
    enrolment = room.enrol(db, "P-AAAAAA", now=NOW - 9 * DAY)
    db.commit()
    assert "Not started 9 days after enrolment" in room.text(room.person_url(enrolment.id))


def test_an_attempt_under_way_cannot_be_looked_at(db: Session, room: Room) -> None:
    learner = learner_of(db, room.enrol(db, "P-AAAAAA"))
    read_module(db, learner, 1)
    attempt = start_quiz(db, learner, 1, "fr", NOW)
    save_all(db, attempt)
    db.commit()
    assert room.client.get(room.attempt_url(attempt.id)).status_code == 404


def test_options_stand_as_they_were_shown_with_choice_and_key_in_words(
    db: Session, room: Room
) -> None:
    attempt, page = _submitted(db, room, {"single": (2,), "multiple": (0, 2)})
    place = _place_of(attempt, "single")
    marks = {0: "A1", 1: "B1 Right answer", 2: "C1 Chosen"}
    order = attempt.asked[place - 1].order
    assert " ".join(marks[position] for position in order) in _words(_block(page, place))
    place = _place_of(attempt, "multiple")
    marks = {0: "A2 Chosen Right answer", 1: "B2 Right answer", 2: "C2 Chosen",
             3: "D2 Right answer"}  # fmt: skip
    order = attempt.asked[place - 1].order
    assert " ".join(marks[position] for position in order) in _words(_block(page, place))


def test_questions_stand_in_the_order_in_which_they_were_asked(db: Session, room: Room) -> None:
    attempt, page = _submitted(db, room, {})
    for place, asked in enumerate(attempt.asked, start=1):
        prompt = {"text": "What is the word?", "number": "How many?", "open": "take away?"}
        assert prompt.get(asked.item, "") in _block(page, place)
        assert f"{place}." in _block(page, place)


@pytest.mark.parametrize(
    ("item", "answer", "expected"),
    [
        ("text", ("Autre",), "Not right: 0 of 1 Answer given Autre Right answer Listen"),
        ("number", ("8",), "Not right: 0 of 1 Answer given 8 Right answer 7 ± 0.5"),
        ("number", ("7,2",), "Right: 1 of 1 Answer given 7,2 Right answer 7 ± 0.5"),
        ("match", (0, 2, 1), "Answer given one → 1 two → 3 three → 2 Right answer one → 1 two → 2"),
        ("order", (3, 0, 1, 2), "Answer given D3 A3 B3 C3 Right answer A3 B3 C3 D3"),
    ],
)
def test_what_was_given_stands_beside_the_key(
    db: Session, room: Room, item: str, answer: tuple[str | int, ...], expected: str
) -> None:
    attempt, page = _submitted(db, room, {item: answer})
    block = _words(_block(page, _place_of(attempt, item)))
    assert expected in re.sub(r"As shown .*? Answer given", "Answer given", block)


def test_a_private_text_is_counted_and_never_shown(db: Session, room: Room) -> None:
    attempt, page = _submitted(db, room, {"open": ("canari secret de quatre mots",)})
    assert "Written: 5 words. The text is private." in page
    assert "canari" not in page
    assert attempt.items["open"].kind is ItemKind.OPEN


def test_what_a_participant_typed_is_never_markup(db: Session, room: Room) -> None:
    _, page = _submitted(db, room, {"text": ("<img src=x onerror=alert(1)>",)})
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img src=x" not in page


def test_an_attempt_is_shown_in_the_language_in_which_it_was_handed_in(
    db: Session, room: Room
) -> None:
    done = pass_module(db, learner_of(db, room.enrol(db, "P-AAAAAA")), 1)
    db.commit()
    page = room.text(room.attempt_url(done.attempt_id))
    assert '<span lang="fr">Combien ?</span>' in page
    assert "Language French" in _words(page)


def test_a_person_and_an_attempt_cost_few_statements(db: Session, room: Room) -> None:
    enrolment = room.enrol(db, "P-AAAAAA")
    learner = learner_of(db, enrolment)
    read_module(db, learner, 1)
    for _ in range(5):
        done = take_quiz(db, learner, 1, right=False)
    db.commit()
    for url in (room.person_url(enrolment.id), room.attempt_url(done.attempt_id)):
        with statements(db) as sent:
            room.text(url)
        assert 0 < len(sent) <= 10, url


def test_the_file_of_results_has_a_row_a_person_and_module(db: Session, room: Room) -> None:
    learner = learner_of(db, room.enrol(db, "P-AAAAAA", now=NOW - DAY))
    pass_module(db, learner, 1, now=NOW - HOUR)
    read_module(db, learner, 2, now=NOW)
    room.enrol(db, "=P-BBBB")
    db.commit()
    response = room.client.get(f"{room.table_url}/results.csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="results-1.csv"'
    assert response.headers["Cache-Control"] == "no-store"
    assert response.data.startswith(b'\xef\xbb\xbf"Pseudonym",')
    rows = list(csv.reader(StringIO(response.data.decode("utf-8-sig"), newline="")))
    assert rows[1:] == [
        ["'=P-BBBB", "1", "no", "0", "", ""],
        ["'=P-BBBB", "2", "no", "0", "", ""],
        ["P-AAAAAA", "1", "yes", "1", "100", "2026-11-21T13:00:00Z"],
        ["P-AAAAAA", "2", "no", "0", "", "2026-11-21T14:00:00Z"],
    ]
    french = room.client.get(f"/fr/instructor/groups/{room.cohort.id}/results.csv")
    assert french.headers["Content-Disposition"] == 'attachment; filename="resultats-1.csv"'


def test_an_arrangement_is_told_as_yes_and_nothing_more(db: Session, room: Room) -> None:
    enrolment = room.enrol(db, "P-AAAAAA", now=NOW - DAY)
    db.commit()
    page = f"/en/instructor/people/{enrolment.id}"
    assert re.search(r"Arrangement</dt>\s*<dd>no<", room.text(page))
    enrolment.no_pause = True
    db.commit()
    text = room.text(page)
    assert re.search(r"Arrangement</dt>\s*<dd>yes<", text)
    assert "pause" not in text.lower()


def test_the_file_of_times_tells_reading_from_questions_in_iso_8601(
    db: Session, room: Room
) -> None:
    learner = learner_of(db, room.enrol(db, "P-AAAAAA", now=NOW - DAY))
    read_module(db, learner, 1, now=NOW)
    db.commit()
    response = room.client.get(f"{room.table_url}/times.csv")
    assert response.headers["Content-Disposition"] == 'attachment; filename="times-1.csv"'
    header, *rows = csv.reader(StringIO(response.data.decode("utf-8-sig"), newline=""))
    assert header[2:6] == ["Kind of time", "Section", "Round", "Duration (ISO 8601)"]
    assert [row[:5] for row in rows] == [
        ["P-AAAAAA", "first", "Reading", "listening", "1"],
        ["P-AAAAAA", "first", "Reading", "speaking", "1"],
    ]
    assert all(re.fullmatch(r"PT(\d+M)?(\d+(\.\d+)?S)?", row[5]) for row in rows)
    assert any(row[5] != "PT0S" for row in rows)


def test_a_group_larger_than_one_reading_loses_nobody_in_the_file(
    db: Session, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.reporting.spreadsheet.BATCH", 2)
    names = [f"P-{number:06}" for number in range(5)]
    for name in names:
        room.enrol(db, name)
    db.commit()
    text = room.text(f"{room.table_url}/results.csv").removeprefix("\ufeff")
    rows = list(csv.reader(StringIO(text, newline="")))[1:]
    assert [row[0] for row in rows] == [name for name in names for _ in range(2)]
