"""What the connections do: read pages, save answers, take a whole quiz, fill the bare form."""

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import count

from bench.wire import BenchError, Fields, Reply, Request, Script, Visitor, get, post

OK, SEE_OTHER = 200, 303
TEXT = "douze mots inventés pour la mesure et pour rien d’autre, tout simplement, ici et là"
_VERSION = re.compile(rb'name="version" value="(\d+)"')
_VIEW = re.compile(rb'name="view" value="([^"]+)"')
_LINES = re.compile(rb'<select id="[^"]*" name="(line\d+)"')
_SUBMIT = re.compile(rb'action="([^"]+/submit)"')


@dataclass(slots=True)
class Saver:
    """Somebody with an open attempt; `answers` are the fields of each question in turn."""

    visitor: Visitor
    answers: Sequence[Fields]
    saves: int = 0

    def next_request(self) -> Request:
        """Save the next question's answer, over the version that he saved before."""
        version, place = divmod(self.saves, len(self.answers))
        fields = [*self.answers[place], ("version", str(version))]
        return post(f"/fr/module/1/quiz/{place + 1}", self.visitor, fields)


def expect(reply: Reply, status: int, request: Request) -> Reply:
    """Refuse an answer that is not the one measured."""
    if reply.status != status:
        raise BenchError(f"{request.method} {request.path}: {reply.status}, not {status}")
    return reply


def reading(requests: Sequence[Request]) -> Script:
    """Ask for these pages again and again."""
    for at in count():
        request = requests[at % len(requests)]
        expect((yield request), OK, request)


def saving(savers: Sequence[Saver]) -> Script:
    """Save one answer of each in turn; what was saved is remembered from round to round."""
    for at in count():
        saver = savers[at % len(savers)]
        request = saver.next_request()
        expect((yield request), SEE_OTHER, request)
        saver.saves += 1


@dataclass(slots=True)
class Sitter:
    """Somebody with a page in view; it says every so often how long."""

    visitor: Visitor
    view: str
    active_ms: int = 0

    def next_request(self) -> Request:
        """Report twenty more seconds."""
        self.active_ms += 20_000
        fields = [("view", self.view), ("active", str(self.active_ms))]
        return post("/fr/seat", self.visitor, fields)


def view_in(page: bytes) -> str:
    """Give the mark of a page view."""
    found = _VIEW.search(page)
    if found is None:
        raise BenchError("the page has no mark of its view")
    return found[1].decode()


def sitting(sitters: Sequence[Sitter]) -> Script:
    """Report the time of each in turn."""
    for at in count():
        request = sitters[at % len(sitters)].next_request()
        expect((yield request), OK, request)


def submitting(ready: Iterator[tuple[Visitor, str]], each: int, done: list[str]) -> Script:
    """Let so many people, one after the other, hand in what they have answered."""
    for _ in range(each):
        visitor, address = next(ready)
        request = post(address, visitor)
        expect((yield request), SEE_OTHER, request)
        done.append(address)


def noting(visitors: Sequence[Visitor]) -> Script:
    """Fill the bare form as each in turn."""
    for at in count():
        request = post("/form", visitors[at % len(visitors)], [("text", f"note {at}")])
        expect((yield request), SEE_OTHER, request)


def quizzes(visitors: Iterator[Visitor], number: int, each: int, done: list[Visitor]) -> Script:
    """Let so many people, one after the other, take a module's whole quiz as a browser would."""
    for _ in range(each):
        visitor = next(visitors)
        yield from whole_quiz(visitor, number)
        done.append(visitor)


def whole_quiz(visitor: Visitor, number: int) -> Script:
    """Start, open and answer each question, look it over, hand in, see the result."""
    place = yield from _send(post(f"/fr/module/{number}/quiz", visitor))
    while not place.endswith("/check"):
        page = yield from _open(get(place, visitor))
        place = yield from _send(post(place, visitor, filled(page)))
    page = yield from _open(get(place, visitor))
    action = _SUBMIT.search(page)
    if action is None:
        raise BenchError(f"{place}: nothing to hand in")
    place = yield from _send(post(unescape(action[1].decode()), visitor))
    yield from _open(get(place, visitor))


def _open(request: Request) -> Generator[Request, Reply, bytes]:
    reply = yield request
    return expect(reply, OK, request).body


def _send(request: Request) -> Generator[Request, Reply, str]:
    reply = yield request
    return expect(reply, SEE_OTHER, request).place


def filled(page: bytes) -> Fields:
    """Fill in a question's form, whatever its kind."""
    version = _VERSION.search(page)
    fields = [("version", version[1].decode() if version else "0")]
    lines = _LINES.findall(page)
    if lines:
        return fields + [(name.decode(), str(at)) for at, name in enumerate(lines)]
    if b"<textarea" in page:
        return [*fields, ("answer", TEXT)]
    chosen = b'type="radio"' in page or b'type="checkbox"' in page
    return [*fields, ("answer", "0" if chosen else "12")]
