"""Sessions of a group are planned and cancelled by the coordinator, in the programme's own time."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.attendance.models import LiveSession
from lms.enrolment.models import Enrolment
from lms.kernel.ids import new_id
from lms.kernel.sealing import PERSON_KEY, Place, seal
from tests.factories import NOW, make_cohort, make_enrolment, make_live_session
from tests.web.browser import Browser, Fields
from tests.web.site import Site

PLAN: Fields = {
    "kind": "in-person",
    "day": "2027-01-16",
    "begins": "9:00",
    "ends": "16 h 30",
    "place": "Salle 2",
}


@pytest.fixture
def coordinator(site: Site) -> Browser:
    """Sign a coordinator in."""
    return site.staff(Role.COORDINATOR)


def _sessions(site: Site) -> list[LiveSession]:
    with site.database.read() as db:
        return list(db.scalars(select(LiveSession)))


def test_a_session_is_planned_in_the_time_of_the_programme(
    site: Site, coordinator: Browser
) -> None:
    cohort = site.do(make_cohort)
    path = f"/en/coordinator/groups/{cohort.id}/sessions"
    assert "No session is planned." in coordinator.page(path).text
    assert coordinator.post(path, PLAN).status_code == 303
    (made,) = _sessions(site)
    assert made.starts_at == datetime(2027, 1, 16, 14, 0, tzinfo=UTC)
    assert made.ends_at == datetime(2027, 1, 16, 21, 30, tzinfo=UTC)
    page = coordinator.page(path).text
    assert "January 16, 2027" in page
    assert "09:00 to 16:30" in page
    assert "In person" in page
    assert "Planned" in page


def test_a_session_may_end_after_midnight(site: Site, coordinator: Browser) -> None:
    cohort = site.do(make_cohort)
    path = f"/en/coordinator/groups/{cohort.id}/sessions"
    coordinator.post(path, {**dict(PLAN), "begins": "20:00", "ends": "1:00"})
    (made,) = _sessions(site)
    assert made.ends_at - made.starts_at == timedelta(hours=5)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"kind": ""}, "Choose how the session is held."),
        ({"kind": "x"}, "Choose one of those shown."),
        ({"day": "16 January"}, "Enter a day, year first"),
        ({"day": "9999-12-31", "ends": "1:00"}, "Enter a day, year first"),
        ({"begins": "25:00"}, "Enter a time of day, like 13:30."),
        ({"begins": ""}, "Enter when it begins."),
        ({"ends": "9:00"}, "The session ends after it begins"),
        ({"place": " "}, "Say where the session is held"),
        ({"place": "x" * 201}, "Shorten this"),
    ],
)
def test_a_session_that_cannot_be_held_is_told_why(
    site: Site, coordinator: Browser, changed: dict[str, str], fault: str
) -> None:
    cohort = site.do(make_cohort)
    path = f"/en/coordinator/groups/{cohort.id}/sessions"
    answer = coordinator.post(path, {**dict(PLAN), **changed})
    assert answer.status_code == 422
    assert fault in answer.text
    assert _sessions(site) == []


def test_a_session_is_cancelled_and_stays_in_the_list(site: Site, coordinator: Browser) -> None:
    cohort = site.do(make_cohort)
    session = site.do(make_live_session, cohort)
    answer = coordinator.post(f"/en/coordinator/sessions/{session.id}/cancel")
    assert answer.status_code == 303
    page = coordinator.page(answer.location)
    assert "Called off" in page.text
    assert [one for one in page.forms() if one.action.endswith("/cancel")] == []
    assert _sessions(site)[0].cancelled_at == NOW


def test_the_sheet_to_sign_names_pseudonyms_and_nobody_else(
    site: Site, coordinator: Browser
) -> None:
    cohort = site.do(make_cohort, "Groupe du samedi")
    people = [site.do(make_enrolment, cohort=cohort) for _ in range(2)]
    stranger = site.do(make_enrolment)
    session = site.do(make_live_session, cohort)

    def leave(db: Session) -> None:
        one = people[0].id
        key = site.app.extensions["virage_person_keys"].find_or_make(one)
        place = Place("enrolment", "first_name", str(one))
        db.get_one(Enrolment, one).first_name = seal(key, "Inventé", place, PERSON_KEY)

    site.do(leave)
    page = coordinator.page(f"/en/coordinator/sessions/{session.id}/paper")
    assert "Inventé" not in page.text
    assert page.h1 == "Groupe du samedi"
    for person in people:
        assert person.pseudonym in page.text
    assert stranger.pseudonym not in page.text
    assert "Signature" in page.text


def test_what_is_not_there_is_not_found(coordinator: Browser) -> None:
    nowhere = new_id()
    assert coordinator.get(f"/en/coordinator/groups/{nowhere}/sessions").status_code == 404
    assert coordinator.post(f"/en/coordinator/groups/{nowhere}/sessions", PLAN).status_code == 404
    assert coordinator.post(f"/en/coordinator/sessions/{nowhere}/cancel").status_code == 404
    assert coordinator.get(f"/en/coordinator/sessions/{nowhere}/paper").status_code == 404
