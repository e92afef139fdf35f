"""F8: a double click, back and resend, a replay after an hour: one attempt, one result."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from threading import Barrier

from tests.faults.chance import chance
from tests.faults.check import check_store
from tests.faults.grounds import Grounds
from tests.faults.here import Here, expect, here
from tests.faults.ledger import Ledger
from tests.faults.outcome import Tally
from tests.faults.people import DONE, Taker, enrol_taker, labels
from tests.faults.visitor import Page

AT_ONCE = 20
BACK = 3  # of the pages behind him


def twice(grounds: Grounds, engine_name: str, rounds: int) -> Tally:
    """Hand in so many quizzes, each many times; gives what came twice."""
    tally, ledger = Tally(rounds=rounds), Ledger()
    with grounds.store(engine_name) as store:
        with here(store) as site, ThreadPoolExecutor(AT_ONCE) as pool:
            for number in range(rounds):
                _hand_in(site, ledger, tally, pool, number)
        check_store(store, ledger, tally, everybody=True)
    tally.acknowledge(ledger.acknowledged())
    return tally


def at_once(pool: ThreadPoolExecutor, acts: Sequence[Callable[[], Page]]) -> list[Page]:
    """Do all acts at the same moment; gives the replies."""
    start = Barrier(len(acts))

    def do(act: Callable[[], Page]) -> Page:
        start.wait()
        return act()

    return list(pool.map(do, acts))


def _hand_in(
    site: Here, ledger: Ledger, tally: Tally, pool: ThreadPoolExecutor, number: int
) -> None:
    module = 1 + number % 2
    random = chance(f"twice:{number}")
    login = site.site.do(enrol_taker, module=module, now=site.site.clock())
    taker = Taker.enter(site.port, login, ledger, module=module)
    taker.answer_all(random, right=bool(number % 3))
    behind = [taker.look(place) for place in range(1, BACK + 1)]
    path = taker.submit_path()
    replies = at_once(pool, [partial(taker.tab().submit, path) for _ in range(AT_ONCE)])
    if len(labels(replies)) != 1:
        tally.double.append(f"{taker.key}: one form, many answers: {labels(replies)}")
    result = replies[0].expect(DONE).place
    first = _shown(taker, result)
    expect(len(first) > 1, f"{result}: it shows no questions")
    _resend(taker, behind, path, result)
    site.site.clock.advance(hours=1)
    expect(taker.submit(path).place == result, f"{taker.key}: an hour later another page")
    if _shown(taker, result) != first:
        tally.double.append(f"{taker.key}: an hour later another result is shown")


def _resend(taker: Taker, behind: Sequence[Page], path: str, result: str) -> None:
    """Go back to pages of before and send them once more: nothing may come of it."""
    for page in behind:
        answer = [pair for pair in page.form(page.path).fields if pair[0] != "csrf_token"]
        reply = taker.visitor.post(page.path, answer)
        expect(reply.status == HTTPStatus.CONFLICT, f"{page.path}: resent, {reply.status}")
    start = f"/fr/module/{taker.key.module}/quiz"
    begun = taker.visitor.post(start, [("attempt", "1")])
    refused = begun.status == HTTPStatus.CONFLICT
    expect(refused or begun.place == result, f"{start}: resent, {begun.status} {begun.place}")
    expect(taker.submit(path).place == result, f"{path}: resent, another page")


def _shown(taker: Taker, result: str) -> list[str]:
    """Give what the page of a result says of it; what it says of the way on changes with time."""
    page = taker.visitor.get(result).expect(HTTPStatus.OK).html
    rows = [one.text for one in page.elements if one["class"].startswith("result")]
    return [page.h1, *rows]
