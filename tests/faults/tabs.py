"""F9: two tabs on one quiz; a tab that is behind is told, and overwrites nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from random import Random

from tests.faults.chance import chance
from tests.faults.check import check_store
from tests.faults.grounds import Grounds
from tests.faults.here import expect, here
from tests.faults.knowledge import fill
from tests.faults.ledger import Ledger
from tests.faults.outcome import Tally
from tests.faults.people import DONE, QUESTIONS, Taker, enrol_taker
from tests.faults.twice import at_once
from tests.faults.visitor import Page

STEPS = 6  # of one interleaving
A_PERSON = 25  # interleavings, then somebody else


@dataclass(slots=True)
class Tab:
    """One tab on a question: the page that it shows."""

    taker: Taker
    page: Page

    @property
    def version(self) -> int:
        """Give the version that the page was drawn from."""
        return int(dict(self.page.form(self.page.path).fields)["version"])


def tabs(grounds: Grounds, engine_name: str, rounds: int) -> Tally:
    """Try so many interleavings of two tabs; gives the updates that were lost."""
    tally, ledger = Tally(rounds=rounds), Ledger()
    with grounds.store(engine_name) as store:
        with here(store) as site, ThreadPoolExecutor(2) as pool:
            for number in range(rounds):
                if number % A_PERSON == 0:
                    login = site.site.do(enrol_taker, now=site.site.clock())
                    taker = Taker.enter(site.port, login, ledger)
                _interleave(taker, 1 + number % QUESTIONS[1], chance(f"tabs:{number}"), tally, pool)
        check_store(store, ledger, tally, everybody=True)
    tally.acknowledge(ledger.acknowledged())
    return tally


def _interleave(
    taker: Taker, place: int, random: Random, tally: Tally, pool: ThreadPoolExecutor
) -> None:
    both = [Tab(taker.tab(), taker.look(place)) for _ in range(2)]
    steps: list[Callable[[], None]] = [
        partial(_look, both, random, place),
        partial(_save, both, random, tally),
        partial(_save, both, random, tally),
        partial(_save_both, both, random, tally, pool),
    ]
    for _ in range(STEPS):
        random.choice(steps)()


def _look(both: list[Tab], random: Random, place: int) -> None:
    """Load the question anew in one of the tabs."""
    tab = random.choice(both)
    tab.page = tab.taker.look(place)


def _save(both: list[Tab], random: Random, tally: Tally) -> None:
    """Save in one of the tabs, which may be behind."""
    tab = random.choice(both)
    now = Tab(tab.taker, tab.taker.look(int(tab.page.path.rpartition("/")[2])))
    answer = fill(tab.page.html, random, right=False)
    reply = tab.taker.send(tab.page, answer)
    is_behind = tab.version != now.version
    if is_behind and reply.status == DONE and _shown(now.page) != sorted(answer):
        tally.lost.append(f"{tab.page.path}: version {now.version} was overwritten unseen")
    if not is_behind:
        reply.expect(DONE)
    if reply.status == HTTPStatus.CONFLICT:
        _is_told(reply, tab)
        tab.page = reply


def _save_both(both: list[Tab], random: Random, tally: Tally, pool: ThreadPoolExecutor) -> None:
    """Save in both tabs at the same moment: of two different answers one is taken."""
    answers = [sorted(fill(tab.page.html, random, right=False)) for tab in both]
    acts = [partial(tab.taker.send, tab.page, a) for tab, a in zip(both, answers, strict=True)]
    is_same_page = both[0].version == both[1].version
    replies = at_once(pool, acts)
    taken = [page.status for page in replies].count(DONE)
    if is_same_page and answers[0] != answers[1] and taken > 1:
        tally.lost.append(f"{both[0].page.path}: both tabs were told that theirs is saved")
    for tab, reply in zip(both, replies, strict=True):
        reply.expect(DONE, HTTPStatus.CONFLICT)
        if reply.status == HTTPStatus.CONFLICT:
            _is_told(reply, tab)
            tab.page = reply


def _is_told(reply: Page, tab: Tab) -> None:
    """Expect a page that shows what is saved elsewhere, and still has what was sent from here."""
    text = reply.html.text
    expect("autre onglet" in text, f"{tab.page.path}: {reply.status}, and nobody says why")


def _shown(page: Page) -> list[tuple[str, str]]:
    """Give the answer that a page of a question shows."""
    fields = [p for p in page.form(page.path).fields if p[0] == "answer" or p[0][:4] == "line"]
    selects = [one["name"] for one in page.html.all("select")]
    chosen = [one["value"] for one in page.html.all("option") if "selected" in one.attributes]
    lines = [name for name in selects if name.startswith("line")]
    return sorted([*fields, *zip(lines, chosen, strict=False)])
