"""F12: an autosave races with handing in; what was handed in never changes afterwards."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus

from tests.faults.chance import chance
from tests.faults.check import check_store
from tests.faults.grounds import Grounds
from tests.faults.here import Here, expect, here
from tests.faults.knowledge import fill
from tests.faults.ledger import Ledger
from tests.faults.outcome import Tally
from tests.faults.people import DONE, Taker, enrol_taker
from tests.faults.twice import at_once

SAVES = 3  # that race with one handing in; each of another question


def race(grounds: Grounds, engine_name: str, rounds: int) -> Tally:
    """Let saves race with so many handings in; gives what was changed after the close."""
    tally, ledger = Tally(rounds=rounds), Ledger()
    with grounds.store(engine_name) as store:
        with here(store) as site, ThreadPoolExecutor(SAVES + 1) as pool:
            for number in range(rounds):
                _race(site, ledger, pool, number)
        check_store(store, ledger, tally, everybody=True)
    tally.acknowledge(ledger.acknowledged())
    return tally


def _race(site: Here, ledger: Ledger, pool: ThreadPoolExecutor, number: int) -> None:
    random = chance(f"race:{number}")
    login = site.site.do(enrol_taker, module=2, now=site.site.clock())
    taker = Taker.enter(site.port, login, ledger, module=2)
    taker.answer_all(random, right=True)
    path = taker.submit_path()
    pages = [taker.look(place) for place in range(1, SAVES + 1)]
    answers = [fill(page.html, random, right=False) for page in pages]
    by_script = bool(number % 2)
    acts = [
        partial(taker.tab().send, page, answer, by_script=by_script)
        for page, answer in zip(pages, answers, strict=True)
    ]
    acts.insert(random.randrange(len(acts) + 1), partial(taker.tab().submit, path))
    replies = at_once(pool, acts)
    statuses = {page.status for page in replies}
    known = {HTTPStatus.OK, DONE, HTTPStatus.CONFLICT}
    expect(statuses <= known, f"{taker.key}: a race gave {statuses}")
    late = taker.visitor.post(path).expect(DONE)  # it is closed now, whoever was first
    for page in pages:
        again = fill(page.html, random, right=False)
        status = taker.tab().send(page, again, by_script=by_script).status
        expect(status == HTTPStatus.CONFLICT, f"{taker.key}: {status} after the close")
    expect(late.place.startswith("/fr/result/"), f"{taker.key}: handed in, and led to {late.place}")
