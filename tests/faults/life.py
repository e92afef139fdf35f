"""A participant who takes the small course again and again cut off, and does not give up."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from itertools import count
from random import Random
from typing import TypeVar

from tests.faults.check import SECTIONS
from tests.faults.knowledge import Pairs, fill
from tests.faults.ledger import Entry, Key, Ledger, Op
from tests.faults.outcome import BrokenPromiseError, Tally
from tests.faults.visitor import CutOffError, Visitor
from tests.web.markup import Form

T = TypeVar("T")
DONE = HTTPStatus.SEE_OTHER
MOMENT = 0.005  # until somebody tries again
CHANGES = 2  # of each answer, before the last


class StoppedError(Exception):
    """The run is over, or he may not sign in; what he is in the middle of stays so."""


@dataclass(slots=True)
class Life:
    """One participant: he reads, answers, hands in, fails, reads again, and passes."""

    visitor: Visitor
    login: str
    ledger: Ledger
    tally: Tally
    chance: Random
    stopped: threading.Event

    def live(self) -> None:
        """Take the whole course, or stop when the run is over."""
        self._insist(self._log_in)
        for module in SECTIONS:
            for attempt in count(1):
                right = attempt > 1 or self.chance.random() < 0.5
                self._take(Key(self.login, module, attempt), right=right)
                if right:
                    break

    def _insist(self, act: Callable[[], T]) -> T:
        """Do it until an answer comes: a person reloads the page and tries again."""
        while not self.stopped.is_set():
            try:
                return act()
            except CutOffError:
                time.sleep(MOMENT)
        raise StoppedError

    def _log_in(self) -> None:
        reply = self.visitor.log_in(self.login)
        if reply.status == HTTPStatus.TOO_MANY_REQUESTS:  # a try that was cut off counts as well
            raise StoppedError
        reply.expect(DONE)

    def _take(self, key: Key, *, right: bool) -> None:
        for page in range(1, len(SECTIONS[key.module]) + 1):
            self._insist(partial(self._read, key, page))
        place = self._insist(lambda: self._begin(key))
        while not place.endswith("/check"):
            place = self._insist(partial(self._answer, key, place, right=right))
        path = self._insist(lambda: self._check(key))
        self._insist(lambda: self._submit(key, path))

    def _read(self, key: Key, number: int) -> None:
        path = f"/fr/module/{key.module}/page/{number}"
        form = self.visitor.get(path).expect(HTTPStatus.OK).form(path)
        with self.ledger.act(Op.READ, Key(key.login, key.module).at(number)) as entry:
            self.visitor.send(form).expect(DONE)
            entry.done()

    def _begin(self, key: Key) -> str:
        path = f"/fr/module/{key.module}/quiz"
        form = self.visitor.get(path).expect(HTTPStatus.OK).form(path)
        with self.ledger.act(Op.BEGIN, key) as entry:
            page = self.visitor.send(form).expect(DONE)
            entry.done()
        return page.place

    def _answer(self, taken: Key, path: str, *, right: bool) -> str:
        """Answer one question and change the answer some times; gives where to go on."""
        if not path.rpartition("/")[2].isdigit():
            raise BrokenPromiseError(f"{taken}: from the questions he was sent to {path}")
        key = taken.at(int(path.rpartition("/")[2]))
        known = self.ledger.last_version(key)
        page = self.visitor.get(path).expect(HTTPStatus.OK)
        hidden = dict(_hidden(page.form(path)))
        version = int(hidden["version"])
        if version < known:
            self.tally.lost.append(f"{key}: version {known} was acknowledged, {version} is shown")
        following = ""
        for left in range(self.chance.randint(0, CHANGES), -1, -1):
            answer = fill(page.html, self.chance, right=right and not left)
            hidden["version"] = str(version)
            version += 1
            entry = Entry(Op.SAVE, key, tuple(sorted(answer)), version)
            fields = [*hidden.items(), *answer]
            following = self._save(entry, path, fields, by_script=bool(left))
        return following

    def _save(self, wanted: Entry, path: str, fields: Pairs, *, by_script: bool) -> str:
        """Save with Continue, or as the page's script does while he types."""
        with self.ledger.act(*wanted.wish()) as entry:
            answered = self.visitor.post(path, fields, by_script=by_script)
            if answered.status == HTTPStatus.CONFLICT and self.ledger.is_in_doubt(entry.key):
                entry.refused()
            else:
                answered.expect(HTTPStatus.OK if by_script else DONE)
                entry.done()
        if answered.status == HTTPStatus.CONFLICT:  # a try of his own came late: he looks again
            raise CutOffError(path)
        return answered.place

    def _check(self, key: Key) -> str:
        """Look at all answers before handing in; gives the address of handing in."""
        page = self.visitor.get(f"/fr/module/{key.module}/quiz/check").expect(HTTPStatus.OK)
        actions = [one.action for one in page.html.forms() if one.action.endswith("/submit")]
        if not actions:
            raise BrokenPromiseError(f"{key}: nothing to hand in")
        return actions[0]

    def _submit(self, key: Key, path: str) -> None:
        with self.ledger.act(Op.SUBMIT, key) as entry:
            page = self.visitor.post(path).expect(DONE)
            entry.done((("result", page.place),))
        self.visitor.get(page.place).expect(HTTPStatus.OK)


def _hidden(form: Form) -> list[tuple[str, str]]:
    """Give the fields of a question's form that are not its answer, as a browser sends them."""
    return [pair for pair in form.fields if pair[0] != "answer" and not pair[0].startswith("line")]
