"""An instructor with a group of his own, signed in, on both databases."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.accounts.service import open_session
from lms.enrolment.models import Cohort, Enrolment
from lms.kernel.database import Database
from lms.settings import Settings
from tests.clocks import FixedClock
from tests.factories import NOW, make_cohort, make_enrolment, make_user
from tests.web.one_app import app_on


@dataclass(frozen=True, slots=True)
class Room:
    """An instructor's browser and his group."""

    app: Flask
    client: FlaskClient
    instructor: User
    cohort: Cohort

    def client_of(self, db: Session, user: User) -> FlaskClient:
        """Give a browser in which somebody else is signed in."""
        return _signed_in(self.app, db, user)

    def enrol(self, db: Session, pseudonym: str, **changes: object) -> Enrolment:
        """Enrol somebody in the group under this pseudonym."""
        enrolment = make_enrolment(db, cohort=self.cohort, **changes)  # type: ignore[arg-type]  # fields of the factory
        enrolment.pseudonym = pseudonym
        db.flush()
        return enrolment

    def text(self, url: str) -> str:
        """Get a page that must be there."""
        response = self.client.get(url)
        assert response.status_code == 200, response.status
        return response.get_data(as_text=True)

    @property
    def table_url(self) -> str:
        """The address of the group's table."""
        return f"/en/instructor/groups/{self.cohort.id}"

    @staticmethod
    def person_url(enrolment_id: uuid.UUID) -> str:
        """Give the address of a person's page."""
        return f"/en/instructor/people/{enrolment_id}"

    @staticmethod
    def attempt_url(attempt_id: uuid.UUID) -> str:
        """Give the address of an attempt's page."""
        return f"/en/instructor/attempts/{attempt_id}"


def _signed_in(app: Flask, db: Session, user: User) -> FlaskClient:
    token = open_session(db, user, now=NOW).token
    db.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
        session["_fresh"] = True
    return client


@pytest.fixture
def room(database: Database, db: Session, clock: FixedClock, tmp_path: Path) -> Room:
    """Give an instructor, signed in, with a group whose quizzes have no pause."""
    app = app_on(database, Settings(instance=tmp_path), clock)
    app.testing = True
    instructor = make_user(db, role=Role.INSTRUCTOR)
    cohort = make_cohort(db, "Groupe A", instructors=[instructor], pause_seconds=0)
    return Room(app, _signed_in(app, db, instructor), instructor, cohort)


@contextmanager
def statements(db: Session) -> Iterator[list[str]]:
    """Note every statement sent, savepoints aside."""
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            sent.append(statement)

    bind = db.connection()
    event.listen(bind, "before_cursor_execute", note)
    yield sent
    event.remove(bind, "before_cursor_execute", note)
