"""The privacy officer sees who looked at whom, what was deleted, and what stands out."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.enrolment.models import Enrolment
from lms.privacy.models import RetentionReport
from lms.privacy.periods import AFTER_CLOSURE, Rule
from lms.privacy.queries import MOST_AN_HOUR, alarms, views_by_month
from lms.privacy.views import Look, log_view
from lms.web.privacy.words import rule_text
from tests import factories
from tests.factories import NOW
from tests.web.browser import Browser
from tests.web.site import Site

OFFICE = "/en/privacy-office"


def _look(db: Session, viewer: User, person: Enrolment, *, minutes: float = 0) -> None:
    look = Look("enrolment", person.id, "person", "A purpose")
    log_view(db, viewer.id, Role(viewer.role), look, now=NOW - timedelta(minutes=minutes))


@pytest.fixture
def officer(site: Site) -> Browser:
    """Give the privacy officer's browser."""
    return site.staff(Role.PRIVACY)


@pytest.mark.parametrize(("count", "alarmed"), [(MOST_AN_HOUR, 0), (MOST_AN_HOUR + 1, 1)])
def test_more_views_in_an_hour_than_a_person_needs_are_told(
    db: Session, count: int, alarmed: int
) -> None:
    viewer = factories.make_user(db, role=Role.INSTRUCTOR)
    person = factories.make_enrolment(db)
    for number in range(count):
        _look(db, viewer, person, minutes=number * 0.5)
    found = alarms(db, NOW)
    assert len(found) == alarmed
    assert [one.count for one in found] == [count] * alarmed


def test_as_many_views_over_a_day_are_no_alarm(db: Session) -> None:
    viewer = factories.make_user(db, role=Role.INSTRUCTOR)
    person = factories.make_enrolment(db)
    for number in range(MOST_AN_HOUR * 2):
        _look(db, viewer, person, minutes=number * 1.01)
    assert alarms(db, NOW) == ()


def test_views_are_counted_by_month_and_office(db: Session) -> None:
    person = factories.make_enrolment(db)
    for role, count in ((Role.INSTRUCTOR, 2), (Role.COORDINATOR, 1)):
        viewer = factories.make_user(db, role=role)
        for _number in range(count):
            _look(db, viewer, person)
    counted = {(one.month, one.role): one.count for one in views_by_month(db, NOW - timedelta(9))}
    assert counted == {(11, "instructor"): 2, (11, "coordinator"): 1}


def test_the_log_names_staff_by_login_and_the_person_by_pseudonym(
    site: Site, officer: Browser
) -> None:
    viewer = site.do(factories.make_user, "claire.b", role=Role.INSTRUCTOR)
    other = site.do(factories.make_user, "omar.k", role=Role.COORDINATOR)
    person = site.do(factories.make_enrolment)
    login = site.do(lambda db: db.get_one(User, person.user_id)).login
    site.do(_look, viewer, person)
    site.do(_look, other, person, minutes=60 * 48)
    page = officer.page(f"{OFFICE}/views").text
    assert "claire.b" in page
    assert person.pseudonym in page
    assert "A purpose" in page
    assert login not in page
    by_day = officer.page(f"{OFFICE}/views?day=2026-11-21").text
    assert ("claire.b" in by_day, "omar.k" in by_day) == (True, False)
    by_office = officer.page(f"{OFFICE}/views?role=coordinator").text
    assert ("claire.b" in by_office, "omar.k" in by_office) == (False, True)
    for odd in (
        "day=never",
        "day=0001-01-01",
        "day=9999-12-31",
        "role=nobody",
        "page=0",
        "page=999999",
        "page=x",
    ):
        assert officer.get(f"{OFFICE}/views?{odd}").status_code == 200


def test_the_last_run_is_shown_and_its_absence_told(site: Site, officer: Browser) -> None:
    assert "No run in the last 36 hours" in officer.page(OFFICE).text
    counts = {"people": {"account": 3}, "rows": {"account": 9, "mail": 0}}
    for is_dry_run in (True, False):
        site.do(lambda db, dry=is_dry_run: db.add(
            RetentionReport(at=NOW, is_dry_run=dry, counts=counts)
        ))  # fmt: skip
    page = officer.page(OFFICE).text
    assert "No run in the last" not in page
    assert "3 people" in page
    assert "9 rows" in page
    runs = officer.page(f"{OFFICE}/retention").text
    assert runs.count("Rehearsal") == 1


def test_every_rule_has_words(site: Site) -> None:
    from lms.privacy.site_data import SITE_RULES  # noqa: PLC0415

    names = [*(rule.value for rule in Rule), *SITE_RULES, "closed", "files"]
    with site.app.test_request_context("/en/"):
        assert [name for name in names if rule_text(name) == name] == []
    assert set(AFTER_CLOSURE) == set(Rule)


def test_what_is_kept_for_good_is_told(officer: Browser) -> None:
    page = officer.page(f"{OFFICE}/kept").text
    assert "Counts of answers by question" in page
