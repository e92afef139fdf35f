"""The site under test, and the people on it."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.enrolment.models import Enrolment
from lms.journey.actor import Learner
from lms.journey.take_quiz import start_quiz
from lms.kernel.database import Database
from tests import factories
from tests.clocks import FixedClock
from tests.web.browser import Browser, sign_in

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Person:
    """A participant with his browser."""

    browser: Browser
    user: User
    enrolment: Enrolment
    learner: Learner


@dataclass(frozen=True, slots=True)
class Site:
    """The application, its database and its clock."""

    app: Flask
    database: Database
    clock: FixedClock

    def do(self, act: Callable[..., T], *args: Any, **options: Any) -> T:  # noqa: ANN401 - of the act
        """Do something below the web, committed: `site.do(make_code, cohort)`."""
        with self.database.write() as db:
            done = act(db, *args, **options)
            db.commit()
        return done

    def stranger(self) -> Browser:
        """Give the browser of somebody who is not signed in."""
        return Browser(self.app)

    def staff(self, role: Role, user: User | None = None) -> Browser:
        """Give the browser of somebody who works here, signed in now."""
        return self.do(lambda db: self._enter(db, user or factories.make_user(db, role=role)))

    def participant(self, **changes: Any) -> Person:  # noqa: ANN401 - of the enrolment
        """Enrol a participant and sign him in; he has agreed, and read nothing yet."""

        def make(db: Session) -> Person:
            enrolment = factories.make_enrolment(db, now=self.clock(), **changes)
            user = db.get_one(User, enrolment.user_id)
            learner = factories.learner_of(db, enrolment)
            return Person(self._enter(db, user), user, enrolment, learner)

        return self.do(make)

    def reader(self, number: int = 1, **changes: Any) -> Person:  # noqa: ANN401 - of the enrolment
        """Give a participant who passed the modules before this one and has read it."""
        person = self.participant(**changes)
        for earlier in range(1, number):
            self.do(factories.pass_module, person.learner, earlier, now=self.clock())
        self.do(factories.read_module, person.learner, number, now=self.clock())
        return person

    def taker(self, number: int = 1, **changes: Any) -> tuple[Person, uuid.UUID]:  # noqa: ANN401 - of the enrolment
        """Give a participant in the middle of a quiz, nothing answered, and his attempt's id."""
        person = self.reader(number, **changes)
        attempt = self.do(start_quiz, person.learner, number, "fr", self.clock())
        return person, attempt.id

    def asset(self, name: str) -> str:
        """Give the address of a static file; within a request's context."""
        give: Any = self.app.jinja_env.globals["asset"]
        return str(give(name))

    def _enter(self, db: Session, user: User) -> Browser:
        return sign_in(self.app, db, user, self.clock)

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """Note every statement that reaches the database; BEGIN, COMMIT and savepoints aside."""
        seen: list[str] = []

        def note(_c: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:  # noqa: ANN401 - its own
            if statement.split(maxsplit=1)[0].upper() not in {
                "BEGIN",
                "SAVEPOINT",
                "RELEASE",
                "ROLLBACK",
            }:
                seen.append(statement)

        bind = self.database.read.kw["bind"]  # an engine, or the connection that is rolled back
        event.listen(bind, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(bind, "before_cursor_execute", note)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Undo what happens inside; only where the whole test is rolled back."""
        connection: Connection = self.database.read.kw["bind"]
        point = connection.begin_nested()
        try:
            yield
        finally:
            point.rollback()
