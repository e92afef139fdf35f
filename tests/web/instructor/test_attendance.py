"""An instructor ticks who was there: by pseudonym, and by a first name where one was left."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.attendance.models import Attendance
from lms.attendance.queries import SessionView
from lms.completion.queries import is_completed
from lms.enrolment.models import Cohort, Enrolment
from lms.kernel.sealing import PERSON_KEY, Place, seal
from lms.privacy.models import ViewEntry
from tests.factories import (
    NOW,
    learner_of,
    make_cohort,
    make_enrolment,
    make_live_session,
    make_user,
    pass_course,
)
from tests.web.browser import Browser
from tests.web.site import Site


class Room:
    """A group with two people, its instructor, and a session that was held yesterday."""

    def __init__(self, site: Site, **rules: bool) -> None:
        self.site = site
        self.user: User = site.do(make_user, role=Role.INSTRUCTOR)
        self.cohort: Cohort = site.do(make_cohort, "Groupe", instructors=[self.user], **rules)
        self.people: list[Enrolment] = [
            site.do(make_enrolment, cohort=self.cohort, now=NOW - timedelta(days=9))
            for _ in range(2)
        ]
        start = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)  # nine in the morning in Longueuil
        self.session: SessionView = site.do(make_live_session, self.cohort, starts_at=start)
        self.browser: Browser = site.staff(Role.INSTRUCTOR, self.user)

    @property
    def path(self) -> str:
        """Where the sheet is."""
        return f"/en/instructor/sessions/{self.session.id}"

    def tick(self, person: Enrolment, **cells: str) -> int:
        """Send the sheet with these cells of one person; gives the status."""
        fields = {f"p-{person.id}-{name}": value for name, value in cells.items()}
        return self.browser.post(self.path, fields).status_code

    def rows(self) -> list[Attendance]:
        """Give what is written."""
        with self.site.database.read() as db:
            return list(db.scalars(select(Attendance)))


@pytest.fixture
def room(site: Site) -> Room:
    """Give such a group."""
    return Room(site)


def test_the_sheet_lists_the_group_and_saves_what_was_ticked(room: Room) -> None:
    page = room.browser.page(f"/en/instructor/groups/{room.cohort.id}/sessions")
    assert room.path in page.links()
    sheet = room.browser.page(room.path).text
    assert all(person.pseudonym in sheet for person in room.people)
    assert room.tick(room.people[0], arrived="9:05", left="15 h 00", whole="y") == 303
    (row,) = room.rows()
    assert row.enrolment_id == room.people[0].id
    assert row.arrived_at == datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
    assert row.left_at == datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
    assert (row.whole, row.recorded_by) == (True, room.user.id)
    again = room.browser.page(room.path).form(room.path)
    assert (f"p-{row.enrolment_id}-arrived", "09:05") in again.fields
    assert (f"p-{row.enrolment_id}-whole", "y") in again.fields


def test_what_was_ticked_can_be_taken_back(room: Room) -> None:
    room.tick(room.people[0], arrived="9:05", whole="y")
    room.tick(room.people[0], arrived="9:05")
    (row,) = room.rows()
    assert not row.whole


def test_a_first_name_that_somebody_left_is_shown_and_that_is_written_down(
    room: Room, site: Site
) -> None:
    person = room.people[0]

    def leave(db: Session) -> None:
        key = site.app.extensions["virage_person_keys"].find_or_make(person.id)
        place = Place("enrolment", "first_name", str(person.id))
        db.get_one(Enrolment, person.id).first_name = seal(key, "Inventé", place, PERSON_KEY)

    site.do(leave)
    assert f"{person.pseudonym} (Inventé)" in room.browser.page(room.path).text
    assert "Inventé" in room.browser.page(f"{room.path}/paper").text
    with site.database.read() as db:
        views = db.scalars(select(ViewEntry)).all()
    assert {(one.subject_id, one.what) for one in views} == {(person.id, "first-name")}
    site.app.extensions["virage_person_keys"].destroy(person.id)
    assert "Inventé" not in room.browser.page(room.path).text


@pytest.mark.parametrize("cells", [{"arrived": "9"}, {"left": "25:00"}, {"arrived": "a\x00"}])
def test_a_time_that_is_none_is_told_and_what_was_typed_stays(
    room: Room, cells: dict[str, str]
) -> None:
    fields = {f"p-{room.people[0].id}-{name}": value for name, value in cells.items()}
    other = {f"p-{room.people[1].id}-arrived": "9:10"}
    answer = room.browser.post(room.path, {**fields, **other})
    assert answer.status_code == 422
    assert "Enter a time of day, like 13:30." in answer.text
    assert 'value="9:10"' in answer.text
    assert room.rows() == []


def test_nobody_leaves_before_he_arrived(room: Room) -> None:
    fields = {
        f"p-{room.people[0].id}-arrived": "12:00",
        f"p-{room.people[0].id}-left": "11:00",
        f"p-{room.people[1].id}-arrived": "9:00",
    }
    answer = room.browser.post(room.path, fields)
    assert answer.status_code == 422
    assert "Nobody leaves before" in answer.text
    assert room.rows() == []  # all or nothing


def test_before_the_end_arrivals_are_noted_and_nobody_has_stayed(site: Site) -> None:
    room = Room(site)
    session = site.do(make_live_session, room.cohort, starts_at=NOW - timedelta(hours=1))
    path = f"/en/instructor/sessions/{session.id}"
    assert "You can note arrivals now." in room.browser.page(path).text
    name = f"p-{room.people[0].id}"
    assert room.browser.post(path, {f"{name}-arrived": "8:05"}).status_code == 303
    answer = room.browser.post(path, {f"{name}-arrived": "8:05", f"{name}-whole": "y"})
    assert answer.status_code == 409
    assert "The session is not over" in answer.text


def test_a_session_that_ends_after_midnight_has_its_times_on_both_days(site: Site) -> None:
    room = Room(site)
    start = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # eight in the evening, the day before
    session = site.do(make_live_session, room.cohort, starts_at=start)
    name = f"p-{room.people[0].id}"
    fields = {f"{name}-arrived": "20:10", f"{name}-left": "0:30"}
    room.browser.post(f"/en/instructor/sessions/{session.id}", fields)
    (row,) = room.rows()
    assert row.arrived_at == datetime(2026, 11, 20, 1, 10, tzinfo=UTC)
    assert row.left_at == datetime(2026, 11, 20, 5, 30, tzinfo=UTC)


def test_the_last_tick_completes_who_waited_for_it(site: Site) -> None:
    room = Room(site, attendance=True)
    person = room.people[0]
    site.do(lambda db: pass_course(db, learner_of(db, person)))
    with site.database.read() as db:
        assert not is_completed(db, person.id)
    assert room.tick(person, whole="y") == 303
    with site.database.read() as db:
        assert is_completed(db, person.id)
    back = room.browser.post(room.path, {f"p-{person.id}-arrived": "9:00"})
    assert back.status_code == 409
    assert "has completed: what was ticked then stays" in back.text


def test_a_cancelled_session_has_no_sheet_to_save(site: Site) -> None:
    room = Room(site)
    site.staff(Role.COORDINATOR).post(f"/en/coordinator/sessions/{room.session.id}/cancel")
    page = room.browser.page(room.path)
    assert "The session is cancelled" in page.text
    assert "Save the sheet" not in page.text
    assert room.tick(room.people[0], whole="y") == 409


def test_another_groups_sheet_is_not_found(room: Room, site: Site) -> None:
    other = site.staff(Role.INSTRUCTOR)
    assert other.get(room.path).status_code == 404
    assert other.get(f"{room.path}/paper").status_code == 404
    assert other.post(room.path).status_code == 404
    assert other.get(f"/en/instructor/groups/{room.cohort.id}/sessions").status_code == 404


def test_somebody_of_another_group_cannot_be_ticked(room: Room, site: Site) -> None:
    stranger = site.do(make_enrolment)
    assert room.tick(stranger, whole="y") == 303  # no such line: nothing is read of it
    assert room.rows() == []


def test_the_paper_has_a_line_to_sign_for_each_person(room: Room) -> None:
    page = room.browser.page(f"{room.path}/paper")
    assert page.h1 == "Groupe"
    lines = [one.text.strip() for one in page.all("th") if one["scope"] == "row"]
    assert lines == sorted(person.pseudonym for person in room.people)
    assert "Signature" in page.text
