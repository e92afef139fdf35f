"""The product's services on a database in memory; what one example does there is rolled back."""

import random
import sqlite3
import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, update
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from lms.accounts.roles import Role
from lms.content import model
from lms.content.files import Files
from lms.content.read import read
from lms.corrections.kinds import Desk, Kind, Staff, Wish
from lms.corrections.service import correct, decide
from lms.enrolment.models import Enrolment
from lms.enrolment.service import make_cohort, make_programme
from lms.gates.gate import Sequence as ModuleSequence
from lms.journey.actor import Learner
from lms.journey.end_attempts import end_due_attempts
from lms.kernel.database import WRITES, prepare_sqlite
from lms.publishing.compile import CompiledModule, compile_module
from lms.publishing.markdown.request import RenderRequest
from lms.publishing.originals import Sources
from lms.publishing.service import Pressed, append_pressed, plan_publication
from tests.factories import KEYS, WORDS, learner_of, make_enrolment, make_user
from tests.proof.course import BASE, EDITIONS, ORDER, Edition, path_of, text_of
from tests.proof.person import Course, Person

T = TypeVar("T")
START = datetime.fromisoformat("2026-11-21T14:00:00+00:00")
_RULES = Course(
    percent=80, attempts=None, pause=600, seat_time=0, in_order=True, deadline_days=None
)


def _as_it_is(requests: Sequence[RenderRequest]) -> list[str]:
    return ["<p>text</p>" for _ in requests]


class World:
    """One site in memory: the author's editions, two people of staff, a clock that is set."""

    def __init__(self, template: Path) -> None:
        self.engine = create_engine("sqlite://", poolclass=StaticPool)
        prepare_sqlite(self.engine)
        self.raw = _copied(template, self.engine)
        self._modules = {(one.module, one.name): _parsed(one) for one in EDITIONS}
        self._compiled = {name: _compiled(one) for name, one in self._modules.items()}
        self._marks = count(1)
        self.chance = random.Random(0)  # noqa: S311 - to be the same in each run
        self._begin()
        self.publish_course(_RULES)
        self._staff = [self.act(self._make_staff) for _ in range(2)]
        self._cohort = self.act(
            lambda db: make_cohort(
                db, make_programme(db, "Virage", now=START), "Proof", course_id="proof", now=START
            )
        )
        self._transaction.commit()
        self._connection.close()

    def _begin(self) -> None:
        self._connection: Connection = self.engine.connect().execution_options(**WRITES)
        self._transaction = self._connection.begin()
        self.now, self.elapsed = START, 0
        self.editions: dict[str, Edition] = dict(BASE)

    def begin(self, course: Course, start: datetime) -> None:
        """Begin an example: the course with these rules, at this moment."""
        self._begin()
        self.now = start
        self.chance.seed(0)
        self.publish_course(course)

    def end(self) -> None:
        """Undo the example."""
        self._transaction.rollback()
        self._connection.close()

    def close(self) -> None:
        """Give the database back."""
        self.engine.dispose()

    def act(self, do: Callable[[Session], T]) -> T:
        """Do something as one request: all of it, or nothing where it is refused."""
        with Session(
            self._connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as db:
            done = do(db)
            db.commit()
            return done

    def jump(self, by: timedelta) -> None:
        """Set the clock, forwards or back."""
        self.now += by
        self.elapsed += max(by // timedelta(milliseconds=1), 0)

    def publish_course(self, course: Course) -> None:
        """Publish the course with these rules."""
        pause = timedelta(seconds=course.pause)
        days = course.deadline_days
        value = model.Course(
            id="proof",
            kind=model.CourseKind.DIVERSION,
            languages=("fr",),
            title={"fr": f"Cours {next(self._marks)}"},
            modules=ORDER,
            place=model.Place("courses/proof.yml"),
            sequence=ModuleSequence.IN_ORDER if course.in_order else ModuleSequence.FREE,
            quiz=model.QuizRules(course.percent, course.attempts, pause=pause),
            deadline=None if days is None else timedelta(days=days),
            seat_time=course.seat_time,
        )
        self._course = value
        self._publish()

    def publish(self, edition: Edition) -> None:
        """Publish a module as its author has changed it."""
        self.editions[edition.module] = edition
        self._publish()

    def _publish(self) -> None:
        chosen = {name: self._modules[name, one.name] for name, one in self.editions.items()}
        content = model.Content(
            {"proof": self._course}, {(name, "fr"): one for name, one in chosen.items()}, {}, {}, {}
        )
        compiled = {name: self._compiled[name, one.name] for name, one in self.editions.items()}

        def do(db: Session) -> None:
            plan = plan_publication(db, content, Sources())
            append_pressed(db, Pressed(content, plan, compiled), by="author", now=self.now)

        self.act(do)

    def enrol(self, course: Course) -> Person:
        """Enrol somebody under the course as it is published now."""

        def do(db: Session) -> Person:
            cohort = db.merge(self._cohort, load=False)
            enrolment = make_enrolment(db, cohort=cohort, now=self.now)
            return Person(enrolment.id, course, enrolment.deadline)

        return self.act(do)

    def learner(self, person: Person) -> Learner:
        """Give a person as requests see him."""
        return self.act(lambda db: learner_of(db, db.get_one(Enrolment, person.enrolment_id)))

    def set_deadline(self, person: Person, day: date) -> None:
        """Give somebody more time."""
        mine = update(Enrolment).where(Enrolment.id == person.enrolment_id)
        self.act(lambda db: db.execute(mine.values(deadline=day)))
        person.deadline = day

    def end_attempts(self) -> set[uuid.UUID]:
        """Run the job that ends attempts."""
        return set(self.act(lambda db: end_due_attempts(db, keys=KEYS, now=self.now)))

    def correct(self, person: Person, kind: Kind, **more: Any) -> None:  # noqa: ANN401 - of the wish
        """Correct something for a person; what two must decide, two decide."""
        wish = Wish(kind, person.enrolment_id, reason="as the proof has it", **more)
        first, second = (Desk(staff, KEYS, self.now) for staff in self._staff)

        def do(db: Session) -> None:
            correction = correct(db, wish, first)
            if kind is Kind.WAIVE_MODULE:
                decide(db, correction.id, second, accepted=True)

        self.act(do)

    def _make_staff(self, db: Session) -> Staff:
        return Staff(make_user(db, role=Role.COORDINATOR).id, Role.COORDINATOR)

    def seconds(self, module: str, section: str) -> int:
        """Give the expected reading time of a section as it is published now."""
        edition = self.editions[module]
        (head,) = (
            one
            for one in self._compiled[module, edition.name].outline["fr"]["sections"]
            if one["id"] == section
        )
        return int(head["seconds"])


def _copied(template: Path, engine: Engine) -> sqlite3.Connection:
    """Fill the database in memory; gives its one connection, to look past the product."""
    target = engine.raw_connection().driver_connection
    assert isinstance(target, sqlite3.Connection)
    source = sqlite3.connect(template)
    source.backup(target)
    source.close()
    return target


def _parsed(edition: Edition) -> model.Module:
    path = f"content/{path_of(edition)}"
    reading = read(Files("content", {path: text_of(edition).encode()}, frozenset({path})))
    if reading.problems:
        raise ValueError(reading.problems)
    return reading.content.modules[edition.module, "fr"]


def _compiled(module: model.Module) -> CompiledModule:
    content = model.Content({}, {(module.id, "fr"): module}, {}, {}, {})
    return compile_module(content, module.id, ("fr",), WORDS, _as_it_is)
