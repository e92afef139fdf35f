"""A list that tells references: asked for with a reason, allowed by somebody else, given once."""

import csv
import io
import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.enrolment.first_name import leave_first_name
from lms.enrolment.models import Cohort
from lms.privacy.models import ViewEntry
from lms.referrals.models import Referral
from tests import factories
from tests.web.browser import Browser
from tests.web.site import Site

REASON = "La salle demande une liste d’entrée."


def _group(site: Site) -> tuple[Cohort, Referral]:
    """Make a group with one enrolled person who was referred and left a first name."""
    cohort = site.do(factories.make_cohort)
    person = site.participant(cohort=cohort)

    def refer(db: Session) -> Referral:
        referral = factories.make_referral(
            db, cohort=cohort, enrolment_id=person.enrolment.id, reference="DEMO-77"
        )
        keys = site.app.extensions["virage_keys"]
        leave_first_name(db, person.enrolment.id, "Camille", keys)
        return referral

    return cohort, site.do(refer)


def _ask(site: Site, cohort: Cohort) -> tuple[Browser, str]:
    """Let a coordinator ask for the list; gives the wish's id."""
    mine = site.staff(Role.COORDINATOR)
    url = f"/en/coordinator/groups/{cohort.id}/list"
    mine.get(url)
    assert mine.post(url, {"reason": REASON}).status_code == 303
    page = site.staff(Role.COORDINATOR).get("/en/coordinator/lists").text
    return mine, re.findall(r"/en/coordinator/lists/([0-9a-f-]{36})/decide", page)[0]


def test_the_list_is_given_once_after_another_coordinator_allowed_it(site: Site) -> None:
    cohort, referral = _group(site)
    mine, wish = _ask(site, cohort)
    url = f"/en/coordinator/lists/{wish}"
    assert mine.post(url).status_code == 404  # not before it is allowed
    refused = mine.post(f"{url}/decide", {"decision": "accept"})
    assert refused.status_code == 303
    assert mine.post(url).status_code == 404  # nobody allows what is his own
    second = site.staff(Role.COORDINATOR)
    assert second.post(f"{url}/decide", {"decision": "accept"}).status_code == 303
    given = mine.post(url)
    rows = list(csv.DictReader(io.StringIO(given.data.decode("utf-8-sig"))))
    assert [(one["reference"], one["first_name"]) for one in rows] == [("DEMO-77", "Camille")]
    assert "score" not in rows[0]
    assert given.headers["Cache-Control"] == "no-store"
    assert mine.post(url).status_code == 404
    seen = site.do(
        lambda db: db.execute(
            select(ViewEntry.what, ViewEntry.purpose).where(ViewEntry.subject_id == referral.id)
        ).all()
    )
    assert [tuple(one) for one in seen] == [("list", REASON)]


def test_the_privacy_officer_can_be_the_second_person(site: Site) -> None:
    cohort, _ = _group(site)
    mine, wish = _ask(site, cohort)
    officer = site.staff(Role.PRIVACY)
    page = officer.get("/en/privacy-office/lists").text
    assert REASON in page
    decided = officer.post(f"/en/privacy-office/lists/{wish}", {"decision": "refuse"})
    assert decided.status_code == 303
    assert mine.post(f"/en/coordinator/lists/{wish}").status_code == 404
    assert "Refused" in mine.get(f"/en/coordinator/groups/{cohort.id}/list").text


def test_a_wish_without_a_reason_is_told_so_and_keeps_what_was_typed(site: Site) -> None:
    cohort, _ = _group(site)
    browser = site.staff(Role.COORDINATOR)
    answer = browser.post(f"/en/coordinator/groups/{cohort.id}/list", {"reason": "court"})
    assert answer.status_code == 422
    assert re.search(r">\s*court</textarea>", answer.text)
