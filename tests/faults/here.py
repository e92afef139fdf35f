"""The site in this very process, over real HTTP on the loopback, with a clock that can be moved."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask

from lms.app import create_app
from lms.kernel.database import Database
from lms.settings import Settings
from tests.clocks import FixedClock
from tests.factories import KEYS
from tests.faults.grounds import Store
from tests.faults.outcome import BrokenPromiseError
from tests.faults.visitor import Visitor
from tests.serving import serving
from tests.web.site import Site

LONG_IDLE = 240  # minutes: the longest that the settings allow
DONE = 303


@dataclass(frozen=True, slots=True)
class Here:
    """The site, and the port that it listens on."""

    site: Site
    port: int

    def enter(self, login: str) -> Visitor:
        """Give the browser of somebody who has just signed in."""
        visitor = Visitor(self.port)
        visitor.log_in(login).expect(DONE)
        return visitor


@contextmanager
def here(store: Store, *, idle_minutes: int = LONG_IDLE) -> Iterator[Here]:
    """Serve the site on a database until the block ends."""
    clock = FixedClock()
    settings = Settings(
        instance=store.folder, database_url=store.url, idle_minutes_participant=idle_minutes
    )
    with store.open() as database:
        app = make_app(settings, database, clock)
        with serving(app) as port:
            yield Here(Site(app, database, clock), port)


def make_app(settings: Settings, database: Database, clock: FixedClock) -> Flask:
    """Put the application together as in production: an error is a page."""
    app = create_app(settings, database=database, keys=KEYS, clock=clock)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


def expect(condition: object, sentence: str) -> None:
    """Raise BrokenPromiseError with this sentence unless it holds."""
    if not condition:
        raise BrokenPromiseError(sentence)
