"""A person looks before a referred person's pass is final: confirm, or a talk first."""

import pytest

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.enrolment.models import Cohort
from lms.journey.reviews import talk_reason
from lms.kernel.audit import latest_entries
from tests import factories
from tests.web.files import file_of, hand_in_all, referred
from tests.web.site import Person, Site

LIST = "/en/corrections/results"


@pytest.fixture
def instructor(site: Site) -> User:
    """Give an instructor."""
    return site.do(factories.make_user, role=Role.INSTRUCTOR)


@pytest.fixture
def cohort(site: Site, instructor: User) -> Cohort:
    """Give the instructor's group."""
    return site.do(factories.make_cohort, instructors=[instructor])


def waiting(site: Site, cohort: Cohort) -> Person:
    """Give somebody of the group whose result waits."""
    person = referred(site, cohort)
    hand_in_all(site, person)
    return person


def url_of(site: Site, person: Person, act: str = "") -> str:
    """Give the address of somebody's result, or of an act on it."""
    return f"{LIST}/{file_of(site, person).id}{act}"


def test_a_result_that_waits_is_on_the_list_and_gone_once_confirmed(
    site: Site, instructor: User, cohort: Cohort
) -> None:
    person = waiting(site, cohort)
    browser = site.staff(Role.INSTRUCTOR, instructor)
    page = browser.page(LIST).text
    assert person.enrolment.pseudonym in page
    assert "2 modules, on November 21, 2026" in page
    done = browser.post(url_of(site, person, "/confirm"))
    assert done.headers["Location"].endswith(LIST)
    assert file_of(site, person).state == "completed"
    assert person.enrolment.pseudonym not in browser.page(LIST).text


def test_who_confirmed_is_written_down(site: Site, instructor: User, cohort: Cohort) -> None:
    person = waiting(site, cohort)
    site.staff(Role.INSTRUCTOR, instructor).post(url_of(site, person, "/confirm"))
    with site.database.read() as db:
        subject = f"referral:{file_of(site, person).id}"
        entry = latest_entries(db, subject=subject, limit=1)[0]
    assert (entry.act, entry.actor) == ("file.confirm", str(instructor.id))


@pytest.mark.parametrize("act", ["/confirm", "/talk", "/talk-held", ""])
def test_an_instructor_of_another_group_finds_nothing(site: Site, cohort: Cohort, act: str) -> None:
    person = waiting(site, cohort)
    other = site.staff(Role.INSTRUCTOR)
    assert person.enrolment.pseudonym not in other.page(LIST).text
    url = url_of(site, person, act)
    found = other.post(url, {"reason": "x"}) if act else other.get(url)
    assert found.status_code == 404
    assert file_of(site, person).state == "completed_pending_review"


def test_a_coordinator_confirms_too_and_sees_no_score(site: Site, cohort: Cohort) -> None:
    person = waiting(site, cohort)
    browser = site.staff(Role.COORDINATOR)
    for url in (LIST, url_of(site, person)):
        page = browser.page(url)
        assert person.enrolment.pseudonym in page.text
        assert "instructor" not in "".join(page.links())
        for word in ("points", "%", "score"):
            assert word not in page.all("main")[0].text
    assert browser.post(url_of(site, person, "/confirm")).status_code == 303
    assert file_of(site, person).state == "completed"


def test_an_instructor_reaches_the_results_from_there(
    site: Site, instructor: User, cohort: Cohort
) -> None:
    person = waiting(site, cohort)
    page = site.staff(Role.INSTRUCTOR, instructor).page(url_of(site, person))
    assert f"/en/instructor/people/{person.enrolment.id}" in page.links()


def test_a_talk_first_needs_a_reason_that_stays_with_the_file(
    site: Site, instructor: User, cohort: Cohort
) -> None:
    person = waiting(site, cohort)
    browser = site.staff(Role.INSTRUCTOR, instructor)
    refused = browser.post(url_of(site, person, "/talk"), {"reason": " "})
    assert refused.status_code == 422
    assert file_of(site, person).state == "completed_pending_review"
    browser.post(url_of(site, person, "/talk"), {"reason": "Two people at one screen."})
    assert file_of(site, person).state == "needs_follow_up"
    assert "Two people at one screen." in browser.page(url_of(site, person)).text
    with site.database.read() as db:
        assert talk_reason(db, file_of(site, person).id) == "Two people at one screen."


def test_after_the_talk_the_result_can_be_confirmed(
    site: Site, instructor: User, cohort: Cohort
) -> None:
    person = waiting(site, cohort)
    browser = site.staff(Role.INSTRUCTOR, instructor)
    browser.post(url_of(site, person, "/talk"), {"reason": "A talk."})
    browser.post(url_of(site, person, "/confirm"))
    assert file_of(site, person).state == "needs_follow_up"
    browser.post(url_of(site, person, "/talk-held"))
    assert file_of(site, person).state == "completed_pending_review"
    browser.post(url_of(site, person, "/confirm"))
    assert file_of(site, person).state == "completed"


def test_whoever_comes_second_is_told_and_changes_nothing(site: Site, cohort: Cohort) -> None:
    person = waiting(site, cohort)
    first, second = site.staff(Role.COORDINATOR), site.staff(Role.COORDINATOR)
    first.post(url_of(site, person, "/confirm"))
    late = second.post(url_of(site, person, "/talk"), {"reason": "Too late."})
    assert late.status_code == 303
    assert "Nothing was changed" in second.page(LIST).text
    assert file_of(site, person).state == "completed"


def test_whom_nobody_referred_is_not_on_the_list(
    site: Site, instructor: User, cohort: Cohort
) -> None:
    person = site.participant(cohort=cohort)
    hand_in_all(site, person)
    assert "Nothing waits." in site.staff(Role.INSTRUCTOR, instructor).page(LIST).text
