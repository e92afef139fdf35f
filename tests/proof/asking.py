"""Every address of the site with everything that exists put into it, and every form's fields."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from flask import url_for
from sqlalchemy import Uuid, delete, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms.accounts.service import open_session
from lms.corrections.kinds import Kind
from lms.kernel.database import Database
from lms.kernel.table import Base
from lms.progress.models import SeatClock
from lms.publishing.links import section_reference
from tests.proof.canaries import CANARY
from tests.web.markup import Html
from tests.web.scene import rules
from tests.web.site import Person, Site

NUMBERS: Mapping[str, Sequence[int]] = {
    "number": range(4),
    "page": range(4),
    "place": range(10),
}
WORDS: Mapping[str, Sequence[Any]] = {
    "lang": ("fr",),
    "in_language": ("fr", "en"),
    "kind": tuple(Kind),
    "name": ("app.css", "no.css"),
    "fact_id": ("T01",),
    "testimony_id": ("lea",),
    "export_id": (uuid.UUID(int=9),),
    "job_id": (uuid.UUID(int=8),),
    "ticket": (uuid.UUID(int=7),),
    "wave": ("before", "after"),
    "digest": ("0" * 64,),
    "form": ("gift",),
    "standard": ("cmi5",),
    "reference": (
        section_reference("first"),
        section_reference("second"),
        section_reference("second", "going"),
        "nothing",
    ),
}
PAGES = tuple(f"/fr/module/1/{page}" for page in ("page/1", "page/2", "quiz/1"))
LEAVES = frozenset({"public.leave", "auth_entrance.logout"})
TIMED = frozenset({"participant.go_on", "participant.report"})
# What forms send, and what somebody may think of: that he passed, read, and has the time.
FIELDS: Mapping[str, str] = {
    "accepted": "1",
    "admin": "1",
    "agree": "yes",
    "attempts": "0",
    "attest": "yes",
    "completed": "1",
    "credited_ms": "999999999",
    "deadline": "2099-01-01",
    "language": "fr",
    "no_pause": "1",
    "p1-answer": "0",
    "p2-answer": "0",
    "passed": "1",
    "read": "1",
    "read_aloud": "1",
    "round": "1",
    "score": "100",
} | {f"line{at}": str(at) for at in range(4)}


@dataclass(slots=True)
class Asker:
    """Somebody who asks for everything; keeps what he was shown and how it was answered."""

    site: Site
    person: Person
    marks: Sequence[str] = ()
    canaries: set[str] = field(default_factory=set)
    answers: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    asked: int = 0

    def ask_everything(self) -> None:
        """Look at every address, then send every form to every address that takes one."""
        self.look()
        self.send_forms()

    def look(self) -> None:
        """Look at every address with everything in it."""
        self._ask("GET", lambda _endpoint: [{}])

    def send_forms(self) -> None:
        """Send every form with everything in it."""
        self.enter()
        self.marks = (*self.marks, *marks_of(self.person, *PAGES))
        self._ask("POST", self._forms)

    def _ask(self, method: str, forms: Callable[[str], Iterable[dict[str, str]]]) -> None:
        self.enter()
        ids = existing_ids(self.site.database)
        pairs = [rule for rule, its_method in rules(self.site) if its_method == method]
        for rule in sorted(pairs, key=lambda one: one.endpoint in LEAVES):
            for url, fields in product(urls(self.site, rule, ids), list(forms(rule.endpoint))):
                if rule.endpoint in TIMED:
                    self.site.do(self._forget_time)
                browser = self.person.browser
                answer = browser.post(url, fields) if method == "POST" else browser.get(url)
                self._note(rule.endpoint, method, answer)
        self.enter()

    def enter(self) -> None:
        """Sign in, at this moment."""

        def token(db: Session) -> str:
            return open_session(db, self.person.user, now=self.site.clock()).token

        self.person.browser.enter(self.site.do(token))

    def _forget_time(self, db: Session) -> None:
        """Have told no time yet: a report uses up the time before it, and would hide the next."""
        db.execute(delete(SeatClock).where(SeatClock.enrolment_id == self.person.enrolment.id))

    def _note(self, endpoint: str, method: str, response: TestResponse) -> None:
        self.asked += 1
        self.answers.setdefault((endpoint, method), set()).add(response.status_code)
        self.canaries |= set(CANARY.findall(received(response)))

    def _forms(self, endpoint: str) -> Iterator[dict[str, str]]:
        """Give what is sent: a form's own fields, all that exist, and marks of page views."""
        if endpoint in TIMED:
            for mark, active in product(("", *self.marks), ("", "999999999")):
                yield {**FIELDS, "view": mark, "active": active}
            return
        yield {**FIELDS, "answer": "0", "version": "0", "attempt": "0"}
        if not is_staffs(endpoint):
            more = {"switch": "en", "then": "check", "view": self.marks[0], "active": "999999999"}
            yield {**FIELDS, "answer": "1", "version": "1", "attempt": "1", **more}


def received(response: TestResponse) -> str:
    """Give all that a browser received: a paper is no text, and is looked through all the same."""
    body = response.get_data().decode("utf-8", errors="replace")
    return f"{response.request.url}\n{response.headers}\n{body}"


def existing_ids(database: Database) -> tuple[uuid.UUID, ...]:
    """Give every id that stands in any table, whoever's it is, and one that is nobody's."""
    found = {uuid.UUID(int=7 << 76 | 2 << 62)}
    with database.read() as db:
        for table in Base.metadata.sorted_tables:
            for column in table.primary_key.columns:
                if isinstance(column.type, Uuid):
                    found |= set(db.scalars(select(column)))
    return tuple(sorted(found))


def urls(site: Site, rule: Rule, ids: Sequence[uuid.UUID]) -> Iterator[str]:
    """Give the addresses of a rule, with everything that may stand in it."""
    names = sorted(rule.arguments)
    pools = [_pool(name, ids) for name in names]
    if is_staffs(rule.endpoint):  # refused before anything is read: one place of each is enough
        pools = [(1,) if name in NUMBERS else pool for name, pool in zip(names, pools, strict=True)]
        pools = [pools[0], *(pool[:1] for pool in pools[1:])] if pools else []
    with site.app.test_request_context():
        for values in product(*pools):
            yield url_for(rule.endpoint, **dict(zip(names, values, strict=True)))


def is_staffs(endpoint: str) -> bool:
    """Whether a page is for those who work here."""
    staff = {"agency", "author", "coordinator", "corrections", "instructor", "partner", "privacy"}
    return endpoint.partition(".")[0] in staff


def _pool(name: str, ids: Sequence[uuid.UUID]) -> Sequence[Any]:
    pool = NUMBERS.get(name) or WORDS.get(name) or (ids if name.endswith("_id") else None)
    if pool is None:
        raise LookupError(f"an address has <{name}>: say here what exists to put there")
    return pool


def marks_of(person: Person, *pages: str) -> list[str]:
    """Open pages and give their marks, as they stand in the forms."""
    return [
        one["value"]
        for page in pages
        for one in Html.of(person.browser.get(page).text).all("input")
        if one["name"] == "view"
    ]
