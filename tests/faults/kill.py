"""F1: the server is killed while people save and hand in; what was acknowledged is there."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from random import Random
from typing import Protocol

from lms.kernel.clock import system_clock
from tests.faults.chance import chance
from tests.faults.check import check_store
from tests.faults.grounds import Grounds, Store
from tests.faults.ledger import Ledger
from tests.faults.life import Life, StoppedError
from tests.faults.nursery import nursery
from tests.faults.outcome import BrokenPromiseError, Tally
from tests.faults.people import enrol, enrol_newcomer
from tests.faults.serve import served
from tests.faults.visitor import Visitor

PEOPLE = 3  # at the same time
KILLS_A_DATABASE = 100  # then a fresh one: a check looks at every row
WAITING = 9  # participants who are enrolled and have not begun
MOST_ANSWERS = 8  # of one server's life; then it is killed
PATIENCE = 3.0  # seconds for that
UNTIL_SUBMIT = 0.15
MOMENT = 0.02
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

    def enrol(self) -> None:
        """Let there be people who have not begun."""
        if self.waiting.qsize() > WAITING // 2:
            return
        logins = enrol(self.store, enrol_newcomer, many=WAITING, now=system_clock())
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


class Server(Protocol):
    """What can be started and killed, and keeps its port."""

    port: int

    def start(self) -> int: ...  # noqa: D102 - see Nursery and Served
    def kill(self) -> None: ...  # noqa: D102


def kill_nine(grounds: Grounds, engine_name: str, rounds: int) -> Tally:
    """Kill a worker so many times; gives what was lost."""
    tally = Tally(rounds=rounds)
    for first in range(0, rounds, KILLS_A_DATABASE):
        with grounds.store(engine_name) as store:
            [newcomer] = enrol(store, enrol_newcomer, now=system_clock())
            with nursery(store, warm=newcomer) as server:
                crowd = Crowd(store, tally)
                kills = min(KILLS_A_DATABASE, rounds - first)
                _try(crowd, server, kills, chance(f"kill:{engine_name}:{first}"))
    return tally


def kill_served(grounds: Grounds, engine_name: str, rounds: int) -> Tally:
    """Kill `lms serve` and its workers so many times; gives what was lost."""
    tally = Tally(rounds=rounds, note="lms serve")
    with grounds.store(engine_name) as store, served(store) as server:
        random = chance(f"served:{engine_name}")
        _try(Crowd(store, tally), server, rounds, random)
    return tally


def _try(crowd: Crowd, server: Server, kills: int, random: Random) -> None:
    with _working(crowd, server, random):
        for number in range(kills):
            crowd.enrol()
            server.start()
            _wait(crowd, random, is_for_submit=bool(number % 2))
            server.kill()
            if random.random() < 0.5:  # else the next server is the first to open the database
                check_store(crowd.store, crowd.ledger, crowd.tally)
            if crowd.stopped.is_set():
                break
        server.start()  # each finishes the act that he is in
    server.kill()
    check_store(crowd.store, crowd.ledger, crowd.tally, everybody=True)
    crowd.tally.acknowledge(crowd.ledger.acknowledged())
    if crowd.broken and not crowd.tally.findings:
        raise crowd.broken[0]


def _wait(crowd: Crowd, random: Random, *, is_for_submit: bool) -> None:
    """Wait for the moment of the kill: in the middle of things, or just as somebody hands in."""
    crowd.ledger.wait_for(random.randint(0, MOST_ANSWERS), PATIENCE)
    if is_for_submit:
        crowd.ledger.submitting.clear()
        crowd.ledger.submitting.wait(UNTIL_SUBMIT)
    time.sleep(random.uniform(0, MOMENT))


@contextmanager
def _working(crowd: Crowd, server: Server, random: Random) -> Iterator[None]:
    """Let people work until the block ends."""
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
