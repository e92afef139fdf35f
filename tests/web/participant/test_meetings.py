"""A participant sees the meetings that his course asks for, and no others."""

from datetime import timedelta

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.attendance.service import Tick
from lms.corrections.kinds import Desk, Staff
from lms.journey.attend import record_attendance
from tests.factories import KEYS, NOW, make_cohort, make_live_session, make_user
from tests.web.site import Site


def test_he_sees_what_is_to_come_and_what_he_attended(site: Site) -> None:
    user: User = site.do(make_user, role=Role.INSTRUCTOR)
    cohort = site.do(make_cohort, instructors=[user], attendance=True)
    person = site.participant(cohort=cohort)
    held, missed = site.do(make_live_session, cohort), site.do(make_live_session, cohort)
    site.do(make_live_session, cohort, starts_at=NOW + timedelta(days=7), place="Salle 9")
    ticks = [Tick(person.enrolment.id, None, None, whole=True)]
    desk = Desk(Staff(user.id, Role.INSTRUCTOR), KEYS, NOW)
    site.do(record_attendance, held.id, ticks, desk, review=True)
    assert missed.id != held.id
    page = person.browser.page("/en/course").text
    assert "Meetings of your group" in page
    assert "November 28, 2026, 09:00 to 15:00, in person: Salle 9 To come" in page
    assert "Salle 2 Attended" in page
    assert "Salle 2 Not noted as attended whole" in page


def test_before_a_meeting_is_planned_he_knows_that_there_will_be_one(site: Site) -> None:
    person = site.participant(attendance=True)
    assert "No meeting is planned yet." in person.browser.page("/en/course").text


def test_where_none_is_asked_for_nothing_is_said_of_meetings(site: Site) -> None:
    cohort = site.do(make_cohort)
    site.do(make_live_session, cohort)
    person = site.participant(cohort=cohort)
    assert "Meetings of your group" not in person.browser.page("/en/course").text
