"""What can be counted exactly: statements in this process, bytes as the server sends them."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event

from bench.figures import Figure, figure
from bench.load import drive
from bench.seed import Site
from bench.visits import Saver, Sitter, expect, view_in, whole_quiz
from bench.wire import Reply, Request, Script, Visitor, get
from lms.kernel.database import Database

_NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK")
_WRITES = ("INSERT", "UPDATE", "DELETE")
_LOADED = re.compile(rb'<(?:link rel="(?:icon|stylesheet)"|script)[^>]* (?:href|src)="([^"]+)"')


@dataclass(slots=True)
class Tally:
    """The statements of one request."""

    statements: list[str] = field(default_factory=list)

    @property
    def writes(self) -> int:
        """Give how many of them write."""
        return sum(one.startswith(_WRITES) for one in self.statements)


Ask = Callable[[Request], tuple[Reply, Tally]]


@contextmanager
def counting(app: Flask, engine: Engine) -> Iterator[Ask]:
    """Give a way to send requests inside this process and to see their statements."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:  # noqa: ANN401 - SQLAlchemy's event
        if not statement.startswith(_NOT_COUNTED):
            seen.append(statement)

    def ask(request: Request) -> tuple[Reply, Tally]:
        seen.clear()
        answer = app.test_client(use_cookies=False).open(
            request.path,
            method=request.method,
            headers={"Cookie": request.cookie},
            data=request.body,
            content_type="application/x-www-form-urlencoded",
        )
        head = f"HTTP/1.1 {answer.status_code} \r\n{answer.headers}".encode()
        return Reply(answer.status_code, head, answer.data), Tally(list(seen))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield ask
    finally:
        event.remove(engine, "before_cursor_execute", note)


def statements(site: Site, database: Database, saver: Saver, taker: Visitor) -> list[Figure]:
    """Count the statements of a page, a save, a submission and the instructor's table."""
    table = get(f"/fr/instructor/groups/{site.cohort_id}", site.instructor)
    with counting(site.app, database.engine) as ask:
        pages = [ask(request) for request in every_section(site)]
        saved = saver.next_request()
        expect(ask(saved)[0], 303, saved)
        saver.saves += 1
        _, save = ask(saver.next_request())
        saver.saves += 1
        submit = _submission(whole_quiz(taker, 1), ask)
        cohort = ask(table)[1]
        page, _ = ask(get("/fr/module/1/page/1", site.readers[0]))
        _, beat = ask(Sitter(site.readers[0], view_in(page.body)).next_request())
    most = max(len(tally.statements) for _, tally in pages)
    writes = max(tally.writes for _, tally in pages)
    return [
        figure(f"section page, most of {len(pages)} pages", most, "statements", "≤ 3"),
        figure("section page", writes, "writes", "≤ 0"),
        figure("saving one answer", len(save.statements), "statements", "≤ 5"),
        figure("seat-time beat", len(beat.statements), "statements", "≤ 3"),
        figure("submitting and grading", len(submit.statements), "statements", "≤ 12"),
        figure("instructor's table", len(cohort.statements), "statements", "≤ 10"),
    ]


def every_section(site: Site) -> list[Request]:
    """Ask for every section of the course in both languages, as somebody who may read them all."""
    return [
        get(f"/{language}/module/{number}/page/{page}", site.finisher)
        for language in ("fr", "en")
        for number, pages in enumerate(site.sections, start=1)
        for page in range(1, pages + 1)
    ]


def _submission(script: Script, ask: Ask) -> Tally:
    """Play a quiz and give the tally of handing it in."""
    found = Tally()
    request = next(script)
    while True:
        reply, tally = ask(request)
        if request.path.endswith("/submit"):
            found = tally
        try:
            request = script.send(reply)
        except StopIteration:
            return found


def weights(site: Site, port: int) -> list[Figure]:
    """Weigh the heaviest section page with all that it loads, as sent, and the instructor's table.

    1 KB is 1000 bytes, and heads are weighed too.
    """
    replies = fetch(port, every_section(site))
    page = max(replies, key=lambda reply: reply.size)
    names = list(dict.fromkeys(name.decode() for name in _LOADED.findall(page.body)))
    loaded = dict(
        zip(names, fetch(port, [get(name, site.finisher) for name in names]), strict=True)
    )
    sizes = {
        ending: sum(reply.size for name, reply in loaded.items() if name.endswith(ending))
        for ending in ("css", "js")
    }
    cold = page.size + sum(reply.size for reply in loaded.values())
    table = fetch(port, [get(f"/fr/instructor/groups/{site.cohort_id}", site.instructor)])[0]
    return [
        figure("heaviest section page, cold", cold / 1000, "KB", "≤ 60"),
        figure("heaviest section page, cold", 1 + len(loaded), "requests", "≤ 6"),
        figure("heaviest section page, warm", page.size / 1000, "KB", "≤ 20"),
        figure("CSS", sizes["css"] / 1000, "KB", "≤ 15"),
        figure("JS", sizes["js"] / 1000, "KB", "≤ 10"),
        figure("instructor's table", table.size / 1000, "KB", "≤ 100"),
    ]


def fetch(port: int, requests: Sequence[Request]) -> list[Reply]:
    """Ask the server for each of these, one after the other."""
    replies: list[Reply] = []

    def one_by_one() -> Script:
        for request in requests:
            reply = yield request
            replies.append(expect(reply, 200, request))

    drive(port, [one_by_one()], seconds=60)
    return replies
