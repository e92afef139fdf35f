"""A sheet is kept, and nothing about it says whose it is or when in the day it came."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Date, DateTime, select, text
from sqlalchemy.orm import Session

from lms.enrolment.models import Enrolment
from lms.kernel.database import Database
from lms.surveys.models import SurveyAnswer
from lms.surveys.queries import find_survey, find_turn, sheets_of
from lms.surveys.service import answer, end_turn, offer
from lms.surveys.sheet import Sheet, Wave, scores_of, survey_token
from tests.factories import KEYS, NOW, make_enrolment
from tests.surveys.samples import SURVEY, answer_all, publish_survey, sheet
from tests.threads import at_once

TOKENS = [f"{number:064x}" for number in range(12)]


def places(db: Session) -> list[str]:
    """Give the tokens in the order in which the rows lie on the disk."""
    place = "ctid" if db.get_bind().dialect.name == "postgresql" else "rowid"
    rows = db.execute(text(f"SELECT token FROM survey_answer ORDER BY {place}"))  # noqa: S608 - two words
    return [row[0] for row in rows]


def test_the_two_sheets_of_one_person_have_one_mark_and_those_of_two_people_do_not() -> None:
    one, other = (KEYS.people.find_or_make(uuid.uuid4()) for _ in range(2))
    assert survey_token(one, SURVEY) == survey_token(one, SURVEY)
    assert survey_token(one, SURVEY) != survey_token(other, SURVEY)
    assert survey_token(one, SURVEY) != survey_token(one, "another")


def test_when_his_key_is_destroyed_nobody_can_make_his_mark_again() -> None:
    person = uuid.uuid4()
    before = survey_token(KEYS.people.find_or_make(person), SURVEY)
    KEYS.people.destroy(person)
    assert survey_token(KEYS.people.find_or_make(person), SURVEY) != before


def test_a_sheet_knows_a_day_and_no_time_and_no_person() -> None:
    columns = SurveyAnswer.__table__.columns
    assert not [one for one in columns if isinstance(one.type, DateTime)]
    assert [one.name for one in columns if isinstance(one.type, Date)] == ["day"]
    assert not SurveyAnswer.__table__.foreign_keys


def test_where_the_rows_lie_does_not_tell_in_which_order_they_came(db: Session) -> None:
    answer_all(db, TOKENS)
    assert sorted(places(db)) == sorted(TOKENS)
    assert places(db) != TOKENS  # one order of 479,001,600


def test_no_transaction_wrote_one_sheet_of_a_day_alone(real_database: Database) -> None:
    """On PostgreSQL each row names the transaction that wrote it: they all name the last."""
    for token in TOKENS[:3]:
        with real_database.write() as db:
            answer(db, sheet(token))
            db.commit()
    with real_database.read() as db:
        if db.get_bind().dialect.name != "postgresql":
            pytest.skip("SQLite notes no transaction in a row")
        writers = db.execute(text("SELECT DISTINCT xmin::text FROM survey_answer")).all()
    assert len(writers) == 1


def test_ids_are_not_in_the_order_of_time(db: Session) -> None:
    answer_all(db, TOKENS)
    ids = db.scalars(select(SurveyAnswer.id)).all()
    assert {one.version for one in ids} == {4}


def test_a_second_sheet_of_the_same_person_for_the_same_wave_is_dropped(db: Session) -> None:
    answer(db, sheet("a", straight=1))
    answer(db, sheet("a", straight=2))
    answer(db, sheet("a", wave=Wave.AFTER, straight=2))
    assert [(one.wave, one.answers["straight"]) for one in sheets_of(db, SURVEY)] == [
        (Wave.AFTER, 2),
        (Wave.BEFORE, 1),
    ]


def test_people_who_answer_at_the_same_moment_lose_no_sheet(real_database: Database) -> None:
    def act(token: str) -> Callable[[Session], None]:
        return lambda db: answer(db, sheet(token))

    at_once(real_database, [act(token) for token in TOKENS[:8]])
    with real_database.read() as db:
        assert len(sheets_of(db, SURVEY)) == 8


def test_sheets_of_another_day_are_left_where_they_are(db: Session) -> None:
    early = sheet("a")
    yesterday = Sheet(SURVEY, Wave.BEFORE, "b", "fr", NOW.date() - timedelta(days=1), {})
    answer(db, yesterday)
    answer(db, early)
    assert {(one.token, one.day) for one in sheets_of(db, SURVEY)} == {
        ("a", early.day),
        ("b", yesterday.day),
    }


def turns_over(db: Session, person: Enrolment) -> bool | None:
    turn = find_turn(db, person.id, SURVEY, Wave.BEFORE)
    return None if turn is None else turn.is_over


def test_a_survey_is_offered_until_the_turn_is_over(db: Session) -> None:
    person = make_enrolment(db)
    assert turns_over(db, person) is None
    assert offer(db, person.id, person.programme_id, SURVEY, Wave.BEFORE)
    assert offer(db, person.id, person.programme_id, SURVEY, Wave.BEFORE)
    assert turns_over(db, person) is False
    end_turn(db, person.id, SURVEY, Wave.BEFORE)
    assert not offer(db, person.id, person.programme_id, SURVEY, Wave.BEFORE)
    assert offer(db, person.id, person.programme_id, SURVEY, Wave.AFTER)


def test_a_reversed_question_is_turned_round_and_a_part_of_a_sheet_counts_for_nothing(
    db: Session,
) -> None:
    publish_survey(db)
    page = find_survey(db, SURVEY, "fr")
    assert page is not None
    assert scores_of(page, {"straight": 2, "turned": 0}) == {"straight": 2, "turned": 2}
    assert scores_of(page, {"straight": 2}) is None
    assert scores_of(page, {"straight": 2, "turned": 3}) is None
