"""A group has dates, places and instructors; each can be changed, an instructor taken away."""

from datetime import date

import pytest
from sqlalchemy import select

from lms.accounts.roles import Role
from lms.enrolment.models import Cohort, CohortInstructor
from lms.kernel.ids import new_id
from tests.factories import make_cohort, make_enrolment, make_user, published_course
from tests.web.browser import Browser
from tests.web.site import Site

NEW = "/en/coordinator/groups/new"


@pytest.fixture
def coordinator(site: Site) -> Browser:
    """Sign a coordinator in."""
    return site.staff(Role.COORDINATOR)


def _cohort(site: Site, name: str) -> Cohort:
    with site.database.read() as db:
        return db.scalars(select(Cohort).where(Cohort.name == name)).one()


def test_a_group_is_made_with_its_dates_places_and_place(site: Site, coordinator: Browser) -> None:
    site.do(published_course)
    fields = {
        "name": "Hiver",
        "course": "seminar",
        "starts_on": "2027-01-10",
        "ends_on": "2027-03-10",
        "capacity": "12",
        "place": "Salle 2",
    }
    answer = coordinator.post(NEW, fields)
    assert answer.status_code == 303
    page = coordinator.page(answer.location).text
    assert "From January 10, 2027 to March 10, 2027" in page
    assert "0 of 12 taken" in page
    assert "Salle 2" in page
    made = _cohort(site, "Hiver")
    assert (made.starts_on, made.ends_on) == (date(2027, 1, 10), date(2027, 3, 10))
    assert (made.capacity, made.place) == (12, "Salle 2")


def test_a_group_that_ends_before_it_begins_is_not_made_at_all(
    site: Site, coordinator: Browser
) -> None:
    site.do(published_course)
    fields = {"name": "Hiver", "course": "seminar", "starts_on": "2027-03-10"}
    answer = coordinator.post(NEW, {**fields, "ends_on": "2027-01-10"})
    assert answer.status_code == 422
    assert "The group ends after it begins" in answer.text
    with site.database.read() as db:
        assert db.scalars(select(Cohort)).all() == []


def test_a_group_is_changed_and_an_instructor_taken_away_sees_it_no_more(
    site: Site, coordinator: Browser
) -> None:
    stays, goes, comes = (site.do(make_user, role=Role.INSTRUCTOR) for _ in range(3))
    cohort = site.do(make_cohort, "Automne", instructors=[stays, goes])
    site.do(make_enrolment, cohort=cohort)
    leaving = site.staff(Role.INSTRUCTOR, goes)
    assert leaving.get(f"/en/instructor/groups/{cohort.id}").status_code == 200
    path = f"/en/coordinator/groups/{cohort.id}/plan"
    form = coordinator.page(path).form("/plan")
    chosen = {value for name, value in form.fields if name == "instructors"}
    assert chosen == {str(stays.id), str(goes.id)}
    fields = [(name, value) for name, value in form.fields if name not in {"instructors", "name"}]
    fields += [
        ("name", "Automne 2"),
        ("instructors", str(stays.id)),
        ("instructors", str(comes.id)),
    ]
    assert coordinator.post(path, fields).status_code == 303
    assert leaving.get(f"/en/instructor/groups/{cohort.id}").status_code == 404
    with site.database.read() as db:
        seen_by = set(db.scalars(select(CohortInstructor.user_id)))
    assert seen_by == {stays.id, comes.id}
    assert _cohort(site, "Automne 2").id == cohort.id


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"name": ""}, "Enter a name for the group."),
        ({"name": "Pris"}, "Another group has this name."),
        ({"starts_on": "x"}, "Enter a day, year first"),
        ({"capacity": "0"}, "Enter a number from 1 to 1000."),
        ({"capacity": "many"}, "Enter a number from 1 to 1000."),
        ({"capacity": "٣"}, "Enter a number from 1 to 1000."),
        ({"place": "x" * 201}, "Shorten this"),
        ({"starts_on": "2027-02-02", "ends_on": "2027-02-01"}, "The group ends after it begins"),
        ({"instructors": str(new_id())}, "Choose among those shown."),
    ],
)
def test_a_change_that_cannot_be_made_changes_nothing(
    site: Site, coordinator: Browser, changed: dict[str, str], fault: str
) -> None:
    site.do(make_cohort, "Pris")
    cohort = site.do(make_cohort, "Libre")
    fields = {"name": "Libre", "capacity": "5", **changed}
    answer = coordinator.post(f"/en/coordinator/groups/{cohort.id}/plan", fields)
    assert answer.status_code == 422
    assert fault in answer.text
    assert _cohort(site, "Libre").capacity is None


def test_a_group_that_is_not_there_is_not_found(coordinator: Browser) -> None:
    nowhere = f"/en/coordinator/groups/{new_id()}/plan"
    assert coordinator.get(nowhere).status_code == 404
    assert coordinator.post(nowhere, {"name": "x"}).status_code == 404
