"""Referred people in tests of the web: their files, and their browsers."""

from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.enrolment.models import Cohort
from lms.journey.take_quiz import start_quiz
from lms.referrals.models import Referral
from lms.referrals.queries import referral_of
from tests import factories
from tests.referrals.files import enrolled_file, enrolment_of
from tests.web.browser import sign_in
from tests.web.site import Person, Site


def referred(site: Site, cohort: Cohort | None = None) -> Person:
    """Give somebody whom an agency sent, enrolled today, in his browser."""

    def make(db: Session) -> Person:
        enrolment = enrolment_of(db, enrolled_file(db, cohort))
        user = db.get_one(User, enrolment.user_id)
        browser = sign_in(site.app, db, user, site.clock)
        return Person(browser, user, enrolment, factories.learner_of(db, enrolment))

    return site.do(make)


def file_of(site: Site, person: Person) -> Referral:
    """Give somebody's file as it stands now."""
    with site.database.read() as db:
        found = referral_of(db, person.enrolment.id)
        assert found is not None
        db.expunge(found)
        return found


def hand_in_all(site: Site, person: Person) -> None:
    """Let somebody pass the course, the last questions handed in by his browser."""
    site.do(factories.pass_module, person.learner, 1, now=site.clock())
    site.do(factories.read_module, person.learner, 2, now=site.clock())

    def answer(db: Session) -> str:
        attempt = start_quiz(db, person.learner, 2, "fr", site.clock())
        factories.save_all(db, attempt, now=site.clock())
        return str(attempt.id)

    attempt_id = site.do(answer)
    done = person.browser.post(f"/fr/module/2/quiz/{attempt_id}/submit")
    assert done.status_code == 303
