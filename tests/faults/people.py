"""A participant in the middle of a quiz, before his browser, with a ledger of his own acts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from itertools import count
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.enrolment.models import Cohort
from lms.journey.take_quiz import start_quiz
from tests.factories import (
    learner_of,
    make_cohort,
    make_enrolment,
    make_user,
    pass_module,
    read_module,
)
from tests.faults.grounds import Store
from tests.faults.knowledge import Pairs, fill
from tests.faults.ledger import Key, Ledger, Op
from tests.faults.outcome import BrokenPromiseError
from tests.faults.visitor import Page, Visitor

QUESTIONS = {1: 8, 2: 3}
NO_PAUSE = "without a pause"
DONE = HTTPStatus.SEE_OTHER
_numbers = count(1)


def enrol_taker(db: Session, *, module: int = 1, now: datetime) -> str:
    """Enrol somebody with an attempt under way, nothing answered yet; gives his login."""
    user = make_user(db, f"taker-{next(_numbers)}")
    enrolment = make_enrolment(db, cohort=make_cohort(db), user=user, now=now)
    learner = learner_of(db, enrolment)
    for earlier in range(1, module):
        pass_module(db, learner, earlier, now=now)
    read_module(db, learner, module, now=now)
    start_quiz(db, learner, module, "fr", now)
    return user.login


def enrol_newcomer(db: Session, *, now: datetime) -> str:
    """Enrol somebody who has read nothing yet, whose attempts need no pause; gives his login."""
    cohort = db.scalar(select(Cohort).where(Cohort.name == NO_PAUSE))
    cohort = cohort or make_cohort(db, NO_PAUSE, pause_seconds=0)
    user = make_user(db, f"newcomer-{next(_numbers)}")
    make_enrolment(db, cohort=cohort, user=user, now=now)
    return user.login


def enrol(store: Store, make: Callable[..., str], *, many: int = 1, now: datetime) -> list[str]:
    """Enrol several, committed; gives their logins."""
    with store.open() as database, database.write() as db:
        logins = [make(db, now=now) for _ in range(many)]
        db.commit()
    return logins


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody in the middle of a quiz; `key` names his attempt."""

    visitor: Visitor
    key: Key
    ledger: Ledger

    @classmethod
    def enter(cls, port: int, login: str, ledger: Ledger, *, module: int = 1) -> "Taker":
        """Sign in over HTTP, and note the attempts that were begun for him."""
        visitor = Visitor(port)
        visitor.log_in(login).expect(DONE)
        for number in range(1, module + 1):
            with ledger.act(Op.BEGIN, Key(login, number, 1)) as entry:
                entry.done()
        return cls(visitor, Key(login, module, 1), ledger)

    def tab(self) -> "Taker":
        """Give the same person in another tab."""
        return replace(self, visitor=self.visitor.copy())

    def path(self, place: int) -> str:
        """Give the address of a question."""
        return f"/fr/module/{self.key.module}/quiz/{place}"

    def look(self, place: int) -> Page:
        """Open a question."""
        return self.visitor.get(self.path(place)).expect(HTTPStatus.OK)

    def send(self, page: Page, answer: Pairs, *, by_script: bool = False) -> Page:
        """Send an answer from a page of a question, with what the page carries; any reply."""
        hidden = [
            pair
            for pair in page.form(page.path).fields
            if pair[0] != "answer" and not pair[0].startswith("line")
        ]
        key = self.key.at(int(page.path.rpartition("/")[2]))
        version = int(dict(hidden)["version"]) + 1
        with self.ledger.act(Op.SAVE, key, tuple(sorted(answer)), version) as entry:
            reply = self.visitor.post(page.path, [*hidden, *answer], by_script=by_script)
            entry.settle(reply.status == (HTTPStatus.OK if by_script else DONE))
        return reply

    def answer(self, place: int, chance: Random, *, right: bool) -> Page:
        """Open a question and answer it; gives the reply."""
        page = self.look(place)
        return self.send(page, fill(page.html, chance, right=right))

    def answer_all(self, chance: Random, *, right: bool) -> None:
        """Answer every question, each acknowledged."""
        for place in range(1, QUESTIONS[self.key.module] + 1):
            self.answer(place, chance, right=right).expect(DONE)

    def submit_path(self) -> str:
        """Look at all answers; gives the address of handing in."""
        page = self.visitor.get(f"/fr/module/{self.key.module}/quiz/check").expect(HTTPStatus.OK)
        found = [one.action for one in page.html.forms() if one.action.endswith("/submit")]
        if not found:
            raise BrokenPromiseError(f"{self.key}: nothing to hand in")
        return found[0]

    def submit(self, path: str) -> Page:
        """Hand in; any reply."""
        with self.ledger.act(Op.SUBMIT, self.key) as entry:
            reply = self.visitor.post(path)
            entry.value = (("result", reply.place),)
            entry.settle(reply.status == DONE)
        return reply

    def place_of(self, kind: str) -> int:
        """Give the place of the first question whose page has such a control."""
        places = range(1, QUESTIONS[self.key.module] + 1)
        return next(place for place in places if self.look(place).html.all(kind))


def labels(pages: Sequence[Page]) -> set[tuple[int, str]]:
    """Give the different replies among some: status and where they lead."""
    return {(page.status, page.place) for page in pages}
