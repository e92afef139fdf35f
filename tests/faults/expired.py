"""F14: the session ends while somebody writes; after signing in his text is there, on his page."""

from http import HTTPStatus
from random import Random

from tests.factories import PASSWORD
from tests.faults.chance import chance
from tests.faults.check import check_store
from tests.faults.grounds import Grounds
from tests.faults.here import Here, expect, here
from tests.faults.knowledge import Pairs, fill
from tests.faults.ledger import Ledger, Op
from tests.faults.outcome import Tally
from tests.faults.people import DONE, QUESTIONS, Taker, enrol_taker
from tests.faults.visitor import Page

IDLE = 30  # minutes
LOGIN = "/fr/login"


def expired(grounds: Grounds, engine_name: str, rounds: int) -> Tally:
    """Let so many sessions run out over a question; gives the answers that were lost."""
    tally, ledger = Tally(rounds=rounds), Ledger()
    with grounds.store(engine_name) as store:
        with here(store, idle_minutes=IDLE) as site:
            for number in range(rounds):
                _write_on(site, ledger, tally, number)
        check_store(store, ledger, tally, everybody=True)
    tally.acknowledge(ledger.acknowledged())
    return tally


def _write_on(site: Here, ledger: Ledger, tally: Tally, number: int) -> None:
    random = chance(f"expired:{number}")
    login = site.site.do(enrol_taker, now=site.site.clock())
    taker = Taker.enter(site.port, login, ledger)
    place = 1 + number % QUESTIONS[1]
    page = taker.look(place)
    answer = fill(page.html, random, right=False)
    site.site.clock.advance(minutes=IDLE, seconds=1 + random.randrange(10_000))
    late = taker.send(page, answer).expect(HTTPStatus.UNAUTHORIZED)
    for value in {value for name, value in answer if name == "answer" and len(value) > 2}:
        expect(value not in late.text, f"{page.path}: whoever sits down here reads the answer")
    back = _sign_in(taker, late, random)
    kept = dict(back.form(page.path).fields)
    for name, value in answer:
        if (name, value) not in back.form(page.path).fields:
            tally.lost.append(f"{page.path}: {name} was {value!r}, and is {kept.get(name)!r}")
            return
    _send_on(taker, back, page.path, answer)


def _sign_in(taker: Taker, late: Page, random: Random) -> Page:
    """Sign in on the page that came instead; now and then with a wrong password first."""
    page = late
    for password in (*(["not this one"] if random.random() < 0.3 else []), PASSWORD):
        given = {"login": taker.key.login, "password": password}
        fields = dict(page.form(LOGIN).fields) | given
        page = taker.visitor.post(LOGIN, fields.items())
    return page.expect(HTTPStatus.OK)


def _send_on(taker: Taker, back: Page, path: str, answer: Pairs) -> None:
    """Send what was kept with its one button; it must be saved, and stand on the page."""
    place = int(path.rpartition("/")[2])
    key = taker.key.at(place)
    with taker.ledger.act(Op.SAVE, key, tuple(sorted(answer)), 1) as entry:
        reply = taker.visitor.send(back.form(path))
        entry.settle(reply.status == DONE)
    reply.expect(DONE)
    expect(taker.look(place).path == path, f"{path}: he is not back on his page")
