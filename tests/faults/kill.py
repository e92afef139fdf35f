"""F1: the server is killed while people save and hand in; what was acknowledged is there."""

import threading
import time
from contextlib import contextmanager, suppress
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from queue import Empty, SimpleQueue
from random import Random

from sqlalchemy import select

from lms.enrolment.models import Cohort
from lms.kernel.clock import system_clock
from tests.factories import make_cohort, make_enrolment, make_user
from tests.faults.chance import chance
from tests.faults.check import check_store
from tests.faults.grounds import Grounds, Store
from tests.faults.ledger import Ledger
from tests.faults.life import Life, StoppedError
from tests.faults.nursery import Nursery, nursery
from tests.faults.outcome import BrokenPromiseError, Tally
from tests.faults.visitor import Visitor

PEOPLE = 3  # at the same time
KILLS_A_DATABASE = 100  # then a fresh one: a check looks at every row
WAITING = 9  # participants who are enrolled and have not begun
LONGEST = 0.15  # seconds from the start of a worker to its end
AFTER_SUBMIT = 0.02  # every other one ends this soon after somebody hands in
SECONDS_TO_END = 30


@dataclass(slots=True)
class Crowd:
    """People who take the course at the same time, one after the other on each thread."""

    store: Store
    tally: Tally
    ledger: Ledger = field(default_factory=Ledger)
    stopped: threading.Event = field(default_factory=threading.Event)
    waiting: SimpleQueue[str] = field(default_factory=SimpleQueue)
    broken: list[BaseException] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def enrol(self) -> None:
        """Let there be people who have not begun; there is no pause between their attempts."""
        if self.waiting.qsize() > WAITING // 2:
            return
        logins = [f"person-{next(self.numbers)}" for _ in range(WAITING)]
        with self.store.open() as database, database.write() as db:
            cohort = db.scalar(select(Cohort)) or make_cohort(db, pause_seconds=0)
            for login in logins:
                user = make_user(db, login)
                make_enrolment(db, cohort=cohort, user=user, now=system_clock())
            db.commit()
        for login in logins:
            self.waiting.put(login)

    def work(self, port: int, random: Random) -> None:
        """Live one life after the other, until the run is over."""
        try:
            while not self.stopped.is_set():
                with suppress(Empty, StoppedError):
                    login = self.waiting.get(timeout=0.02)
                    visitor = Visitor(port)
                    Life(visitor, login, self.ledger, self.tally, random, self.stopped).live()
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits for this thread
            self.broken.append(error)
            self.stopped.set()


def kill_nine(grounds: Grounds, engine_name: str, rounds: int) -> Tally:
    """Kill the server so many times; gives what was lost."""
    tally = Tally(rounds=rounds)
    for first in range(0, rounds, KILLS_A_DATABASE):
        kills = min(KILLS_A_DATABASE, rounds - first)
        with grounds.store(engine_name) as store:
            crowd = Crowd(store, tally)
            crowd.enrol()
            random = chance(f"kill:{engine_name}:{first}")
            with nursery(store, warm=crowd.waiting.get()) as server:
                with _working(crowd, server, random):
                    _kill_often(crowd, server, random, kills)
                server.kill()
            check_store(store, crowd.ledger, tally, everybody=True)
            tally.acknowledge(crowd.ledger.acknowledged())
    return tally


def _kill_often(crowd: Crowd, server: Nursery, random: Random, kills: int) -> None:
    for number in range(kills):
        crowd.enrol()
        crowd.ledger.submitting.clear()
        server.start()
        _wait(crowd, random, is_for_submit=bool(number % 2))
        server.kill()
        if random.random() < 0.5:  # noqa: PLR2004 - else the next worker is the first to open it
            check_store(crowd.store, crowd.ledger, crowd.tally)
        if crowd.stopped.is_set():
            return
    crowd.enrol()
    server.start()
    time.sleep(LONGEST)


def _wait(crowd: Crowd, random: Random, *, is_for_submit: bool) -> None:
    """Wait for the moment of the kill: any, or one at which somebody has just handed in."""
    time.sleep(random.uniform(LONGEST / 5, LONGEST))
    if is_for_submit and crowd.ledger.submitting.wait(LONGEST):
        time.sleep(random.uniform(0, AFTER_SUBMIT))


@contextmanager
def _working(crowd: Crowd, server: Nursery, random: Random) -> Iterator[None]:
    """Let people work; at the end each finishes the act that he is in, on a living server."""
    threads = [
        threading.Thread(target=crowd.work, args=(server.port, chance(random.random())))
        for _ in range(PEOPLE)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        crowd.stopped.set()
        for thread in threads:
            thread.join(SECONDS_TO_END)
    if any(thread.is_alive() for thread in threads):
        raise BrokenPromiseError("a client waits for an answer that does not come")
    if crowd.broken:
        raise crowd.broken[0]
