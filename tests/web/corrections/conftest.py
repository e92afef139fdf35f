"""A group with two instructors and a coordinator in their browsers, and who has handed in."""

import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.assessment.models import Attempt
from tests.corrections.people import Team, make_team, sit
from tests.web.browser import Browser
from tests.web.site import Site


@dataclass(frozen=True, slots=True)
class Office:
    """The team, each in his browser."""

    site: Site
    team: Team
    first: Browser
    second: Browser
    coordinator: Browser
    stranger: Browser

    def sat(
        self, pseudonym: str, number: int = 1, *, wrong: Collection[str] = ()
    ) -> tuple[uuid.UUID, uuid.UUID]:
        """Let somebody hand in a quiz; gives his enrolment and his attempt."""

        def act(db: Session) -> tuple[uuid.UUID, uuid.UUID]:
            learner = self.team.learner(db, pseudonym)
            return learner.enrolment_id, sit(db, learner, number, wrong=wrong)

        return self.site.do(act)

    def question_url(self, attempt_id: uuid.UUID, item_id: str) -> str:
        """Give the address where a question's score is corrected, found by its link."""
        shown = self.site.do(lambda db: db.get_one(Attempt, attempt_id).shown)
        place = 1 + [one["item"] for one in shown].index(item_id)
        return f"/en/corrections/attempts/{attempt_id}/questions/{place}"


@pytest.fixture
def office(site: Site) -> Office:
    """Give the team of a group whose quizzes may be tried twice, all signed in."""
    return make_office(site)


def make_office(site: Site) -> Office:
    """Make a team and sign all of it in."""
    team = site.do(make_team, attempts=2, pause_seconds=600)
    return Office(
        site=site,
        team=team,
        first=site.staff(Role.INSTRUCTOR, team.first),
        second=site.staff(Role.INSTRUCTOR, team.second),
        coordinator=site.staff(Role.COORDINATOR, team.coordinator),
        stranger=site.staff(Role.INSTRUCTOR, team.stranger),
    )


def correction_in(page: str) -> str:
    """Give the address of the first correction that a page links to."""
    found = re.search(r'href="(/en/corrections/[0-9a-f-]{36})"', page)
    assert found is not None
    return found[1]
