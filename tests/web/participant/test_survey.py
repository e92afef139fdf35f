"""The anonymous questions: offered once before and once after, and never in the way.

The canaries: an answer that nobody else gave, in a database with several people, on a site that
logs what it does.
"""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.kernel.table import Base
from lms.surveys.models import SurveyAnswer, SurveyTurn
from lms.surveys.sheet import Wave, survey_token
from lms.web.logs import JsonLines
from tests import factories
from tests.factories import KEYS
from tests.surveys.samples import SURVEY, publish_survey
from tests.web.crawl import crawl
from tests.web.site import Person, Site
from tests.web.wellmade import page_faults

BEFORE, AFTER = "/fr/survey/before", "/fr/survey/after"
ANSWERS = {"act": "send", "q1": "2", "q2": "0"}


@pytest.fixture
def asked(site: Site) -> Site:
    """Give a site whose course asks a survey."""
    site.do(publish_survey)
    return site


def newcomer(site: Site) -> Person:
    """Give somebody who has read and agreed to the notice by its form."""
    person = site.participant(agreed=False)
    done = person.browser.post("/fr/notice", {"agree": "yes", "language": "fr"})
    assert done.status_code == 303
    assert done.location == BEFORE
    return person


def sheets(site: Site) -> list[SurveyAnswer]:
    with site.database.read() as db:
        return list(db.scalars(select(SurveyAnswer).order_by(SurveyAnswer.wave.desc())))


def test_after_the_notice_comes_the_survey_and_one_button_leaves_it(asked: Site) -> None:
    person = newcomer(asked)
    response = person.browser.get(BEFORE)
    assert response.status_code == 200
    assert list(page_faults(response, "fr")) == []
    done = person.browser.post(BEFORE, {"act": "leave"})
    assert (done.status_code, done.location) == (303, "/fr/course")
    assert sheets(asked) == []


def test_it_is_never_in_the_way(asked: Site) -> None:
    person = newcomer(asked)
    assert person.browser.get("/fr/course").status_code == 200
    assert person.browser.get("/fr/module/1/page/1").status_code == 200


def test_answers_are_kept_once_and_the_turn_is_over(asked: Site) -> None:
    person = newcomer(asked)
    for _ in range(2):
        done = person.browser.post(BEFORE, ANSWERS)
        assert (done.status_code, done.location) == (303, "/fr/course")
    assert person.browser.get(BEFORE).location == "/fr/course"
    (sheet,) = sheets(asked)
    assert sheet.answers == {"straight": 2, "turned": 0}
    assert (sheet.wave, sheet.day) == ("before", asked.clock().date())


def test_single_questions_may_be_left_out_and_all_of_them_too(asked: Site) -> None:
    one, other = newcomer(asked), newcomer(asked)
    assert one.browser.post(BEFORE, {"act": "send", "q2": "1"}).status_code == 303
    assert other.browser.post(BEFORE, {"act": "send"}).status_code == 303
    assert [sheet.answers for sheet in sheets(asked)] == [{"turned": 1}]


@pytest.mark.parametrize("wrong", [{"q1": "3"}, {"q1": "-1"}, {"q1": "zwei"}, {"q1": "²"}])
def test_an_answer_that_was_not_shown_is_refused_and_the_others_stay(
    asked: Site, wrong: dict[str, str]
) -> None:
    person = newcomer(asked)
    response = person.browser.post(BEFORE, {"act": "send", "q2": "1", **wrong})
    assert response.status_code == 422
    assert list(page_faults(response, "fr")) == []
    assert 'name="q2" value="1" checked' in response.text
    assert sheets(asked) == []
    twice = [("act", "send"), ("q1", "1"), ("q1", "2")]
    assert person.browser.post(BEFORE, twice).status_code == 422


def test_whoever_has_begun_to_read_is_not_asked_what_he_thought_before(asked: Site) -> None:
    person = newcomer(asked)
    asked.do(factories.read_module, person.learner, 1, now=asked.clock())
    assert person.browser.get(BEFORE).location == "/fr/course"
    assert person.browser.post(BEFORE, ANSWERS).location == "/fr/course"
    assert sheets(asked) == []


def test_nobody_is_asked_who_was_not_offered_it(asked: Site) -> None:
    person = asked.participant()  # he agreed before the course had a survey
    assert person.browser.get(BEFORE).status_code == 404
    assert person.browser.get(AFTER).status_code == 404
    assert person.browser.post(AFTER, ANSWERS).status_code == 404


def test_a_course_without_a_survey_asks_none(site: Site) -> None:
    person = site.participant(agreed=False)
    done = person.browser.post("/fr/notice", {"agree": "yes", "language": "en"})
    assert done.location == "/en/course"
    assert person.browser.get(BEFORE).status_code == 404


