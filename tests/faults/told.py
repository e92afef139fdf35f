"""What somebody is told while the database does not answer, and how he goes on afterwards."""

import time
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from tests.faults.here import expect
from tests.faults.knowledge import Pairs
from tests.faults.ledger import Op
from tests.faults.outcome import BrokenPromiseError
from tests.faults.people import DONE, Taker
from tests.faults.visitor import Page

HEADING = "L’enregistrement n’a pas fonctionné"
RETRY_SECONDS = "5"
BACK_WITHIN = 5.0  # seconds
INSIDE = ("Traceback", "sqlalchemy", "sqlite3", "psycopg", "SELECT ", "INSERT ", "File &#34;")


def is_told(reply: Page, path: str, answer: Pairs) -> None:
    """Expect 503 with when to try again, a sentence, and a page that still has what he sent."""
    reply.expect(HTTPStatus.SERVICE_UNAVAILABLE)
    expect(reply.headers.get("retry-after") == RETRY_SECONDS, f"{path}: no Retry-After")
    expect(reply.html.h1 == HEADING, f"{path}: the page says {reply.html.h1!r}")
    traces = [word for word in INSIDE if word in reply.text]
    expect(not traces, f"{path}: the page shows the inside: {traces}")
    kept = reply.form(path).fields
    expect(all(pair in kept for pair in answer), f"{path}: the page lost what was typed")


def come_back(taker: Taker, refused: Page) -> None:
    """Press the one button of the page that said no, until it says yes: within BACK_WITHIN."""
    path = urlsplit(refused.path).path
    form = refused.form(path)
    version = int(dict(form.fields)["version"]) + 1
    answer = [pair for pair in form.fields if pair[0] == "answer" or pair[0].startswith("line")]

    def send() -> bool:
        key = taker.key.at(int(path.rpartition("/")[2]))
        with taker.ledger.act(Op.SAVE, key, tuple(sorted(answer)), version) as entry:
            reply = taker.visitor.send(form)
            entry.settle(reply.status == DONE)
        return reply.status == DONE

    late = f"{path}: not saved within {BACK_WITHIN} s after the database is back"
    until(send, BACK_WITHIN, late)


def until(act: Callable[[], bool], within: float, sentence: str) -> float:
    """Try until it works; gives after how many seconds, or raises with this sentence."""
    began = time.monotonic()
    while not act():
        if time.monotonic() - began > within:
            raise BrokenPromiseError(sentence)
        time.sleep(0.05)
    return time.monotonic() - began
