"""Somebody who may not go on asks for everything and sends every form: nothing opens."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.journey.quiz_gate import quiz_state
from lms.progress.models import SeatTime
from tests import factories
from tests.proof.asking import FIELDS, PAGES, Asker, is_staffs, marks_of
from tests.proof.canaries import plant_canaries
from tests.web.rows import Rows, all_rows
from tests.web.scene import rules
from tests.web.site import Person, Site

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])
PLACE = ("enrolment_id", "module_id", "kind", "section_id", "round")
HOUR = timedelta(hours=1)
# What asking may write: that he was there, the tries at a code or a password, time on a page.
WRITTEN = frozenset({"sign_in_session", "throttle", "seat_clock", "seat_time"})
# What the result of an attempt that was not passed shows: the questions, and to each choice that
# he ticked what the author says to it.
SHOWN_TO_THE_FAILED = ("canary-asked-first-", "canary-feedback-true-false-1",
                       "canary-feedback-single-0", "canary-feedback-multiple-2")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scene:
    """A site with people in every place, an hour after others opened their pages."""

    site: Site
    marks: tuple[str, ...]
    locked: Person  # has read nothing
    failed: Person  # has to read again, and holds the marks of what he read before
    graduate: Person

    def asker(self, person: Person) -> Asker:
        """Give somebody who asks for everything, with the marks of others in his hands."""
        return Asker(self.site, person, self.marks)


def fail(db: Session, person: Person, site: Site) -> None:
    """Read the first module and answer all of its questions wrong."""
    factories.read_module(db, person.learner, 1, now=site.clock() - HOUR)
    factories.take_quiz(db, person.learner, 1, right=False, now=site.clock() - HOUR / 2)


@pytest.fixture
def scene(site: Site) -> Scene:
    """Set the scene: the two who are locked take a course that asks for reading time."""
    site.do(plant_canaries)
    reader, _first = site.taker(1)
    taker, _second = site.taker(2)
    graduate = site.participant()
    site.do(factories.pass_course, graduate.learner, now=site.clock())
    site.do(factories.attest, graduate.learner, now=site.clock())
    locked, failed = (site.participant(seat_time=70) for _ in range(2))
    marks = [mark for one in (reader, taker, failed) for mark in marks_of(one, *PAGES)]
    marks += marks_of(taker, "/fr/module/2/page/1", "/fr/module/2/quiz/1")
    site.do(fail, failed, site)
    site.clock.now += HOUR
    return Scene(site, tuple(marks), locked, failed, graduate)


def rest(site: Site) -> Rows:
    """Give every row that asking must leave as it is."""
    return {name: rows for name, rows in all_rows(site.database).items() if name not in WRITTEN}


def read(site: Site, *, but: Person) -> dict[tuple[object, ...], object]:
    """Give which sections are read, everybody else's, and when."""
    columns = [*(getattr(SeatTime, name) for name in PLACE), SeatTime.read_at]
    others = (SeatTime.read_at.is_not(None), SeatTime.enrolment_id != but.enrolment.id)
    with site.database.read() as db:
        return {tuple(row[:-1]): row[-1] for row in db.execute(select(*columns).where(*others))}


def due(site: Site, person: Person) -> tuple[int, ...]:
    """Give the pages of the first module that he has to read before his next attempt."""
    with site.database.read() as db:
        return quiz_state(db, person.learner, 1, "fr", site.clock()).due


def credited(site: Site, person: Person, turn: int) -> int:
    """Give the time credited to a person in a round, in ms."""
    mine = (SeatTime.enrolment_id == person.enrolment.id, SeatTime.round == turn)
    with site.database.read() as db:
        return sum(db.scalars(select(SeatTime.credited_ms).where(*mine)))


def assert_nothing_opens(scene: Scene, person: Person, turn: int, shown: Collection[str]) -> None:
    """Ask for everything as somebody who is locked, preparing his attempt of that number."""
    site, asker = scene.site, scene.asker(person)
    before = rest(site), read(site, but=person), due(site, person)
    assert before[-1]
    asker.ask_everything()
    after = rest(site), read(site, but=person), due(site, person)
    assert before[1:] == after[1:]
    assert [name for name, rows in after[0].items() if rows != before[0][name]] == []
    assert credited(site, person, turn) == 0
    assert [one for one in asker.canaries if not one.startswith(tuple(shown))] == []
    assert set(asker.answers) == {(rule.endpoint, method) for rule, method in rules(site)}
    assert {code for codes in asker.answers.values() for code in codes if code >= 500} == set()
    opened = {
        name: codes
        for (name, _), codes in asker.answers.items()
        if is_staffs(name) and codes != {403}
    }
    assert opened == {}
    assert person.browser.get("/fr/module/2/page/1").status_code == 409
    assert person.browser.post("/fr/module/1/quiz").status_code == 409


def test_to_one_who_has_read_nothing_nothing_opens(scene: Scene) -> None:
    assert_nothing_opens(scene, scene.locked, 1, ())


def test_to_one_who_has_to_read_again_nothing_opens(scene: Scene) -> None:
    assert_nothing_opens(scene, scene.failed, 2, SHOWN_TO_THE_FAILED)


def test_who_passed_is_shown_what_the_locked_one_is_not(scene: Scene) -> None:
    """Else the canaries would be nowhere, and to see none of them would say nothing."""
    asker = scene.asker(scene.graduate)
    asker.look()
    assert {"canary-section-text", "canary-objective-text", "canary-key-single"} <= asker.canaries
    assert "canary-author-name" not in asker.canaries


def test_with_a_mark_of_his_own_and_time_the_same_form_lets_him_on(scene: Scene) -> None:
    """Else the forms would be wrong, and nothing would open to anybody."""
    person = scene.locked
    scene.asker(person).enter()
    mark, *_ = marks_of(person, PAGES[0])
    scene.site.clock.now += HOUR / 6
    answer = person.browser.post(PAGES[0], {**FIELDS, "view": mark, "active": "999999999"})
    assert (answer.status_code, due(scene.site, person)) == (303, (2,))