def finish(site: Site, person: Person) -> str:
    """Pass everything and attest; gives where that leads."""
    site.do(factories.pass_course, person.learner, now=site.clock())
    done = person.browser.post("/fr/certificate/attest", {"attest": "yes"})
    assert done.status_code == 303
    return str(done.location)


def test_after_the_last_step_it_is_asked_again_and_both_sheets_are_paired(asked: Site) -> None:
    person = newcomer(asked)
    person.browser.post(BEFORE, ANSWERS)
    assert finish(asked, person) == AFTER
    done = person.browser.post(AFTER, {"act": "send", "q1": "0", "q2": "0"})
    assert (done.status_code, done.location) == (303, "/fr/certificate")
    assert person.browser.get("/fr/certificate").status_code == 200
    before, after = sheets(asked)
    assert (before.wave, after.wave) == ("before", "after")
    assert before.token == after.token


def test_the_certificate_waits_for_no_answer(asked: Site) -> None:
    person = newcomer(asked)
    assert finish(asked, person) == AFTER
    assert person.browser.get("/fr/certificate").status_code == 200


def turns(site: Site) -> list[dict[str, Any]]:
    with site.database.read() as db:
        rows = db.execute(select(SurveyTurn.__table__)).mappings()
        return [{k: v for k, v in row.items() if k != "enrolment_id"} for row in rows]


def test_whoever_answers_and_whoever_leaves_look_the_same(asked: Site) -> None:
    one, other = newcomer(asked), newcomer(asked)
    answers = one.browser.post(BEFORE, ANSWERS)
    leaves = other.browser.post(BEFORE, {"act": "leave"})
    assert (answers.status_code, answers.location) == (leaves.status_code, leaves.location)
    first, second = turns(asked)
    assert first == second


def test_the_pages_of_the_course_cost_no_statement_more(asked: Site) -> None:
    person = newcomer(asked)
    for url, most in (("/fr/course", 5), ("/fr/module/1/page/1", 3)):
        with asked.statements() as seen:
            assert person.browser.get(url).status_code == 200
        assert len(seen) <= most
        assert not [one for one in seen if "survey" in one]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Give all that this process logs, as it would stand in the file."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def everywhere(db: Session, word: str) -> list[str]:
    """Name each column in which a word stands."""
    found = []
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            held = func.lower(cast(column, String)).contains(word.lower())
            if db.scalar(select(func.count()).select_from(table).where(held)):
                found.append(str(column))
    return found


def test_no_table_no_log_and_no_page_says_whose_a_sheet_is(asked: Site, log: io.StringIO) -> None:
    people = [newcomer(asked) for _ in range(3)]
    for person in people:
        person.browser.post(BEFORE, {"act": "send", "q1": "1", "q2": "1"})
    marked = newcomer(asked)
    marked.browser.post(BEFORE, ANSWERS)  # the only one who gave these answers
    finish(asked, marked)
    marked.browser.post(AFTER, ANSWERS)
    token = survey_token(KEYS.people.find_or_make(marked.enrolment.id), SURVEY)
    with asked.database.read() as db:
        assert set(everywhere(db, token)) == {"survey_answer.token"}
        for one in db.scalars(select(SurveyAnswer)):
            assert everywhere(db, one.id.hex) + everywhere(db, str(one.id)) in (
                ["survey_answer.id"],
                ["survey_answer.id", "survey_answer.id"],
            )
        row = json.dumps(
            [dict(one) for one in db.execute(select(SurveyAnswer.__table__)).mappings()],
            default=str,
        )
    for mine in (marked.enrolment.id, marked.user.id, marked.enrolment.code_id):
        assert str(mine) not in row
        assert mine.hex not in row
    assert marked.enrolment.pseudonym not in row
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    about = [one for one in lines if "survey" in str(one)]
    assert about
    assert {key for one in about for key in one} <= {
        *("time", "level", "logger", "event", "endpoint", "method", "status", "ms")
    }
    coordinator = asked.staff(Role.COORDINATOR)
    looked = [
        *crawl(marked.browser, "/fr/course"),
        *crawl(
            coordinator, "/fr/coordinator", f"/fr/coordinator/groups/{marked.enrolment.cohort_id}"
        ),
    ]
    assert len(looked) > 10
    told = [f"{one.request.url}{one.headers}{one.get_data().decode('latin-1')}" for one in looked]
    assert not [one[:80] for one in told if token[:12] in one]


def test_the_wave_is_one_of_two(asked: Site) -> None:
    person = newcomer(asked)
    assert person.browser.get("/fr/survey/later").status_code == 404
    assert {wave.value for wave in Wave} == {"before", "after"}
