"""A team for each test, on both databases."""

import pytest
from sqlalchemy.orm import Session

from lms.journey.actor import Learner
from tests.corrections.people import Team, make_team


@pytest.fixture
def team(db: Session) -> Team:
    """Give a group whose quizzes may be tried twice, with a pause of ten minutes."""
    return make_team(db, attempts=2, pause_seconds=600)


@pytest.fixture
def learner(db: Session, team: Team) -> Learner:
    """Give somebody in the group."""
    return team.learner(db)
